"""A result is there, and then staff are called: the number reaches its own patient, and nobody else."""

from __future__ import annotations

from kiosk.visit import events as e
from kiosk.visit.effects import AssignNumber, ReadCard
from tests.support.visits import Table


def called_after_result() -> Table:
    table = Table().until_confirmed()
    table.feed(e.StaffCalled)
    return table


def test_whoever_takes_the_card_and_goes_on_alone_still_gets_the_number() -> None:
    table = called_after_result()
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.StaffCancelled)
    assert (table.state, table.visit.number) == ("Finished", "A1")


def test_so_does_whom_staff_send_on() -> None:
    table = called_after_result()
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.StaffActed, action="resume")
    assert (table.state, table.visit.number) == ("Finished", "A1")


def test_and_whose_card_nobody_saw_while_the_reader_was_away() -> None:
    table = called_after_result()
    table.feed(e.ReaderChanged, available=False)
    table.feed(e.StaffCancelled)
    assert (table.state, table.visit.number) == ("Finished", "A1")


def test_another_card_never_goes_on_in_a_visit_that_has_its_result() -> None:
    table = called_after_result()
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2)
    assert table.state == "WaitingForStaff"
    assert not any(isinstance(effect, ReadCard) for effect in table.last)
    table.feed(e.StaffCancelled)
    assert table.state == "TakeCard"
    table.feed(e.CardRemoved, insertion=2)
    first = table.visit.id
    table.feed(e.CardInserted, insertion=3)
    assert table.visit.id != first
    assert table.visit.number == ""
    assert table.visit.outcome is None


def test_nor_one_that_came_while_the_reader_was_away() -> None:
    table = called_after_result()
    table.feed(e.ReaderChanged, available=False)
    table.feed(e.ReaderChanged, available=True)
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.StaffCancelled)
    assert table.state == "TakeCard"
    assert len([effect for effect in table.effects if isinstance(effect, AssignNumber)]) == 1


def test_with_the_card_still_there_the_result_is_shown_again() -> None:
    table = called_after_result()
    table.feed(e.StaffCancelled)
    assert table.state == "Confirmed"


def test_a_touch_on_next_that_comes_with_the_card_does_not_skip_the_number() -> None:
    table = Table().until_confirmed()
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.Acknowledged, after=5)
    assert table.state == "Finished"
