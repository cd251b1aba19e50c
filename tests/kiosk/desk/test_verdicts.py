"""What an answer says, and whether it changes how a visit went (kiosk/desk/verdicts.py)."""

from __future__ import annotations

from typing import get_args

import pytest

from kiosk.desk.verdicts import Says, Verdict, changes, verdict_of
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.states import Outcome
from tests.support.visits import DAY, Table, answer, coverage

CASES = [
    ("valid", None, answer()),
    ("not_valid", Reason.INVALID, answer("2")),
    ("not_valid", Reason.INVALID_NEW_EXISTS, answer("3")),
    ("not_valid", Reason.NO_RECORD, answer("4")),
    ("several", Reason.AMBIGUOUS, answer("5", coverage(), coverage(insurer_number="02130011"))),
    ("valid", Reason.PUBLIC_ASSISTANCE, answer("6")),
    ("several", Reason.AMBIGUOUS, answer("1", coverage(), coverage(insurer_number="02130011"))),
    ("nothing", Reason.SERVICE_ERROR, answer("1", coverage(disqualification_date="20260101"))),
    ("nothing", Reason.SERVICE_ERROR, answer("9")),
    ("nothing", Reason.STILL_PROCESSING, answer(segment="2")),
    ("nothing", Reason.SERVICE_ERROR, answer(segment="9", error_code="X")),
]


@pytest.mark.parametrize(("says", "reason", "given"), CASES)
def test_an_answer_in_few_words(says: Says, reason: Reason | None, given: object) -> None:
    verdict = verdict_of(given, DAY)  # type: ignore[arg-type]
    assert (verdict.says, verdict.reason) == (says, reason)


@pytest.mark.parametrize(("says", "reason", "given"), CASES)
def test_the_desk_judges_as_the_visit_does(says: Says, reason: Reason | None, given: object) -> None:
    table = Table().until_lookup()
    table.feed(e.Answered, question=table.question(), answer=given)
    assert (table.visit.outcome == "confirmed") == (says == "valid")
    if reason not in (None, Reason.PUBLIC_ASSISTANCE, Reason.STILL_PROCESSING):
        assert table.visit.reason is reason


def test_the_share_is_told_where_the_answer_tells_it() -> None:
    assert verdict_of(answer(), DAY).share == 3
    assert verdict_of(answer("1", coverage(insured_partial_contribution_ratio="")), DAY).share is None
    assert verdict_of(answer("1", coverage(birth="")), DAY).share is None


@pytest.mark.parametrize(
    ("outcome", "raised"),
    [
        ("confirmed", {"not_valid", "several"}),
        ("accepted_by_evidence", {"not_valid", "several"}),
        ("declared", {"valid", "several"}),
        ("self_pay", {"valid", "several"}),
        ("handed_to_staff", {"valid", "not_valid", "several"}),
        (None, {"valid", "not_valid", "several"}),
        ("abandoned", set()),
    ],
)
def test_a_late_answer_raises_what_it_contradicts(outcome: Outcome | None, raised: set[str]) -> None:
    assert {says for says in get_args(Says) if changes(Verdict(says), outcome, None)} == raised


def test_every_outcome_is_judged() -> None:
    assert set(get_args(Outcome)) == {
        "confirmed", "accepted_by_evidence", "declared", "self_pay", "handed_to_staff", "abandoned",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("assumed", "told", "raised"), [(3, 3, False), (3, 2, True), (None, 2, False), (3, None, False)]
)
def test_another_share_is_another_result(assumed: int | None, told: int | None, raised: bool) -> None:
    assert changes(Verdict("valid", None, told), "accepted_by_evidence", assumed) is raised
