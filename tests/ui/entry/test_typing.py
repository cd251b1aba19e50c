"""The kana keyboard and what is typed with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kiosk.visit.form import FormField
from tests.support.entries import Asked
from ui.entry.head import TextLine
from ui.entry.text_field import TextField, in_one_width
from ui.theme.panel import LANDSCAPE

Ask = Callable[..., Asked]


def field(asked: Asked) -> TextField:
    assert isinstance(asked.entry, TextField)
    return asked.entry


def shown(asked: Asked) -> str:
    line = field(asked).line()
    assert isinstance(line, TextLine)
    return line.shown


def walk(asked: Asked, key: Qt.Key) -> str:
    """Presses an arrow key; gives the name of what then has the focus."""
    focused = asked.panel.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key)
    reached = asked.panel.focusWidget()
    assert reached is not None
    return reached.accessibleName()


def test_letters_are_typed_shown_and_given_as_the_form_keeps_them(ask: Ask) -> None:
    asked = ask(FormField.KANA)
    asked.touch("サ", "ト", "ウ", "空白", "ハ", "ナ", "コ")
    assert shown(asked) == "サトウ ハナコ"
    asked.next()
    assert asked.answers == ["サトウ ハナコ"]
    assert asked.edits == 7


@pytest.mark.parametrize(
    ("keys", "typed"),
    [
        (("サ", "濁点"), "ザ"),
        (("サ", "濁点", "濁点"), "サ"),
        (("ハ", "半濁点"), "パ"),
        (("ハ", "濁点", "半濁点"), "パ"),
        (("ツ", "小さい字"), "ッ"),
        (("キ", "ヤ", "小さい字"), "キャ"),
        (("ウ", "濁点"), "ヴ"),
        (("ヒ", "のばす音"), "ヒー"),
        (("マ", "ナ", "1字消す"), "マ"),
        (("マ", "ナ", "全部消す"), ""),
        (("濁点",), ""),
        (("1字消す",), ""),
    ],
)
def test_marks_and_deletions_change_what_was_typed(ask: Ask, keys: tuple[str, ...], typed: str) -> None:
    asked = ask(FormField.KANA)
    asked.touch(*keys)
    assert shown(asked) == typed


def test_latin_letters_and_digits_are_on_a_sheet_of_their_own(ask: Ask) -> None:
    asked = ask(FormField.KANA)
    asked.touch("英数字", "N", "G", "O", "空白")
    assert "サ" not in asked.names()
    asked.touch("かな", "ア")
    assert shown(asked) == "NGO ア"


def test_a_sheet_is_turned_without_losing_what_was_typed_or_leaving_keys_behind(ask: Ask) -> None:
    asked = ask(FormField.KANA, "ヤマダ", profile=LANDSCAPE)
    for _ in range(3):
        asked.touch("英数字")
        asked.touch("かな")
    QApplication.processEvents()
    assert shown(asked) == "ヤマダ"
    assert len(set(asked.names())) == len(asked.names())


def test_quick_fingers_lose_no_letter_but_a_bounce_counts_once(ask: Ask) -> None:
    asked = ask(FormField.KANA)
    for name in ("サ", "ト", "ト", "ウ"):
        asked.clock.pass_ms(80)
        QTest.mouseClick(asked.target(name), Qt.MouseButton.LeftButton)
    assert shown(asked) == "サトウ"


def test_a_key_acts_when_the_finger_leaves_and_not_when_it_slides_off(ask: Ask) -> None:
    asked = ask(FormField.KANA)
    key = asked.target("サ")
    asked.clock.pass_ms(400)
    QTest.mousePress(key, Qt.MouseButton.LeftButton)
    assert shown(asked) == ""
    QTest.mouseRelease(key, Qt.MouseButton.LeftButton, pos=key.rect().bottomRight() * 3)
    assert shown(asked) == ""


def test_a_real_keyboard_types_letters_too(ask: Ask) -> None:
    asked = ask(FormField.KANA)
    key = asked.target("サ")
    key.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClicks(key, "NGO-1")
    assert shown(asked) == "NGO-1"
    asked.entry.typed("A")
    asked.entry.delete_one()
    asked.entry.delete_one()
    assert shown(asked) == "NGO-"


def test_arrows_walk_over_the_board_as_the_eye_does(ask: Ask) -> None:
    asked = ask(FormField.KANA)
    asked.target("ア").setFocus(Qt.FocusReason.TabFocusReason)
    right, left, up, down = Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Down
    walked = [walk(asked, key) for key in (right, down, down, left, up, up, up)]
    assert walked == ["カ", "キ", "ク", "ウ", "イ", "ア", "ア"]
    QTest.keyClick(asked.target("ア"), Qt.Key.Key_Return)
    assert shown(asked) == "ア"


def test_an_arrow_goes_over_a_place_without_a_key(ask: Ask) -> None:
    asked = ask(FormField.KANA)
    asked.target("ヤ").setFocus(Qt.FocusReason.TabFocusReason)
    assert walk(asked, Qt.Key.Key_Down) == "ユ"


def test_beyond_the_edge_the_window_goes_on_in_reading_order(ask: Ask) -> None:
    asked = ask(FormField.KANA)
    asked.target("ア").setFocus(Qt.FocusReason.TabFocusReason)
    walk(asked, Qt.Key.Key_Up)
    assert asked.panel.keys == [Qt.Key.Key_Up]


def test_nothing_is_not_an_answer_and_the_question_may_be_left_out(ask: Ask) -> None:
    asked = ask(FormField.WORKPLACE)
    asked.next()
    assert asked.answers == []
    assert asked.entry.problem == "まだ入力されていません。"
    asked.touch("か")
    assert asked.entry.problem == ""
    asked.touch("わからない")
    assert asked.skipped == 1


def test_a_question_that_is_needed_cannot_be_left_out(ask: Ask) -> None:
    assert "わからない" not in ask(FormField.KANA).names()


def test_digits_are_no_reading(ask: Ask) -> None:
    asked = ask(FormField.KANA)
    asked.touch("英数字", "1", "choice.next")
    assert asked.answers == []
    assert asked.entry.problem


def test_an_individual_number_is_refused_in_words_that_do_not_repeat_it(ask: Ask) -> None:
    asked = ask(FormField.WORKPLACE)
    asked.entry.typed("123456789018")
    asked.next()
    assert asked.answers == []
    assert "マイナンバー" in asked.entry.problem
    assert "123456789018" not in asked.entry.problem


def test_a_text_has_an_end(ask: Ask) -> None:
    asked = ask(FormField.KANA)
    asked.entry.set_value("ア" * 99)
    asked.touch("イ", "ウ")
    assert len(field(asked).value()) == 100


def test_what_was_typed_last_is_turned_into_kanji(ask: Ask) -> None:
    asked = ask(FormField.WORKPLACE, "株式会社")
    asked.touch("と", "う", "き", "よ", "小さい字", "う", "漢字にする")
    asked.wait_for("東京")
    assert "choice.next" not in [target.objectName() for target in asked.entry.targets()]
    asked.touch("東京")
    assert shown(asked) == "株式会社東京"
    asked.next()
    assert asked.answers == ["株式会社東京"]


def test_kana_can_stay_kana(ask: Ask) -> None:
    asked = ask(FormField.WORKPLACE)
    asked.touch("さ", "く", "ら", "漢字にする")
    asked.wait_for("かなのまま")
    asked.touch("かなのまま")
    assert shown(asked) == "さくら"
    assert "あ" in asked.names()


def test_where_there_is_nothing_to_convert_that_is_said(ask: Ask) -> None:
    asked = ask(FormField.WORKPLACE)
    asked.touch("漢字にする")
    assert "見つかりませんでした" in field(asked).message.text()
    assert asked.entry.problem == ""


def test_an_answer_that_comes_after_something_else_was_typed_is_dropped(ask: Ask) -> None:
    asked = ask(FormField.WORKPLACE)
    asked.touch("さ", "く", "ら", "漢字にする", "全部消す", "あ")
    field(asked)._offer("さくら", ("桜",))
    assert shown(asked) == "あ"
    assert "桜" not in asked.names()


@pytest.mark.parametrize(
    "asked_for", [FormField.KANA, FormField.CONTACT, FormField.BIRTH_DATE, FormField.RATIO]
)
def test_what_the_page_fills_in_is_not_taken_for_typing(ask: Ask, asked_for: FormField) -> None:
    asked = ask(asked_for)
    asked.entry.set_value({FormField.BIRTH_DATE: "1953-05-14", FormField.RATIO: "1"}.get(asked_for, "09"))
    asked.entry.close_down()
    assert asked.edits == 0


def test_leaving_forgets_what_was_typed(ask: Ask) -> None:
    asked = ask(FormField.KANA, "ヤマダ")
    asked.entry.close_down()
    assert field(asked).value() == shown(asked) == ""
    assert "ヤマダ" not in " ".join(asked.names())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("12-34", "１２－３４"),
        ("東京", "東京"),
        ("ａｂ１２", "ab12"),
        ("あ 12", "あ１２"),
        ("ABC", "ABC"),
        ("・5", "・５"),
    ],
)
def test_a_symbol_has_one_width(typed: str, kept: str) -> None:
    assert in_one_width(typed) == kept


def test_a_symbol_may_be_kanji(ask: Ask) -> None:
    asked = ask(FormField.SYMBOL)
    assert "1" in asked.names()
    asked.touch("かな", "と", "う", "き", "よ", "小さい字", "う", "漢字にする")
    asked.wait_for("東京")
    asked.touch("東京", "英数字", "1")
    asked.next()
    assert asked.answers == ["東京１"]
