"""A card that comes, goes or is read again beside the other ways, and a reader that goes (flow/beside.py)."""

from __future__ import annotations

import pytest

from drivers.interface import Failure, Fault
from kiosk.evidence.model import Way
from kiosk.visit import events as e
from kiosk.visit.effects import ForgetCard, ReadCard
from kiosk.visit.form import FormField
from tests.support.on_the_road import PAGES
from tests.support.visits import FULL, Table, facts

SHOWN = ("certificate", "notice", "portal", "known: number", "known: found", "full payment")
LOOKING = ("ways", "no card", "why there is none", "companion")


def back_on_the_reader(name: str, insertion: int = 2) -> Table:
    table = PAGES[name]()
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=insertion)
    return table


@pytest.mark.parametrize("name", SHOWN)
def test_a_card_taken_out_to_be_shown_leaves_the_page_and_nothing_that_it_proved(name: str) -> None:
    table = PAGES[name]()
    page = table.visit.state
    table.feed(e.CardRemoved, insertion=1)
    assert (table.visit.state, table.visit.card, table.visit.verified) == (page, None, None)
    assert table.last == (ForgetCard(),)


@pytest.mark.parametrize("name", SHOWN)
def test_put_back_it_is_read_to_see_whose_it_is_and_the_page_stays(name: str) -> None:
    table = back_on_the_reader(name)
    page = table.visit.state
    assert table.last == (ForgetCard(), ReadCard(2))
    table.feed(e.CardRead, insertion=2, facts=facts())
    assert table.visit.state == page
    assert table.visit.card is not None
    assert table.visit.card.facts == facts()


@pytest.mark.parametrize("name", SHOWN)
def test_another_persons_card_begins_with_that_person(name: str) -> None:
    table = back_on_the_reader(name)
    table.feed(e.CardRead, insertion=2, facts=facts(sha256="bb"))
    assert (table.state, table.last[-1]) == ("ReadingCard", ReadCard(2))
    assert (table.visit.fallback, table.visit.reason) == (None, None)
    table.feed(e.CardRead, insertion=2, facts=facts(sha256="bb"))
    assert table.state == "ChoosingVerification"


def test_so_it_does_for_somebody_whom_staff_led_to_the_other_ways() -> None:
    """They only called, and nothing was wrong with their card: it is known all the same."""
    table = Table(FULL).until_keypad()
    table.feed(e.StaffCalled)
    table.staff("evidence")
    table.take(Way.CERTIFICATE)
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=facts(sha256="bb"))
    assert (table.state, table.visit.fallback) == ("ReadingCard", None)


@pytest.mark.parametrize("name", SHOWN)
def test_a_card_that_does_not_answer_changes_nothing(name: str) -> None:
    table = PAGES[name]()
    page = table.visit.state
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2, mute=True)
    assert table.last == (ForgetCard(),)
    table.feed(e.CardFailed, insertion=2, failure=Failure(Fault.CARD_MUTE, True))
    assert table.visit.state == page


def test_a_card_that_is_not_there_any_more_tells_nothing() -> None:
    table = back_on_the_reader("certificate")
    before = table.visit
    assert table.feed(e.CardRead, insertion=1, facts=facts(sha256="bb")) is before
    assert table.feed(e.CardRemoved, insertion=1) is before


def test_on_the_way_back_to_the_list_it_is_still_recognised() -> None:
    table = back_on_the_reader("notice")
    table.feed(e.BackChosen)
    table.feed(e.CardRead, insertion=2, facts=facts(sha256="bb"))
    assert table.state == "ReadingCard"


def test_data_on_file_are_not_shown_on_for_a_card_that_turns_out_to_be_anothers() -> None:
    table = back_on_the_reader("known: found").staff("accept")
    assert table.state == "ConfirmingKnownData"
    table.feed(e.CardRead, insertion=2, facts=facts(sha256="bb"))
    assert table.state == "ReadingCard"
    assert table.visit.fallback is None


@pytest.mark.parametrize("name", LOOKING)
def test_where_somebody_looks_for_a_way_a_card_is_tried_from_the_beginning(name: str) -> None:
    table = PAGES[name]()
    table.feed(e.CardInserted, insertion=5)
    assert (table.state, table.last[0], table.last[-1]) == ("ReadingCard", ForgetCard(), ReadCard(5))


def test_who_had_no_card_keeps_what_was_written_when_one_is_found() -> None:
    """Nobody can say that it is another person's."""
    table = Table(FULL).without_card().take(Way.DECLARATION_EMERGENCY).staff("accept")
    table.touch("form_hand")
    table.fill({FormField.KANA: "ヤマダ"})
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.CardRead, insertion=1, facts=facts())
    assert table.view.variant == "covered"
    table.touch("form_go_on")
    assert table.road.form.get(FormField.KANA) == "ヤマダ"
    assert table.road.card == "aa"


@pytest.mark.parametrize("name", sorted(set(PAGES) - {"form: unlocking"}))
def test_a_reader_that_goes_takes_no_page_away(name: str) -> None:
    table = PAGES[name]()
    page = table.visit.state
    table.feed(e.ReaderChanged, available=False)
    assert table.visit.state == page
    assert not table.visit.reader_available
    assert table.visit.card is None or table.visit.card.insertion is None
