"""From the ledger to the receivers: every visit, once, in its newest revision, and never in silence."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.background import Background
from kiosk.handoff.carrier import Carrier, Later, Refused
from kiosk.handoff.courier import Courier
from kiosk.handoff.notes import NOTES, How
from kiosk.handoff.outbox import LATE, Backoff, Status
from kiosk.handoff.outbox_memory import MemoryOutbox
from kiosk.handoff.parcel import Form, Label, Parcel
from kiosk.handoff.queue_json import QueueJson
from kiosk.handoff.receiver import Receiver
from kiosk.handoff.settled import SettledVisit
from kiosk.handoff.xml import OqsXml
from kiosk.ledger import Entry, MemoryLedger
from kiosk.ledger.errors import LedgerBusy, LedgerFull
from tests.support.handoff import Answers, Clock, Shelf, entry, memory_ledger, visit_entries

BACKOFF = Backoff(first=timedelta(seconds=10), most=timedelta(minutes=10))


class Desk:
    """A ledger, an outbox and receivers, in a time that stands still."""

    def __init__(self, *carriers: Carrier, form: Form | None = None, takes_simulated: bool = False) -> None:
        self.clock = Clock()
        self.ledger = memory_ledger()
        self.outbox = MemoryOutbox()
        names = "abcdef"
        self.receivers = [
            Receiver(
                name=names[place], form=form or QueueJson(), carrier=one, takes_simulated=takes_simulated
            )
            for place, one in enumerate(carriers)
        ]
        self.courier = self.anew()
        self.courier.run()

    def anew(self, ledger: MemoryLedger | None = None, receivers: list[Receiver] | None = None) -> Courier:
        return Courier(
            ledger or self.ledger,
            self.outbox,
            self.receivers if receivers is None else receivers,
            now=self.clock,
            chance=lambda: 1.0,
            backoff=BACKOFF,
        )

    def write(self, *entries: Entry) -> None:
        self.ledger.append(list(entries))

    def visit(self, name: str = "v1", **how: Any) -> None:
        self.write(*visit_entries(name, self.clock.at, **how))

    def note(self, type: str, visit: str = "v1", **payload: Any) -> None:
        self.write(entry(visit, type, at=self.clock.at, **payload))

    def ask(self, how: How, status: Status, why: str = "", who: str = "sato") -> str:
        """A member of staff wants something, as a console writes it; gives the request's id."""
        wanted = {"receiver": status.receiver, "key": status.key, "why": why}
        return self.ledger.request(
            status.visit, f"handoff_{how}", json.dumps(wanted).encode(), f"staff:{who}"
        )

    def told(self, visit: str = "v1") -> list[tuple[str, str]]:
        """What the ledger says of deliveries: what, and of whom or why."""
        found = []
        for record in self.ledger.entries(visit):
            if record.type in NOTES:
                assert isinstance(record.payload, bytes)
                payload = json.loads(record.payload)
                found.append((record.type, payload.get("problem", payload["receiver"])))
        return found

    def reply(self, request: str) -> tuple[bool | None, str]:
        (found,) = (one for one in self.ledger.requests(unanswered=False) if one.id == request)
        return found.accepted, found.why


def documents(shelf: Shelf) -> list[dict[str, Any]]:
    return [json.loads(content) for content in shelf.kept.values()]


# -- once ------------------------------------------------------------------------------------------
def test_every_visit_with_a_result_arrives_once_at_every_receiver() -> None:
    one, other = Shelf(), Shelf()
    desk = Desk(one, other)
    for name in ("v1", "v2"):
        desk.visit(name)
    run = desk.courier.run()
    assert (run.posted, run.taken, run.later, run.refused) == (4, 4, 0, 0)
    for shelf in (one, other):
        assert sorted(found["visit"]["id"] for found in documents(shelf)) == ["v1", "v2"]
        assert len(shelf.arrived) == 2
    assert not set(one.kept) & set(other.kept)  # a key belongs to a receiver
    assert desk.courier.run() == type(run)()
    assert {status.state for status in desk.courier.status("v1")} == {"taken"}


