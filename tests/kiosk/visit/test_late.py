"""Answers that come after all (kiosk/visit/flow/late.py)."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import AlertStaff, AssignNumber
from kiosk.visit.form import Form, FormField
from kiosk.visit.states import ChoosingEvidence, Confirmed, ReadingCard, WaitingForStaff
from tests.support.on_the_road import unanswered
from tests.support.visits import FULL, TARO, Table, answer, coverage, facts

PAPER = Form(
    (
        (FormField.BIRTH_DATE, TARO.birth_date),
        (FormField.INSURER_NUMBER, TARO.insurer_number),
        (FormField.NUMBER, TARO.insured_identification_number),
    )
)
MATCHING = answer(
    "1",
    coverage(
        insurer_number=TARO.insurer_number, insured_identification_number=TARO.insured_identification_number
    ),
)
_UNSIGNED = (
    None, Way.CERTIFICATE, Way.CARD_NOTICE, Way.CARD_PORTAL, Way.CARD_DECLARATION, Way.KNOWN_DATA, Way.SELF_PAY,
)  # fmt: skip


def on_the_way(way: Way | None) -> Table:
    table = unanswered()
    return table if way is None else table.take(way)


def late(table: Table, said: str = "1", **fields: Any) -> Table:
    table.feed(e.AnswerCame, **{"question": table.visit.asked[0], "answer": answer(said), **fields})
    return table


@pytest.mark.parametrize("way", _UNSIGNED)
def test_whoever_looks_for_another_way_is_confirmed_when_the_answer_comes_after_all(way: Way | None) -> None:
    table = on_the_way(way)
    late(table)
    assert isinstance(table.visit.state, Confirmed)
    assert (table.result(), table.visit.fallback) == (("confirmed", None), None)
    assert AssignNumber() in table.last


@pytest.mark.parametrize("way", _UNSIGNED)
def test_an_answer_that_denies_leads_to_the_ways_with_its_own_reason(way: Way | None) -> None:
    table = late(on_the_way(way), "2")
    assert isinstance(table.visit.state, ChoosingEvidence)
    assert table.visit.reason is Reason.INVALID


def test_it_goes_through_the_same_checks_as_in_time() -> None:
    table = late(unanswered(), answer=answer("1", coverage(birth="19500101")))
    assert isinstance(table.visit.state, WaitingForStaff)
    assert table.visit.reason is Reason.IDENTITY_MISMATCH
    assert not table.visit.asked, "after that no answer is trusted"


@pytest.mark.parametrize("segment", ["2", "9"])
def test_an_error_and_still_at_work_are_no_answer(segment: str) -> None:
    table = unanswered()
    before = table.visit
    late(table, "", answer=answer("", segment=segment))
    assert table.visit is before


def test_what_was_signed_is_never_moved() -> None:
    table = unanswered().until_summary()
    question = table.visit.asked[0]
    table.touch("form_right")
    table.feed(e.FormSigned, signature="")
    signed = table.visit
    assert table.result() == ("declared", Way.CARD_DECLARATION)
    table.feed(e.AnswerCame, question=question, answer=answer())
    assert table.visit is signed


def test_what_staff_have_accepted_is_never_moved() -> None:
    table = unanswered().take(Way.CERTIFICATE).staff("accept")
    accepted = table.visit
    late(table)
    assert table.visit is accepted


def test_of_two_answers_the_first_counts() -> None:
    """The one to the first question may come while the second is under way."""
    table = unanswered().take(Way.RETRY)
    assert len(table.visit.asked) == 2
    second = table.question()
    late(table)
    assert isinstance(table.visit.state, Confirmed)
    confirmed = table.visit
    table.feed(e.Answered, question=second, answer=answer("2"))
    table.feed(e.AnswerCame, question=second, answer=answer("2"))
    assert table.visit is confirmed


def test_after_the_second_was_answered_the_first_does_not_count_any_more() -> None:
    table = unanswered().take(Way.RETRY)
    first = table.visit.asked[0]
    table.feed(e.Answered, question=table.question(), answer=answer("2"))
    denied = table.visit
    table.feed(e.AnswerCame, question=first, answer=answer())
    assert table.visit is denied


def test_a_card_that_is_gone_takes_its_answer_along() -> None:
    table = unanswered()
    question = table.visit.asked[0]
    table.feed(e.CardRemoved, insertion=1)
    alone = table.visit
    table.feed(e.AnswerCame, question=question, answer=answer())
    assert table.visit is alone


def test_nobody_is_confirmed_by_the_answer_about_another_card() -> None:
    table = unanswered()
    question = table.visit.asked[0]
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=facts(sha256="bb"))
    theirs = table.visit
    table.feed(e.AnswerCame, question=question, answer=answer())
    assert table.visit is theirs


def test_it_waits_for_the_card_while_the_reader_is_away() -> None:
    table = unanswered().take(Way.RETRY)
    table.feed(e.ReaderChanged, available=False)
    assert isinstance(table.visit.state, ReadingCard)
    late(table)
    assert isinstance(table.visit.state, ReadingCard)
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=facts())
    assert isinstance(table.visit.state, Confirmed)


def test_who_called_a_person_gets_one_and_finds_the_result_afterwards() -> None:
    table = unanswered()
    table.feed(e.StaffCalled)
    late(table)
    assert table.visit.state == WaitingForStaff(back_to=Confirmed())
    assert table.visit.outcome == "confirmed"
    table.number()
    table.staff("resume")
    assert isinstance(table.visit.state, Confirmed)


# ---------------------------------------------------------------------------------- by numbers: beside the paper


def shown() -> Table:
    """Known to the facility, the network was down: what is on file is shown to staff."""
    table = unanswered().until_known()
    assert table.road.known == TARO
    return table


def test_what_was_asked_again_stands_beside_what_staff_see_and_settles_nothing() -> None:
    table = shown()
    before = table.visit.state
    table.feed(e.AnswerCame, question="r", answer=MATCHING, paper=PAPER, asked="again")
    assert table.visit.state == before
    check = table.road.check
    assert check is not None
    assert (check.agrees, table.last) == (True, ())


def test_what_differs_calls_them() -> None:
    table = shown()
    table.feed(e.AnswerCame, question="r", answer=answer("2"), paper=PAPER, asked="again")
    assert table.last == (AlertStaff("evidence"),)
    assert table.road.check is not None
    assert table.road.check.denied


def test_the_first_answer_about_the_same_numbers_counts() -> None:
    table = shown()
    table.feed(e.AnswerCame, question="r1", answer=MATCHING, paper=PAPER, asked="again")
    first = table.visit
    table.feed(e.AnswerCame, question="r2", answer=answer("2"), paper=PAPER, asked="again")
    assert table.visit is first


def test_numbers_that_nobody_shows_here_prove_nothing() -> None:
    table = Table(FULL).without_card().take(Way.CERTIFICATE)
    before = table.visit
    table.feed(e.AnswerCame, question="r", answer=MATCHING, paper=PAPER, asked="again")
    assert table.visit is before


def test_data_on_file_are_denied_only_by_an_answer_about_them() -> None:
    table = shown()
    table.feed(e.AnswerCame, question="r", answer=answer("2"), paper=PAPER, asked="again")
    table.feed(e.KnownUnchanged)
    assert isinstance(table.visit.state, ChoosingEvidence)
    assert table.result() == (None, None)
