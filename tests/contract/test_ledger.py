"""What every ledger promises, proven on all three kinds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.ledger import InvalidEntry, LedgerError, Old, Options, Purged, canonical_json, stamp
from kiosk.ledger.errors import (
    AlreadyAnswered,
    ChainInUse,
    LedgerClosed,
    NotOwner,
    SimulatedRefused,
    UnknownRequest,
    UnknownVisit,
)
from tests.support.hubs import HubKit
from tests.support.ledgers import CLOSED, NOON, AnyLedger, Kit, MemoryKit, SqliteKit, entry

TODAY = date(2026, 3, 2)


@pytest.fixture(params=["sqlite", "memory", "hub"])
def kit(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kit]:
    kit: Kit
    match request.param:
        case "sqlite":
            kit = SqliteKit(tmp_path / "ledger")
        case "memory":
            kit = MemoryKit()
        case _:
            kit = HubKit(tmp_path / "hub")
    yield kit
    kit.finish()


def types(ledger: AnyLedger) -> list[str]:
    return [record.type for record in ledger.entries()]


def test_what_was_appended_is_read_back(kit: Kit) -> None:
    ledger = kit.open()
    written = [entry("v1", n, actor="staff:佐藤", ref="r", owner_epoch=2, version=3) for n in range(3)]
    head = ledger.append(written)
    records = list(ledger.entries())
    for sent, got in zip(written, records, strict=True):
        for field in sent.__struct_fields__:
            assert getattr(got, field) == getattr(sent, field)
    assert [record.seq for record in records] == [1, 2, 3]
    assert len({record.boot for record in records}) == 1
    assert (head.chain, head.seq, head.hash, head.at) == (
        ledger.chain, 3, records[-1].hash, written[-1].at,
    )  # fmt: skip
    assert ledger.head() == head
    assert ledger.heads() == {ledger.chain: head}


def test_a_moment_is_found_also_where_a_program_s_entries_came_late(kit: Kit) -> None:
    kiosk, console = kit.open("kiosk"), kit.open("console")

    def at(hour: int) -> str:
        return stamp(NOON + timedelta(hours=hour))

    kiosk.append([entry("v1", 1, at=at(0)), entry("v1", 2, at=at(2))])
    console.append([entry("v2", 3, at=at(-9)), entry("v2", 4, at=at(-8))])  # it was away
    kiosk.append([entry("v1", 5, at=at(3))])
    ids = {one.id: one.position for one in kiosk.entries()}

    def place(hour: int) -> tuple[int, int]:
        found = console.place_of(at(hour))
        return found.start, found.end

    before = ids["event-0001"] - 1
    assert place(-10) == (before, before)
    assert place(0) == (before, ids["event-0004"])
    assert place(1) == (ids["event-0001"], ids["event-0004"])
    assert place(3) == (ids["event-0004"], ids["event-0004"])
    assert place(4) == (ids["event-0005"], ids["event-0005"])


def test_an_empty_ledger_has_an_empty_head(kit: Kit) -> None:
    ledger = kit.open()
    assert ledger.append([]) == ledger.head()
    assert (ledger.head().seq, ledger.head().hash) == (0, bytes(32))
    assert list(ledger.entries()) == []
    assert ledger.open_visits(()) == []


def test_entries_of_all_processes_come_in_order_of_commit(kit: Kit) -> None:
    kiosk, console = kit.open("kiosk"), kit.open("console")
    kiosk.append([entry("v1", 1)])
    console.append([entry("v1", 2, state="", type="Viewed", actor="staff:A")])
    kiosk.append([entry("v2", 3), entry("v1", 4)])
    ids = [record.id for record in console.entries()]
    assert ids == ["event-0001", "event-0002", "event-0003", "event-0004"]
    second = next(r for r in kiosk.entries() if r.id == "event-0002")
    assert [r.id for r in kiosk.entries(since=second.position)] == ["event-0003", "event-0004"]
    assert [r.id for r in kiosk.entries("v1")] == ["event-0001", "event-0002", "event-0004"]
    assert [r.id for r in kiosk.entries("v1", second.position)] == ["event-0004"]
    assert [r.id for r in kiosk.entries(chain=console.chain)] == ["event-0002"]
    assert [r.seq for r in kiosk.entries(chain=kiosk.chain)] == [1, 2, 3]


def test_many_entries_are_read_in_pages_without_loss(kit: Kit) -> None:
    ledger = kit.open()
    ledger.append([entry(f"v{n % 7}", n) for n in range(600)])
    assert [record.seq for record in ledger.entries()] == list(range(1, 601))
    assert sum(1 for _ in ledger.entries("v3")) == len(range(3, 600, 7))


@pytest.mark.parametrize(
    "bad",
    [
        {"at": "2026-03-02T03:00:00Z"},
        {"at": "2026-03-02T12:00:00.000+09:00"},
        {"at": "2026-13-02T03:00:00.000Z"},
        {"at": "２026-03-02T03:00:00.000Z"},
        {"actor": "nobody"},
        {"actor": "staff:"},
        {"actor": "staff:a\nb"},
        {"id": ""},
        {"type": ""},
        {"mono_ms": 1.5},
        {"mono_ms": 1 << 80},
        {"owner_epoch": True},
        {"owner_epoch": -1},
        {"version": 0},
        {"simulated": 1},
        {"payload": b"{"},
        {"payload": b""},
        {"payload": b'"\xff"'},
        {"payload": "{}"},
        {"state": "\ud800"},
        {"type": "Accepted"},
        {"type": "LedgerPurged"},
    ],
)
def test_an_entry_outside_the_format_is_refused_and_with_it_the_whole_append(
    kit: Kit, bad: dict[str, Any]
) -> None:
    ledger = kit.open()
    with pytest.raises(InvalidEntry):
        ledger.append([entry("v1", 1), entry("v1", 2, **bad)], take_number=TODAY)
    assert list(ledger.entries()) == []
    assert ledger.open_visits(()) == []
    assert ledger.append([entry("v1", 1)]).seq == 1


def test_a_message_about_an_invalid_entry_does_not_quote_it(kit: Kit) -> None:
    with pytest.raises(InvalidEntry) as caught:
        kit.open().append([entry("v1", 1, payload=b'{"name":"YAMADA')])
    assert "YAMADA" not in repr(caught.value)
    assert caught.value.__cause__ is None


# -- visits and owners
def test_open_visits_are_those_whose_last_state_is_not_closed(kit: Kit) -> None:
    ledger = kit.open()
    ledger.append([entry("v2", 2), entry("v1", 1, "Confirmed"), entry("v3", 3, "Finished")])
    ledger.append([entry("v1", 4, "Finished"), entry("v3", 5, "WaitingForStaff"), entry("", 6, "")])
    found = ledger.open_visits(CLOSED)
    assert [(v.visit, v.state, v.at) for v in found] == [
        ("v2", "ReadingCard", entry("v2", 2).at),
        ("v3", "WaitingForStaff", entry("v3", 5).at),
    ]
    assert {v.chain for v in found} == {ledger.chain}


def test_an_interrupted_visit_is_found_after_a_restart(kit: Kit) -> None:
    first = kit.open()
    first.append([entry("v1", 1), entry("v1", 2, "EnteringPin")])
    first.close()
    second = kit.open()
    (visit,) = second.open_visits(CLOSED)
    assert (visit.visit, visit.state, visit.chain) == ("v1", "EnteringPin", second.chain)
    assert second.append([entry("v1", 3, "Abandoned")]).seq == 3
    assert second.open_visits(CLOSED) == []


def test_only_the_owner_moves_a_visit(kit: Kit) -> None:
    kiosk, console = kit.open("kiosk"), kit.open("console")
    kiosk.append([entry("v1", 1)])
    with pytest.raises(NotOwner):
        console.append([entry("v9", 2), entry("v1", 3, "Finished")])
    assert [v.visit for v in console.open_visits(CLOSED)] == ["v1"]
    assert types(console) == ["CardInserted"]
    console.append([entry("v1", 4, state="", type="Viewed")])  # a note moves nothing
    assert kiosk.open_visits(CLOSED)[0].state == "ReadingCard"


def test_a_visit_taken_over_belongs_to_the_new_owner(kit: Kit) -> None:
    kiosk, console = kit.open("kiosk"), kit.open("console")
    kiosk.append([entry("v1", 1, owner_epoch=1)])
    console.append([entry("v1", 2, type="TakenOver", owner_epoch=2)])
    with pytest.raises(NotOwner):
        kiosk.append([entry("v1", 3, owner_epoch=1)])
    with pytest.raises(NotOwner):
        kiosk.append([entry("v1", 3, owner_epoch=2)])
    with pytest.raises(NotOwner):
        console.append([entry("v1", 3, owner_epoch=1)])
    (visit,) = kiosk.open_visits(CLOSED)
    assert (visit.chain, visit.owner_epoch) == (console.chain, 2)


def test_a_simulated_visit_is_marked_for_ever(kit: Kit) -> None:
    ledger = kit.open()
    ledger.append([entry("v1", 1, simulated=True)])
    ledger.append([entry("v1", 2)])
    assert ledger.open_visits(())[0].simulated
    request = ledger.request("v1", "Cancel")
    ledger.answer(request, True)
    ledger.next_number(TODAY, "v1")
    assert [r.simulated for r in ledger.entries() if r.state == ""] == [True, True, True]


def test_a_production_ledger_refuses_simulated_entries(kit: Kit) -> None:
    ledger = kit.open(refuse_simulated=True)
    with pytest.raises(SimulatedRefused):
        ledger.append([entry("v1", 1), entry("v1", 2, simulated=True)])
    ledger.append([entry("v1", 3)])
    request = ledger.request("v1", "Finish")
    with pytest.raises(SimulatedRefused):
        ledger.answer(request, True, entries=[entry("v1", 4, simulated=True)])
    assert types(ledger) == ["CardInserted", "Requested"]


# -- numbers
def test_numbers_count_per_day_and_a_visit_keeps_its_own(kit: Kit) -> None:
    ledger = kit.open()
    first = ledger.append([entry("v1", 1)], take_number=TODAY).number
    second = ledger.append([entry("v2", 2)], take_number=TODAY).number
    again = ledger.append([entry("v1", 3)], take_number=TODAY).number
    tomorrow = ledger.append([entry("v3", 4)], take_number=TODAY + timedelta(days=1)).number
    assert [str(n) for n in (first, second, again, tomorrow)] == ["A001", "A002", "A001", "A001"]
    assert ledger.next_number(TODAY, "v2") == second
    assert types(ledger).count("NumberTaken") == 3
    taken = next(r for r in ledger.entries("v2") if r.type == "NumberTaken")
    assert isinstance(taken.payload, bytes)
    assert msgspec.json.decode(taken.payload) == {"count": 2, "day": "2026-03-02", "letter": "A"}
    assert (taken.ref, taken.at, taken.actor) == ("event-0002", entry("v2", 2).at, "patient")


def test_processes_of_one_terminal_share_the_counter_and_other_letters_have_their_own(kit: Kit) -> None:
    kiosk, console, other = kit.open("kiosk"), kit.open("console"), kit.open("second", letter="B")
    numbers = [
        ledger.append([entry(f"v{n}", n)], take_number=TODAY).number
        for n, ledger in enumerate([kiosk, console, other, kiosk, other])
    ]
    assert [str(number) for number in numbers] == ["A001", "A002", "B001", "A003", "B002"]


def test_a_failed_append_leaves_no_gap_in_the_numbers(kit: Kit) -> None:
    kiosk, console = kit.open("kiosk"), kit.open("console")
    kiosk.append([entry("v1", 1)], take_number=TODAY)
    with pytest.raises(NotOwner):
        console.append([entry("v1", 2)], take_number=TODAY)
    with pytest.raises(UnknownVisit):
        kiosk.append([entry("v8", 3), entry("v9", 3, state="")], take_number=TODAY)
    with pytest.raises(UnknownVisit):
        kiosk.next_number(TODAY, "v9")
    with pytest.raises(InvalidEntry):
        kiosk.append([], take_number=TODAY)
    assert [v.visit for v in kiosk.open_visits(())] == ["v1"]
    assert str(console.append([entry("v2", 4)], take_number=TODAY).number) == "A002"


def test_the_counter_goes_on_after_a_restart(kit: Kit) -> None:
    first = kit.open()
    first.append([entry("v1", 1)], take_number=TODAY)
    first.close()
    assert str(kit.open().append([entry("v2", 2)], take_number=TODAY).number) == "A002"


# -- requests
def test_a_request_is_answered_once_by_the_owner_together_with_what_it_caused(kit: Kit) -> None:
    kiosk, console = kit.open("kiosk"), kit.open("console")
    kiosk.append([entry("v1", 1)])
    wish = console.request("v1", "Settle", b'{"evidence":"certificate"}', "staff:A")
    (seen,) = kiosk.requests()
    assert (seen.id, seen.visit, seen.owner, seen.chain) == (wish, "v1", kiosk.chain, console.chain)
    assert (seen.action, seen.payload, seen.actor) == ("Settle", b'{"evidence":"certificate"}', "staff:A")
    assert (seen.accepted, seen.why) == (None, "")

    kiosk.answer(wish, True, entries=[entry("v1", 2, "Confirmed")])
    assert kiosk.requests() == []
    (done,) = console.requests(unanswered=False)
    assert done.accepted is True
    assert kiosk.open_visits(CLOSED)[0].state == "Confirmed"
    assert types(kiosk) == ["CardInserted", "Requested", "Accepted", "CardInserted"]
    with pytest.raises(AlreadyAnswered):
        kiosk.answer(wish, False)


def test_a_refusal_tells_why(kit: Kit) -> None:
    kiosk, console = kit.open("kiosk"), kit.open("console")
    kiosk.append([entry("v1", 1), entry("v2", 2)])
    console.request("v2", "Other")
    wish = console.request("v1", "Settle")
    kiosk.answer(wish, False, "カードを読んでいます", actor="reader")
    (answered,) = console.requests(unanswered=False, visit="v1")
    assert (answered.accepted, answered.why) == (False, "カードを読んでいます")
    assert [r.visit for r in console.requests()] == ["v2"]


def test_an_answer_takes_the_visits_number_in_the_same_transaction(kit: Kit) -> None:
    ledger, console = kit.open(), kit.open("console")
    ledger.append([entry("v1", 1)])
    asked = console.request("v1", "accept")
    settled = entry("v1", 2, "ShowingNotice", type="StaffActed")
    head = ledger.answer(asked, True, entries=[settled], take_number=TODAY)
    assert str(head.number) == "A001"
    assert types(ledger)[-3:] == ["Accepted", "StaffActed", "NumberTaken"]
    assert list(ledger.entries())[-1].ref == settled.id
    with pytest.raises(AlreadyAnswered):
        ledger.answer(asked, True, take_number=TODAY)
    assert str(ledger.next_number(TODAY, "v1")) == "A001"
    assert kit.verify().verdict == "ok"


def test_whether_a_program_runs_is_known_by_all_others(kit: Kit) -> None:
    ledger, console = kit.open(), kit.open("console")
    assert console.is_running(ledger.chain)
    assert console.is_running(console.chain)
    ledger.close()
    assert not console.is_running(ledger.chain)
    assert console.is_running(kit.open().chain)


def test_a_request_that_cannot_be_made_or_answered_changes_nothing(kit: Kit) -> None:
    kiosk, console = kit.open("kiosk"), kit.open("console")
    kiosk.append([entry("v1", 1)])
    with pytest.raises(UnknownVisit):
        console.request("nowhere", "Settle")
    with pytest.raises(InvalidEntry):
        console.request("v1", "Settle", b"{")
    with pytest.raises(InvalidEntry):
        console.request("v1", "Settle", b'{"share":0.3}')
    wish = console.request("v1", "Settle")
    with pytest.raises(NotOwner):
        console.answer(wish, True)
    with pytest.raises(UnknownRequest):
        kiosk.answer("nothing", True)
    with pytest.raises(InvalidEntry):
        kiosk.answer(wish, True, actor="nobody")
    with pytest.raises(InvalidEntry):
        kiosk.answer(wish, True, entries=[entry("v1", 2, mono_ms=0.5)])
    moves = [entry("v1", 2, "Finished", owner_epoch=1), entry("v1", 3, owner_epoch=0)]
    with pytest.raises(NotOwner):
        kiosk.answer(wish, True, entries=moves)
    assert [r.id for r in kiosk.requests()] == [wish]
    assert types(kiosk) == ["CardInserted", "Requested"]
    assert kiosk.open_visits(CLOSED)[0].state == "ReadingCard"


def test_requests_follow_a_visit_to_its_new_owner(kit: Kit) -> None:
    kiosk, console = kit.open("kiosk"), kit.open("console")
    kiosk.append([entry("v1", 1)])
    wish = console.request("v1", "Settle")
    console.append([entry("v1", 2, type="TakenOver", owner_epoch=1)])
    assert console.requests()[0].owner == console.chain
    with pytest.raises(NotOwner):
        kiosk.answer(wish, True)
    console.answer(wish, True)


# -- checkpoints
def test_a_checkpoint_covers_the_head_and_is_delivered(kit: Kit, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    ledger = kit.open(checkpoints=folder)
    assert ledger.checkpoint() is None
    ledger.append([entry("v1", n) for n in range(5)])
    result = ledger.checkpoint()
    assert result is not None
    assert (result.seq, result.waiting, result.problem) == (5, 0, None)
    assert (folder / ledger.chain / "000000000005.note").read_text() == result.note
    assert ledger.checkpoint() is None
    report = kit.verify(folder)
    assert (report.verdict, report.chains[0].uncovered) == ("ok", 0)


def test_checkpoints_fall_due_by_time_by_count_and_at_closing(kit: Kit, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    ledger = kit.open(checkpoints=folder)
    assert ledger.checkpoint_if_due() is None
    ledger.append([entry("v1", 1)])
    assert ledger.checkpoint_if_due() is None
    kit.clock.advance(minutes=15)
    assert ledger.checkpoint_if_due() is not None
    assert ledger.checkpoint_if_due() is None
    ledger.append([entry("v1", n) for n in range(1000)])
    assert ledger.checkpoint_if_due() is not None
    ledger.append([entry("v1", 2)])
    ledger.close()
    chain = [path.name for path in sorted((folder / ledger.chain).iterdir())]
    assert chain == ["000000000001.note", "000000001001.note", "000000001002.note"]


def test_checkpoints_wait_for_a_folder_that_is_away_and_reception_goes_on(kit: Kit, tmp_path: Path) -> None:
    folder = tmp_path / "share"
    ledger = kit.open(checkpoints=folder)
    ledger.append([entry("v1", 1)])
    result = ledger.checkpoint()
    assert result is not None
    assert result.waiting == 1
    assert isinstance(result.problem, LedgerError)
    assert result.problem.code == "checkpoint_undelivered"
    assert not folder.exists()
    ledger.append([entry("v1", 2)])
    folder.mkdir()
    result = ledger.checkpoint()
    assert result is not None
    assert (result.waiting, result.problem) == (0, None)
    assert len(list((folder / ledger.chain).iterdir())) == 2


def test_a_restarted_terminal_does_not_sign_the_same_head_again(kit: Kit) -> None:
    first = kit.open()
    first.append([entry("v1", 1)])
    first.close()
    second = kit.open()
    kit.clock.advance(hours=1)
    assert second.checkpoint_if_due() is None


# -- retention
def test_purging_erases_payloads_and_leaves_the_chain_whole(kit: Kit) -> None:
    ledger = kit.open()
    ledger.append([entry("old", 1, payload=b'{"name":"x"}'), entry("old", 2, "Finished")], take_number=TODAY)
    wish = ledger.request("old", "Settle")
    before = [record.hash for record in ledger.entries()]
    kit.clock.advance(days=2)
    late = stamp(kit.clock.wall)
    ledger.append([entry("new", 3, at=late)], take_number=TODAY + timedelta(days=2))

    purge = ledger.purge(TODAY + timedelta(days=1), "staff:A")
    assert (purge.erased, purge.files_clean) == (3, True)
    records = list(ledger.entries())
    assert [record.hash for record in records][:4] == before
    erased = [record.type for record in records if isinstance(record.payload, Purged)]
    assert erased == ["CardInserted", "CardInserted", "Requested"]
    assert records[4].payload == b'{"n":3}'
    assert [v.visit for v in ledger.open_visits(())] == ["new"]
    assert ledger.requests(unanswered=False) == []
    with pytest.raises(UnknownRequest):
        ledger.answer(wish, True)
    assert ledger.last_purge() == late
    assert (records[-1].type, records[-1].actor) == ("LedgerPurged", "staff:A")
    report = kit.verify()
    assert (report.verdict, report.erased) == ("ok", 3)


def test_a_visit_still_moved_after_the_limit_keeps_all_its_payloads(kit: Kit) -> None:
    ledger = kit.open()
    ledger.append([entry("v1", 1), entry("", 1, "", actor="clock")])
    kit.clock.advance(days=2)
    ledger.append([entry("v1", 2, at=stamp(kit.clock.wall))])
    assert ledger.purge(TODAY + timedelta(days=1)).erased == 1
    assert [r.payload for r in ledger.entries("v1")] == [b'{"n":1}', b'{"n":2}']
    assert kit.verify().verdict == "ok"


def test_the_day_begins_at_midnight_in_japan(kit: Kit) -> None:
    ledger = kit.open()
    kit.clock.advance(days=2)
    midnight, before = "2026-03-02T15:00:00.000Z", "2026-03-02T14:59:59.999Z"
    ledger.append([entry("v1", 1, at=before), entry("v2", 2, at=before), entry("v1", 3, at=midnight)])
    assert ledger.purge(TODAY + timedelta(days=1)).erased == 1
    assert [isinstance(r.payload, Purged) for r in ledger.entries() if r.visit] == [False, True, False]


def test_purging_twice_finds_nothing_more_and_still_verifies(kit: Kit) -> None:
    ledger = kit.open()
    ledger.append([entry("v1", 1, "Finished")])
    kit.clock.advance(days=400)
    assert ledger.purge(date(2027, 1, 1)).erased == 1
    assert ledger.purge(date(2027, 1, 1)).erased == 0
    assert ledger.purge(date(2026, 1, 1)).erased == 0
    ledger.append([entry("v2", 2, "Finished")])  # by a clock that was wrong
    assert ledger.purge(date(2027, 1, 1)).erased == 0  # that day has been purged
    assert ledger.purge(date(2027, 1, 2)).erased == 1
    assert kit.verify().verdict == "ok"


def test_a_day_that_is_not_over_cannot_be_purged(kit: Kit) -> None:
    ledger = kit.open()
    ledger.append([entry("v1", 1)])
    with pytest.raises(InvalidEntry):
        ledger.purge(TODAY + timedelta(days=1))
    assert ledger.purge(TODAY).erased == 0
    assert ledger.last_purge() == stamp(NOON)


# -- versions and lifetimes
def test_old_payloads_are_read_in_the_newest_form(kit: Kit) -> None:
    def rename(old: Old) -> Old:
        assert isinstance(old.payload, dict)
        return Old(old.type, 2, {"count": old.payload["n"]})

    def move(old: Old) -> Old:
        return Old("Inserted", 1, old.payload)

    ledger = kit.open(upcasts={("CardInserted", 1): rename, ("CardInserted", 2): move})
    ledger.append([entry("v1", 7), entry("v1", 8, version=3)])
    first, second = ledger.entries()
    assert (first.type, first.version, first.payload) == ("Inserted", 1, b'{"count":7}')
    assert (second.type, second.version, second.payload) == ("CardInserted", 3, b'{"n":8}')
    assert kit.verify().verdict == "ok"


def test_one_process_at_a_time_writes_a_chain(kit: Kit) -> None:
    first = kit.open()
    with pytest.raises(ChainInUse):
        kit.open()
    first.close()
    assert kit.open().chain == first.chain


def test_a_closed_ledger_says_so(kit: Kit) -> None:
    ledger = kit.open()
    ledger.append([entry("v1", 1)])
    ledger.close()
    ledger.close()
    for use in (
        ledger.head,
        ledger.last_purge,
        ledger.checkpoint,
        lambda: ledger.append([entry("v1", 2)]),
        lambda: list(ledger.entries()),
        lambda: ledger.open_visits(()),
        lambda: ledger.request("v1", "x"),
    ):
        with pytest.raises(LedgerClosed):
            use()


def test_equal_worlds_give_equal_ledgers_whatever_the_payload_says(tmp_path: Path) -> None:
    """Non-interference: with the same randomness only leaf and hash may depend on personal data."""

    def cores(secret: bytes) -> list[bytes]:
        kit = MemoryKit()
        ledger = kit.open(random=bytes)
        ledger.append([entry("v1", 1, payload=canonical_json({"name": secret.decode()}))], take_number=TODAY)
        return [row.core for row in ledger.links()]

    assert cores(b"YAMADA") == cores(b"SATO")


def test_options_refuse_names_that_cannot_be_in_a_chain_id(kit: Kit) -> None:
    assert Options().terminal == "A"
    for bad in ("", "a b", "a.b", "受付", "x" * 33, "../up"):
        with pytest.raises(InvalidEntry):
            kit.open(bad)
