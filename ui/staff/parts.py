"""The small parts that the console's pages are made of."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from kiosk.desk.row import Light
from kiosk.wording.breaks import joined
from kiosk.wording.text import Span, Text
from ui.staff import lights
from ui.staff.style import Look


def label(text: str = "", role: str = "", name: str = "") -> QLabel:
    """One line of plain text."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setObjectName(name)
    if role == "key":
        made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    return made


def has_focus(widget: QWidget) -> bool:
    """Whether keys go there, as soon as they come to this window at all."""
    return widget.window().focusWidget() is widget


def set_role(widget: QWidget, role: str) -> None:
    """Another role of the style sheet from now on; a sheet looks at a property only when it is told to."""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    restyle(widget)


def restyle(widget: QWidget) -> None:
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    QApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))  # frames and paddings are measured anew


class Told(QLabel):
    """A sentence over several lines, broken between phrases; known to assistive technology by its plain text."""

    def __init__(self, text: Text | str = "", role: str = "", name: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setProperty("role", role)
        self.setObjectName(name)
        self.plain = ""
        self.say(text)

    def say(self, text: Text | str) -> None:
        told = Text((Span(text),), "ja") if isinstance(text, str) else text
        self.plain = told.plain
        self.setAccessibleName(told.plain)
        self.setText(joined(told) if told.plain else "")
        if not told.plain:
            self.hide()
        elif self.parentWidget() is not None:  # else it would be a window of its own for a moment
            self.show()


class Elided(QLabel):
    """One line that never asks for room: what does not fit is cut, and told by the tool tip."""

    def __init__(self, role: str = "", name: str = "") -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        self.setToolTip(text)
        super().setText(text)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
            painter.setPen(self.palette().windowText().color())
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), shown)


class Lamp(QWidget):
    """A traffic light by itself; its word stands beside it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._light: Light | None = None
        side = round(look.sizes.body * 1.4)
        self.setFixedSize(QSize(side, side))

    def show_light(self, light: Light, word: str) -> None:
        self._light = light
        self.setAccessibleName(word)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._light is not None:
            with QPainter(self) as painter:
                lights.paint(painter, self._light, QRectF(self.rect()), self._look.palette)


def button(
    name: str, text: str, act: Callable[[], object], *, key: str = "", tip: str = "", main: bool = False
) -> QPushButton:
    """``key`` is told in front of the text; whoever makes the button makes the key work."""
    made = QPushButton(f"{key}  {text}" if key else text)
    made.setObjectName(name)
    made.setAccessibleName(text)
    made.setToolTip(tip)
    made.setProperty("main", main)
    made.setAutoDefault(False)
    made.clicked.connect(lambda: act())
    return made


def line(vertical: bool = False) -> QFrame:
    made = QFrame()
    made.setProperty("role", "line")
    if vertical:
        made.setFixedWidth(1)
    else:
        made.setFixedHeight(1)
    return made


def frame(role: str, name: str = "") -> QFrame:
    made = QFrame()
    made.setProperty("role", role)
    made.setObjectName(name)
    return made


def column(*parts: QWidget | QLayout | int | None, gap: int = 6, margin: int = 0) -> QVBoxLayout:
    """``int``: stretch; None is left out."""
    made = QVBoxLayout()
    _fill(made, parts, gap, margin)
    return made


def across(*parts: QWidget | QLayout | int | None, gap: int = 6, margin: int = 0) -> QHBoxLayout:
    made = QHBoxLayout()
    _fill(made, parts, gap, margin)
    return made


def _fill(
    made: QVBoxLayout | QHBoxLayout, parts: tuple[QWidget | QLayout | int | None, ...], gap: int, margin: int
) -> None:
    made.setSpacing(gap)
    made.setContentsMargins(margin, margin, margin, margin)
    for part in parts:
        if isinstance(part, QWidget):
            made.addWidget(part)
        elif isinstance(part, QLayout):
            made.addLayout(part)
        elif part is not None:
            made.addStretch(part)


def grid(rows: list[tuple[QWidget, QWidget]], gap: int = 6) -> QGridLayout:
    """Labels and what they are about."""
    made = QGridLayout()
    made.setHorizontalSpacing(gap * 2)
    made.setVerticalSpacing(gap)
    made.setColumnStretch(1, 1)
    for number, (name, content) in enumerate(rows):
        made.addWidget(name, number, 0)
        made.addWidget(content, number, 1)
    return made


class SecretLine(QLineEdit):
    """A password: never drawn, and wiped from the field when it is taken."""

    def __init__(self, name: str, told: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(told)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)

    def take(self) -> bytearray:
        typed = bytearray(self.text().encode("utf-8", "surrogatepass"))
        self.clear()
        return typed


class Keys(QObject):
    """Keys of a window that work wherever the focus is, unless a text field needs them itself."""

    def __init__(self, window: QWidget, pressed: Callable[[QKeyEvent], bool]) -> None:
        super().__init__(window)
        self._pressed = pressed

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        return isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and self._pressed(event)
