"""A sentence that knows how high it is at a width and how to paint itself, with furigana. Not yet a widget."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from kiosk.wording.breaks import phrases
from kiosk.wording.text import Text
from ui.theme.fonts import Fonts
from ui.theme.tokens import LINE_HEIGHT
from ui.widgets.line_breaking import Atom, Lines, atoms_of, balance, fill

Align = Literal["left", "centre"]
RUBY_EM = 0.5
_RUBY_ROOM = 0.68  # of the character square: furigana, and air to the line above
_BASELINE = 0.88  # of the character square, from its top


class TextBlock:
    """``leading`` is a step of the tokens' line heights. ``balanced``: lines of like length, as in headings and
    wherever lines are centred."""

    def __init__(self, text: Text, fonts: Fonts, *, bold: bool = False, leading: int = 140) -> None:
        self.text = text
        self._fonts = fonts
        self._bold = bold
        self._leading = LINE_HEIGHT[leading]
        self.balanced = True
        self._has_ruby = any(span.ruby for span in text.spans)
        self._pieces = phrases(text)
        self._atoms: dict[int, tuple[Atom, ...]] = {}
        self._lines: dict[tuple[int, int, bool], Lines] = {}
        fonts.cover(text.plain)

    def lines(self, px: int, width: int) -> Lines:
        """The text broken for characters of ``px`` pixels and lines of ``width`` pixels."""
        key = (px, width, self.balanced)
        if key not in self._lines:
            base, ruby = self._fonts.metrics(px, self._bold), self._ruby_metrics(px)

            def measure(text: str, is_ruby: bool) -> float:
                return (ruby if is_ruby else base).horizontalAdvance(text)

            if px not in self._atoms:
                self._atoms[px] = atoms_of(self._pieces, measure)
            break_up = balance if self.balanced else fill
            self._lines[key] = break_up(self._atoms[px], float(width), measure)
        return self._lines[key]

    def height(self, px: int, width: int) -> int:
        return round(len(self.lines(px, width).lines) * self._line_height(px))

    def paint(self, painter: QPainter, box: QRectF, px: int, colour: str, align: Align = "left") -> None:
        """Paints from the top of ``box``, in lines of its width."""
        lines = self.lines(px, int(box.width()))
        step = self._line_height(px)
        lead = step - px if self._has_ruby else (step - px) / 2
        painter.setPen(QColor(colour))
        for number, line in enumerate(lines.lines):
            x = box.x() + (max(0.0, box.width() - line.width) / 2 if align == "centre" else 0.0)
            baseline = box.y() + number * step + lead + px * _BASELINE
            for run in line.runs:
                self._paint_run(painter, run.text, run.ruby, QPointF(x, baseline), run.width, px)
                x += run.width

    def _paint_run(
        self, painter: QPainter, text: str, ruby: str, start: QPointF, width: float, px: int
    ) -> None:
        base = self._fonts.metrics(px, self._bold)
        own = base.horizontalAdvance(text)
        painter.setFont(self._fonts.font(px, self._bold))
        painter.drawText(QPointF(start.x() + ((width - own) / 2 if ruby else 0.0), start.y()), text)
        if ruby:
            room = self._ruby_metrics(px).horizontalAdvance(ruby)
            painter.setFont(self._fonts.font(round(px * RUBY_EM), self._bold))
            top = QPointF(start.x() + (width - room) / 2, start.y() - px * 0.94)
            painter.drawText(top, ruby)

    def _ruby_metrics(self, px: int) -> QFontMetricsF:
        return self._fonts.metrics(round(px * RUBY_EM), self._bold)

    def _line_height(self, px: int) -> float:
        return px * (max(self._leading, 1.0 + _RUBY_ROOM) if self._has_ruby else self._leading)
