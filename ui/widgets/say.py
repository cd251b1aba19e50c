"""A sentence on the screen: with furigana, broken between phrases, known to assistive technology by its plain text."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.wording.text import Text
from ui.theme.panel import Role
from ui.widgets.kit import Kit
from ui.widgets.text_block import Align, TextBlock

_LEADING: dict[Role, int] = {
    "title": 130, "body": 150, "label": 130, "note": 140, "frame": 120, "key": 100,
}  # fmt: skip
_BOLD: frozenset[Role] = frozenset({"title", "label", "key"})


def block_of(text: Text, kit: Kit, role: Role) -> TextBlock:
    return TextBlock(text, kit.fonts, bold=role in _BOLD, leading=_LEADING[role])


class Say(QLabel):
    """``colour`` is a role of the palette. Its size is chosen by ``set_scale``, which the page calls until all fits."""

    def __init__(
        self, kit: Kit, text: Text, role: Role = "body", *, colour: str = "ink", align: Align = "left",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._kit = kit
        self._role: Role = role
        self._colour: str = getattr(kit.palette, colour)
        self._block = block_of(text, kit, role)
        self.setText(text.plain)
        self.set_align(align)
        self.px = kit.sizes.em(role)

    def set_text(self, text: Text) -> None:
        """Says something else from now on, in the same place."""
        self.setText(text.plain)
        block = block_of(text, self._kit, self._role)
        block.balanced = self._block.balanced
        self._block = block
        self.update()

    def set_align(self, align: Align) -> None:
        self._align: Align = align
        self._block.balanced = align == "centre" or self._role == "title"

    def set_scale(self, scale: float) -> None:
        px = self._kit.sizes.em(self._role, scale)
        if px != self.px:
            self.px = px
            self.update()

    def height_for(self, width: int) -> int:
        return self._block.height(self.px, width)

    def width_for(self, width: int) -> int:
        """The width of its longest line when it may be ``width`` wide."""
        return int(self._block.lines(self.px, width).width + 0.999)

    def lines_for(self, width: int) -> int:
        return len(self._block.lines(self.px, width).lines)

    def broken_at(self, width: int) -> bool:
        return self._block.lines(self.px, width).broken

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self.height_for(width)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
            self._block.paint(painter, QRectF(self.rect()), self.px, self._colour, self._align)
