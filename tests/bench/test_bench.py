"""The benches run, and their report has every row. What they measure is nobody's test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.bench.groups import GROUPS

ROWS = {
    "card_inprocess": {"verified_read.inprocess.short", "verified_read.inprocess.extended"},
    "card_apdus": {"verified_read.apdus.short", "verified_read.apdus.extended"},
    "card_pcsc": {"verified_read.pcsc"},
    "waiting": {
        "waiting.choice.short",
        "waiting.verified.short",
        "waiting.choice.extended",
        "waiting.verified.extended",
        "waiting.photo.short",
        "waiting.photo.extended",
    },
    "on_screen": {"waiting.choice_on_screen", "waiting.verified_on_screen"},
    "start": {"start.first_screen", "memory.first_screen", "memory.after_documents"},
    "pages": {"page_change.p99", "page_change.dropped_input"},
    "console": {"console.news", "console.open", "console.search"},
    "ledger": {"ledger.append_full", "ledger.append_memory"},
    "ticket": {"ticket.receipt", "ticket.a6"},
    "forms": {"form.declaration", "form.claim_note", "form.refund_slip"},
    "visits": {"visits.fact_level", "visits.soak", "visits.real_apdus_full"},
    "growth": {"memory.growth", "memory.widgets_left"},
}


@pytest.mark.e2e
def test_every_group_of_the_bench_runs_and_reports_its_rows(tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick", "--out", str(out)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = msgspec.json.decode(out.read_bytes())
    assert set(ROWS) == set(GROUPS)
    assert report["broken"] == {}
    assert {row["id"] for row in report["rows"]} == set().union(*ROWS.values())
    assert {"cpu", "cores", "python"} <= set(report["machine"])
    for row in report["rows"]:
        assert (row["value"] is not None) or row["note"].startswith("not measured"), row["id"]
        assert (row["ratio"] is not None) == (row["floor"] is not None), row["id"]
