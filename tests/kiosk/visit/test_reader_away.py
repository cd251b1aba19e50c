"""The reader goes away in the middle of a visit and comes back by itself."""

from __future__ import annotations

import pytest

from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import Ask, OpenCard, Register
from kiosk.visit.presenting import view_of
from kiosk.visit.states import LookingUp, ReadingCard
from tests.support.visits import Table, answer, facts


def away_and_back(table: Table, *, sha256: str = "aa") -> None:
    table.feed(e.ReaderChanged, available=False)
    assert isinstance(table.visit.state, ReadingCard)
    assert view_of(table.visit).variant in ("reader_away", "recheck")
    table.feed(e.ReaderChanged, available=True)
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=facts(sha256=sha256))


def sent(table: Table) -> int:
    return len([effect for effect in table.effects if isinstance(effect, Ask | OpenCard | Register)])


def test_before_the_pin_the_card_is_read_anew() -> None:
    table = Table().until_keypad()
    away_and_back(table)
    assert table.state == "ChoosingVerification"


@pytest.mark.parametrize("prepare", [Table.until_consent, Table.until_lookup, Table.until_opening])
def test_a_verified_visit_goes_on_with_the_same_card_and_sends_nothing_twice(prepare: object) -> None:
    table = prepare(Table())  # type: ignore[operator]
    page, before = table.visit.state, sent(table)
    away_and_back(table)
    assert table.visit.state == page
    assert sent(table) == before


@pytest.mark.parametrize("prepare", [Table.until_consent, Table.until_lookup, Table.until_opening])
def test_another_card_after_the_pause_voids_the_visit(prepare: object) -> None:
    table = prepare(Table())  # type: ignore[operator]
    away_and_back(table, sha256="bb")
    assert table.state == "TakeCard"
    assert table.visit.outcome == "abandoned"


def test_an_answer_that_came_meanwhile_is_shown_only_after_the_same_card_was_seen() -> None:
    table = Table().until_lookup()
    table.feed(e.ReaderChanged, available=False)
    assert isinstance(table.visit.state, ReadingCard)
    assert isinstance(table.visit.state.resume, LookingUp)
    table.feed(e.Answered, question=table.visit.state.resume.question, answer=answer())
    assert table.state == "ReadingCard"
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=facts())
    assert table.state == "Confirmed"


def test_a_reader_that_stays_away_is_a_case_for_staff() -> None:
    table = Table().until_consent()
    table.feed(e.ReaderChanged, available=False)
    table.feed(e.TimePassed, after=60_000)
    assert table.visit.reason is Reason.READER_FAULT


def test_between_visits_the_page_says_so_and_leads_on_by_paper() -> None:
    table = Table()
    table.feed(e.ReaderChanged, available=False)
    assert table.state == "OutOfService"
    assert [option.id for option in view_of(table.visit).options] == ["paper", "no_card", "companion"]
    table.feed(e.ReaderChanged, available=True)
    assert table.state == "Welcome"


def test_a_card_that_no_reader_takes_is_shown_beside_a_paper_or_a_screen() -> None:
    """S1#12④, S3 §4; trying again is offered once there is something to try with."""
    for way in ("paper", "no_card"):
        table = Table()
        table.feed(e.ReaderChanged, available=False)
        table.feed(e.WayChosen, way=way)
        if way == "no_card":
            table.touch("no_card_unusable")
        assert (table.state, table.visit.reason) == ("ChoosingEvidence", Reason.READER_FAULT)
        assert table.options[:3] == ["way_certificate", "way_card_portal", "way_card_notice"]


def test_no_reader_is_said_only_after_the_first_look() -> None:
    table = Table()
    table.feed(e.ReaderChanged, available=False, scanned=False)
    assert table.state == "Welcome"
