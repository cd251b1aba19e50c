"""``python -m tests.bench``: prints the table and writes ``out/bench.json``.

A target that is missed is shown, never asserted: the exit code is 1 only where a group could not run.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.bench.groups import GROUPS, rows_of
from tests.bench.harness import Bench
from tests.bench.rows import Row


def _rows(group: str, quick: bool) -> list[Row]:
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))  # warnings and worse
    return rows_of(group, quick=quick)


main = Bench("tests.bench", __doc__, GROUPS, _rows, Path("out/bench.json"), longest_s=150).main


if __name__ == "__main__":
    sys.exit(main())
