"""The board's lines as a table: what stands in a cell, and how it is painted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from kiosk.desk.row import Light, Mark, Row
from ui.staff.lights import LIGHT_OF, colour_of, paint, soft_of
from ui.staff.style import Look
from ui.staff.words import Words, clock, next_step, shown_kana, standing, waiting

KEYS_FOR_ROWS = 8
"""The first so many visits that need a person have a key of their own, F1 and on."""
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class Column(IntEnum):
    LIGHT = 0
    NUMBER = 1
    KANA = 2
    WAITING = 3
    STANDING = 4
    HANDED = 5
    BEGAN = 6
    TERMINAL = 7
    NEXT = 8


class BoardModel(QAbstractTableModel):
    """Immutable rows and a moment. Everything shown is words; painting adds shape and colour."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._rows: tuple[Row, ...] = ()
        self._keys: dict[str, int] = {}
        self._now: datetime | None = None

    @property
    def rows(self) -> tuple[Row, ...]:
        return self._rows

    def show(self, rows: Sequence[Row], now: datetime) -> bool:
        """Whether anything but the time is another."""
        shown = tuple(rows)
        changed = shown != self._rows
        self._now = now
        if changed:
            self.beginResetModel()
            self._rows = shown
            waiting_rows = [row.visit for row in shown if row.light is Light.NEEDS_PERSON]
            self._keys = {visit: number for number, visit in enumerate(waiting_rows[:KEYS_FOR_ROWS], 1)}
            self.endResetModel()
        else:
            self.let_time_pass(now)
        return changed

    def let_time_pass(self, now: datetime) -> None:
        self._now = now
        if self._rows:
            last = self.index(len(self._rows) - 1, Column.WAITING)
            self.dataChanged.emit(self.index(0, Column.WAITING), last)

    def key_of(self, row: Row) -> int:
        """1 for F1 and so on; 0 for a line without a key."""
        return self._keys.get(row.visit, 0)

    def by_key(self, key: int) -> Row | None:
        return next((row for row in self._rows if self._keys.get(row.visit) == key), None)

    def place_of(self, visit: str) -> int:
        """-1 if it is not shown."""
        return next((place for place, row in enumerate(self._rows) if row.visit == visit), -1)

    # -- Qt's side
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._words(f"desk.column.{Column(section).name.lower()}")
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(row, Column(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == Column.STANDING:
            return self.text(row, Column.STANDING)
        return None

    def text(self, row: Row, column: Column) -> str:
        words = self._words
        match column:
            case Column.LIGHT:
                return words(f"desk.light.{row.light}")
            case Column.NUMBER:
                return row.number or words("desk.board.no_number")
            case Column.KANA:
                return shown_kana(row.kana) or words("desk.board.no_name")
            case Column.WAITING:
                return waiting(row, self._now, words) if self._now is not None else ""
            case Column.STANDING:
                return standing(row, words)
            case Column.HANDED:
                return words(f"desk.handed.{row.handed}") if row.handed is not None else ""
            case Column.BEGAN:
                return clock(row.began)
            case Column.TERMINAL:
                return row.terminal
            case Column.NEXT:
                return next_step(row, words)


class RowPainter(QStyledItemDelegate):
    """Paints a cell: quiet where nothing is to be done, loud where somebody waits."""

    def __init__(self, look: Look, model: BoardModel) -> None:
        super().__init__()
        self._look = look
        self._model = model

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(self._look.sizes.ems(4), self._look.sizes.row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(Qt.ItemDataRole.UserRole)
        palette = self._look.palette
        box: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        needs = row.light is Light.NEEDS_PERSON
        painter.save()
        ground = palette.accent_soft if selected else soft_of(row.light, palette) if needs else palette.page
        painter.fillRect(box, QColor(ground))
        self._cell(painter, box, row, Column(index.column()), str(index.data()))
        if selected:
            self._frame(painter, box, index.column())
        painter.restore()

    def _cell(self, painter: QPainter, box: QRect, row: Row, column: Column, text: str) -> None:
        look, sizes = self._look, self._look.sizes
        inner = box.adjusted(sizes.gap, 0, -sizes.gap, 0)
        faint = Mark.VOIDED in row.marks
        ink = look.palette.ink_soft if faint else look.palette.ink
        bold = False
        match column:
            case Column.LIGHT:
                side = round(sizes.body * 1.25)
                shape = QRectF(inner.left(), inner.center().y() - side / 2 + 0.5, side, side)
                paint(painter, row.light, shape, look.palette)
                inner = inner.adjusted(side + sizes.gap, 0, 0, 0)
                ink, bold = colour_of(row.light, look.palette), True
            case Column.HANDED if row.handed is not None:
                side = round(sizes.body)
                shape = QRectF(inner.left(), inner.center().y() - side / 2 + 0.5, side, side)
                paint(painter, LIGHT_OF[row.handed], shape, look.palette)
                inner = inner.adjusted(side + sizes.gap, 0, 0, 0)
                ink = colour_of(LIGHT_OF[row.handed], look.palette)
            case Column.NUMBER:
                bold = True
            case Column.WAITING:
                bold = bool(text)
            case Column.NEXT:
                self._button(painter, inner, row, text)
                return
            case _:
                pass
        look.fonts.cover(text)
        font = look.fonts.font(sizes.body, bold)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), cut)

    def _button(self, painter: QPainter, box: QRect, row: Row, text: str) -> None:
        """What to do next, as a button with its key."""
        key = self._model.key_of(row)
        if not text:
            return
        look, sizes = self._look, self._look.sizes
        shape = QRectF(box).adjusted(0, 3.5, 0, -3.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        main = bool(key) and row.live
        painter.setPen(QPen(QColor(look.palette.accent if main else look.palette.edge), 1))
        painter.setBrush(QColor(look.palette.accent if main else look.palette.page))
        painter.drawRoundedRect(shape, 4, 4)
        ink = QColor(look.palette.on_accent if main else look.palette.ink)
        painter.setPen(ink)
        inner = shape.adjusted(sizes.gap, 0, -sizes.gap, 0)
        if key:
            width = sizes.ems(1.9)
            painter.setFont(look.fonts.font(sizes.small, True))
            cap = QRectF(inner.left(), inner.center().y() - sizes.body * 0.75, width, sizes.body * 1.5)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ink, 1))
            painter.drawRoundedRect(cap, 3, 3)
            painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), f"F{key}")
            inner = inner.adjusted(width + sizes.gap, 0, 0, 0)
        painter.setFont(look.fonts.font(sizes.body, main))
        cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(inner.width()))
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), cut)

    def _frame(self, painter: QPainter, box: QRect, column: int) -> None:
        """Around the whole line: the selected one is known without its colour."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(self._look.palette.ink), 2))
        top, bottom = box.top() + 1, box.bottom()
        painter.drawLine(box.left(), top, box.right(), top)
        painter.drawLine(box.left(), bottom, box.right(), bottom)
        if column == 0:
            painter.drawLine(box.left() + 1, top, box.left() + 1, bottom)
        if column == len(Column) - 1:
            painter.drawLine(box.right(), top, box.right(), bottom)


class BoardTable(QTableView):
    """The lines; one of them is selected and stays so while the others move."""

    chosen = Signal(str)
    """A visit that somebody wants to see."""

    def __init__(self, look: Look, words: Words) -> None:
        super().__init__()
        self.setObjectName("board")
        self.setAccessibleName(words("desk.keys.board"))
        self.board = BoardModel(words)
        self._visit = ""
        self._painter = RowPainter(look, self.board)
        self.setModel(self.board)
        self.setItemDelegate(self._painter)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setTabKeyNavigation(False)
        self._size_columns(look)
        self.doubleClicked.connect(self._open)
        self.clicked.connect(self._clicked)
        self.selectionModel().currentRowChanged.connect(self._remember)

    def show_rows(self, rows: Sequence[Row], now: datetime) -> None:
        wanted, scroll = self._visit, self.verticalScrollBar().value()
        self.setColumnHidden(Column.HANDED, all(row.handed is None for row in rows))
        if not self.board.show(rows, now):
            return
        place = max(0, self.board.place_of(wanted))
        if self.board.rows:
            self.select(place)
            self.verticalScrollBar().setValue(scroll)
            if self.board.place_of(wanted) >= 0:
                self.scrollTo(self.board.index(place, 0))

    def select(self, place: int) -> None:
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(self.board.index(place, 0), flags.ClearAndSelect | flags.Rows)

    def selected(self) -> Row | None:
        index = self.currentIndex()
        return self.board.rows[index.row()] if index.isValid() and self.board.rows else None

    def open_selected(self) -> None:
        row = self.selected()
        if row is not None:
            self.chosen.emit(row.visit)

    def _remember(self, index: QModelIndex) -> None:
        if index.isValid():
            self._visit = self.board.rows[index.row()].visit

    def _open(self, index: QModelIndex) -> None:
        self.chosen.emit(self.board.rows[index.row()].visit)

    def _clicked(self, index: QModelIndex) -> None:
        row = self.board.rows[index.row()]
        if index.column() == Column.NEXT and self.board.text(row, Column.NEXT):
            self.chosen.emit(row.visit)

    def _size_columns(self, look: Look) -> None:
        sizes = look.sizes
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(sizes.row)
        self.verticalHeader().setMinimumSectionSize(sizes.row)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        widths = {
            Column.LIGHT: 8.5, Column.NUMBER: 4.5, Column.KANA: 14, Column.WAITING: 6.5, Column.BEGAN: 4.5,
            Column.TERMINAL: 4.5, Column.HANDED: 7.5,
            Column.NEXT: 16,
        }  # fmt: skip
        for column in Column:
            if column in widths:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(column, sizes.ems(widths[column]))
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
