"""What to do now, in large words beside a sign: one thing at a time, always in the same place."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.wording.text import Text
from ui.pictures import draw
from ui.widgets.kit import Kit
from ui.widgets.say import block_of

_LARGER = (1.7, 1.5, 1.3, 1.15, 1.0, 0.9)
"""Of letters of a label: the first in which no hint needs a third line."""
_MOST_LINES = 2
_SIGN_EMS = 1.8


class HintLine(QLabel):
    """``texts``: everything that it may have to say, by the hint's name, "" for what it says before there is one; the
    page is laid out for the longest of them, so that nothing moves when the hint changes. ``signs``: the picture of
    each. A hint that is said is announced to assistive technology at once."""

    def __init__(
        self, kit: Kit, texts: Mapping[str, Text], signs: Mapping[str, str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._kit = kit
        self._blocks = {name: block_of(text, kit, "label") for name, text in texts.items()}
        self._signs = signs
        self._hint: str | None = None
        self._steps: dict[int, float] = {}  # by width
        self._pad = kit.profile.grid(2.0)
        self.set_scale(1.0)

    @property
    def hint(self) -> str:
        return self._hint or ""

    def say(self, hint: str) -> None:
        if hint == self._hint:
            return
        self._hint = hint
        text = self._blocks[hint].text.plain
        self.setText(text)
        self.setAccessibleName(text)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))
        self.update()

    def set_scale(self, scale: float) -> None:
        self._scale = scale
        self.update()

    def _sizes(self, width: int) -> tuple[int, int, int]:
        """Pixels of letters and sign, and the room beside the sign. On a page that has to shrink, the hint does too,
        and does not take the room that the rest of the page gave up."""
        if width not in self._steps:
            self._steps[width] = next((step for step in _LARGER if self._fits(width, step)), _LARGER[-1])
        steps = [step for step in _LARGER if step <= self._steps[width]]
        step = next((step for step in steps if self._fits(width, step * self._scale)), steps[-1])
        return self._measured(width, step * self._scale)

    def _measured(self, width: int, scale: float) -> tuple[int, int, int]:
        px = self._kit.sizes.em("label", scale)
        sign = round(px * _SIGN_EMS)
        return px, sign, width - 3 * self._pad - sign

    def _fits(self, width: int, scale: float) -> bool:
        px, _sign, room = self._measured(width, scale)
        lines = [block.lines(px, room) for block in self._blocks.values()]
        return all(not one.broken and len(one.lines) <= _MOST_LINES for one in lines)

    def height_for(self, width: int) -> int:
        px, sign, room = self._sizes(width)
        text = max(block.height(px, room) for block in self._blocks.values())
        return 2 * self._pad + max(sign, text)

    def broken_at(self, width: int) -> bool:
        px, _sign, room = self._sizes(width)
        return room <= 0 or any(block.lines(px, room).broken for block in self._blocks.values())

    def paintEvent(self, _event: QPaintEvent) -> None:
        hint = self._hint
        if hint is None:
            return
        palette, profile = self._kit.palette, self._kit.profile
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
            width = max(2.0, profile.px_per_mm * 0.5)
            box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
            painter.setPen(QPen(QColor(palette.accent), width))
            painter.setBrush(QColor(palette.accent_soft))
            radius = profile.px_per_mm * 2.5
            painter.drawRoundedRect(box, radius, radius)
            px, side, room = self._sizes(self.width())
            sign = QRectF(self._pad, (self.height() - side) / 2, side, side)
            draw(f"icon.{self._signs[hint]}", painter, sign, palette)
            block = self._blocks[hint]
            height = block.height(px, room)
            place = QRectF(2 * self._pad + side, (self.height() - height) / 2, room, height)
            block.paint(painter, place, px, palette.ink)
