"""Labels and values, a line each, of which some can be touched: to be read, or to be put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.wording.text import Text
from ui.pictures import draw
from ui.theme.panel import GRID, TARGET_MM
from ui.widgets.kit import Kit
from ui.widgets.say import block_of
from ui.widgets.target import Target
from ui.widgets.text_block import TextBlock

_MOST_LINES = 3  # a longer value shows its beginning; it is read in full where it is put right
_SIGN_EMS = 1.5
_ROOM_MM = 24.0


@dataclass(frozen=True)
class Columns:
    """Where label, value and sign of a line stand. ``label`` 0: above the value."""

    pad: int
    label: int
    value: int
    sign: int


class Face:
    """What a line looks like, whether it can be touched or not."""

    def __init__(self, kit: Kit, label: Text, value: Text) -> None:
        self.kit = kit
        self.label = block_of(label, kit, "note")
        self.label.balanced = False
        self.sign: TextBlock | None = None
        self.picture = ""
        self.set_value(value)
        self.set_scale(1.0)

    def set_value(self, value: Text) -> None:
        self._full = value
        self._shown: dict[tuple[int, int], TextBlock] = {}

    def set_sign(self, text: Text, picture: str) -> None:
        self.sign = block_of(text, self.kit, "note")
        self.picture = picture

    def set_scale(self, scale: float) -> None:
        self.px = self.kit.sizes.em("body", scale)
        self.note_px = self.kit.sizes.em("note", scale)

    # ------------------------------------------------------------------------------------------ measuring

    def label_width(self, most: int) -> int:
        return round(self.label.lines(self.note_px, most).width + 1)

    def sign_width(self) -> int:
        if self.sign is None:
            return 0
        return round(self.sign.lines(self.note_px, 10_000).width + 1) + round(
            self.note_px * (_SIGN_EMS + 0.4)
        )

    def value(self, width: int) -> TextBlock:
        """The value as it is shown at this width."""
        key = (self.px, width)
        if key not in self._shown:
            self._shown[key] = self._fitted(width)
        return self._shown[key]

    def _fitted(self, width: int) -> TextBlock:
        block = block_of(self._full, self.kit, "body")
        block.balanced = False
        plain = self._full.plain
        while len(block.lines(self.px, width).lines) > _MOST_LINES and len(plain) > _MOST_LINES:
            plain = plain[:-2]
            block = block_of(self.kit.outside(plain + "…"), self.kit, "body")
            block.balanced = False
        return block

    def height(self, columns: Columns) -> int:
        value = self.value(columns.value).height(self.px, columns.value)
        if columns.label:
            text = max(value, self.label.height(self.note_px, columns.label))
        else:
            text = value + self.label.height(self.note_px, columns.value)
        return max(self.kit.profile.px(TARGET_MM), text + columns.pad)

    def broken(self, columns: Columns) -> bool:
        """Whether the label would be cut; a value may have no place to break at, as a long number."""
        return self.label.lines(self.note_px, columns.label or columns.value).broken

    # ------------------------------------------------------------------------------------------- painting

    def paint(self, painter: QPainter, box: QRectF, columns: Columns, ink: str) -> None:
        palette = self.kit.palette
        value = self.value(columns.value)
        tall = value.height(self.px, columns.value)
        left = box.x() + columns.pad
        if columns.label:
            own = self.label.height(self.note_px, columns.label)
            place = QRectF(left, box.center().y() - own / 2, columns.label, own)
            self.label.paint(painter, place, self.note_px, palette.ink_soft)
            left += columns.label + columns.pad
            top = box.center().y() - tall / 2
        else:
            own = self.label.height(self.note_px, columns.value)
            top = box.center().y() - (own + tall) / 2
            self.label.paint(painter, QRectF(left, top, columns.value, own), self.note_px, palette.ink_soft)
            top += own
        value.paint(painter, QRectF(left, top, columns.value, tall), self.px, ink)
        if self.sign is not None:
            self._paint_sign(painter, box, columns)

    def _paint_sign(self, painter: QPainter, box: QRectF, columns: Columns) -> None:
        if self.sign is None:
            return
        words = self.sign.lines(self.note_px, 10_000).width + 1
        left = box.right() - columns.pad - columns.sign
        side = self.note_px * _SIGN_EMS
        if self.picture:
            place = QRectF(left, box.center().y() - side / 2, side, side)
            draw(self.picture, painter, place, self.kit.palette)
        high = self.sign.height(self.note_px, 10_000)
        place = QRectF(left + side + self.note_px * 0.4, box.center().y() - high / 2, words, high)
        self.sign.paint(painter, place, self.note_px, self.kit.palette.accent)


class PlainRow(QLabel):
    """A line that is only read."""

    def __init__(self, kit: Kit, label: Text, value: Text, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = Face(kit, label, value)
        self.columns = Columns(0, 0, 1, 0)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(f"{label.plain}、{value.plain}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette, profile = self.face.kit.palette, self.face.kit.profile
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.accent_soft))
            radius = profile.px_per_mm * 2.5
            painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
            self.face.paint(painter, QRectF(self.rect()), self.columns, palette.ink)


class TouchRow(Target):
    """A line that can be touched; its sign, at the right, says what for."""

    def __init__(
        self, kit: Kit, label: Text, value: Text, *, sign: Text, picture: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(kit, f"{label.plain}、{value.plain}、{sign.plain}", parent)
        self.face = Face(kit, label, value)
        self.face.set_sign(sign, picture)
        self.columns = Columns(0, 0, 1, 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette, profile = self.kit.palette, self.kit.profile
        edge, fill, thick = palette.edge, palette.page, 0.35
        if self.isDown():
            edge, fill, thick = palette.accent, palette.pressed, 0.9
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            width = max(2.0, profile.px_per_mm * thick)
            box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
            painter.setPen(QPen(QColor(edge), width))
            painter.setBrush(QColor(fill))
            radius = profile.px_per_mm * 2.5
            painter.drawRoundedRect(box, radius, radius)
            self.face.paint(painter, box, self.columns, palette.ink)


Row = PlainRow | TouchRow


class MaskedRow(TouchRow):
    """Shows and says its value only from one touch to the next, and never for long."""

    def __init__(
        self, kit: Kit, label: Text, value: Text, masked: Text, parent: QWidget | None = None
    ) -> None:
        self._label, self._value, self._masked = label, value, masked
        self._show, self._hide = kit.key("screen.show"), kit.key("screen.hide")
        super().__init__(kit, label, masked, sign=self._show, picture="icon.reveal", parent=parent)
        self.revealed = True
        self.hide_value()

    def reveal(self) -> None:
        self.revealed = True
        self._change(self._value, self._hide, "icon.hide")
        self.setAccessibleName(f"{self._label.plain}、{self._value.plain}、{self._hide.plain}")

    def hide_value(self) -> None:
        self.revealed = False
        self._change(self._masked, self._show, "icon.reveal")
        self.setAccessibleName(f"{self._label.plain}、{self._show.plain}")

    def _change(self, value: Text, sign: Text, picture: str) -> None:
        self.face.set_value(value)
        self.face.set_sign(sign, picture)
        self.update()


class Rows(QWidget):
    """Lines beneath each other, labels and signs in columns of their own. Where there is room, lines grow."""

    def __init__(self, kit: Kit, rows: Sequence[Row], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kit = kit
        self.rows = rows
        for row in rows:
            row.setParent(self)
        self.shown = (0, len(rows))
        self._gap = GRID
        self._pad = kit.profile.grid(3.0)

    def show_rows(self, first: int, count: int) -> None:
        """From ``first`` on, at most ``count``."""
        self.shown = (first, count)
        for row in self.rows:
            row.setVisible(row in self.visible)
        self.place()

    @property
    def visible(self) -> Sequence[Row]:
        first, count = self.shown
        return self.rows[first : first + count]

    def targets(self) -> list[Target]:
        return [row for row in self.visible if isinstance(row, TouchRow)]

    def set_scale(self, scale: float) -> None:
        for row in self.rows:
            row.face.set_scale(scale)

    def _columns(self, width: int) -> Columns:
        faces = [row.face for row in self.visible]
        label = max(face.label_width(width) for face in faces)
        sign = max(face.sign_width() for face in faces)
        room = width - 2 * self._pad - (sign + self._pad if sign else 0)
        beside = room - label - self._pad
        if beside >= 9 * faces[0].px:
            return Columns(self._pad, label, beside, sign)
        return Columns(self._pad, 0, max(1, room), sign)

    def _heights(self, width: int) -> list[int]:
        columns = self._columns(width)
        return [row.face.height(columns) for row in self.visible]

    def height_for(self, width: int) -> int:
        heights = self._heights(width)
        return sum(heights) + self._gap * (len(heights) - 1)

    def most_height(self, width: int) -> int:
        """How high it may become where there is room."""
        tall = [max(own, self.kit.profile.px(_ROOM_MM)) for own in self._heights(width)]
        return sum(tall) + self._gap * (len(tall) - 1)

    def broken_at(self, width: int) -> bool:
        columns = self._columns(width)
        return columns.value <= 4 * self.visible[0].face.px or any(
            row.face.broken(columns) for row in self.visible
        )

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self.place()

    def place(self) -> None:
        columns, heights = self._columns(self.width()), self._heights(self.width())
        spare = max(0, self.height() - self.height_for(self.width())) // len(heights)
        top = 0
        for row, own in zip(self.visible, heights, strict=True):
            row.columns = columns
            row.setGeometry(QRect(0, top, self.width(), own + spare))
            top += own + spare + self._gap
