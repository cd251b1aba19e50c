"""A question in front of the page is answered by keys alone (ui/staff/sheet.py)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QListWidget, QWidget
from pytestqt.qtbot import QtBot

from ui.staff.sheet import Choice, Field, Question, Sheet, key_of
from ui.staff.style import Look, Sizes
from ui.staff.style import sheet as style_of
from ui.staff.words import Words
from ui.theme.fonts import Fonts
from ui.theme.palette import STANDARD

pytestmark = pytest.mark.gui


def press(sheet: Sheet, text: str) -> None:
    key = Qt.Key(ord(text.upper()))
    sheet.pressed(QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text))


@pytest.fixture
def look(qapp: QApplication) -> Look:
    return Look(Sizes(), STANDARD, Fonts())


@pytest.fixture
def window(qtbot: QtBot, look: Look) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1366, 700)
    made.setStyleSheet(style_of(look))
    made.show()
    return made


def test_the_end_of_a_long_choice_is_read_too(window: QWidget, look: Look) -> None:
    coverage = "全国健康保険協会　架空支部　01319904 21700023 2369　受付日に無効"
    options = (Choice("1", coverage, "理由があれば書いてください"), Choice("2", "短い"))
    question = Question("どれ", (Field("which", "どれ", "choice", options),))
    sheet = Sheet(window, look, Words("ja"), question, lambda _told, _secrets: None)
    box = sheet.input("which")
    assert isinstance(box, QListWidget)
    needed = box.fontMetrics().horizontalAdvance(box.item(0).text())
    assert needed + 4 * look.sizes.gap <= box.viewport().width()
    assert not box.verticalScrollBar().isVisible()
    sheet.end()


def test_each_of_many_choices_has_a_key_of_its_own(window: QWidget, look: Look, qtbot: QtBot) -> None:
    options = tuple(Choice(str(place), f"第{place}") for place in range(1, 13))
    answers: list[str] = []
    question = Question("どれ", (Field("which", "どれ", "choice", options),))
    sheet = Sheet(
        window, look, Words("ja"), question,
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
