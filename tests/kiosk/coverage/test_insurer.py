from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.coverage.insurer import (
    LAWS,
    PREFECTURES,
    Flaw,
    InsuranceKind,
    InsurerNumber,
    check_digit,
    parse,
)


@pytest.mark.parametrize(
    ("body", "digit"), [("3312001", 5), ("13101", 1), ("3913101", 6), ("7777777", 9), ("77777", 1)]
)
def test_the_check_digit_is_that_of_the_ministrys_examples(body: str, digit: int) -> None:
    assert check_digit(body) == digit


def test_77777777_is_refused_and_77777779_is_not() -> None:
    assert parse("77777777") is Flaw.CHECK_DIGIT
    assert parse("77777779") == InsurerNumber("77777779")


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", Flaw.EMPTY),
        ("　 ", Flaw.EMPTY),
        ("1310１a", Flaw.NOT_DIGITS),
        ("३३१२००१५", Flaw.NOT_DIGITS),
        ("13101", Flaw.LENGTH),
        ("1310111", Flaw.LENGTH),
        ("131012", Flaw.CHECK_DIGIT),
    ],
)
def test_what_is_no_insurer_number_says_why(text: str, flaw: Flaw) -> None:
    assert parse(text) is flaw


@pytest.mark.parametrize("text", ["131011", " 131011", "１３１０１１", "00131011", "  131011", "131 011"])
def test_width_blanks_and_padding_do_not_matter(text: str) -> None:
    assert parse(text) == InsurerNumber("131011")


def test_eight_digits_tell_law_and_prefecture() -> None:
    number = parse("39131016")
    assert isinstance(number, InsurerNumber)
    assert (number.law, number.prefecture) == ("後期高齢者医療", "東京都")
    assert number.late_elderly
    assert not number.national_health_insurance
    assert number.padded == "39131016"


def test_six_digits_are_national_health_insurance_and_have_no_law() -> None:
    number = parse("131011")
    assert isinstance(number, InsurerNumber)
    assert (number.law_code, number.law, number.prefecture) == ("", None, "東京都")
    assert number.national_health_insurance
    assert not number.national_health_association
    assert number.padded == "00131011"


def test_an_association_has_three_hundreds() -> None:
    number = parse("13301" + str(check_digit("13301")))
    assert isinstance(number, InsurerNumber)
    assert number.national_health_association


def test_a_law_that_we_do_not_know_is_no_flaw() -> None:
    number = parse("1213101" + str(check_digit("1213101")))
    assert isinstance(number, InsurerNumber)
    assert number.law is None


KINDS = {
    InsuranceKind.EMPLOYEES: "01 02 03 04 06 07 31 32 33 34 63 72 73 74 75",
    InsuranceKind.NATIONAL: "67",
    InsuranceKind.LATE_ELDERLY: "39",
    InsuranceKind.OTHER: "12 38 40 77",
}


@pytest.mark.parametrize(
    ("kind", "law"), [(kind, law) for kind, laws in KINDS.items() for law in laws.split()]
)
def test_the_law_tells_the_kind_of_insurance_and_no_kind_is_guessed(kind: InsuranceKind, law: str) -> None:
    body = f"{law}13999"
    number = parse(body + str(check_digit(body)))
    assert isinstance(number, InsurerNumber)
    assert number.kind is kind


def test_every_law_of_the_table_has_a_kind() -> None:
    told = {law for kind, laws in KINDS.items() if kind is not InsuranceKind.OTHER for law in laws.split()}
    assert told == set(LAWS)


@pytest.mark.parametrize("text", ["131011", "00131011", "133033"])
def test_six_digits_are_of_the_national_kind(text: str) -> None:
    number = parse(text)
    assert isinstance(number, InsurerNumber)
    assert number.kind is InsuranceKind.NATIONAL


@pytest.mark.parametrize("code", PREFECTURES)
def test_six_and_eight_digits_tell_the_same_prefecture(code: str) -> None:
    for body in (f"{code}999", f"06{code}999"):
        number = parse(body + str(check_digit(body)))
        assert isinstance(number, InsurerNumber)
        assert number.prefecture == PREFECTURES[code]


def test_a_prefecture_that_there_is_not_is_no_flaw() -> None:
    number = parse("48999" + str(check_digit("48999")))
    assert isinstance(number, InsurerNumber)
    assert number.prefecture is None


def test_there_are_47_prefectures_and_laws_have_two_digits() -> None:
    assert len(PREFECTURES) == 47
    assert (PREFECTURES["01"], PREFECTURES["13"], PREFECTURES["47"]) == ("北海道", "東京都", "沖縄県")
    assert all(len(law) == 2 and law.isdigit() for law in LAWS)


@given(
    st.sampled_from([5, 7]).flatmap(lambda size: st.text("0123456789", min_size=size, max_size=size)),
    st.data(),
)
def test_every_single_wrong_digit_is_caught(body: str, data: st.DataObject) -> None:
    number = body + str(check_digit(body))
    place = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    changed = number[:place] + other + number[place + 1 :]
    if not changed.startswith("00"):
        assert parse(changed) is Flaw.CHECK_DIGIT
