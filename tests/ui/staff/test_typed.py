"""What staff type of a paper is tested as they type."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.coverage.insurer import InsurerNumber, check_digit, parse
from kiosk.coverage.japanese_dates import EraDay, by_era
from kiosk.visit.form import FormField
from tests.support.patients import individual_number
from ui.staff import typed
from ui.staff.words import Words

TODAY = date(2026, 11, 24)
JA = Words("ja")
EIGHT = st.text("0123456789", min_size=7, max_size=7)
DAYS = st.dates(date(1930, 1, 1), TODAY - timedelta(days=1))


def says(field: FormField, text: str) -> str:
    return typed.test(field, text, TODAY, JA).says


@given(EIGHT)
def test_eight_digits_are_right_or_wrong_and_never_unfinished(body: str) -> None:
    right = f"{body}{check_digit(body)}"
    wrong = f"{body}{(check_digit(body) + 1) % 10}"
    if isinstance(parse(right), InsurerNumber):
        assert says(FormField.INSURER_NUMBER, right) == "good"
    if not wrong.startswith("00"):  # which is six digits, filled up
        assert says(FormField.INSURER_NUMBER, wrong) == "bad"


@given(EIGHT)
def test_what_may_still_become_a_number_is_not_called_wrong(body: str) -> None:
    whole = f"{body}{check_digit(body)}"
    for length in range(1, 8):
        assert says(FormField.INSURER_NUMBER, whole[:length]) in ("unfinished", "good")


def test_the_insurer_number_tells_its_law_and_prefecture() -> None:
    found = typed.test(FormField.INSURER_NUMBER, "０１１３００１２", TODAY, JA)
    assert (found.says, found.value) == ("good", "01130012")
    assert "社保" in found.why
    assert "東京都" in found.why


@pytest.mark.parametrize(
    ("text", "verdict"), [("12345678901", "bad"), ("abc", "bad"), ("", ""), ("   ", ""), ("319905", "good")]
)
def test_insurer_numbers_of_other_lengths(text: str, verdict: str) -> None:
    assert says(FormField.INSURER_NUMBER, text) == verdict


@given(DAYS)
def test_a_birth_date_is_read_as_it_is_printed(day: date) -> None:
    era = by_era(day)
    assert isinstance(era, EraDay)
    for text in (era.short, era.written, day.isoformat(), f"{day:%Y%m%d}"):
        assert typed.test(FormField.BIRTH_DATE, text, TODAY, JA).value == day.isoformat()


@pytest.mark.parametrize(
    ("text", "verdict", "part"),
    [
        ("R8.11.23", "bad", "1日前"),
        ("R8.11.24", "good", "今日が最終日"),
        ("R8.11.25", "good", "残り2日"),
        ("平成38年11月25日", "good", "残り2日"),
        ("R8.11", "unfinished", ""),
        ("R8.13.1", "bad", ""),
    ],
)
def test_an_expiry_date_counts_to_the_end_of_its_last_day(text: str, verdict: str, part: str) -> None:
    found = typed.test(FormField.VALID_UNTIL, text, TODAY, JA)
    assert found.says == verdict
    assert part in found.why


def test_nobody_is_born_tomorrow() -> None:
    assert says(FormField.BIRTH_DATE, "2026-11-25") == "bad"


@pytest.mark.parametrize("field", typed.FIELDS)
def test_an_individual_number_is_taken_nowhere_and_shown_in_no_repr(field: FormField) -> None:
    number = individual_number()
    found = typed.test(field, number, TODAY, JA)
    assert found.says == "bad"
    assert found.value == ""
    assert number not in repr(found)


def test_a_question_needs_insurer_number_and_birth_date_and_nothing_wrong_beside_them() -> None:
    told = {
        FormField.INSURER_NUMBER: "01130012", FormField.SYMBOL: "模-90", FormField.NUMBER: "1741",
        FormField.BIRTH_DATE: "S51.5.20", FormField.VALID_UNTIL: "R1.1.1",
    }  # fmt: skip
    numbers = typed.numbers_of(told, TODAY, JA)
    assert numbers is not None, "a paper past its date can still be asked about"
    assert (numbers.insurer_number, numbers.birth_date) == ("01130012", "1976-05-20")
    for lacking in (FormField.INSURER_NUMBER, FormField.NUMBER, FormField.BIRTH_DATE):
        assert typed.numbers_of({**told, lacking: ""}, TODAY, JA) is None
    assert typed.numbers_of({**told, FormField.BRANCH: "abc"}, TODAY, JA) is None
