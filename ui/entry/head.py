"""What stands above the keys: the line that shows what was typed, and the sentence that tells how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QLineF, QPointF, QRectF, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.wording.glyphs import safe_text
from kiosk.wording.text import Text
from ui.pictures import draw
from ui.widgets.kit import Kit
from ui.widgets.say import block_of
from ui.widgets.text_block import TextBlock

Tone = Literal["hint", "good", "problem"]
_COLOURS: dict[Tone, str] = {"hint": "ink_soft", "good": "good", "problem": "danger"}
_SIGN_EMS = 1.9  # the sign beside a message, and the gap
_LARGER = (1.6, 1.45, 1.3, 1.15)
_LINE_MM = 9.5
_LINE_STEPS = (1.0, 0.85, 0.72)


class Line(QLabel):
    """What stands beside the keys and has room kept for it."""

    def set_scale(self, scale: float) -> None:
        raise NotImplementedError

    def set_scarce(self, scarce: bool) -> None:
        """There is little room: be as low as can be."""

    def height_for(self, width: int) -> int:
        raise NotImplementedError

    def broken_at(self, width: int) -> bool:
        raise NotImplementedError


class TextLine(Line):
    """What was typed, with a caret at its end. A text that is too long becomes smaller, then shows its end.

    ``example`` stands there in a quiet colour as long as nothing was typed. ``lines``: how many it may have.
    """

    def __init__(self, kit: Kit, *, example: str = "", lines: int = 1, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit = kit
        self._most_lines = self._lines = lines
        self._scale = 1.0
        self._shown = ""
        self._example = safe_text(example).text
        self._pad = kit.profile.px(2.5)
        self.set_shown("")

    @property
    def shown(self) -> str:
        return self._shown

    def set_shown(self, text: str) -> None:
        self._shown = safe_text(text).text
        self._kit.fonts.cover(self._shown + self._example)
        self.setAccessibleName(self._kit.key("entry.typed", name=self._shown).plain if self._shown else "")
        if not self._shown:
            self.setAccessibleName(self._kit.key("entry.nothing_typed").plain)
        self.update()

    def set_scale(self, scale: float) -> None:
        self._scale = scale

    def set_scarce(self, scarce: bool) -> None:
        self._lines = 1 if scarce else self._most_lines

    def broken_at(self, _width: int) -> bool:
        return False

    def height_for(self, _width: int) -> int:
        return round(self._em() * 1.25 * self._lines) + self._pad

    def _em(self) -> int:
        large = {"small": 0.9, "medium": 1.0, "large": 1.1, "extra_large": 1.25}[self._kit.sizes.text_size]
        profile = self._kit.profile
        return profile.px(_LINE_MM * profile.reading_scale * large * self._scale)

    def _fitted(self, text: str) -> tuple[int, list[str]]:
        """Letters' size, and the lines."""
        room = self.width() - 2 * self._pad
        for px in (round(self._em() * step) for step in _LINE_STEPS):
            lines = self._broken(text, px, room)
            if len(lines) <= self._lines:
                return px, lines
        px = round(self._em() * _LINE_STEPS[-1])
        lines = self._broken(text, px, room)[-self._lines :]
        return px, ["…" + lines[0][1:], *lines[1:]]

    def _wide(self, text: str, px: int) -> float:
        return self._kit.fonts.metrics(px, True).horizontalAdvance(text)

    def _broken(self, text: str, px: int, room: int) -> list[str]:
        lines = [""]
        for sign in text:
            if self._wide(lines[-1] + sign, px) > room:
                lines.append("")
            lines[-1] += sign
        return lines

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette, profile = self._kit.palette, self._kit.profile
        px, lines = self._fitted(self._shown or self._example)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            width = max(2.0, profile.px_per_mm * 0.45)
            box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
            painter.setPen(QPen(QColor(palette.edge), width))
            painter.setBrush(QColor(palette.page))
            painter.drawRoundedRect(box, profile.px_per_mm * 1.5, profile.px_per_mm * 1.5)
            painter.setFont(self._kit.fonts.font(px, bool(self._shown)))
            painter.setPen(QColor(palette.ink if self._shown else palette.ink_soft))
            top = (self.height() - 1.25 * px * len(lines)) / 2
            for number, line in enumerate(lines):
                painter.drawText(QPointF(self._pad, top + (1.25 * number + 1.0) * px), line)
            x = self._pad + (self._wide(lines[-1], px) + 2 if self._shown else -2)
            foot = top + 1.25 * px * len(lines)
            painter.setPen(QPen(QColor(palette.accent), max(2.0, profile.px_per_mm * 0.5)))
            painter.drawLine(QLineF(x, foot - 1.2 * px, x, foot - 0.08 * px))


