"""Every key of the console on one page, to be printed in the head."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from ui.staff.deeds import UNDER_MORE
from ui.staff.parts import across, column, label
from ui.staff.sheet import key_of
from ui.staff.style import Look
from ui.staff.words import Words

BOARD = (
    ("↑ ↓", "desk.keys.select"), ("Enter", "desk.keys.open"), ("F1–F8", "desk.keys.first_rows"),
    ("Ctrl+1–5", "desk.keys.filters"), ("Ctrl+F", "desk.frame.search"),
)  # fmt: skip
DETAIL = (
    ("1–9  ↑ ↓", "desk.keys.choose_way"), ("F1", "desk.do.accept"), ("F2", "desk.do.refuse"),
    ("F3", "desk.do.evidence"), ("F4", "desk.do.take"), ("F5", "desk.do.handled"), ("F6", "desk.do.ask_again"),
    ("F7", "desk.do.note"),
    ("F8", "desk.do.reprint"), ("F9", "desk.do.more"), ("F10", "desk.do.undo"), ("Ctrl+T", "desk.keys.typed"),
    ("Ctrl+Enter", "desk.typed.use"), ("Ctrl+R", "desk.keys.rule"), ("Ctrl+E", "desk.do.face"),
    ("PgUp PgDn", "desk.keys.scroll_story"),
)  # fmt: skip
EVERYWHERE = (
    ("Esc", "desk.keys.back"), ("Ctrl+N", "desk.frame.next_call"), ("Ctrl+L", "desk.frame.lock"),
    ("Ctrl+U", "desk.frame.change_user"), ("Ctrl+Q", "desk.keys.sign_out"), ("Ctrl+B", "desk.frame.clear"),
    ("Ctrl+J", "desk.keys.language"),
    ("Ctrl+K", "desk.frame.keys"), ("Ctrl+H", "desk.frame.health"), ("Ctrl+D", "desk.frame.report"),
    ("Ctrl+M", "desk.frame.accounts"), ("Ctrl+P", "desk.import.heading"), ("Ctrl+O", "desk.frame.own"),
    ("Ctrl+G", "desk.glass.heading"),
    ("Ctrl+I", "desk.keys.contrast"), ("Ctrl++", "desk.keys.larger"),
)  # fmt: skip


class KeysPage(QWidget):
    """``left``: back."""

    left = Signal()

    def __init__(self, look: Look, words: Words) -> None:
        super().__init__()
        self.setObjectName("keys_page")
        gap = look.sizes.gap
        parts = [
            self._part(look, words("desk.keys.board"), [(key, words(what)) for key, what in BOARD]),
            self._part(look, words("desk.keys.detail"), self._detail(words)),
            self._part(look, words("desk.keys.everywhere"), [(key, words(what)) for key, what in EVERYWHERE]),
        ]
        row = across(*parts, gap=gap * 6)
        for place in range(len(parts)):
            row.setStretch(place, 1)
        self.setLayout(
            column(label(words("desk.keys.heading"), "large"), row, 1, gap=gap * 3, margin=gap * 5)
        )

    def pressed(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
            return True
        return False

    @staticmethod
    def _detail(words: Words) -> list[tuple[str, str]]:
        told = [(key, words(what)) for key, what in DETAIL]
        return told + [
            (f"F9  {key_of(place)}", words(f"desk.do.{deed}")) for place, deed in enumerate(UNDER_MORE, 1)
        ]

    @staticmethod
    def _part(look: Look, heading: str, keys: list[tuple[str, str]]) -> QWidget:
        part = QWidget()
        grid = QGridLayout(part)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(look.sizes.gap * 2)
        grid.setVerticalSpacing(look.sizes.gap)
        grid.setColumnStretch(1, 1)
        grid.addWidget(label(heading, "strong"), 0, 0, 1, 2)
        for row, (key, what) in enumerate(keys, 1):
            grid.addWidget(label(key, "key"), row, 0, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(label(what), row, 1)
        grid.setRowStretch(len(keys) + 1, 1)
        return part
