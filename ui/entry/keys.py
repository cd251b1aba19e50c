"""Boards of keys: where keys stand in a grid, and what a key looks like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from kiosk.wording.text import Span, Text
from ui.theme.panel import GRID, Role
from ui.widgets.kit import Kit
from ui.widgets.say import block_of
from ui.widgets.target import Target

KeyKind = Literal["letter", "function", "choice"]
"""``letter``: what is typed. ``function``: what changes it. ``choice``: a word or a few, one of many."""

_ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip
_STEPS = tuple(1.0 - step / 20 for step in range(13))  # down to 0.4
_MARKS, _MARK_SHARE = ("゛", "゜"), 1.1  # of the key's height
_LETTER_MM, _LETTER_SHARE = 13.0, 0.62  # of a letter: the largest, and of the key's height


class Cap(Target):
    """A key. Answers to quick fingers: only a second touch on the same key is too soon."""

    def __init__(
        self, kit: Kit, text: Text, kind: KeyKind, *, value: str = "", name: str = "", parent: QWidget
    ) -> None:
        super().__init__(kit, name or text.plain, parent)
        self.kind: KeyKind = kind
        self.value = value or text.plain
        self.chosen = False
        self._block = block_of(text, kit, "key" if kind == "letter" else "label")
        self._pad = kit.profile.px(1.0 if kind == "letter" else 1.8)

    def set_text(self, text: Text) -> None:
        """Says something else from now on."""
        self.setAccessibleName(text.plain)
        self._block = block_of(text, self.kit, "key" if self.kind == "letter" else "label")
        self.update()

    def set_chosen(self, chosen: bool) -> None:
        if chosen != self.chosen:
            self.chosen = chosen
            self.update()

    def counts(self) -> bool:
        return self.kit.guard.allows(self, others_at_once=True)

    def fits_in(self, width: int, height: int) -> bool:
        return self._holds(self._px_for(width, height), width, height)

    def fits(self) -> bool:
        return self.fits_in(self.width(), self.height())

    def _holds(self, px: int, width: int, height: int) -> bool:
        room = width - 2 * self._pad
        return not self._block.lines(px, room).broken and self._block.height(px, room) <= height - GRID

    def _px_for(self, width: int, height: int) -> int:
        """The largest letters that the key holds."""
        profile = self.kit.profile
        if self.kind == "letter":
            most = min(profile.px(_LETTER_MM), round(height * _LETTER_SHARE))
            sizes = [round(most * step) for step in _STEPS]
        else:
            role: Role = "title" if self.kind == "choice" else "label"
            sizes = [self.kit.sizes.em(role, step) for step in _STEPS]
        return next((px for px in sizes if self._holds(px, width, height)), sizes[-1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows are the board's: a button of Qt's would take them for the next and the last."""
        if event.key() in _ARROWS:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette, profile = self.kit.palette, self.kit.profile
        fill, edge, ink, thick = palette.page, palette.edge, palette.ink, 0.35
        if not self.isEnabled():
            edge, ink = palette.line, palette.ink_off
        elif self.isDown():
            fill, edge, thick = palette.pressed, palette.accent, 0.9
        elif self.chosen:
            edge, thick = palette.accent, 1.0
        elif self.kind == "letter":
            fill = palette.accent_soft
        elif self.kind == "choice":
            edge, thick = palette.accent, 0.55
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            width = max(2.0, profile.px_per_mm * thick)
            box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
            painter.setPen(QPen(QColor(edge), width))
            painter.setBrush(QColor(fill))
            radius = profile.px_per_mm * 2.0
            painter.drawRoundedRect(box, radius, radius)
            px, room = self._px_for(self.width(), self.height()), self.width() - 2 * self._pad
            if self._block.text.plain in _MARKS:
                self._paint_mark(painter, ink)
                return
            height = self._block.height(px, room)
            middle = QRectF(self._pad, (self.height() - height) / 2, room, height)
            self._block.paint(painter, middle, px, ink, "centre")

    def _paint_mark(self, painter: QPainter, ink: str) -> None:
        """A mark is small and stands in a corner of its square: here large, and in the middle."""
        shape = QPainterPath()
        font = self.kit.fonts.font(round(self.height() * _MARK_SHARE), True)
        shape.addText(QPointF(0, 0), font, self._block.text.plain)
        shape.translate(QRectF(self.rect()).center() - shape.boundingRect().center())
        painter.fillPath(shape, QColor(ink))


@dataclass(frozen=True)
class Cell:
    """A key's place, counted in cells from the left and from the top."""

    cap: Cap
    column: int
    row: int
    columns: int = 1
    rows: int = 1