class Message(Line):
    """How the answer stands: a hint, good news, or a problem.

    ``possible``: what it may have to say beside the hint; there is always room for each of these. ``with_hint`` is the
    arrangement's to choose: where room is scarce, the hint goes. ``said`` tells of every change.
    """

    said = Signal()

    def __init__(self, kit: Kit, possible: Sequence[Text], hint: Text | None, *, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit = kit
        self.tone: Tone = "hint"
        self.with_hint = True
        self._possible = [_block(text, kit) for text in possible]
        self._hint = hint
        self._hint_block = _block(hint, kit) if hint else None
        self._block: TextBlock | None = None
        self.set_scale(1.0)
        self.say_hint()

    def say_hint(self) -> None:
        self._say(self._hint, self._hint_block, "hint")

    def say(self, text: Text, tone: Tone) -> None:
        self._say(text, _block(text, self._kit), tone)

    def _say(self, text: Text | None, block: TextBlock | None, tone: Tone) -> None:
        self.tone = tone
        self._block = block
        self.setText(text.plain if text else "")
        self.show_if_there_is_room()
        self.said.emit()

    def show_if_there_is_room(self) -> None:
        says_hint = self._block is self._hint_block
        self.setVisible(self._block is not None and (self.with_hint or not says_hint))
        self.update()

    def set_scale(self, scale: float) -> None:
        self.px = self._kit.sizes.em("note", scale)

    def _room(self, width: int) -> int:
        return width - round(self.px * _SIGN_EMS)

    def _blocks(self) -> list[TextBlock]:
        blocks = [*self._possible, self._block, self._hint_block if self.with_hint else None]
        return [block for block in blocks if block and (self.with_hint or block is not self._hint_block)]

    def height_for(self, width: int) -> int:
        return max((block.height(self.px, self._room(width)) for block in self._blocks()), default=0)

    def broken_at(self, width: int) -> bool:
        return any(block.lines(self.px, self._room(width)).broken for block in self._blocks())

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._block is None:
            return
        palette = self._kit.palette
        colour = getattr(palette, _COLOURS[self.tone])
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            px, left = self._px_shown(self._block), 0
            room = self.width() - round(px * _SIGN_EMS)
            top = (self.height() - self._block.height(px, room)) / 2 if px > self.px else 0.0
            if self.tone != "hint":
                side = round(px * 1.4)
                name = "icon.check" if self.tone == "good" else "icon.info"
                draw(name, painter, QRectF(0, top, side, side), palette, stroke=colour)
                left = round(px * _SIGN_EMS)
            self._block.paint(painter, QRectF(left, top, room, self.height()), px, colour)

    def _px_shown(self, block: TextBlock) -> int:
        """In the question's place a short message is written as large as it may be."""
        if self.with_hint:
            return self.px
        for px in (round(self.px * step) for step in _LARGER):
            lines = block.lines(px, self.width() - round(px * _SIGN_EMS))
            if not lines.broken and block.height(px, self.width() - round(px * _SIGN_EMS)) <= self.height():
                return px
        return self.px


def _block(text: Text, kit: Kit) -> TextBlock:
    block = block_of(text, kit, "note")
    block.balanced = False
    return block
