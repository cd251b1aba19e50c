"""What a terminal sends to the hub and takes from it, over one connection."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from kiosk.ledger import Options, Purged, SqliteLedger, canonical_json
from kiosk.ledger.backup import backup, restore
from kiosk.ledger.errors import AlreadyAnswered, NotOwner, SimulatedRefused
from kiosk.ledger.hub.audit import told_keys, verify_hub
from kiosk.ledger.hub.errors import HubKeyDiffers, NotThisTerminal
from kiosk.ledger.hub.sealing import make_hub_key
from kiosk.ledger.hub.session import Session
from kiosk.ledger.hub.status import HubStatus, status
from kiosk.ledger.interface import JST
from tests.support.ledgers import CLOSED, PASSPHRASE, entry

if TYPE_CHECKING:
    from tests.kiosk.ledger.hub.conftest import Place

TODAY = date(2026, 3, 2)


def standing(place: Place) -> HubStatus:
    place.login("R", "console")
    return status(place.connect("R"))


def rows(place: Place, chain: str) -> list[Any]:
    return place.hub.sql("SELECT seq, hash FROM link WHERE chain = %s ORDER BY seq", (chain,))


def own_rows(ledger: SqliteLedger) -> list[Any]:
    return [(one.seq, one.hash) for one in ledger.links_after(ledger.chain, 0, 10_000)]


# -- out
def test_what_a_terminal_wrote_is_in_the_hub_once_and_readable_by_consoles(place: Place) -> None:
    kiosk = place.kiosk()
    kiosk.append([entry(f"v{n % 7}", n) for n in range(600)])
    kiosk.append([entry("v1", 601)], take_number=TODAY)
    kiosk.checkpoint()
    session = place.session(kiosk)
    assert session.ship() == 602
    assert session.ship() == 0
    console = place.console()
    sent, seen = list(kiosk.entries()), list(console.entries(chain=kiosk.chain))
    assert [msgspec.structs.replace(one, position=0) for one in seen] == [
        msgspec.structs.replace(one, position=0) for one in sent
    ]
    assert console.open_visits(()) == kiosk.open_visits(())
    assert place.hub.sql("SELECT letter, day, count, visit FROM number") == [("A", "2026-03-02", 1, "v1")]
    with console.snapshot() as source:
        report = verify_hub(source, told_keys(place.connect("R")))
        assert (report.verdict, report.findings) == ("ok", [])
        assert {one.chain: one.uncovered for one in report.chains}[kiosk.chain] == 0


def test_a_new_connection_goes_on_exactly_where_the_last_one_ended(place: Place) -> None:
    kiosk, console = place.kiosk(), place.kiosk(process="console")
    kiosk.append([entry("v1", 1), entry("v1", 2)])
    assert place.session(kiosk).ship() == 2
    console.append([entry("v1", 3, state="")])
    kiosk.append([entry("v1", 4)])
    assert place.session(kiosk).ship() == 2
    assert place.session(kiosk).ship() == 0
    assert rows(place, kiosk.chain) == own_rows(kiosk)
    assert len(rows(place, console.chain)) == 1


def test_a_chain_under_another_name_in_the_file_is_told_and_holds_up_no_other(place: Place) -> None:
    """A terminal that was given another name, or a program that was told a wrong one."""
    kiosk = place.kiosk("B")
    kiosk.append([entry("v1", 1)])
    with SqliteLedger(kiosk.home.folder, Options(terminal="A", clock=place.clock)) as before:
        before.append([entry("v0", 2)])
    session = place.session(kiosk)
    assert session.ship() == 1
    session.present()
    assert session.bring_back() == 0
    assert rows(place, kiosk.chain) == own_rows(kiosk)
    assert [(one.chain, one.problem) for one in session.stuck.values()] == [(before.chain, "other_name")]


def test_what_is_sent_again_is_compared_and_not_written_twice(place: Place) -> None:
    kiosk = place.kiosk()
    kiosk.append([entry("v1", n) for n in range(5)])
    session = place.session(kiosk)
    session.ship()
    session.there[kiosk.chain] = 2  # as if the answer had been lost
    kiosk.append([entry("v1", 6)])
    session.ship()
    assert (session.there[kiosk.chain], session.stuck) == (6, {})
    assert rows(place, kiosk.chain) == own_rows(kiosk)


def test_the_hub_holds_nothing_personal_in_the_clear(place: Place) -> None:
    kiosk = place.kiosk()
    secret = canonical_json({"name": "YAMADA HANAKO", "birth": "1980-04-05"})
    kiosk.append([entry("v1", 1, payload=secret)], take_number=TODAY)
    place.session(kiosk).ship()
    console = place.console()
    console.request("v1", "accept", secret, "staff:A")
    everything = place.hub.sql(
        "SELECT string_agg(l::text || coalesce(encode(p.body, 'escape'), ''), '')"
        " FROM link l LEFT JOIN payload p USING (position)"
    )[0][0]
    assert "YAMADA" not in everything
    assert '"count":1' in everything  # of the number, which is nobody's
    assert console.requests()[0].payload == secret
    assert next(console.entries("v1")).payload == secret


def test_a_large_payload_travels_alone(place: Place) -> None:
    kiosk = place.kiosk()
    scan = canonical_json({"content": "x" * 3_000_000})
    kiosk.append([entry("v1", 1), entry("v1", 2, payload=scan), entry("v1", 3)])
    assert place.session(kiosk).ship() == 3
    assert [one.payload for one in place.console().entries("v1")][1] == scan


def test_what_was_erased_at_home_before_it_was_sent_comes_without_its_payload(place: Place) -> None:
    kiosk = place.kiosk()
    kiosk.append([entry("v1", 1, "Finished")], take_number=TODAY)
    place.clock.advance(days=400)
    kiosk.purge(place.clock.wall.date())
    place.session(kiosk).ship()
    console = place.console()
    assert [isinstance(one.payload, Purged) for one in console.entries()] == [True, False, False]
    with console.snapshot() as source:
        assert verify_hub(source, {}).verdict == "ok"


def test_a_chain_that_is_another_one_is_refused_and_shown_and_the_others_go_on(place: Place) -> None:
    kiosk = place.kiosk()
    kiosk.append([entry("v1", n) for n in range(4)])
    copy = place.folder / "copy"
    kiosk.close()
    shutil.copytree(place.hub.folder / "A", copy)
    kiosk = place.kiosk()
    kiosk.append([entry("v1", 5)])
    place.session(kiosk).ship()
    kiosk.close()
    shutil.rmtree(place.hub.folder / "A")
    copy.rename(place.hub.folder / "A")  # set back by a copy of the disk, not by `restore`
    back = place.kiosk()
    session = place.session(back)
    session.ship()
    assert [(one.problem, one.seq) for one in session.stuck.values()] == [("rolled_back", 5)]
    back.append([entry("v1", 6)])
    other = place.kiosk(process="console")
    other.append([entry("v2", 7)])
    session = place.session(back)
    session.ship()
    assert [(one.problem, one.seq) for one in session.stuck.values()] == [("fork", 5)]
    assert len(rows(place, other.chain)) == 1
    shown = standing(place)
    (chain,) = [one for one in shown.chains if one.chain == back.chain]
    assert [(one.kind, one.seq) for one in chain.troubles] == [("rolled_back", 5), ("fork", 5)]
    assert not shown.well


def test_after_a_restore_the_terminal_goes_on_with_a_new_chain(place: Place) -> None:
    kiosk = place.kiosk()
    kiosk.append([entry("v1", 1), entry("v2", 2)])
    place.session(kiosk).ship()
    backup(place.hub.folder / "A", place.folder / "a.bak", PASSPHRASE, cost=14)
    kiosk.append([entry("v2", 3, "Finished"), entry("v3", 4)])
    place.session(kiosk).ship()
    old = kiosk.chain
    kiosk.close()
    restore(place.folder / "a.bak", place.hub.folder / "A", PASSPHRASE, replace=True)
    kiosk = place.kiosk()
    assert kiosk.chain != old
    kiosk.append([entry("v1", 5, "Abandoned", type="Interrupted", owner_epoch=1)])
    session = place.session(kiosk)
    session.ship()
    assert session.stuck == {}
    assert len(rows(place, old)) == 4
    visits = {v.visit: (v.chain, v.state) for v in place.console().open_visits(())}
    assert visits["v1"] == (kiosk.chain, "Abandoned")
    assert visits["v2"] == (old, "Finished")
    assert visits["v3"] == (old, "ReadingCard")


def test_a_production_hub_refuses_simulated_events_for_ever(make_place: Callable[..., Place]) -> None:
    place = make_place(production=True)
    kiosk = place.kiosk()
    kiosk.append([entry("v1", 1), entry("v2", 2, simulated=True), entry("v1", 3)])
    session = place.session(kiosk)
    assert session.ship() == 1
    assert [(one.problem, one.seq) for one in session.stuck.values()] == [("simulated", 2)]
    assert place.session(kiosk).ship() == 0
    assert [one.kind for chain in standing(place).chains for one in chain.troubles] == ["simulated"]
    with pytest.raises(SimulatedRefused):
        place.console().append([entry("v9", 1, simulated=True)])
    assert place.hub.sql("SELECT count(*) FROM link") == [(1,)]


def test_simulated_events_stay_marked_in_a_hub_for_trials(place: Place) -> None:
    kiosk = place.kiosk()
    kiosk.append([entry("v1", 1, simulated=True), entry("v1", 2)])
    place.session(kiosk).ship()
    console = place.console()
    assert console.open_visits(())[0].simulated
    console.request("v1", "Cancel")
    assert [one.simulated for one in console.entries()] == [True, False, True]


def test_nothing_is_sent_to_a_hub_of_another_key_or_as_another_terminal(place: Place) -> None:
    kiosk, other = place.kiosk(), place.kiosk("B")
    wrong = make_hub_key(place.folder / "other.key", lambda n: bytes(n))
    with pytest.raises(HubKeyDiffers):
        Session(kiosk, place.connect("A"), wrong)
    with pytest.raises(NotThisTerminal):
        Session(other, place.connect("A"), place.hub.key)


def test_a_hub_that_was_put_back_from_a_copy_is_filled_up_again(place: Place) -> None:
    kiosk = place.kiosk()
    kiosk.append([entry("v1", n) for n in range(10)])
    place.session(kiosk).ship()
    place.hub.sql(
        "SET session_replication_role = replica;"
        "DELETE FROM payload WHERE position > 4; DELETE FROM link WHERE position > 4;"
        "UPDATE chain SET seq = 4, hash = (SELECT hash FROM link WHERE position = 4);"
        "UPDATE counter SET position = 4"
    )
    assert place.session(kiosk).ship() == 6
    assert rows(place, kiosk.chain) == own_rows(kiosk)


def test_links_that_are_not_there_yet_are_known_and_shown(place: Place) -> None:
    kiosk = place.kiosk()
    kiosk.append([entry("v1", 1)])
    session = place.session(kiosk)
    session.ship()
    kiosk.append([entry("v1", n) for n in range(2, 7)])
    session.present()
    (chain,) = standing(place).chains
    assert (chain.head, chain.missing, chain.running, chain.kind) == (1, 5, True, "kiosk")
    session.ship()
    session.present(leaving=True)
    (chain,) = standing(place).chains
    assert (chain.head, chain.missing, chain.running) == (6, 0, False)


# -- in
def test_a_consoles_request_reaches_the_owner_and_its_answer_comes_back(place: Place) -> None:
    kiosk, console = place.kiosk(), place.console()
    kiosk.append([entry("v1", 1, "WaitingForStaff")])
    session = place.session(kiosk)
    session.ship()
    wish = console.request("v1", "accept", b'{"way":"certificate"}', "staff:A")
    assert session.notified(within_s=10)
    assert session.bring_back() == 1
    assert session.bring_back() == 0
    (seen,) = kiosk.requests()
    assert (seen.id, seen.action, seen.payload, seen.actor, seen.chain) == (
        wish, "accept", b'{"way":"certificate"}', "staff:A", console.chain,
    )  # fmt: skip
    kiosk.answer(wish, True, entries=[entry("v1", 2, "Confirmed")], take_number=TODAY)
    session.ship()
    assert session.bring_back() == 0
    (answered,) = console.requests(unanswered=False)
    assert (answered.accepted, answered.owner) == (True, kiosk.chain)
    assert console.open_visits(CLOSED)[0].state == "Confirmed"
    with console.snapshot() as source:
        assert verify_hub(source, told_keys(place.connect("R"))).verdict == "ok"


def test_of_two_consoles_that_ask_for_the_same_visit_one_wins_and_the_other_is_told_why(place: Place) -> None:
    kiosk, first, second = place.kiosk(), place.console("R"), place.console("S")
    kiosk.append([entry("v1", 1, "WaitingForStaff")])
    session = place.session(kiosk)
    session.ship()
    one, two = first.request("v1", "accept"), second.request("v1", "refuse")
    session.bring_back()
    assert [request.id for request in kiosk.requests()] == [one, two]
    kiosk.answer(one, True, entries=[entry("v1", 2, "Confirmed")])
    kiosk.answer(two, False, "the visit does not stand there any more")
    session.ship()
    told = {request.id: (request.accepted, request.why) for request in second.requests(unanswered=False)}
    assert told == {one: (True, ""), two: (False, "the visit does not stand there any more")}


def test_of_two_consoles_that_take_over_the_same_visit_one_wins_and_the_other_is_told(place: Place) -> None:
    kiosk, first, second = place.kiosk(), place.console("R"), place.console("S")
    kiosk.append([entry("v1", 1)])
    place.session(kiosk).ship()
    first.append([entry("v1", 2, "WaitingForStaff", type="TakenOver", owner_epoch=1)])
    with pytest.raises(NotOwner):
        second.append([entry("v1", 3, "WaitingForStaff", type="TakenOver", owner_epoch=1)])
    assert second.open_visits(CLOSED)[0].chain == first.chain
    first.append([entry("v1", 4, "Abandoned", owner_epoch=1)])


def test_a_dead_owner_that_comes_back_is_told_and_cannot_move_the_visit(place: Place) -> None:
    kiosk, console = place.kiosk(), place.console()
    kiosk.append([entry("v1", 1), entry("v2", 1)])
    place.session(kiosk).ship()
    kiosk.append([entry("v1", 2, "EnteringPin")])  # while the hub is away
    wish = console.request("v1", "handled")
    console.append([entry("v1", 3, "WaitingForStaff", type="TakenOver", owner_epoch=1)])
    console.answer(wish, True, entries=[entry("v1", 4, "Abandoned", owner_epoch=1)])

    session = place.session(kiosk)
    session.ship()
    assert session.bring_back() == 1
    with pytest.raises(NotOwner):
        kiosk.append([entry("v1", 5, "Confirmed")])
    assert [v.visit for v in kiosk.open_visits(CLOSED)] == ["v2"]
    session.ship()
    # Nothing is lost: what the kiosk did meanwhile is kept and shown, but it moved nothing.
    did = [(r.seq, r.type, r.state) for r in console.entries("v1", chain=kiosk.chain)]
    assert did == [(1, "CardInserted", "ReadingCard"), (3, "CardInserted", ""), (4, "MovedElsewhere", "")]
    (chain,) = [one for one in standing(place).chains if one.chain == kiosk.chain]
    assert chain.unheeded == {"move": 1}
    closed = {v.visit: (v.chain, v.state) for v in console.open_visits(())}["v1"]
    assert closed == (console.chain, "Abandoned")
    assert session.bring_back() == 0


def test_a_kiosk_that_did_not_know_answers_in_vain(place: Place) -> None:
    kiosk, console = place.kiosk(), place.console()
    kiosk.append([entry("v1", 1)])
    session = place.session(kiosk)
    session.ship()
    wish = console.request("v1", "accept")
    session.bring_back()
    console.append([entry("v1", 3, "WaitingForStaff", type="TakenOver", owner_epoch=1)])
    kiosk.answer(wish, True, entries=[entry("v1", 2, "Confirmed")])
    session.ship()
    (open_,) = console.requests()
    assert (open_.id, open_.owner, open_.accepted) == (wish, console.chain, None)
    console.answer(wish, False, "taken over")
    with pytest.raises(AlreadyAnswered):
        console.answer(wish, True)


def test_a_kiosk_commands_no_other_terminal(place: Place) -> None:
    victim, thief = place.kiosk("A"), place.kiosk("B")
    victim.append([entry("v1", 1)])
    place.session(victim).ship()
    thief.append([entry("v1", 2, type="TakenOver", owner_epoch=5)])  # it only knows the visit's id
    thief.request("v1", "accept")
    session = place.session(thief)
    session.ship()
    again = place.session(victim)
    assert again.bring_back() == 0
    console = place.console()
    assert console.open_visits(())[0].chain == victim.chain
    assert console.requests() == []
    (chain,) = [one for one in standing(place).chains if one.terminal == "B"]
    assert chain.unheeded == {"move": 1, "request": 1}


@pytest.mark.parametrize("forged", ["body", "core", "leaf"])
def test_a_forged_request_is_passed_over(place: Place, forged: str) -> None:
    kiosk, console = place.kiosk(), place.console()
    kiosk.append([entry("v1", 1)])
    session = place.session(kiosk)
    session.ship()
    console.request("v1", "accept")
    change = {
        "body": "UPDATE payload SET body = set_byte(body, length(body) - 1, 0) WHERE position = 2",
        "core": "UPDATE link SET core = replace(core, 'Requested', 'Ordered') WHERE position = 2",
        "leaf": "UPDATE link SET leaf = sha256('x') WHERE position = 2",
    }[forged]
    place.hub.sql(f"SET session_replication_role = replica; {change}")
    assert session.bring_back() == 0
    assert kiosk.requests() == []
    with console.snapshot() as source:
        assert verify_hub(source, {}).verdict == "broken"
    if forged != "core":
        assert console.requests()[0].action == ""  # one forged row does not hide all others


# -- retention
def test_the_hub_erases_what_a_terminal_erased_and_no_others(place: Place) -> None:
    kiosk, other = place.kiosk("A"), place.kiosk("B")
    for ledger in (kiosk, other):
        old = entry(f"old-{ledger.chain}", 1, "Finished", at="2020-03-02T03:00:00.000Z")
        ledger.append([old], take_number=date(2020, 3, 2))
        place.session(ledger).ship()
    kiosk.purge(TODAY)
    place.session(kiosk).ship()
    console = place.console()
    erased = [(r.chain, r.type) for r in console.entries() if isinstance(r.payload, Purged)]
    assert erased == [(kiosk.chain, "CardInserted")]
    assert [v.chain for v in console.open_visits(())] == [other.chain]
    assert place.hub.sql("SELECT terminal FROM number") == [("B",)]
    with console.snapshot() as source:
        assert verify_hub(source, {}).verdict == "ok"
    console.purge(TODAY)
    assert all(isinstance(r.payload, Purged) for r in console.entries() if r.type == "CardInserted")


def test_the_hubs_limit_is_a_japanese_new_year(place: Place) -> None:
    ((limit,),) = place.hub.sql("SELECT oldest_kept()")
    assert limit == f"{datetime.now(JST).year - 4}-12-31T15:00:00.000Z"


def test_a_terminal_with_a_wrong_clock_does_not_empty_the_hub(place: Place) -> None:
    kiosk = place.kiosk()
    kiosk.append([entry("v1", 1, "Finished")])
    place.session(kiosk).ship()
    place.clock.advance(days=40 * 366)
    kiosk.purge(place.clock.wall.date())
    place.hub.sql("UPDATE hub SET keep_years = 100")
    place.session(kiosk).ship()
    assert not isinstance(next(place.console().entries("v1")).payload, Purged)


def test_what_retention_erased_does_not_come_back_with_a_terminal_that_was_away(place: Place) -> None:
    kiosk = place.kiosk()
    kiosk.append([entry("v1", 1, "Finished"), entry("v1", 2, state="", type="StaffNoted")])
    place.clock.advance(days=400)
    console = place.console()
    console.purge(place.clock.wall.date())
    place.session(kiosk).ship()
    assert all(isinstance(one.payload, Purged) for one in console.entries("v1"))
    with console.snapshot() as source:
        assert verify_hub(source, {}).verdict == "ok"
