"""What a certified reader's result says, and what it leaves open."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kiosk.coverage.face_result import ReaderError
from kiosk.coverage.services import Choice, ConsentItem
from tests.support.readings import AT, consented, error, reading
from tests.support.visits import answer, coverage


def test_consents_are_kept_with_their_codes_and_times() -> None:
    told = reading(answer("1", consented("1", operation_info_cons_flg="9"))).consents
    by_name = {one.element: one for one in told}
    assert by_name["diagnosis_info"].at == AT
    assert by_name["diagnosis_info"].flag == "1"
    assert by_name["operation_info"].flag == "9"
    assert by_name["operation_info"].code is None
    assert by_name["pharmacists_info"].at is None, "no time was told"


@pytest.mark.parametrize(
    ("flags", "choice"),
    [
        ({}, Choice.AGREED),
        ({"diagnosis_info_cons_flg": "0", "pharmacists_info_cons_flg": "0"}, Choice.DECLINED),
        ({"diagnosis_info_cons_flg": "0"}, None),
        ({"diagnosis_info_cons_flg": "2", "pharmacists_info_cons_flg": "2"}, None),
        ({"diagnosis_info_cons_flg": "3", "pharmacists_info_cons_flg": "3"}, None),
        ({"diagnosis_info_cons_flg": "7", "pharmacists_info_cons_flg": "7"}, None),
        ({"diagnosis_info_cons_flg": "", "pharmacists_info_cons_flg": ""}, None),
        ({"diagnosis_info_cons_flg": "", "pharmacists_info_cons_flg": "1"}, Choice.AGREED),
    ],
)
def test_only_what_all_flags_of_an_item_say_is_a_decision(
    flags: dict[str, str], choice: Choice | None
) -> None:
    decided = dict(reading(answer("1", consented("1", **flags))).decided)
    assert decided.get(ConsentItem.CARE) is choice
    assert decided[ConsentItem.OPERATIONS] is Choice.AGREED


def test_two_coverages_that_disagree_decide_nothing() -> None:
    told = reading(answer("5", consented("1"), consented("0", insurer_number="06130017")))
    assert told.decided == ()


@pytest.mark.parametrize(("code", "known"), [("001", ReaderError.CARD_NOT_RECOGNISED),
    ("002", ReaderError.NOT_MY_NUMBER_CARD), ("003", None), ("1", None), ("", None)])  # fmt: skip
def test_two_errors_have_a_meaning_and_every_other_is_left_as_it_is(
    code: str, known: ReaderError | None
) -> None:
    told = error(code, "as received")
    assert told.error is known
    assert told.answer.failure == (code, "as received")
    assert not told.tells_of_a_person


def test_an_error_code_beside_a_person_is_not_the_readers() -> None:
    told = reading(answer("1", coverage(), error_code="001"))
    assert told.error is None
    assert told.tells_of_a_person


def test_a_person_without_any_insurance_is_a_person() -> None:
    assert reading(replace(answer("4"), results=())).tells_of_a_person


def test_nothing_personal_is_in_a_repr() -> None:
    assert "山田" not in repr(reading())
    assert "ﾔﾏﾀﾞ" not in repr(reading().consents)
