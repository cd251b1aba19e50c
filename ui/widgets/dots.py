"""As many dots as digits are asked for. A long number stands in the groups in which it is known to a patient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.wording.text import Span, Text
from ui.widgets.kit import Kit
from ui.widgets.say import block_of
from ui.widgets.text_block import TextBlock

_DOT_MM = 15.0
_GROUPED_DOT_MM, _NARROW_DOT_MM = 11.0, 8.0
_ROOMY_MM = 180.0  # a panel of this height has room for large digits where no keypad stands beside them
_WIDE = 10_000  # pixels: no line breaks
_BETWEEN, _APART = 0.35, 1.4  # of a dot: between two dots, and between two groups
_GROUPS: dict[int, tuple[tuple[str, int], ...]] = {
    14: (("birth_date", 6), ("expiry_year", 4), ("security_code", 4)),
}
"""What the digits of a key stand for: 照合番号B is printed on the card in three places."""


@dataclass(frozen=True)
class _Group:
    label: TextBlock | None
    first: int
    count: int


class PinDots(QLabel):
    """Filled dots for the digits that are there, empty ones for those that are to come. Known to assistive technology
    by their number only."""

    _alone = False

    def __init__(self, kit: Kit, digits: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self._digits = digits
        self._count = 0
        self._groups = self._make_groups()
        self.set_scale(1.0)
        self.set_count(0)

    @property
    def grouped(self) -> bool:
        return len(self._groups) > 1

    def set_count(self, count: int) -> None:
        self._count = count
        name = self._kit.key("keypad.entered", digits=str(self._digits), count=str(count))
        self.setAccessibleName(name.plain)
        self.update()

    def set_scale(self, scale: float) -> None:
        """Dots are large enough at any text size; the names of groups follow it."""
        self._px = self._kit.sizes.em("note", scale)

    # ------------------------------------------------------------------------------------------- measuring

    def broken_at(self, width: int) -> bool:
        return self.grouped and not self._in_a_row(width) and self._stack_width() > width

    def height_for(self, width: int) -> int:
        size = self._size()
        if not self.grouped:
            return size
        label = self._label_height()
        if self._in_a_row(width):
            return label + size
        return len(self._groups) * (max(label, size) + self._air()) - self._air()

    def _size(self) -> int:
        wide = self._kit.profile.portrait or (self._alone and self._kit.profile.mm_h >= _ROOMY_MM)
        grouped = _GROUPED_DOT_MM if wide else _NARROW_DOT_MM
        return self._kit.profile.px(grouped if self.grouped else _DOT_MM)

    def _air(self) -> int:
        return self._kit.profile.grid(2.0)

    def _beside(self) -> float:
        """Between a name and its dots."""
        return self._size() * 0.5 if self._alone else self._air()

    def _label_height(self) -> int:
        return max(group.label.height(self._px, _WIDE) for group in self._groups if group.label)

    def _label_width(self, group: _Group) -> float:
        return group.label.lines(self._px, _WIDE).width + 2 if group.label else 0.0

    def _dots_width(self, group: _Group) -> float:
        size = self._size()
        return group.count * size + (group.count - 1) * size * _BETWEEN

    def _stack_width(self) -> float:
        labels, dots = map(self._label_width, self._groups), map(self._dots_width, self._groups)
        return max(labels) + self._beside() + max(dots)

    def _row_widths(self) -> list[float]:
        return [max(self._label_width(group), self._dots_width(group)) for group in self._groups]

    def _in_a_row(self, width: int) -> bool:
        """Whether the groups can stand side by side."""
        gap = self._size() * _APART
        return sum(self._row_widths()) + gap * (len(self._groups) - 1) <= width

    # ------------------------------------------------------------------------------------------- painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        size = float(self._size())
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if not self.grouped:
                whole = self._digits * size + (self._digits - 1) * size * _BETWEEN
                left = (self.width() - whole) / 2 if self._kit.profile.portrait else 0.0
                self._paint_dots(painter, self._groups[0], left, (self.height() - size) / 2, size)
            elif self._in_a_row(self.width()):
                self._paint_row(painter, size)
            else:
                self._paint_stack(painter, size)

    def _paint_row(self, painter: QPainter, size: float) -> None:
        widths = self._row_widths()
        gap = size * _APART
        whole = sum(widths) + gap * (len(widths) - 1)
        left = (self.width() - whole) / 2 if self._kit.profile.portrait else 0.0
        label = self._label_height()
        for group, width in zip(self._groups, widths, strict=True):
            self._paint_label(painter, group, QRectF(left, 0, width, label))
            self._paint_dots(painter, group, left, float(label), size)
            left += width + gap

    def _paint_stack(self, painter: QPainter, size: float) -> None:
        """Names at the left, dots beside them."""
        label, top = self._label_height(), 0.0
        right = max(map(self._label_width, self._groups)) + self._beside()
        high = max(float(label), size)
        for group in self._groups:
            self._paint_label(painter, group, QRectF(0, top + (high - label) / 2, right, label))
            self._paint_dots(painter, group, right, top + (high - size) / 2, size)
            top += high + self._air()

    def _paint_label(self, painter: QPainter, group: _Group, box: QRectF) -> None:
        """The group in which the next digit goes has the accent."""
        if group.label is not None:
            palette = self._kit.palette
            current = group.first <= self._count < group.first + group.count
            group.label.paint(painter, box, self._px, palette.accent if current else palette.ink_soft)

    def _paint_dots(self, painter: QPainter, group: _Group, left: float, top: float, size: float) -> None:
        palette = self._kit.palette
        for place in range(group.count):
            box = QRectF(left + place * size * (1 + _BETWEEN), top, size, size)
            filled = group.first + place < self._count
            width = self._kit.profile.px_per_mm * 0.5
            painter.setPen(QPen(QColor(palette.accent if filled else palette.edge), width))
            painter.setBrush(QColor(palette.page))
            painter.drawRoundedRect(box.adjusted(width, width, -width, -width), size * 0.18, size * 0.18)
            if filled:
                self._paint_content(painter, group.first + place, box)

    def _paint_content(self, painter: QPainter, _place: int, box: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._kit.palette.accent))
        painter.drawEllipse(box.center(), box.width() * 0.2, box.width() * 0.2)

    def _label_of(self, _number: int, name: str) -> Text:
        return self._kit.key(f"screen.group.{name}")

    def _make_groups(self) -> list[_Group]:
        groups: list[_Group] = []
        first = 0
        for number, (name, count) in enumerate(_GROUPS.get(self._digits, (("", self._digits),)), 1):
            label = block_of(self._label_of(number, name), self._kit, "note") if name else None
            groups.append(_Group(label, first, count))
            first += count
        return groups


class NumberFields(PinDots):
    """The same with the digits themselves: what stands on the card can be compared with it. Assistive technology is
    told their number only: the page may be read aloud in a waiting room. ``alone``: no keypad stands beside them."""

    def __init__(
        self,
        kit: Kit,
        digits: int,
        digit_at: Callable[[int], int | None],
        parent: QWidget | None = None,
        *,
        alone: bool = False,
    ) -> None:
        self._digit_at, self._alone = digit_at, alone
        self._shown = [block_of(Text((Span(str(digit)),), "und"), kit, "key") for digit in range(10)]
        super().__init__(kit, digits, parent)

    def _label_of(self, number: int, name: str) -> Text:
        text = self._kit.key(f"screen.group.{name}")
        return Text((Span(f"{number} "), *text.spans), text.lang)

    def _paint_content(self, painter: QPainter, place: int, box: QRectF) -> None:
        digit = self._digit_at(place)
        if digit is None:
            return
        block, px = self._shown[digit], round(box.height() * 0.72)
        high = block.height(px, _WIDE)
        line = QRectF(box.x(), box.center().y() - high / 2, box.width(), high)
        block.paint(painter, line, px, self._kit.palette.ink, "centre")
