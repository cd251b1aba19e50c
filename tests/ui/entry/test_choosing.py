"""Answers by one touch, and an address from its postcode."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from kiosk.visit.form import CHOICES, FormField, Problem
from kiosk.visit.views import FieldView
from tests.support.entries import TODAY, Asked, check_of, question
from ui.entry import address_field
from ui.entry.address_field import AddressField
from ui.entry.fields import entry_for
from ui.entry.text_field import TextField
from ui.widgets.kit import Kit

Ask = Callable[..., Asked]


def test_one_touch_is_the_answer(ask: Ask) -> None:
    asked = ask(FormField.SEX)
    asked.touch("女")
    assert asked.answers == ["2"]


def test_a_choice_may_be_left_out(ask: Ask) -> None:
    asked = ask(FormField.RATIO)
    asked.touch("わからない")
    assert (asked.skipped, asked.answers) == (1, [])


def test_not_knowing_is_offered_once_where_it_is_an_answer_of_its_own(ask: Ask) -> None:
    asked = ask(FormField.INSURANCE_KIND)
    assert asked.names().count("わからない") == 1
    asked.touch("わからない")
    assert asked.answers == ["unknown"]


def test_what_was_chosen_before_is_marked_and_nothing_else(ask: Ask) -> None:
    asked = ask(FormField.RATIO, "2")
    chosen = [target.accessibleName() for target in asked.entry.targets() if getattr(target, "chosen", False)]
    assert chosen == ["2割"]
    assert asked.answers == []


def suggesting(kit: Kit) -> object:
    view = FieldView(FormField.RATIO, "", CHOICES[FormField.RATIO], suggested="3")
    return entry_for(kit, view, question(kit, FormField.RATIO), None, TODAY)


def test_what_fits_the_age_stands_first_and_is_not_taken(ask: Ask) -> None:
    asked = ask(suggesting)
    assert asked.names() == ["3割", "1割", "2割"]
    assert asked.answers == []
    assert not any(getattr(target, "chosen", False) for target in asked.entry.targets())


# --------------------------------------------------------------------------------------------- address


def typing(asked: Asked) -> TextField:
    assert isinstance(asked.entry, AddressField)
    assert isinstance(asked.entry.field, TextField)
    return asked.entry.field


def enter_code(asked: Asked, code: str, until: str) -> None:
    asked.touch_signs(code)
    asked.next()
    asked.wait_for(until)


def test_a_postcode_fills_the_address_and_the_lot_is_typed_behind_it(ask: Ask) -> None:
    asked = ask(FormField.ADDRESS)
    enter_code(asked, "1050011", "A")
    assert typing(asked).value() == "東京都港区芝公園"
    asked.touch_signs("4-2-8")
    asked.next()
    assert asked.answers == ["東京都港区芝公園4-2-8"]


def test_one_of_several_towns_is_chosen(ask: Ask) -> None:
    asked = ask(FormField.ADDRESS)
    enter_code(asked, "4980000", "この中にない")
    asked.touch("三重県桑名郡木曽岬町")
    assert typing(asked).value() == "三重県桑名郡木曽岬町"


@pytest.mark.parametrize(
    ("code", "shared"),
    [("4980000", ""), ("7614105", "香川県小豆郡土庄町"), ("0295503", "岩手県和賀郡西和賀町")],
)
def test_who_finds_no_town_goes_on_from_what_all_have_in_common(ask: Ask, code: str, shared: str) -> None:
    asked = ask(FormField.ADDRESS)
    enter_code(asked, code, "この中にない")
    asked.touch("この中にない")
    assert typing(asked).value() == shared


def test_an_unknown_code_is_said_and_the_address_is_typed(ask: Ask) -> None:
    asked = ask(FormField.ADDRESS)
    enter_code(asked, "9999999", "あ")
    assert "見つかりませんでした" in typing(asked).message.text()
    assert asked.entry.problem == ""
    asked.touch("む", "ら")
    asked.next()
    assert asked.answers == ["むら"]


def test_who_does_not_know_the_code_types_the_address(ask: Ask) -> None:
    asked = ask(FormField.ADDRESS)
    asked.touch("わからない")
    assert asked.skipped == 0
    asked.touch("わからない")
    assert asked.skipped == 1


def test_a_code_needs_seven_digits(ask: Ask) -> None:
    asked = ask(FormField.ADDRESS)
    asked.touch_signs("105")
    asked.next()
    assert asked.entry.problem
    asked.touch("全部消す")
    asked.next()
    assert asked.entry.problem == "まだ入力されていません。"


def test_one_can_go_back_to_the_code(ask: Ask) -> None:
    asked = ask(FormField.ADDRESS)
    assert not asked.entry.step_back()
    enter_code(asked, "1050011", "A")
    assert asked.entry.step_back()
    asked.touch("1字消す", "4")
    asked.next()
    asked.wait_for("A")
    assert typing(asked).value() == "東京都港区芝"


def test_a_known_address_is_shown_to_be_kept(ask: Ask) -> None:
    asked = ask(FormField.ADDRESS, "東京都港区芝公園1-1")
    asked.next()
    assert asked.answers == ["東京都港区芝公園1-1"]


def test_leaving_while_the_table_is_asked_leads_nowhere(ask: Ask) -> None:
    asked = ask(FormField.ADDRESS)
    asked.touch_signs("1050011")
    asked.next()
    asked.entry.close_down()
    assert isinstance(asked.entry, AddressField)
    assert not asked.entry._asker.asking


def test_what_the_check_refuses_stays_on_the_screen(ask: Ask) -> None:
    def refusing(kit: Kit) -> AddressField:
        check = partial(lambda _check, _value: Problem.TOO_LONG, check_of(FormField.ADDRESS))
        return AddressField(kit, question(kit, FormField.ADDRESS), check)

    asked = ask(refusing)
    asked.entry.set_value("東京都")
    asked.next()
    assert asked.answers == []
    assert asked.entry.problem
    assert address_field.LONGEST == 240