def test_a_visit_goes_as_soon_as_it_has_its_number() -> None:
    shelf = Shelf()
    desk = Desk(shelf)
    entries = visit_entries()
    desk.write(*entries[:3])
    desk.courier.run()
    assert shelf.kept == {}
    desk.write(entries[3])
    desk.courier.run()
    assert len(shelf.kept) == 1
    desk.write(entries[4])
    desk.courier.run()
    assert len(shelf.arrived) == 1


def test_what_changes_nothing_for_a_receiver_is_not_told_again() -> None:
    shelf, receipt = Shelf(), Shelf()
    desk = Desk(shelf)
    desk.receivers.append(Receiver(name="receipt", form=OqsXml(), carrier=receipt))
    desk.courier = desk.anew()
    desk.courier.run()
    desk.visit()
    desk.courier.run()
    desk.note("PaperTakenOut", kind="ticket", how="shown")
    desk.note("NameDisplayCorrected", name="山田　多郎")
    desk.courier.run()
    assert [found["revision"] for found in documents(shelf)] == [1, 2]
    assert len(receipt.arrived) == 1  # the answer is the same


def test_a_declaration_whose_pdf_never_came_is_handed_over_after_a_while() -> None:
    shelf = Shelf()
    desk = Desk(shelf)
    told = {
        "outcome": "declared",
        "evidence": "card_declaration",
        "number": "A001",
        "ways": [["self_pay", "x"]],
    }
    desk.write(entry("v1", "FormSigned", "FillingDeclaration", desk=told))
    desk.courier.run()
    assert shelf.kept == {}
    desk.clock.go_on(minutes=3)
    desk.courier = desk.anew()  # and the program was started anew meanwhile
    desk.courier.run()
    assert len(shelf.kept) == 1
    assert desk.outbox.place().pending == ()


# -- corrections -----------------------------------------------------------------------------------
def test_a_void_follows_what_was_told_and_undoing_it_follows_that() -> None:
    shelf = Shelf()
    desk = Desk(shelf)
    desk.visit()
    desk.courier.run()
    desk.note("Voided", why="a trial")
    desk.courier.run()
    desk.note("VoidUndone")
    desk.courier.run()
    told = documents(shelf)
    assert [(found["kind"], found["revision"]) for found in told] == [
        ("settled", 1), ("voided", 2), ("corrected", 3),
    ]  # fmt: skip
    assert [found["replaces"] for found in told] == [None, told[0]["key"], told[1]["key"]]


def test_a_visit_that_was_void_before_anybody_was_told_is_not_told() -> None:
    shelf = Shelf()
    desk = Desk(shelf)
    desk.visit()
    desk.note("Voided", why="a trial")
    desk.courier.run()
    assert shelf.arrived == []


def test_a_void_that_the_form_cannot_say_is_left_to_people() -> None:
    desk = Desk(Shelf(), form=OqsXml())
    desk.visit()
    desk.courier.run()
    desk.note("Voided", why="somebody else's")
    desk.courier.run()
    (status,) = desk.courier.needing_person()
    assert (status.visit, status.problem, status.revision) == ("v1", "cannot_say_void", 2)
    desk.ask("by_hand", status, "told by telephone")
    desk.courier.run()
    assert desk.courier.needing_person() == ()


# -- receivers that fail ---------------------------------------------------------------------------
def test_what_is_not_taken_is_tried_with_growing_waits_until_it_is() -> None:
    carrier = Answers(*[Later("no_reply")] * 4)
    desk = Desk(carrier)
    desk.visit()
    waits = []
    for _ in range(5):
        desk.courier.run()
        (status,) = desk.courier.status("v1")
        waits.append((status.next_at - desk.clock.at).total_seconds())
        desk.clock.at = max(desk.clock.at, status.next_at)
    assert waits[:4] == [10, 20, 40, 80]
    assert desk.courier.status("v1")[0].state == "taken"
    assert len(set(carrier.keys)) == 1
    assert len({parcel.content for parcel in carrier.parcels}) == 1


def test_a_receiver_that_is_silent_holds_up_no_other_and_is_asked_once_a_run() -> None:
    silent, shelf = Answers(*[Later("no_reply")] * 9), Shelf()
    desk = Desk(silent, shelf)
    for name in ("v1", "v2", "v3"):
        desk.visit(name)
    run = desk.courier.run()
    assert (run.taken, run.later) == (3, 1)
    assert len(silent.keys) == 1
    assert len(shelf.kept) == 3


