"""A question in front of the page is answered by keys alone (ui/staff/sheet.py)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.staff.sheet import Choice, Field, Question, Sheet, key_of
from ui.staff.style import Look, Sizes
from ui.staff.words import Words
from ui.theme.fonts import Fonts
from ui.theme.palette import STANDARD

pytestmark = pytest.mark.gui


def press(sheet: Sheet, text: str) -> None:
    key = Qt.Key(ord(text.upper()))
    sheet.pressed(QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text))


def test_each_of_many_choices_has_a_key_of_its_own(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1366, 700)
    window.show()
    options = tuple(Choice(str(place), f"第{place}") for place in range(1, 13))
    answers: list[str] = []
    question = Question("どれ", (Field("which", "どれ", "choice", options),))
    sheet = Sheet(
        window, Look(Sizes(), STANDARD, Fonts()), Words("ja"), question,
        lambda told, _secrets: answers.append(told["which"]), keep=True,
    )  # fmt: skip
    qtbot.waitUntil(lambda: sheet.focusWidget() is not None)
    for place in (1, 9, 10, 12):
        press(sheet, key_of(place).lower())
        sheet.answer()
    assert answers == ["1", "9", "10", "12"]
    assert len({key_of(place) for place in range(1, 13)}) == 12
    press(sheet, "z")
    assert sheet.told() == {"which": "12"}, "a key of none of them chooses nothing"
    sheet.end()
