"""The bench of the face check runs, and its report has every row of the groups that take seconds."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.bench.face.__main__ import GROUPS, main

ROWS = {
    "people": {f"people.{kind}" for kind in ("originals", "ok", "ok5", "poor", "poor5", "better5", "mask5")},
    "stages": {
        f"stages.{stage}"
        for stage in (
            "decode",
            "detect",
            "template",
            "look",
            "match",
            "light",
            "looks",
            "improved",
            "weights",
        )
    },
    "fronts": {
        "fronts.level",
        "fronts.tilt_8",
        "fronts.wrong",
        "fronts.picture",
        "fronts.backs_read",
        "fronts.first",
        "fronts.memory",
    },
    "running": {"running.decision", "running.cold", "running.preview", "running.memory", "running.growth"},
}


@pytest.mark.e2e
@pytest.mark.parametrize("group", ROWS)
def test_a_group_runs_and_reports_its_rows(
    group: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "bench-face.json"
    assert main(["--quick", "--only", group, "--out", str(out)]) == 0, capsys.readouterr().out
    report = msgspec.json.decode(out.read_bytes())
    assert {row["id"] for row in report["rows"]} == ROWS[group]
    assert all(row["met"] is None for row in report["rows"])


def test_only_the_attacks_are_left_to_the_bench_itself() -> None:
    assert set(GROUPS) - set(ROWS) == {"attacks"}