def test_what_is_refused_needs_a_person_and_goes_when_they_say_so() -> None:
    carrier = Answers(Refused("http_403"))
    desk = Desk(carrier)
    desk.visit()
    desk.courier.run()
    desk.clock.go_on(days=1)
    desk.courier.run()
    (status,) = desk.courier.needing_person()
    assert (status.problem, len(carrier.keys)) == ("http_403", 1)
    desk.ask("again", status)
    desk.courier.run()
    assert desk.courier.status("v1")[0].state == "taken"
    assert len(set(carrier.keys)) == 1


def test_a_receiver_that_is_gone_for_long_shows_on_the_board() -> None:
    desk = Desk(Answers(*[Later("no_folder")] * 99))
    desk.visit()
    desk.courier.run()
    assert desk.courier.needing_person() == ()
    desk.clock.at += LATE
    (status,) = desk.courier.needing_person()
    assert (status.problem, status.number) == ("no_folder", "A001")


def test_a_letter_to_a_receiver_that_was_taken_from_the_settings_needs_a_person() -> None:
    desk = Desk(Answers(Later("no_reply")))
    desk.visit()
    desk.courier.run()
    desk.clock.go_on(minutes=1)
    desk.anew(receivers=[]).run()
    (status,) = desk.courier.needing_person()
    assert status.problem == "no_such_receiver"


# -- what cannot be made ---------------------------------------------------------------------------
class Clumsy:
    """Cannot write some visits, until it can."""

    broken = True

    def relevant(self, settled: SettledVisit) -> bytes | None:
        return settled.visit.encode()

    def make(self, settled: SettledVisit, label: Label) -> Parcel:
        if self.broken and settled.visit == "v1":
            raise KeyError(settled.person.name)
        return Parcel("a", "b", settled.visit.encode())


def test_what_cannot_be_made_is_told_of_that_visit_and_holds_up_no_other() -> None:
    shelf, form = Shelf(), Clumsy()
    desk = Desk(shelf, form=form)
    for name in ("v1", "v2"):
        desk.visit(name)
    desk.courier.run()
    assert list(shelf.kept.values()) == [b"v2"]
    (status,) = desk.courier.needing_person()
    assert (status.visit, status.problem) == ("v1", "not_made_KeyError")
    desk.ask("again", status)
    desk.courier.run()
    assert desk.courier.needing_person() == (status,)  # nothing new, and no second line on the board
    form.broken = False
    desk.ask("again", status)
    desk.courier.run()
    assert list(shelf.kept.values()) == [b"v2", b"v1"]
    assert desk.courier.needing_person() == ()


def test_a_visit_that_nobody_can_read_is_told_and_holds_up_no_other() -> None:
    shelf = Shelf()
    desk = Desk(shelf)
    desk.write(entry("v1", "StaffActed", "WaitingForStaff", at=desk.clock.at, desk={"reason": "unheard of"}))
    desk.visit("v2")
    desk.courier.run()
    desk.courier.run()
    (status,) = desk.courier.needing_person()
    assert (status.visit, status.problem) == ("v1", "unreadable_StaffActed")
    assert [found["visit"]["id"] for found in documents(shelf)] == ["v2"]


# -- who is served, and from when ------------------------------------------------------------------
def test_a_receiver_is_told_of_visits_since_it_was_there() -> None:
    first, second = Shelf(), Shelf()
    desk = Desk(first)
    desk.visit("v1")
    desk.courier.run()
    desk.receivers.append(Receiver(name="new", form=QueueJson(), carrier=second))
    desk.courier = desk.anew()
    desk.clock.go_on(seconds=1)
    desk.courier.run()
    desk.clock.go_on(seconds=1)
    desk.visit("v2")
    desk.courier.run()
    assert len(first.kept) == 2
    assert [found["visit"]["id"] for found in documents(second)] == ["v2"]


