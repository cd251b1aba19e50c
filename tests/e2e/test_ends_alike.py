"""The same person received by PIN, by face and by the certified reader's folder: one result, on every road.

By face twice: as a script says, and with a webcam's pictures before the real networks in a process of their own. The
authority of both is ``simulator``, which is the only one that may verify without a licence; what differs between these
roads is what happened before the holder was verified, and nothing after it.
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import cache
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from kiosk.handoff.csv_rows import rows_of
from kiosk.handoff.folding import settled_of
from kiosk.handoff.parcel import label_of
from kiosk.handoff.settled import SettledVisit
from kiosk.ledger import MemoryLedger, MemoryStore, Options, Record
from simulator.playing.player import FAST, ledger_options, play
from simulator.playing.result import Result
from simulator.scenarios import load
from simulator.scenarios.scenario import Expect
from tests.support.faces import A_CARD, A_LIVE, C_LIVE
from tests.support.webcam import before_a_webcam

pytestmark = pytest.mark.e2e

ROADS = {
    "by PIN": "main",
    "by face, scripted": "face",
    "by face, before a webcam": "face",
    "at the certified reader": "certified_reader",
}
HOLDER, SOMEBODY_ELSE = (A_LIVE, A_CARD), (C_LIVE, A_CARD)
"""Who stands before the webcam, and whose photograph is on the card."""
_OF_ONE_VISIT = ("key", "visit", "settled_at")
_HINTS = ("FaceHinted",)
_CARD_TAKEN = ("CardRemoved", "TimePassed")


class Received(NamedTuple):
    result: Result
    entries: list[Record]
    settled: SettledVisit


@cache
def received(scenario_id: str, webcam: tuple[str, str] | None = None) -> Received:
    scenario, store = load(scenario_id), MemoryStore()
    making = replace(FAST, ledger=lambda one, world: MemoryLedger(ledger_options(one, world), store))
    if webcam is not None:  # its hints are not the script's
        scenario = replace(scenario, expect=Expect())
    with before_a_webcam(*webcam) if webcam is not None else nullcontext():
        result = play(scenario, making)
    assert not result.failed
    reader = MemoryLedger(Options(process="reader"), store)
    (visit,) = {record.visit for record in reader.entries()} - {""}
    entries = list(reader.entries(visit))
    settled = settled_of(entries)
    assert settled is not None
    return Received(result, entries, settled)


def on(road: str) -> Received:
    return received(ROADS[road], HOLDER if road == "by face, before a webcam" else None)


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


def kinds(entries: list[Record], without: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """What the ledger keeps of a visit, and where each entry left it."""
    return [(one.type, one.state) for one in entries if one.type not in without]


def since_confirmed(entries: list[Record]) -> list[tuple[str, str]]:
    """From the first entry after the one by which it was confirmed. That a card is taken out of another reader is not
    seen here: there the page ends by itself."""
    first = next(place for place, one in enumerate(entries) if one.state == "Confirmed")
    return kinds(entries[first + 1 :], _CARD_TAKEN)


@pytest.mark.parametrize("road", ROADS)
def test_every_road_ends_alike(road: str) -> None:
    expected, one = on("by PIN"), on(road)
    for name in ("outcome", "evidence", "consents", "coverage", "partial_contribution_ratio", "name_shown",
                 "notices", "documents", "ended", "look_up"):  # fmt: skip
        assert getattr(one.result, name) == getattr(expected.result, name), name
    assert one.result.states[-3:] == ("Confirmed", "TakeCard", "Finished")
    assert handed(one.settled) == handed(expected.settled)
    assert since_confirmed(one.entries) == since_confirmed(expected.entries)


@pytest.mark.parametrize("road", ROADS)
def test_the_table_for_the_chart_has_the_same_rows(road: str) -> None:
    def table(settled: SettledVisit) -> list[dict[str, str]]:
        rows = rows_of(settled, label_of(settled, "chart", b"the same", 1, ""))
        return [{name: row[name] for name in row if name not in _OF_ONE_VISIT} for row in rows]

    assert table(on(road).settled) == table(on("by PIN").settled)


@pytest.mark.parametrize(
    ("scenario_id", "webcam"),
    [("face", HOLDER), ("face_of_another", SOMEBODY_ELSE)],
    ids=["holder", "another"],
)
def test_a_webcam_and_a_script_lead_to_the_same_entries_and_the_same_word(
    scenario_id: str, webcam: tuple[str, str]
) -> None:
    """But for the hints: real eyes find more to say, or less. How alike two faces are is told in steps, and which of
    those below the threshold it was makes no difference."""
    scripted, seen = received(scenario_id), received(scenario_id, webcam)
    assert kinds(seen.entries, _HINTS) == kinds(scripted.entries, _HINTS)
    one, other = seen.result.face, scripted.result.face
    assert one is not None
    assert other is not None
    for name in ("authority", "purpose", "attempts", "confirmed", "doubt", "turned", "genuine", "problem"):
        assert getattr(one, name) == getattr(other, name), name
    assert seen.result.states == scripted.result.states
    assert handed(seen.settled) == handed(scripted.settled)


def test_before_the_webcam_the_photograph_is_the_card_s_own() -> None:
    """照合番号B was verified by the card, which gave another photograph than the script's, at its own length."""
    seen, scripted = on("by face, before a webcam"), on("by face, scripted")
    assert seen.result.apdus != scripted.result.apdus
    assert (seen.result.number_b_tries_left, seen.result.pin_tries_left) == (10, 3)