class Area(QWidget):
    """What an answer is made with: keys, choices, a place to sign. ``broad``: takes the whole width of any panel."""

    broad = False

    def least(self, key_mm: float) -> tuple[int, int]:
        """Width and height in pixels for keys of this many millimetres."""
        raise NotImplementedError

    def most_width(self) -> int:
        raise NotImplementedError

    def most_height(self) -> int:
        raise NotImplementedError

    def fits_in(self, width: int, height: int) -> bool:
        """Whether everything on it can be read at this size."""
        raise NotImplementedError

    def targets(self) -> list[Target]:
        """In reading order."""
        raise NotImplementedError


class Board(Area):
    """Keys in a grid that fills whatever room it is given. ``touched`` gives a key.

    Arrow keys walk over the grid; at its edge they are left to the window, which goes on in reading order.
    """

    touched = Signal(object)
    most_mm = (30.0, 26.0)  # of a key: no board grows beyond

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self.kit = kit
        self.cells: list[Cell] = []
        self._columns = self._rows = 1

    def set_cells(self, cells: Iterable[Cell]) -> None:
        """Takes the place of all keys before, which are no more."""
        old = [cell.cap for cell in self.cells]
        new = list(cells)
        for cap in old:
            cap.clearFocus()
            cap.hide()
            cap.deleteLater()
        for cell in new:
            cell.cap.touched.connect(lambda cap=cell.cap: self.touched.emit(cap))
            cell.cap.show()
        self.show_cells(new)

    def show_cells(self, cells: Sequence[Cell]) -> None:
        """Puts keys in their places; those without a place are the caller's to hide."""
        self.cells = list(cells)
        self._columns = max((cell.column + cell.columns for cell in cells), default=1)
        self._rows = max((cell.row + cell.rows for cell in cells), default=1)
        self._place()

    def letter(self, sign: str, key: str = "") -> Cap:
        """A key that shows a sign. ``key``: the sign does not say what it is, but the sentence ``entry.key.<key>``."""
        name = self.kit.key(f"entry.key.{key}").plain if key else sign
        return Cap(self.kit, Text((Span(sign),), "ja"), "letter", value=key, name=name, parent=self)

    def function(self, key: str) -> Cap:
        """A key that says the sentence ``entry.key.<key>``, and whose value is ``key``."""
        return Cap(self.kit, self.kit.key(f"entry.key.{key}"), "function", value=key, parent=self)

    def targets(self) -> list[Target]:
        return [cell.cap for cell in sorted(self.cells, key=lambda cell: (cell.row, cell.column))]

    def least(self, key_mm: float) -> tuple[int, int]:
        px = self.kit.profile.px(key_mm)
        return self._columns * (px + GRID) - GRID, self._rows * (px + GRID) - GRID

    def most_width(self) -> int:
        return self._columns * (self.kit.profile.px(self.most_mm[0]) + GRID) - GRID

    def most_height(self) -> int:
        return self._rows * (self.kit.profile.px(self.most_mm[1]) + GRID) - GRID

    def fits_in(self, width: int, height: int) -> bool:
        return all(
            cell.cap.fits_in(place.width(), place.height()) for cell, place in self._places(width, height)
        )

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._place()

    def _place(self) -> None:
        for cell, place in self._places(self.width(), self.height()):
            cell.cap.setGeometry(place)

    def _places(self, whole_width: int, whole_height: int) -> Iterator[tuple[Cell, QRect]]:
        def edge(place: int, count: int, whole: int) -> int:
            return round(place * (whole + GRID) / count)

        for cell in self.cells:
            left, right = (edge(cell.column + more, self._columns, whole_width) for more in (0, cell.columns))
            top, bottom = (edge(cell.row + more, self._rows, whole_height) for more in (0, cell.rows))
            yield cell, QRect(left, top, right - left - GRID, bottom - top - GRID)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _ARROWS.get(event.key())
        reached = self.window().focusWidget()
        focused = next((cell for cell in self.cells if cell.cap is reached), None)
        beside = self._beside(focused, step) if focused and step else None
        if beside is None:
            event.ignore()
            return
        beside.cap.setFocus(Qt.FocusReason.TabFocusReason)

    def _beside(self, cell: Cell, step: tuple[int, int]) -> Cell | None:
        """The nearest key in a direction: first straight on, then as little aside as may be."""
        here = cell.cap.geometry().center()
        ahead = []
        for other in self.cells:
            there = other.cap.geometry().center() - here
            along = there.x() * step[0] + there.y() * step[1]
            aside = abs(there.x() * step[1]) + abs(there.y() * step[0])
            if along > 0 and aside <= along and other.cap.isEnabled():
                ahead.append((along + 2 * aside, other.row, other))
        return min(ahead, key=lambda found: found[:2])[2] if ahead else None
