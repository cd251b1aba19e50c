"""What a terminal takes from the hub into its own ledger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from kiosk.ledger import SqliteLedger, canonical_json
from kiosk.ledger.errors import AlreadyAnswered, NotOwner
from kiosk.ledger.receiving import Elsewhere, Told, Wish
from tests.support.ledgers import CLOSED, SqliteKit, entry

CONSOLE = "R.console.12345678"
WISH = Wish(
    id="wish-1", visit="v1", chain=CONSOLE, actor="staff:A", simulated=False,
    payload=canonical_json({"action": "accept", "detail": {"way": "certificate"}}),
)  # fmt: skip


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[SqliteKit]:
    kit = SqliteKit(tmp_path / "ledger")
    yield kit
    kit.finish()


def types(ledger: SqliteLedger) -> list[str]:
    return [record.type for record in ledger.entries()]


def test_a_request_from_elsewhere_is_seen_and_answered_like_one_of_this_machine(kit: SqliteKit) -> None:
    kiosk = kit.open()
    kiosk.append([entry("v1", 1)])
    assert kiosk.receive(Told((WISH,), mark="x:7")) == 1
    (seen,) = kiosk.requests()
    assert (seen.id, seen.visit, seen.owner, seen.chain) == ("wish-1", "v1", kiosk.chain, CONSOLE)
    assert (seen.action, seen.payload, seen.actor) == ("accept", b'{"way":"certificate"}', "staff:A")
    kiosk.answer("wish-1", True, entries=[entry("v1", 2, "Confirmed")])
    assert kiosk.requests() == []
    with pytest.raises(AlreadyAnswered):
        kiosk.answer("wish-1", False)
    assert types(kiosk) == ["CardInserted", "RequestReceived", "Accepted", "CardInserted"]
    assert kit.verify().verdict == "ok"


def test_what_is_told_again_changes_nothing(kit: SqliteKit) -> None:
    kiosk = kit.open()
    kiosk.append([entry("v1", 1), entry("v2", 1)])
    told = Told((WISH,), (Elsewhere("v2", CONSOLE, 1, "Abandoned"),), "x:7")
    assert kiosk.receive(told) == 2
    assert kiosk.receive(told) == 0
    assert kiosk.receive(msgspec.structs.replace(told, mark="x:8")) == 0
    assert kiosk.told() == "x:8"
    kiosk.answer("wish-1", False, "busy")
    assert kiosk.receive(told) == 0
    assert kiosk.requests() == []
    kiosk.close()
    assert kit.open().told() == "x:7"


def test_a_visit_taken_over_elsewhere_cannot_be_moved_here_any_more(kit: SqliteKit) -> None:
    kiosk = kit.open()
    kiosk.append([entry("v1", 1), entry("v2", 2)])
    kiosk.receive(Told((WISH,), (Elsewhere("v1", CONSOLE, 1, "WaitingForStaff"),), "x:9"))
    with pytest.raises(NotOwner):
        kiosk.append([entry("v1", 3, "Confirmed")])
    with pytest.raises(NotOwner):
        kiosk.answer("wish-1", True)
    (lost, kept) = sorted(kiosk.open_visits(CLOSED), key=lambda v: v.visit)
    assert (lost.chain, lost.owner_epoch, lost.state) == (CONSOLE, 1, "WaitingForStaff")
    assert kept.chain == kiosk.chain
    kiosk.append([entry("v2", 4, "Confirmed")])
    kiosk.receive(Told((), (Elsewhere("v1", CONSOLE, 1, "Abandoned"),), "x:10"))
    assert [v.visit for v in kiosk.open_visits(CLOSED)] == ["v2"]
    assert kit.verify().verdict == "ok"


def test_of_two_who_took_over_at_once_the_hubs_is_the_owner(kit: SqliteKit) -> None:
    kiosk, console = kit.open(), kit.open("console")
    kiosk.append([entry("v1", 1)])
    console.append([entry("v1", 2, type="TakenOver", owner_epoch=1)])
    kiosk.receive(Told((), (Elsewhere("v1", CONSOLE, 1, "WaitingForStaff"),), "x:1"))
    with pytest.raises(NotOwner):
        console.append([entry("v1", 3, "Abandoned", owner_epoch=1)])
    console.append([entry("v1", 4, type="TakenOver", owner_epoch=2)])
    kiosk.receive(Told((), (Elsewhere("v1", CONSOLE, 1, "Abandoned"),), "x:2"))  # not heard of it yet
    assert kiosk.open_visits(CLOSED)[0].chain == console.chain
    assert kit.verify().verdict == "ok"


def test_a_lost_visit_is_forgotten_by_retention_and_its_loss_stays_explained(kit: SqliteKit) -> None:
    kiosk = kit.open()
    kiosk.append([entry("v1", 1)])
    kiosk.receive(Told((WISH,), (Elsewhere("v1", CONSOLE, 1, "Abandoned"),), "x:1"))
    kit.clock.advance(days=400)
    assert kiosk.purge(kit.clock.wall.date()).erased == 2
    assert kiosk.open_visits(()) == []
    assert types(kiosk) == ["CardInserted", "RequestReceived", "MovedElsewhere", "LedgerPurged"]
    assert kit.verify().verdict == "ok"
    kiosk.rebuild()
    assert kit.verify().verdict == "ok"


def test_news_of_visits_that_are_unknown_here_is_passed_over(kit: SqliteKit) -> None:
    kiosk = kit.open()
    assert kiosk.receive(Told((WISH,), (Elsewhere("v1", CONSOLE, 1, "Abandoned"),), "x:1")) == 0
    assert types(kiosk) == []
    assert kiosk.told() == "x:1"


def test_raw_links_and_notes_are_given_in_the_order_of_their_chain(kit: SqliteKit) -> None:
    kiosk, console = kit.open(), kit.open("console")
    kiosk.append([entry("v1", 1), entry("v1", 2)])
    console.append([entry("v1", 3, state="")])
    kiosk.append([entry("v1", 4)])
    kiosk.checkpoint()
    assert [row.seq for row in kiosk.links_after(kiosk.chain, 0, 2)] == [1, 2]
    assert [row.seq for row in kiosk.links_after(kiosk.chain, 2, 9)] == [3]
    assert [row.payload for row in kiosk.links_after(console.chain, 0, 9)] == [b'{"n":3}']
    assert [seq for seq, _ in kiosk.notes_after(kiosk.chain, 0)] == [3]
    assert kiosk.notes_after(kiosk.chain, 3) == []


def test_whoever_ships_is_woken_by_each_transaction_and_by_no_failed_one(kit: SqliteKit) -> None:
    kiosk, console = kit.open(), kit.open("console")
    calls: list[str] = []
    kiosk.when_written(lambda: calls.append("written"))
    kiosk.append([entry("v1", 1), entry("v1", 2)])
    console.append([entry("v2", 3)])
    with pytest.raises(NotOwner):
        kiosk.append([entry("v2", 4)])
    assert calls == ["written"]
