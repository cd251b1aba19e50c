"""The buttons of a page: a sentence that wraps, perhaps a note beneath and a picture beside or above it."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from kiosk.wording.text import Text
from ui.pictures import draw
from ui.theme.panel import GRID, TARGET_MM, Role
from ui.widgets.kit import Kit
from ui.widgets.say import block_of
from ui.widgets.target import Target
from ui.widgets.text_block import TextBlock

Style = Literal["main", "equal", "option", "quiet", "frame"]
Shape = Literal["row", "column"]
_LEAST_MM: dict[Style, float] = {
    "main": 22.0,
    "equal": 26.0,
    "option": 24.0,
    "quiet": 18.0,
    "frame": TARGET_MM,
}
_ROLE: dict[Style, Role] = {
    "main": "label",
    "equal": "label",
    "option": "label",
    "quiet": "note",
    "frame": "frame",
}
_PICTURE_EMS: dict[Style, float] = {"main": 2.2, "equal": 3.4, "option": 1.3, "quiet": 2.4, "frame": 1.5}
_DENSE_MM, _DENSE_EMS = 17.0, 2.6


class BigButton(Target):
    """``main`` is what most want, ``equal`` a card among equals, ``option`` one of several settings, ``quiet`` the
    other ways, ``frame`` around the page.

    ``shape``, ``with_picture``, ``with_note`` and ``dense`` are the layout's to choose; ``height_for`` answers for the
    present choice. Its name for assistive technology has the note in any case.
    """

    def __init__(
        self,
        kit: Kit,
        label: Text,
        style: Style,
        *,
        note: Text | None = None,
        picture: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(kit, f"{label.plain}、{note.plain}" if note else label.plain, parent)
        self.style_name: Style = style
        self.picture = picture
        self.shape: Shape = "row"
        self.with_picture = True
        self.with_note = True
        self.dense = False  # one of so many equals that each must be low
        self.chosen = False
        self.magnify = 1.0  # letters larger or smaller than those beside it
        self.text_room = 0  # height that equals beside it need for their words
        self._role: Role = _ROLE[style]
        self._label = block_of(label, kit, self._role)
        self._note = block_of(note, kit, "note") if note else None
        self._colour = kit.palette.ink
        self._roomy = kit.profile.grid(2.6 if style == "frame" else 3.5)
        self._gap = kit.profile.grid(2.0 if style == "frame" else 3.0)
        self.set_scale(1.0)

    def set_chosen(self, chosen: bool) -> None:
        """Marks it by a heavy edge: what is in force, or what is now the way to go."""
        if chosen != self.chosen:
            self.chosen = chosen
            self.update()

    def set_scale(self, scale: float) -> None:
        self._px = self.kit.sizes.em(self._role, scale * self.magnify)
        self._note_px = self.kit.sizes.em("note", scale)
        self.update()

    # ------------------------------------------------------------------------------------ measuring

    @property
    def _pad(self) -> int:
        return self.kit.profile.grid(2.0) if self.dense else self._roomy

    def _blocks(self) -> list[tuple[TextBlock, int]]:
        note = [(self._note, self._note_px)] if self._note and self.with_note else []
        return [(self._label, self._px), *note]

    def height_for(self, width: int) -> int:
        least = self.kit.profile.px(_DENSE_MM if self.dense else _LEAST_MM[self.style_name])
        text = max(self.text_room, self.text_height(width))
        picture = self._picture_side()
        if self.shape == "column":
            return max(least, 2 * self._pad + text + (picture + self._gap if picture else 0))
        return max(least, 2 * self._pad + max(text, picture))

    def text_height(self, width: int) -> int:
        return self._text_height(self._text_width(width))

    def broken_at(self, width: int) -> bool:
        room = self._text_width(width)
        return room <= 0 or any(block.lines(px, room).broken for block, px in self._blocks())

    def lines_for(self, width: int) -> int:
        return len(self._label.lines(self._px, self._text_width(width)).lines)

    def natural_width(self) -> int:
        """The width at which the label stands on one line."""
        wide = 10_000
        beside = self._picture_side() + self._gap if self._picture_side() and self.shape == "row" else 0
        return round(self._label.lines(self._px, wide).width + 1) + 2 * self._pad + beside

    def _text_width(self, width: int) -> int:
        side = self._picture_side()
        beside = side + self._gap if side and self.shape == "row" else 0
        return width - 2 * self._pad - beside

    def _text_height(self, width: int) -> int:
        return sum(block.height(px, width) for block, px in self._blocks())

    def _picture_side(self) -> int:
        if not self.picture or not self.with_picture:
            return 0
        return round(self._px * (_DENSE_EMS if self.dense else _PICTURE_EMS[self.style_name]))

    def _grown_side(self) -> int:
        """The picture in a card that is higher than it needs to be, as long as the words keep their lines."""
        side = self._picture_side()
        if not side or self.style_name != "equal":
            return side
        most = min(self.height() - 2 * self._pad, round(side * 1.9), self.width() // 3)
        room = self._text_width(self.width())
        for grown in range(most, side, -GRID):
            less = room - (grown - side)
            if all(len(b.lines(px, less).lines) == len(b.lines(px, room).lines) for b, px in self._blocks()):
                return grown
        return side

    # ------------------------------------------------------------------------------------- painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            colour = self._paint_ground(painter)
            if self.shape == "column":
                self._paint_column(painter, colour)
            else:
                self._paint_row(painter, colour)

    def _paint_ground(self, painter: QPainter) -> str:
        """Paints surface and edge; gives the colour of what is written upon them."""
        palette, profile = self.kit.palette, self.kit.profile
        pressed = self.isDown()
        fill, edge, text, thick = palette.page, palette.edge, palette.ink, 0.35
        if not self.isEnabled():
            fill, edge, text = palette.page, palette.line, palette.ink_off
        elif pressed:
            fill, edge, text, thick = palette.pressed, palette.accent, palette.ink, 0.9
        elif self.style_name == "main":
            fill, edge, text = palette.accent, palette.accent, palette.on_accent
        elif self.style_name in ("equal", "option"):
            edge, thick = palette.accent, 0.55
        if self.chosen:
            edge, thick = palette.accent, 1.0
        width = max(2.0, profile.px_per_mm * thick)
        box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        radius = profile.px_per_mm * 3.0
        painter.setPen(QPen(QColor(edge), width))
        painter.setBrush(QBrush(QColor(fill)))
        painter.drawRoundedRect(box, radius, radius)
        return text

    def _paint_row(self, painter: QPainter, colour: str) -> None:
        side = self._grown_side()
        room = self._text_width(self.width()) - (side - self._picture_side())
        height = self._text_height(room)
        top = (self.height() - height) / 2
        left = float(self._pad)
        if side:
            lines = max(block.lines(px, room).width for block, px in self._blocks())
            if self.style_name != "equal":  # picture and words together in the middle
                left = max(left, (self.width() - side - self._gap - lines) / 2)
            self._paint_picture(painter, QRectF(left, (self.height() - side) / 2, side, side))
            left += side + self._gap
        self._paint_text(painter, QRectF(left, top, room, height), colour, centred=not side)

    def _paint_column(self, painter: QPainter, colour: str) -> None:
        room = self._text_width(self.width())
        height = max(self.text_room, self._text_height(room))
        free = self.height() - 2 * self._pad - height
        top = float(self._pad)
        if self._picture_side():
            gap = 1.5 * self._gap
            side = min(free - gap, room)
            spare = (free - gap - side) / 3
            self._paint_picture(painter, QRectF((self.width() - side) / 2, top + spare, side, side))
            top += 2 * spare + side + gap
        else:
            top += free / 2
        self._paint_text(painter, QRectF(self._pad, top, room, height), colour, centred=True)

    def _paint_text(self, painter: QPainter, box: QRectF, colour: str, *, centred: bool) -> None:
        align: Literal["left", "centre"] = "centre" if centred else "left"
        self._label.paint(painter, box, self._px, colour, align)
        if self._note and self.with_note:
            below = box.adjusted(0, self._label.height(self._px, int(box.width())), 0, 0)
            soft = self.kit.palette.ink_soft if colour == self.kit.palette.ink else colour
            self._note.paint(painter, below, self._note_px, soft, align)

    def _paint_picture(self, painter: QPainter, box: QRectF) -> None:
        palette = self.kit.palette
        if self.style_name == "equal":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.accent_soft))
            radius = self.kit.profile.px_per_mm * 2.0
            painter.drawRoundedRect(box, radius, radius)
            inset = box.width() * 0.08
            box = box.adjusted(inset, inset, -inset, -inset)
        inverted = self.style_name == "main" and not self.isDown()
        stroke = palette.on_accent if inverted else "" if self.isEnabled() else palette.ink_off
        draw(self.picture, painter, box, palette, stroke=stroke, fonts=self.kit.fonts)