def test_what_was_there_before_the_hand_off_is_not_sent() -> None:
    clock, ledger, shelf = Clock(), memory_ledger(), Shelf()
    ledger.append(visit_entries("old", clock.at))
    clock.go_on(days=1)
    receiver = Receiver(name="a", form=QueueJson(), carrier=shelf)
    courier = Courier(ledger, MemoryOutbox(), [receiver], now=clock)
    courier.run()
    ledger.append([entry("old", "PaperTakenOut", at=clock.at + timedelta(minutes=1))])
    courier.run()
    assert shelf.arrived == []


def test_a_restored_ledger_is_read_anew_and_nothing_goes_twice() -> None:
    shelf = Shelf()
    desk = Desk(shelf)
    desk.visit("v1")
    desk.courier.run()
    restored = replace_instance(desk.ledger)
    restored.append(visit_entries("v2", desk.clock.at))
    desk.anew(ledger=restored).run()
    assert [found["visit"]["id"] for found in documents(shelf)] == ["v1", "v2"]
    assert len(shelf.arrived) == 2


def replace_instance(ledger: MemoryLedger) -> MemoryLedger:
    from kiosk.ledger import MemoryStore

    copy = memory_ledger("console", MemoryStore("another", ledger.store.keys))
    copy.append(visit_entries("v1"))
    return copy


def test_an_outbox_that_was_lost_sends_again_under_the_same_keys() -> None:
    shelf = Shelf()
    desk = Desk(shelf)
    desk.visit("v1")
    desk.courier.run()
    desk.outbox = MemoryOutbox()
    desk.anew().run()
    assert len(shelf.arrived) == 2
    assert len(shelf.kept) == 1


def test_a_long_ledger_is_read_in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.handoff.courier._RECORDS", 7)
    shelf = Shelf()
    desk = Desk(shelf)
    for place in range(20):
        desk.visit(f"v{place}")
    assert desk.courier.run().posted == 20
    assert len(shelf.arrived) == 20


# -- simulated visits ------------------------------------------------------------------------------
def test_a_simulated_visit_goes_only_to_who_takes_simulated_ones() -> None:
    real, trial = Shelf(), Shelf()
    desk = Desk(real)
    desk.receivers.append(Receiver(name="trial", form=QueueJson(), carrier=trial, takes_simulated=True))
    desk.courier = desk.anew()
    desk.courier.run()
    desk.write(*(replace(one, simulated=True) for one in visit_entries()))
    desk.courier.run()
    assert real.arrived == []
    assert [found["simulated"] for found in documents(trial)] == [True]
    assert {one.receiver: one.state for one in desk.courier.status("v1")} == {
        "a": "refused",
        "trial": "taken",
    }
    assert desk.courier.needing_person() == ()


# -- what the ledger is told, and what staff ask ---------------------------------------------------
def test_a_visit_that_arrives_at_once_leaves_one_line_for_each_receiver() -> None:
    desk = Desk(Shelf(), Shelf())
    desk.visit()
    desk.courier.run()
    desk.courier.run()
    assert desk.told() == [("HandedOver", "a"), ("HandedOver", "b")]
    (record, _other) = (one for one in desk.ledger.entries("v1") if one.type == "HandedOver")
    assert isinstance(record.payload, bytes)
    assert json.loads(record.payload) == {
        "receiver": "a", "key": desk.courier.status("v1")[0].key, "taken_at": "2026-03-02T01:00:00.000Z",
    }  # fmt: skip
    assert (record.actor, record.state) == ("system", "")


def test_waiting_is_told_once_and_a_person_is_called_when_it_takes_long_and_anew_each_day() -> None:
    desk = Desk(Answers(*[Later("no_folder")] * 200))
    desk.visit()
    for _ in range(4):
        desk.courier.run()
        desk.clock.go_on(minutes=3)
    assert desk.told() == [("HandoffDelayed", "no_folder")]
    desk.clock.go_on(minutes=3)
    desk.courier.run()
    desk.courier.run()
    assert desk.told()[1:] == [("HandoffNeedsPerson", "no_folder")]
    desk.clock.go_on(days=1)
    desk.courier.run()
    assert desk.told()[2:] == [("HandoffNeedsPerson", "no_folder")]


