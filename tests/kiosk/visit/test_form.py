"""What may be answered to each question of a form (kiosk/visit/form.py)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.coverage.insurer import check_digit
from kiosk.visit.form import (
    CERTIFICATE,
    CHOICES,
    COMPANION,
    DECLARATION,
    KNOWN,
    SKIPPABLE,
    TRIP,
    Form,
    FormField,
    InsuranceKind,
    Problem,
    checked,
)
from tests.support.patients import individual_number
from tests.support.visits import DAY, DECLARED, NUMBERS

FREE = (
    FormField.NAME, FormField.ADDRESS, FormField.INSURER_NAME, FormField.WORKPLACE, FormField.COMPANION_NAME,
    FormField.COMPANION_RELATION, FormField.SYMBOL, FormField.TEACHER, FormField.EVENT,
)  # fmt: skip
NEEDED = {
    FormField.KANA, FormField.BIRTH_DATE, FormField.COMPANION_NAME, FormField.INSURER_NUMBER, FormField.NUMBER,
    FormField.VALID_UNTIL, FormField.PATIENT_NUMBER, FormField.TEACHER, FormField.EVENT, FormField.INSURANCE_KIND,
}  # fmt: skip


def take(field: FormField, value: str) -> str | Problem:
    return checked(field, value, DAY)


@pytest.mark.parametrize("field", FormField)
def test_an_answer_of_blanks_is_none(field: FormField) -> None:
    for blank in ("", "   ", "　\n\t"):
        assert take(field, blank) is Problem.EMPTY


@pytest.mark.parametrize("field", FormField)
def test_an_individual_number_is_taken_nowhere(field: FormField) -> None:
    twelve = individual_number()
    for text in (twelve, f"{twelve[:4]}-{twelve[4:8]}-{twelve[8:]}", f"番号 {twelve}"):
        assert take(field, text) is Problem.INDIVIDUAL_NUMBER


@pytest.mark.parametrize(
    ("field", "longest"),
    [(FormField.NAME, 100), (FormField.ADDRESS, 240), *((field, 120) for field in FREE[2:])],
)
def test_an_answer_has_a_length_that_fits_the_paper(field: FormField, longest: int) -> None:
    assert take(field, "あ" * longest) == "あ" * longest
    assert take(field, "あ" * (longest + 1)) is Problem.TOO_LONG


@pytest.mark.parametrize("field", FREE)
def test_free_answers_are_kept_as_they_are_but_for_blanks(field: FormField) -> None:
    assert take(field, "  見本\u3000 太郎\n ") == "見本 太郎"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("やまだ　たろう", "ヤマダ タロウ"),
        ("ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ タロウ"),
        ("ヴァン・ダム", "ヴァン・ダム"),
        ("SMITH JOHN", "SMITH JOHN"),
        ("ｵﾉ ﾖｰｺ", "オノ ヨーコ"),
    ],
)
def test_a_reading_is_kept_in_katakana_or_letters(typed: str, kept: str) -> None:
    assert take(FormField.KANA, typed) == kept


@pytest.mark.parametrize("typed", ["山田", "ヤマダ1", "ヤマダ山", "!", "Ж"])
def test_anything_else_is_no_reading(typed: str) -> None:
    assert take(FormField.KANA, typed) is Problem.NOT_KANA


def test_nobody_is_born_tomorrow_or_older_than_anybody_was() -> None:
    assert take(FormField.BIRTH_DATE, DAY.isoformat()) == DAY.isoformat()
    assert take(FormField.BIRTH_DATE, (DAY + timedelta(days=1)).isoformat()) is Problem.NOT_A_DAY
    assert take(FormField.BIRTH_DATE, "1900-01-01") == "1900-01-01"
    assert take(FormField.BIRTH_DATE, "1850-01-01") is Problem.NOT_A_DAY
    for text in ("1981-02-30", "1981/02/03", "昭和56年4月5日", "x"):
        assert take(FormField.BIRTH_DATE, text) is Problem.NOT_A_DAY


def test_a_printed_date_may_lie_on_either_side_of_today() -> None:
    assert take(FormField.VALID_UNTIL, "2020-01-01") == "2020-01-01"
    assert take(FormField.VALID_UNTIL, "2031-12-31") == "2031-12-31"
    assert take(FormField.VALID_UNTIL, "2031-13-01") is Problem.NOT_A_DAY


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("03-1234-5678", "0312345678"),
        ("０９０－１２３４－５６７８", "09012345678"),
        ("090ー1234ー5678", "09012345678"),
        ("(03) 1234 5678", "0312345678"),
        ("+81 90 1234 5678", "+819012345678"),
    ],
)
def test_a_telephone_number_is_kept_without_what_sets_it_apart(typed: str, kept: str) -> None:
    assert take(FormField.CONTACT, typed) == kept


@pytest.mark.parametrize("typed", ["12345", "1312345678", "03-1234-56789012", "+0", "家の電話"])
def test_what_nobody_could_call_is_no_telephone_number(typed: str) -> None:
    assert take(FormField.CONTACT, typed) is Problem.NOT_A_PHONE


@given(st.integers(0, 9_999_999), st.integers(1, 9))
def test_an_insurer_number_is_taken_with_its_check_digit_only(body: int, off: int) -> None:
    digits = f"{body:07d}"
    right = check_digit(digits)
    assert take(FormField.INSURER_NUMBER, f"{digits}{(right + off) % 10}") in (
        Problem.CHECK_DIGIT,
        Problem.NOT_A_NUMBER,
    )
    kept = take(FormField.INSURER_NUMBER, f"{digits}{right}")
    assert kept == (f"{digits}{right}"[2:] if digits.startswith("00") else f"{digits}{right}")


@pytest.mark.parametrize("typed", ["1234567", "123456789", "0613001x", "六一三"])
def test_an_insurer_number_has_six_or_eight_digits(typed: str) -> None:
    assert take(FormField.INSURER_NUMBER, typed) is Problem.NOT_A_NUMBER


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        (FormField.NUMBER, "００５ ６７", "00567"),
        (FormField.NUMBER, "1" * 21, Problem.NOT_A_NUMBER),
        (FormField.NUMBER, "12-34", Problem.NOT_A_NUMBER),
        (FormField.NUMBER, "²", "2"),
        (FormField.BRANCH, "01", "01"),
        (FormField.BRANCH, "001", Problem.NOT_A_NUMBER),
        (FormField.PATIENT_NUMBER, "ａ-１２", "A-12"),
        (FormField.PATIENT_NUMBER, "12/34", Problem.NOT_A_NUMBER),
        (FormField.PATIENT_NUMBER, "1" * 21, Problem.NOT_A_NUMBER),
        (FormField.SYMBOL, "東・１２－３４", "東・１２－３４"),
    ],
)
def test_numbers_are_kept_as_they_are_compared(field: FormField, typed: str, kept: str) -> None:
    assert take(field, typed) == kept


@pytest.mark.parametrize("field", CHOICES)
def test_what_is_answered_by_one_touch_is_one_of_the_choices(field: FormField) -> None:
    for choice in CHOICES[field]:
        assert take(field, choice) == choice
    assert take(field, "9") is Problem.NOT_OFFERED
    assert InsuranceKind.UNKNOWN in CHOICES[FormField.INSURANCE_KIND]


def test_what_may_be_left_out_is_all_but_these() -> None:
    """S4#3: as much as the patient knows; and what a look-up cannot do without."""
    assert set(FormField) - SKIPPABLE == NEEDED


