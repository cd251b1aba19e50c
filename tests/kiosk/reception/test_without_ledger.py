"""While the ledger cannot write, people receive the patient, and nothing of a card that has left is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

import pytest

from kiosk.evidence.reasons import Reason
from kiosk.ledger import Entry, MemoryLedger
from kiosk.ledger.errors import LedgerError, NotOwner
from kiosk.ledger.interface import Head
from kiosk.reception.hands import Hands
from kiosk.reception.reception import Reception
from kiosk.visit import events as e
from kiosk.visit.effects import Effect
from kiosk.visit.states import EnteringPin, WaitingForStaff
from tests.support.visits import POLICY, certificate, facts, moment


class Disk(MemoryLedger):
    full = False

    def append(self, entries: Sequence[Entry], *, take_number: date | None = None) -> Head:
        if self.full:
            raise LedgerError
        return super().append(entries, take_number=take_number)


class Asked:
    """Hands that only remember what they were asked to do."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def do(self, effect: Effect) -> None:
        self.done.append(type(effect).__name__)

    def __getattr__(self, name: str) -> Any:
        return lambda *_args: self.done.append(name)


class World:
    def __init__(self) -> None:
        self.count = 0

    def now(self) -> Any:
        return moment(self.count)

    def new_id(self) -> str:
        self.count += 1
        return f"e{self.count}"

    def random_bytes(self, count: int) -> bytes:
        return bytes(count)


class Terminal:
    def __init__(self) -> None:
        self.world, self.disk, self.hands = World(), Disk(), Asked()
        self.views: list[str] = []
        self.reception = Reception(
            self.world, self.disk, POLICY, cast(Hands, self.hands),
            lambda view: self.views.append(view.state), simulated=True,
        )  # fmt: skip

    def feed(self, kind: type[e.Event], **fields: Any) -> None:
        event = kind(id=self.world.new_id(), at=self.world.now(), **fields)
        self.reception.handle(cast(e.AnyEvent, event))

    def until_checking(self) -> None:
        self.feed(e.ReaderChanged, available=True)
        self.feed(e.CardInserted, insertion=1)
        self.feed(e.CardRead, insertion=1, facts=facts())
        self.feed(e.PinChosen)
        self.feed(e.PinEntered, slot="s")


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


def test_what_cannot_be_recorded_is_not_done(terminal: Terminal) -> None:
    terminal.until_checking()
    terminal.disk.full = True
    done = len(terminal.hands.done)
    terminal.feed(e.PinVerified, insertion=1, certificate=certificate())
    state = terminal.reception.visit.state
    assert isinstance(state, WaitingForStaff)
    assert state.reason is Reason.TERMINAL_FAULT
    assert "OpenCard" not in terminal.hands.done[done:]


def test_digits_that_cannot_be_recorded_are_thrown_away(terminal: Terminal) -> None:
    terminal.feed(e.ReaderChanged, available=True)
    terminal.feed(e.CardInserted, insertion=1)
    terminal.feed(e.CardRead, insertion=1, facts=facts())
    terminal.feed(e.PinChosen)
    terminal.disk.full = True
    terminal.feed(e.PinEntered, slot="s")
    assert "discard" in terminal.hands.done
    assert "VerifyPin" not in terminal.hands.done


def test_the_proof_leaves_with_the_card_also_when_the_visit_never_learnt_of_it(terminal: Terminal) -> None:
    terminal.until_checking()
    terminal.disk.full = True
    terminal.feed(e.PinVerified, insertion=1, certificate=certificate())
    terminal.hands.done.clear()
    terminal.feed(e.CardRemoved, insertion=1)
    assert "ForgetCard" in terminal.hands.done


def test_when_there_is_room_again_the_patient_goes_on(terminal: Terminal) -> None:
    terminal.until_checking()
    terminal.disk.full = True
    terminal.feed(e.PinVerified, insertion=1, certificate=certificate())
    terminal.feed(e.RetryChosen)
    assert terminal.views[-1] == "WaitingForStaff"
    terminal.disk.full = False
    terminal.feed(e.RetryChosen)
    assert terminal.views[-1] == "ReadingCard"


def test_so_does_the_next_patient_by_placing_a_card(terminal: Terminal) -> None:
    terminal.until_checking()
    terminal.disk.full = True
    terminal.feed(e.PinVerified, insertion=1, certificate=certificate())
    terminal.feed(e.CardRemoved, insertion=1)
    terminal.disk.full = False
    terminal.feed(e.CardInserted, insertion=2)
    assert terminal.views[-1] == "ReadingCard"


def test_consent_that_was_not_recorded_is_asked_again_before_anything_is_looked_up(
    terminal: Terminal,
) -> None:
    terminal.until_checking()
    terminal.feed(e.PinVerified, insertion=1, certificate=certificate())
    state = terminal.reception.visit.state
    assert isinstance(state, EnteringPin)
    terminal.feed(e.CardOpened, question=state.opening, registered=True, birth_date="1981-04-05")
    terminal.disk.full = True
    terminal.feed(e.ConsentAllGiven)
    assert terminal.views[-1] == "WaitingForStaff"
    terminal.disk.full = False
    terminal.feed(e.RetryChosen)
    assert terminal.views[-1] == "AskingConsent"
    assert "Ask" not in terminal.hands.done


class Elsewhere(Disk):
    """A ledger in which somebody has taken the visit over."""

    taken = False

    def append(self, entries: Sequence[Entry], *, take_number: date | None = None) -> Head:
        if self.taken:
            raise NotOwner("desk")
        return super().append(entries, take_number=take_number)


def test_a_visit_that_was_taken_over_leaves_this_screen_and_nobody_is_called(terminal: Terminal) -> None:
    terminal.until_checking()
    terminal.disk.__class__ = Elsewhere
    terminal.disk.taken = True  # type: ignore[attr-defined]
    terminal.feed(e.PinVerified, insertion=1, certificate=certificate())
    assert terminal.views[-1] == "Welcome"
    assert terminal.reception.visit.verified is None
    assert terminal.reception.visit.id == ""