def test_who_tried_again_and_who_settled_it_by_hand_is_told_with_why() -> None:
    desk = Desk(Answers(Refused("http_403"), Refused("http_403")))
    desk.visit()
    desk.courier.run()
    again = desk.ask("again", desk.courier.needing_person()[0])
    desk.courier.run()
    hand = desk.ask("by_hand", desk.courier.needing_person()[0], "typed into the chart", who="suzuki")
    desk.courier.run()
    assert [what for what, _about in desk.told()] == [
        "HandoffNeedsPerson", "HandoffTriedAgain", "HandoffNeedsPerson", "HandoffByHand",
    ]  # fmt: skip
    done = {one.type: one for one in desk.ledger.entries("v1") if one.ref in (again, hand)}
    assert done["HandoffTriedAgain"].actor == "staff:sato"
    assert done["HandoffByHand"].actor == "staff:suzuki"
    assert isinstance(done["HandoffByHand"].payload, bytes)
    assert json.loads(done["HandoffByHand"].payload)["why"] == "typed into the chart"
    assert desk.reply(again) == desk.reply(hand) == (True, "")
    assert desk.courier.status("v1")[0].state == "by_hand"


def test_what_was_settled_by_hand_by_mistake_goes_after_all() -> None:
    shelf = Answers(Refused("http_403"))
    desk = Desk(shelf)
    desk.visit()
    desk.courier.run()
    desk.ask("by_hand", desk.courier.needing_person()[0], "typed")
    desk.courier.run()
    desk.ask("after_all", desk.courier.status("v1")[0])
    desk.courier.run()
    assert [what for what, _about in desk.told()] == [
        "HandoffNeedsPerson", "HandoffByHand", "HandoffTriedAgain", "HandedOver",
    ]  # fmt: skip
    (status,) = desk.courier.status("v1")
    assert (status.state, status.revision) == ("taken", 2)


def test_of_two_who_want_different_things_one_wins_and_the_other_is_told() -> None:
    desk = Desk(Answers(Refused("http_403")))
    desk.visit()
    desk.courier.run()
    (status,) = desk.courier.needing_person()
    first, second = desk.ask("by_hand", status, "done"), desk.ask("again", status, who="suzuki")
    desk.courier.run()
    assert desk.reply(first) == (True, "")
    assert desk.reply(second) == (False, "moved_on")
    assert desk.courier.status("v1")[0].state == "by_hand"


def test_what_retention_has_forgotten_is_answered_too() -> None:
    desk = Desk(Shelf())
    desk.visit()
    desk.courier.run()
    (status,) = desk.courier.status("v1")
    desk.courier.purge(date(2026, 3, 3))
    request = desk.ask("again", status)
    desk.courier.run()
    assert desk.reply(request) == (False, "moved_on")


def test_a_request_that_is_none_of_the_couriers_is_left_to_the_reception() -> None:
    desk = Desk(Shelf())
    desk.visit()
    request = desk.ledger.request("v1", "handled", b"{}", "staff:sato")
    desk.courier.run()
    assert desk.reply(request) == (None, "")


def test_who_does_not_own_the_visit_hears_notes_and_answers_each_once() -> None:
    carrier = Answers(Refused("http_403"))
    desk = Desk(carrier)
    desk.visit()
    desk.courier.run()
    (status,) = desk.courier.needing_person()
    console = memory_ledger("desk", desk.ledger.store)
    for place, how in enumerate(("again", "by_hand")):
        wanted = entry("v1", "HandoffWanted", receiver="a", key=status.key, how=how)
        console.append([replace(wanted, id=f"wish-{place}", actor="staff:sato")])
    desk.courier.run()
    desk.anew(receivers=desk.receivers).run()
    assert [what for what, _about in desk.told()] == [
        "HandoffNeedsPerson", "HandoffWanted", "HandoffWanted", "HandoffTriedAgain", "HandoffNotDone", "HandedOver",
    ]  # fmt: skip
    replies = [one.ref for one in desk.ledger.entries("v1") if one.ref.startswith("wish-")]
    assert replies == ["wish-0", "wish-1"]
    assert len(carrier.keys) == 2