def test_every_field_is_asked_somewhere() -> None:
    asked = {*DECLARATION, *COMPANION, *CERTIFICATE, *KNOWN, *TRIP}
    assert asked == set(FormField)


@given(st.sampled_from(FormField), st.text(max_size=30))
def test_whatever_is_typed_is_taken_or_refused_with_a_word_and_what_is_taken_is_taken_again(
    field: FormField, text: str
) -> None:
    kept = take(field, text)
    if not isinstance(kept, Problem):
        assert kept.strip()
        assert take(field, kept) == kept


@given(st.permutations(sorted({**DECLARED, **NUMBERS})))
def test_a_form_reads_the_same_in_whatever_order_it_was_written(order: list[FormField]) -> None:
    values = {**DECLARED, **NUMBERS}
    written = Form()
    for field in order:
        written = written.answered(field, values[field])
    assert [field for field, _ in written.answers] == [field for field in FormField if field in values]
    assert written.next_of(DECLARATION) is None


def test_the_repr_of_a_form_shows_nothing_of_it() -> None:
    shown = repr(Form().answered(FormField.NAME, "山田 太郎"))
    assert "山田" not in shown


def test_a_changed_answer_is_no_longer_the_cards() -> None:
    copied = Form().answered(FormField.NAME, "山田", from_card=True)
    assert copied.from_card == {FormField.NAME}
    assert copied.answered(FormField.NAME, "山本").from_card == frozenset()
    assert date.fromisoformat(DECLARED[FormField.BIRTH_DATE]) < DAY
