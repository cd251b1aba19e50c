"""What became of a registration is recorded also when it is known only after staff were called."""

from __future__ import annotations

from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import Register
from tests.support.visits import Table


def registering() -> tuple[Table, str]:
    table = Table().until_opening()
    table.feed(e.CardOpened, question=table.question(), registered=False)
    table.feed(e.RegistrationAccepted)
    return table, table.question()


def test_it_is_noted_while_staff_are_awaited() -> None:
    table, question = registering()
    table.feed(e.StaffCalled)
    table.feed(e.Registered, question=question)
    assert table.state == "WaitingForStaff"
    assert table.visit.registered is True


def test_it_is_noted_after_the_page_had_given_up() -> None:
    table, question = registering()
    table.feed(e.TimePassed, after=30_000)
    assert table.visit.reason is Reason.ANSWER_UNKNOWN
    table.feed(e.Registered, question=question)
    assert table.visit.registered is True


def test_another_visits_registration_is_not() -> None:
    table, _question = registering()
    table.feed(e.StaffCalled)
    before = table.visit
    table.feed(e.Registered, question="another")
    assert table.visit is before


def test_it_is_never_sent_again() -> None:
    table, question = registering()
    table.feed(e.StaffCalled)
    table.feed(e.Registered, question=question)
    table.feed(e.RegistrationAccepted)
    assert len([effect for effect in table.effects if isinstance(effect, Register)]) == 1
