"""A question in front of the page: what an action still needs to know. Enter does it, Esc takes it away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.staff.parts import SecretLine, Told, across, button, frame, label
from ui.staff.style import Look
from ui.staff.words import Words

_KEYS = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SHOWN = 12


def key_of(place: int) -> str:
    """The key that chooses the one at this place, from 1; "" for one that only the arrows reach."""
    return _KEYS[place - 1] if place <= len(_KEYS) else ""


@dataclass(frozen=True)
class Choice:
    """``note``: what is to be known of it. ``idle``: there is nothing to be done with it now; the note says why."""

    value: str
    text: str
    note: str = ""
    idle: bool = False


@dataclass(frozen=True)
class Field:
    """One thing to tell. ``needed``: nothing is done without it. ``options``: of a choice; 1 to 9, then
    letters choose, too. ``files``: what kinds a file may be of."""

    name: str
    label: str
    kind: Literal["line", "text", "choice", "secret", "check", "file"] = "line"
    options: tuple[Choice, ...] = ()
    value: str = ""
    needed: bool = False
    files: str = "*.jpg *.jpeg *.png *.pdf"


@dataclass(frozen=True)
class Question:
    """``note``: one sentence about what it does. ``warning``: what must be read first."""

    title: str
    fields: tuple[Field, ...] = ()
    note: str = ""
    warning: str = ""
    go: str = ""
    dangerous: bool = False
    picture: QPixmap | None = None
    copied: str = ""  # a text to write down


Answers = Mapping[str, str]
Secrets = Mapping[str, bytearray]
Answered = Callable[[Answers, Secrets], object]


class Sheet(QWidget):
    """Covers its parent until it is answered or taken away (``gone``); there is one at a time. ``keep``: it stays when
    it is answered, until ``end``; meanwhile ``say`` tells what is wrong."""

    gone = Signal()

    def __init__(
        self,
        parent: QWidget,
        look: Look,
        words: Words,
        question: Question,
        answered: Answered,
        *,
        left: Callable[[], object] = lambda: None,
        keep: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self.question = question
        self._look, self._words = look, words
        self._answered, self._left, self._keep = answered, left, keep
        self._inputs: dict[str, QWidget] = {}
        self._over = False
        self._focus_before: QWidget | None = parent.window().focusWidget()
        self.problem = Told(role="alarm", name="problem")
        self._box = frame("sheet", "box")
        self._box.setAccessibleName(question.title)
        self._lay_out()
        parent.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()
        self._first().setFocus(Qt.FocusReason.PopupFocusReason)

    # -- what is told
    def told(self) -> dict[str, str]:
        return {name: _value(part) for name, part in self._inputs.items() if not isinstance(part, SecretLine)}

    def input(self, name: str) -> QWidget:
        return self._inputs[name]

    def say(self, text: str) -> None:
        """Something is wrong with what was told."""
        self.problem.say(text)
        self._place()
        self._first().setFocus()

    def answer(self) -> None:
        if self._over or not self._go.isEnabled():
            return
        lacking = next((f for f in self.question.fields if f.needed and not self._has(f)), None)
        if lacking is not None:
            self.say(self._words("desk.refused.empty"))
            self._inputs[lacking.name].setFocus()
            return
        told = self.told()
        secrets = {name: part.take() for name, part in self._inputs.items() if isinstance(part, SecretLine)}
        if not self._keep:
            self.end()
        self._answered(told, secrets)

    def cancel(self) -> None:
        if not self._over:
            self.end()
            self._left()

    def end(self) -> None:
        if self._over:
            return
        self._over = True
        for part in self._inputs.values():
            if isinstance(part, SecretLine):
                part.clear()
        parent = self.parentWidget()
        if parent is not None:
            parent.removeEventFilter(self)
        self.hide()
        before = self._focus_before
        if before is not None and before.isVisible():
            before.setFocus()
        self.gone.emit()
        self.setParent(None)
        self.deleteLater()

    # -- keys
    def pressed(self, event: QKeyEvent) -> bool:
        key, plain = (
            event.key(),
            event.modifiers()
            in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            ),
        )
        focus = self.focusWidget()
        writing = isinstance(focus, QPlainTextEdit)
        if key == Qt.Key.Key_Escape:
            self.cancel()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if writing and not control and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                return False  # a new line
            if isinstance(focus, QPushButton):
                focus.click()
            else:
                self.answer()
            return True
        place = _KEYS.find(event.text().upper()) if event.text() else -1
        if plain and place >= 0 and isinstance(focus, QListWidget):
            if place < focus.count():
                focus.setCurrentRow(place)
            return True
        return False

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays within the question."""
        parts = [*self._inputs.values(), self._go, self._stop]
        parts = [part for part in parts if part.isVisibleTo(self) and part.isEnabled()]
        focus = self.window().focusWidget()
        place = parts.index(focus) if focus in parts else -1
        parts[(place + (1 if forward else -1)) % len(parts)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self._place()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setOpacity(0.35)
            painter.fillRect(self.rect(), self._look.palette.stroke)

    # -- inside
    def _lay_out(self) -> None:
        look, words, question = self._look, self._words, self.question
        gap = look.sizes.gap
        layout = QVBoxLayout(self._box)
        layout.setContentsMargins(gap * 4, gap * 3, gap * 4, gap * 3)
        layout.setSpacing(gap * 2)
        layout.addWidget(label(question.title, "large"))
        if question.note:
            layout.addWidget(Told(question.note))
        if question.warning:
            layout.addWidget(Told(question.warning, "notice"))
        if question.picture is not None:
            shown = QLabel()
            shown.setPixmap(question.picture)
            shown.setAccessibleName(question.title)
            layout.addWidget(shown)
        if question.copied:
            text = label(question.copied, "strong", "copied")
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByKeyboard)
            layout.addWidget(text)
        for field in question.fields:
            part = self._input(field)
            self._inputs[field.name] = part
            if field.kind != "check":
                caption = label(field.label, "heading")
                caption.setBuddy(part)
                layout.addWidget(caption)
            part.setAccessibleName(field.label)
            layout.addWidget(part)
            if field.kind == "file":
                choose = button(
                    f"choose_{field.name}",
                    words("desk.ask.choose_file"),
                    partial(self._choose, part, field.files),
                )
                layout.addWidget(choose)
        self.problem.say("")
        layout.addWidget(self.problem)
        self._go = button("go", question.go or words("desk.frame.go_on"), self.answer, key="Enter", main=True)
        self._go.setProperty("danger", question.dangerous)
        self._stop = button("cancel", words("desk.frame.cancel"), self.cancel, key="Esc")
        layout.addLayout(across(1, self._stop, self._go, gap=gap * 2))

    def _input(self, field: Field) -> QWidget:
        match field.kind:
            case "choice":
                part: QWidget = _choices(field, self._look.palette.ink_soft)
            case "text":
                text = QPlainTextEdit(field.value)
                text.setFixedHeight(self._look.sizes.ems(4.2))
                text.setTabChangesFocus(True)
                part = text
            case "secret":
                part = SecretLine(field.name, field.label)
            case "check":
                check = QCheckBox(field.label)
                check.setChecked(bool(field.value))
                part = check
            case _:
                part = QLineEdit(field.value)
        part.setObjectName(f"ask_{field.name}")
        return part

    def _has(self, field: Field) -> bool:
        part = self._inputs[field.name]
        return bool(part.text() if isinstance(part, SecretLine) else _value(part).strip())

    def _choose(self, part: QWidget, files: str) -> None:
        path, _kind = QFileDialog.getOpenFileName(
            self, self._words("desk.ask.choose_file"), str(Path.home()), files
        )
        if path and isinstance(part, QLineEdit):
            part.setText(path)

    def _first(self) -> QWidget:
        return next(iter(self._inputs.values()), self._go)

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        self.setGeometry(parent.rect())
        self._box.setParent(self)  # before anything is measured: its letters come from the window
        for part in self._inputs.values():
            if isinstance(part, QListWidget):
                part.ensurePolished()
                heights = [part.sizeHintForRow(row) for row in range(part.count())]
                part.setFixedHeight(sum(heights[:_SHOWN]) + 2 * part.frameWidth() + 4)
        room = parent.width() - 2 * self._look.sizes.gap
        width = min(max(self._look.sizes.ems(42), self._widest()), room)
        self._box.setFixedWidth(width)
        self._box.adjustSize()
        height = min(self._box.sizeHint().height(), parent.height())
        self._box.resize(width, height)
        self._box.move(QPoint((parent.width() - width) // 2, max(0, (parent.height() - height) // 3)))
        self._box.show()

    def _widest(self) -> int:
        """What the longest choice takes: its end may be what tells it from another."""
        texts = [
            part.fontMetrics().horizontalAdvance(part.item(row).text())
            for part in self._inputs.values()
            if isinstance(part, QListWidget)
            for row in range(part.count())
        ]
        return max(texts, default=0) + 16 * self._look.sizes.gap  # around the list, and around each choice


def _choices(field: Field, faint: str) -> QListWidget:
    box = QListWidget()
    for number, option in enumerate(field.options, 1):
        mark = f"{key_of(number)}  " if key_of(number) else "    "
        note = f"　— {option.note}" if option.note else ""
        item = QListWidgetItem(f"{mark}{option.text}{note}")
        item.setData(Qt.ItemDataRole.UserRole, option.value)
        if option.idle:
            item.setForeground(QColor(faint))
        box.addItem(item)
    values = [option.value for option in field.options]
    if values:
        box.setCurrentRow(values.index(field.value) if field.value in values else 0)
    box.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return box


def _value(part: QWidget) -> str:
    match part:
        case QListWidget():
            return str(part.currentItem().data(Qt.ItemDataRole.UserRole)) if part.currentRow() >= 0 else ""
        case QPlainTextEdit():
            return part.toPlainText().strip()
        case QCheckBox():
            return "yes" if part.isChecked() else ""
        case QLineEdit():
            return part.text().strip()
        case _:
            return ""
