"""Digits: what is told of them while they are typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from kiosk.coverage.insurer import check_digit
from kiosk.visit.form import FormField
from tests.support.entries import Asked
from ui.entry.number_field import NumberField, phone_written, postcode_written

Ask = Callable[..., Asked]


def said(asked: Asked) -> str:
    assert isinstance(asked.entry, NumberField)
    return asked.entry.message.text()


def shown(asked: Asked) -> str:
    assert isinstance(asked.entry, NumberField)
    return asked.entry.line().shown


def test_a_telephone_number_is_shown_in_groups_and_given_as_digits(ask: Ask) -> None:
    asked = ask(FormField.CONTACT)
    asked.touch_signs("09012345678")
    assert shown(asked) == "090-1234-5678"
    asked.next()
    assert asked.answers == ["09012345678"]


def test_a_number_that_is_no_telephone_is_told_in_words(ask: Ask) -> None:
    asked = ask(FormField.CONTACT)
    asked.touch_signs("1234")
    asked.next()
    assert asked.answers == []
    assert asked.entry.problem
    asked.touch("1字消す")
    assert asked.entry.problem == ""


def test_the_kind_of_insurance_is_told_with_the_last_digit(ask: Ask) -> None:
    asked = ask(FormField.INSURER_NUMBER)
    body = "0613998"
    asked.touch_signs(body[:6])
    assert "組合健保" not in said(asked)
    asked.touch_signs(body[6])
    assert "組合健保" in said(asked)
    asked.touch_signs(str(check_digit(body)))
    assert "組合健保（東京都）" in said(asked)
    assert asked.entry.problem == ""
    asked.next()
    assert asked.answers == [body + str(check_digit(body))]


def test_six_digits_are_told_as_national_health_insurance(ask: Ask) -> None:
    asked = ask(FormField.INSURER_NUMBER)
    body = "13800"
    asked.touch_signs(body + str(check_digit(body)))
    assert "国民健康保険（東京都）" in said(asked)


def test_six_digits_that_do_not_fit_may_become_eight(ask: Ask) -> None:
    asked = ask(FormField.INSURER_NUMBER)
    asked.touch_signs("138001")
    assert asked.entry.problem == ""
    asked.next()
    assert asked.answers == []
    assert asked.entry.problem


def test_a_wrong_check_digit_is_told_before_the_field_is_left(ask: Ask) -> None:
    asked = ask(FormField.INSURER_NUMBER)
    body = "0613998"
    asked.touch_signs(body + str((check_digit(body) + 1) % 10))
    assert asked.answers == []
    assert "違う" in asked.entry.problem
    asked.touch("1字消す")
    assert asked.entry.problem == ""


def test_a_law_of_public_expense_has_no_kind_but_is_right(ask: Ask) -> None:
    asked = ask(FormField.INSURER_NUMBER)
    body = "5413601"
    asked.touch_signs(body + str(check_digit(body)))
    assert asked.entry.problem == ""
    assert "確認できました" in said(asked)


@given(st.text("0123456789", min_size=7, max_size=7))
def test_every_eighth_digit_but_one_is_wrong(body: str) -> None:
    assert sum(check_digit(body) == last for last in range(10)) == 1


def test_no_more_digits_than_there_can_be(ask: Ask) -> None:
    asked = ask(FormField.BRANCH)
    asked.touch_signs("012")
    assert shown(asked) == "01"
    asked.next()
    assert asked.answers == ["01"]


def test_all_digits_can_be_deleted(ask: Ask) -> None:
    asked = ask(FormField.BRANCH, "01")
    asked.touch("全部消す")
    assert shown(asked) == ""


def test_a_real_keyboard_types_digits_and_nothing_else(ask: Ask) -> None:
    asked = ask(FormField.BRANCH)
    key = asked.target("5")
    key.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClicks(key, "a1-2")
    assert shown(asked) == "12"


def test_a_card_number_may_have_hyphens(ask: Ask) -> None:
    asked = ask(FormField.PATIENT_NUMBER)
    asked.touch_signs("12-3")
    asked.next()
    assert asked.answers == ["12-3"]


@pytest.mark.parametrize(
    ("digits", "as_spoken"),
    [
        ("0312345678", "0312345678"),
        ("0801", "080-1"),
        ("090", "090"),
        ("0", "0"),
        ("08012345678", "080-1234-5678"),
    ],
)
def test_only_what_is_known_is_grouped(digits: str, as_spoken: str) -> None:
    assert phone_written(digits) == as_spoken


@pytest.mark.parametrize(
    ("digits", "as_written"), [("1", "〒1"), ("105", "〒105"), ("1050011", "〒105-0011")]
)
def test_a_postcode_is_shown_as_on_a_letter(digits: str, as_written: str) -> None:
    assert postcode_written(digits) == as_written
