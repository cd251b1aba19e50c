"""Nothing to see: while nobody who may is looking. How many wait is no secret."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QWidget

from ui.staff.model import Shown
from ui.staff.parts import column, label
from ui.staff.style import Look
from ui.staff.words import Words


class Curtain(QWidget):
    """``drawn_back``: somebody wants to go on."""

    drawn_back = Signal()

    def __init__(self, look: Look, words: Words, facility: str) -> None:
        super().__init__()
        self.setObjectName("curtain")
        self._words = words
        self.calls = label("", "large", "curtain_calls")
        parts: list[QLabel] = [
            label(facility, "large"), self.calls, label(words("desk.sign_in.curtain"), "small"),
            label(words("desk.sign_in.curtain_body"), "small"),
        ]  # fmt: skip
        for part in parts:
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setLayout(column(2, *parts, 3, gap=look.sizes.gap * 3))

    def show_board(self, shown: Shown) -> None:
        waiting = shown.waiting
        self.calls.setText(self._words("desk.board.calls", count=waiting) if waiting else "")

    def pressed(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self.drawn_back.emit()
        return True
