from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.coverage.insured import Flaw, as_printed, branch, has_symbol, number, same
from kiosk.coverage.insurer import InsurerNumber

LATE_ELDERLY = InsurerNumber("39131016")
EMPLOYEES = InsurerNumber("33120015")


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("", ""),
        (" 　", ""),
        ("187", "１８７"),
        ("１８７", "１８７"),
        (" 12-34 ", "１２－３４"),
        ("１２―３４", "１２－３４"),
        ("12−34", "１２－３４"),
        ("12ー34", "１２－３４"),
        ("あいう", "あいう"),
        ("ｱｲｶﾞ", "アイガ"),
        ("サーバ1", "サーバ１"),
        ("公立 京", "公立京"),
        ("北・５", "北・５"),
        ("A1b", "Ａ１ｂ"),
        ("0012", "００１２"),
        ("髙1", "髙１"),
    ],
)
def test_symbols_and_numbers_are_written_as_papers_print_them(typed: str, printed: str) -> None:
    assert as_printed(typed) == printed


@given(st.text("0123456789０１９ABｚあアｱ公京髙-－―ー 　・", max_size=12))
def test_what_is_printed_stays_as_it_is_and_is_the_same_as_what_was_typed(text: str) -> None:
    printed = as_printed(text)
    assert as_printed(printed) == printed
    assert same(text, printed)
    assert not any(character.isascii() or character.isspace() for character in printed)


@given(st.text(max_size=12))
def test_any_text_can_be_written(text: str) -> None:
    assert isinstance(as_printed(text), str)


@given(st.text("0123456789", min_size=1, max_size=10))
def test_leading_zeros_are_part_of_a_number(digits: str) -> None:
    assert not same(digits, f"0{digits}")
    assert unicodedata.normalize("NFKC", as_printed(digits)) == digits


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ""),
        ("　", ""),
        ("0", "00"),
        ("1", "01"),
        ("01", "01"),
        ("０２", "02"),
        (" 12 ", "12"),
        ("001", Flaw.LENGTH),
        ("1a", Flaw.NOT_DIGITS),
        ("-1", Flaw.NOT_DIGITS),
        ("१", Flaw.NOT_DIGITS),
    ],
)
def test_a_branch_has_two_digits_and_may_be_missing(typed: str, found: str) -> None:
    assert branch(typed) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("12345678", "１２３４５６７８"),
        ("１２３４ ５６７８", "１２３４５６７８"),
        ("", Flaw.EMPTY),
        ("1234567", Flaw.LENGTH),
        ("123456789", Flaw.LENGTH),
        ("1234-5678", Flaw.NOT_DIGITS),
    ],
)
def test_the_late_elderly_have_eight_digits_and_no_symbol(typed: str, found: str) -> None:
    assert number(typed, LATE_ELDERLY) == found
    assert has_symbol(LATE_ELDERLY) is False


def test_of_other_insurers_no_rule_is_known_so_none_is_made() -> None:
    assert number("あ-１", EMPLOYEES) == "あ－１"
    assert number("5", None) == "５"
    assert number(" ", EMPLOYEES) is Flaw.EMPTY
    assert has_symbol(EMPLOYEES) is None
