"""Writing a day with era buttons and number keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.visit.form import FormField
from tests.support.entries import Asked
from ui.entry.date_field import DateField

Ask = Callable[..., Asked]


def said(asked: Asked) -> str:
    assert isinstance(asked.entry, DateField)
    return asked.entry.message.text()


def parts(asked: Asked) -> list[str]:
    return [name.replace("　", "") for name in asked.names()[:4]]


def test_a_birthday_by_its_era_needs_no_other_key(ask: Ask) -> None:
    asked = ask(FormField.BIRTH_DATE)
    asked.touch("昭和", *"28", "5")
    assert parts(asked) == ["昭和", "28年", "5月", "日"]
    asked.touch_signs("14")
    assert "西暦1953年" in said(asked)
    asked.next()
    assert asked.answers == ["1953-05-14"]


def test_a_single_digit_goes_on_with_the_next_button(ask: Ask) -> None:
    asked = ask(FormField.BIRTH_DATE)
    asked.touch("平成", "1", "choice.next", "1", "choice.next", "8")
    assert parts(asked) == ["平成", "元年", "1月", "8日"]
    asked.next()
    assert asked.answers == ["1989-01-08"]


def test_the_gregorian_calendar(ask: Ask) -> None:
    asked = ask(FormField.BIRTH_DATE)
    asked.touch("西暦", *"1953", *"05", *"14")
    assert "昭和28年" in said(asked)
    asked.next()
    assert asked.answers == ["1953-05-14"]


def test_a_day_after_the_end_of_showa_is_refused_in_words(ask: Ask) -> None:
    asked = ask(FormField.BIRTH_DATE)
    asked.touch("昭和", *"64", *"01", "8")
    assert "昭和64年1月7日まで" in asked.entry.problem
    asked.next()
    assert asked.answers == []
    asked.touch("7")
    assert asked.entry.problem == ""
    asked.next()
    assert asked.answers == ["1989-01-07"]


def test_the_first_year_of_reiwa(ask: Ask) -> None:
    asked = ask(FormField.BIRTH_DATE)
    asked.touch("令和", *"01", "5", *"01")
    assert "令和元年は、西暦2019年" in said(asked)
    asked.next()
    assert asked.answers == ["2019-05-01"]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (("昭和", "6", "5"), "昭和64年1月7日まで"),
        (("令和", "7", "choice.next", "1", "3"), "1から12まで"),
        (("令和", "7", "choice.next", "2", "3", "0"), "その日はありません"),
        (("令和", "0", "1", "0", "4"), "令和元年5月1日から"),
        (("明治", "0", "5"), "明治6年から"),
        (("令和", "9", "9"), ""),
    ],
)
def test_what_is_impossible_is_told_with_the_digit_that_makes_it_so(
    ask: Ask, keys: tuple[str, ...], told: str
) -> None:
    asked = ask(FormField.BIRTH_DATE)
    asked.touch(*keys)
    assert told in asked.entry.problem
    assert bool(told) == bool(asked.entry.problem)
    assert asked.answers == []


def test_a_day_to_come_is_no_birthday(ask: Ask) -> None:
    asked = ask(FormField.BIRTH_DATE)
    asked.touch("令和", *"08", *"11", *"25")
    assert "使えません" in asked.entry.problem
    asked.touch_signs("24")
    assert asked.entry.problem == ""


def test_a_paper_may_count_an_era_on(ask: Ask) -> None:
    asked = ask(FormField.VALID_UNTIL)
    asked.touch("平成", *"35", "3", *"31")
    assert "令和5年は、西暦2023年" in said(asked)
    asked.next()
    assert asked.answers == ["2023-03-31"]


def test_a_wrong_digit_makes_room_for_the_right_one(ask: Ask) -> None:
    asked = ask(FormField.BIRTH_DATE)
    asked.touch("令和", "7", "choice.next", "1", "3")
    assert asked.entry.problem
    asked.touch("4")
    assert asked.entry.problem == ""
    assert parts(asked) == ["令和", "7年", "4月", "日"]


def test_every_part_can_be_written_anew(ask: Ask) -> None:
    asked = ask(FormField.BIRTH_DATE, "1953-05-14")
    assert parts(asked) == ["昭和", "28年", "5月", "14日"]
    asked.touch("28年", "全部消す", *"30")
    assert parts(asked) == ["昭和", "30年", "5月", "14日"]
    asked.touch("昭和", "平成")
    assert "平成31年4月30日" not in asked.entry.problem
    asked.next()
    assert asked.answers == ["2018-05-14"]


def test_another_era_can_make_a_day_impossible(ask: Ask) -> None:
    asked = ask(FormField.BIRTH_DATE, "1953-05-14")
    asked.touch("昭和", "大正")
    assert "大正15年12月24日まで" in asked.entry.problem


def test_going_over_to_the_gregorian_calendar_keeps_month_and_day(ask: Ask) -> None:
    asked = ask(FormField.BIRTH_DATE, "1953-05-14")
    asked.touch("昭和", "西暦", *"1954")
    asked.next()
    assert asked.answers == ["1954-05-14"]


def test_deleting_what_is_empty_goes_back_a_part(ask: Ask) -> None:
    asked = ask(FormField.BIRTH_DATE)
    asked.touch("昭和", *"28")
    asked.entry.delete_one()
    asked.entry.typed("9")
    assert parts(asked)[1] == "28年"
    asked.entry.delete_one()
    asked.entry.typed("9")
    assert parts(asked)[1] == "29年"


def test_nothing_is_no_day(ask: Ask) -> None:
    asked = ask(FormField.BIRTH_DATE)
    asked.next()
    assert asked.entry.problem == "まだ入力されていません。"
    asked.touch("昭和")
    asked.next()
    assert asked.answers == []


def test_digits_wait_for_an_era(ask: Ask) -> None:
    asked = ask(FormField.BIRTH_DATE)
    asked.entry.typed("2")
    asked.entry.delete_one()
    assert parts(asked)[:1] == ["元号"]
    assert len([name for name in asked.names() if name.endswith(("年", "月", "日"))]) == 0


def test_leaving_forgets_the_day(ask: Ask) -> None:
    asked = ask(FormField.BIRTH_DATE, "1953-05-14")
    asked.entry.close_down()
    assert "28年" not in asked.names()
    assert asked.entry.problem == ""
