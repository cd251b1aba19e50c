"""The board's page: parts of the day, a field to search, and the lines."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QPushButton, QStackedWidget, QWidget

from kiosk.desk.board import Filter
from kiosk.desk.row import Row
from kiosk.desk.searching import search
from ui.staff.model import Shown
from ui.staff.parts import Told, across, button, column, has_focus, label
from ui.staff.style import Look
from ui.staff.table import KEYS_FOR_ROWS, BoardTable
from ui.staff.words import Words

ORDER = (Filter.NEEDS, Filter.GOING_ON, Filter.RECHECK, Filter.DONE, Filter.ALL)
"""As they stand from left to right; Ctrl+1 and on choose them."""


class BoardPage(QWidget):
    """``chosen``: a visit to open."""

    chosen = Signal(str)

    def __init__(self, look: Look, words: Words) -> None:
        super().__init__()
        self.setObjectName("board_page")
        self._look, self._words = look, words
        self._shown: Shown | None = None
        self._now: datetime | None = None
        self.which = Filter.ALL
        self.table = BoardTable(look, words)
        self.table.chosen.connect(self.chosen)
        self.empty = Told(role="", name="empty")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._tabs: dict[Filter, QPushButton] = {}
        self.search = QLineEdit()
        self.search.setObjectName("search")
        self.search.setPlaceholderText(words("desk.board.search"))
        self.search.setAccessibleName(words("desk.board.search"))
        self.search.setFixedWidth(look.sizes.ems(21))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _text: self._refresh())
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        self._lay_out()

    # -- what is shown
    def show_board(self, shown: Shown, now: datetime) -> None:
        self._shown, self._now = shown, now
        self._refresh()

    def let_time_pass(self, now: datetime) -> None:
        self._now = now
        self.table.board.let_time_pass(now)

    def choose(self, which: Filter) -> None:
        self.which = which
        self._tabs[which].setChecked(True)
        self.search.clear()
        self._refresh()
        self.table.setFocus()

    def row_of_key(self, number: int) -> Row | None:
        """The visit that F``number`` opens."""
        return self.table.board.by_key(number)

    def begin_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    # -- keys
    def pressed(self, event: QKeyEvent) -> bool:
        """Whether the key was for this page."""
        key = event.key()
        if Qt.Key.Key_F1 <= key < Qt.Key.Key_F1 + KEYS_FOR_ROWS:
            row = self.row_of_key(key - Qt.Key.Key_F1 + 1)
            if row is not None:
                self.chosen.emit(row.visit)
            return True
        if key == Qt.Key.Key_Escape and (self.search.text() or has_focus(self.search)):
            self.search.clear()
            self.table.setFocus()
            return True
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and has_focus(self.search):
            self.table.setFocus()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (has_focus(self.search) or has_focus(self.table)):
            self.table.open_selected()
            return True
        return False

    # -- inside
    def _lay_out(self) -> None:
        group = QButtonGroup(self)
        tabs = []
        for which in ORDER:
            tab = button(f"filter_{which}", "", partial(self.choose, which))
            tab.setProperty("tab", True)
            tab.setCheckable(True)
            tab.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            group.addButton(tab)
            self._tabs[which] = tab
            tabs.append(tab)
        self._tabs[self.which].setChecked(True)
        gap = self._look.sizes.gap
        top = across(*tabs, 1, label("Ctrl+F", "key"), self.search, gap=gap)
        self.setLayout(column(top, self._stack, gap=gap, margin=gap))
        self._name_tabs()

    def _name_tabs(self) -> None:
        for which, tab in self._tabs.items():
            count = len(self._shown.of(which)) if self._shown is not None else 0
            text = f"{self._words(f'desk.filter.{which}')}  {count}"
            tab.setText(text)
            tab.setAccessibleName(text)

    def _refresh(self) -> None:
        shown, now = self._shown, self._now
        self._name_tabs()
        if shown is None or now is None:
            return
        text = self.search.text().strip()
        rows = search(shown.of(Filter.ALL), text) if text else shown.of(self.which)
        self.table.show_rows(rows, now)
        self.empty.say(self._words.text(self._why_empty(shown, text), text=text) if not rows else "")
        self._stack.setCurrentWidget(self.table if rows else self.empty)

    def _why_empty(self, shown: Shown, text: str) -> str:
        if text:
            return "desk.board.empty.search"
        if not shown.of(Filter.ALL):
            return "desk.board.empty.today"
        return "desk.board.empty.needs" if self.which is Filter.NEEDS else "desk.board.empty"
