"""``python -m tests.bench.face``: prints the tables and writes ``out/bench-face.json``.

As in ``tests.bench``, a target that is missed is shown and never asserted; the exit code is 1 only where a group could
not run. Each group runs in a process of its own.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Final

from tests.bench.harness import Bench
from tests.bench.rows import Row

GROUPS: Final = {
    "people": "who is taken for whom, live against card (rendered from 5 photographs of 3 people)",
    "stages": "one picture, stage by stage",
    "running": "the process: decisions, the screen's picture, memory",
    "fronts": "rendered card fronts: read right, wrongly, or not at all",
    "attacks": "rendered attacks: how many of how many attempts were accepted",
}
"""Each is a module of this package with ``rows(quick)``."""


def _rows(group: str, quick: bool) -> list[Row]:
    found: list[Row] = import_module(f"tests.bench.face.{group}").rows(quick)
    return found


main = Bench("tests.bench.face", __doc__, GROUPS, _rows, Path("out/bench-face.json"), longest_s=1_800).main


if __name__ == "__main__":
    sys.exit(main())
