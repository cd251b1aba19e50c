"""The same person received by PIN, by face in the simulator, and by the certified reader's folder: one result."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.handoff.csv_rows import rows_of
from kiosk.handoff.folding import settled_of
from kiosk.handoff.parcel import label_of
from kiosk.handoff.settled import SettledVisit
from kiosk.ledger import MemoryLedger, MemoryStore, Options
from simulator.playing.player import FAST, ledger_options, play
from simulator.playing.result import Result
from simulator.scenarios import load

ROADS = {"by PIN": "main", "by face": "face", "at the certified reader": "certified_reader"}
_OF_ONE_VISIT = ("key", "visit", "settled_at")


def received(scenario: str) -> tuple[Result, SettledVisit]:
    store = MemoryStore()
    making = replace(FAST, ledger=lambda one, world: MemoryLedger(ledger_options(one, world), store))
    result = play(load(scenario), making)
    assert not result.failed
    reader = MemoryLedger(Options(process="reader"), store)
    (visit,) = {record.visit for record in reader.entries()} - {""}
    settled = settled_of(list(reader.entries(visit)))
    assert settled is not None
    return result, settled


def handed(settled: SettledVisit) -> dict[str, Any]:
    """What leaves the house, without the times."""
    proven = [
        {
            name: getattr(one, name)
            for name in one.__struct_fields__
            if not name.endswith("_time") and getattr(one, name)
        }
        for one in settled.proven
    ]
    return {
        "outcome": settled.outcome,
        "number": settled.reception_number,
        "evidence": settled.evidence,
        "person": settled.person,
        "share": settled.share,
        "proven": proven,
        "consents": dict(settled.consents.choices) if settled.consents is not None else None,
        "notices": settled.notices,
        "recheck": settled.recheck,
        "simulated": settled.simulated,
    }


@pytest.mark.parametrize("road", ROADS)
def test_every_road_ends_alike(road: str) -> None:
    expected, expected_settled = received(ROADS["by PIN"])
    result, settled = received(ROADS[road])
    for name in ("outcome", "evidence", "consents", "coverage", "partial_contribution_ratio", "name_shown",
                 "notices", "documents", "ended", "look_up"):  # fmt: skip
        assert getattr(result, name) == getattr(expected, name), name
    assert result.states[-3:] == ("Confirmed", "TakeCard", "Finished")
    assert handed(settled) == handed(expected_settled)


def test_the_table_for_the_chart_has_the_same_rows() -> None:
    tables = []
    for scenario in ROADS.values():
        _result, settled = received(scenario)
        label = label_of(settled, "chart", b"the same", 1, "")
        rows = rows_of(settled, label)
        tables.append([{name: row[name] for name in row if name not in _OF_ONE_VISIT} for row in rows])
    assert tables[1:] == tables[:1] * 2