def test_what_was_asked_of_a_courier_before_its_ledger_was_put_back_is_answered_once() -> None:
    """The visit belongs to the chain of the database before, which nobody writes any more."""
    carrier = Answers(Refused("http_403"))
    desk = Desk(carrier)
    desk.visit()
    desk.courier.run()
    (status,) = desk.courier.needing_person()
    first, second = desk.ask("again", status), desk.ask("by_hand", status, "typed")
    desk.ledger.store.instance = "put-back"
    restored = memory_ledger("kiosk", desk.ledger.store)
    for _ in range(2):
        desk.anew(ledger=restored).run()
    replies = {one.ref: one.type for one in restored.entries("v1") if one.ref in (first, second)}
    assert replies == {first: "HandoffTriedAgain", second: "HandoffNotDone"}
    assert [what for what, _about in desk.told()] == [
        "HandoffNeedsPerson", "HandoffTriedAgain", "HandoffNotDone", "HandedOver",
    ]  # fmt: skip
    assert len(carrier.keys) == 2


def test_a_wish_that_no_program_can_read_is_passed_over() -> None:
    desk = Desk(Answers(Refused("http_403")))
    desk.visit()
    desk.courier.run()
    desk.ledger.request("v1", "handoff_again", b'["?"]', "staff:sato")
    desk.note("HandoffWanted", how="never heard of")
    desk.courier.run()
    assert desk.courier.status("v1")[0].state == "needs_person"


def test_an_outbox_that_was_lost_doubles_no_line() -> None:
    desk = Desk(Shelf(), Answers(*[Refused("http_403")] * 5))
    desk.visit()
    desk.courier.run()
    before = desk.told()
    desk.outbox = MemoryOutbox()
    desk.anew().run()
    assert desk.told() == before == [("HandedOver", "a"), ("HandoffNeedsPerson", "http_403")]


def test_a_ledger_that_takes_nothing_holds_up_no_delivery_and_is_told_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_arguments: Any, **_named: Any) -> Any:
        raise LedgerFull

    shelf = Shelf()
    desk = Desk(shelf)
    for name in ("v1", "v2"):
        desk.visit(name)
    with monkeypatch.context() as patched:
        patched.setattr(desk.ledger, "append", full)
        for _ in range(2):
            with pytest.raises(LedgerFull):
                desk.courier.run()
    assert len(shelf.kept) == 2
    desk.courier.run()
    assert desk.told("v1") == desk.told("v2") == [("HandedOver", "a")]


def test_what_is_due_goes_also_while_the_ledger_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub is away: its console hands over what it knows of."""

    def away(*_arguments: Any, **_named: Any) -> Any:
        raise LedgerBusy

    carrier = Answers(Later("no_reply"))
    desk = Desk(carrier)
    desk.visit()
    desk.courier.run()
    desk.clock.go_on(minutes=1)
    with monkeypatch.context() as patched:
        for name in ("entries", "requests", "append"):
            patched.setattr(desk.ledger, name, away)
        with pytest.raises(LedgerBusy):
            desk.courier.run()
    assert (len(carrier.keys), desk.courier.status("v1")[0].state) == (2, "taken")
    desk.courier.run()
    assert desk.told() == [("HandoffDelayed", "no_reply"), ("HandedOver", "a")]


# -- the rest --------------------------------------------------------------------------------------
def test_old_letters_are_forgotten_and_not_sent_anew() -> None:
    shelf = Shelf()
    desk = Desk(shelf)
    desk.visit()
    desk.courier.run()
    assert desk.courier.purge(date(2026, 3, 3)) == 1
    assert desk.courier.status("v1") == ()
    desk.courier.run()
    assert len(shelf.arrived) == 1


def test_the_thread_delivers_by_itself_and_closes_what_it_used() -> None:
    import threading

    arrived = threading.Event()

    class Noticed(Shelf):
        closed = False

        def deliver(self, parcel: Parcel, key: str, now: Any) -> Any:
            outcome = super().deliver(parcel, key, now)
            arrived.set()
            return outcome

        def close(self) -> None:
            self.closed = True

    shelf = Noticed()
    desk = Desk(shelf)
    thread = Background("handoff", desk.courier.run, every_s=0.005, at_end=desk.courier.close)
    thread.start()
    desk.visit()
    assert arrived.wait(10)
    thread.close()
    assert shelf.closed
