"""Quiet boxes of sentences: what one should know, what one may renew, and details one has asked to see."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from kiosk.wording.text import Text
from ui.pictures import draw
from ui.widgets.kit import Kit
from ui.widgets.say import Say
from ui.widgets.text_block import Align

_DOT_EMS = 0.8


class Notice(QWidget):
    """Sentences beside a sign, on a soft ground with an edge."""

    def __init__(self, kit: Kit, texts: Sequence[Text], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self._pad = kit.profile.grid(3.0)
        self.says = [Say(kit, text, "note", parent=self) for text in texts]
        self.set_scale(1.0)

    def set_scale(self, scale: float) -> None:
        for say in self.says:
            say.set_scale(scale)
        self._sign = round(self.says[0].px * 1.7)

    def _room(self, width: int) -> int:
        return width - 3 * self._pad - self._sign

    def height_for(self, width: int) -> int:
        room = self._room(width)
        text = sum(say.height_for(room) for say in self.says) + self._gap() * (len(self.says) - 1)
        return 2 * self._pad + max(self._sign, text)

    def broken_at(self, width: int) -> bool:
        return any(say.broken_at(self._room(width)) for say in self.says)

    def _gap(self) -> int:
        return self._pad // 2

    def resizeEvent(self, _event: QResizeEvent) -> None:
        left, room = 2 * self._pad + self._sign, self._room(self.width())
        text = sum(say.height_for(room) for say in self.says) + self._gap() * (len(self.says) - 1)
        top = max(self._pad, (self.height() - text) // 2)
        for say in self.says:
            height = say.height_for(room)
            say.setGeometry(QRect(left, top, room, height))
            top += height + self._gap()

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette, profile = self._kit.palette, self._kit.profile
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            width = max(1.5, profile.px_per_mm * 0.3)
            radius = profile.px_per_mm * 2.5
            box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
            painter.setPen(QPen(QColor(palette.notice), width))
            painter.setBrush(QColor(palette.notice_soft))
            painter.drawRoundedRect(box, radius, radius)
            sign = QRectF(self._pad, (self.height() - self._sign) / 2, self._sign, self._sign)
            draw("icon.info", painter, sign, palette)


class Points(QWidget):
    """A short list: its entries stand in a row, each with a dot, as many to a line as fit."""

    def __init__(self, kit: Kit, texts: Sequence[Text], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self.says = [Say(kit, text, "label", parent=self) for text in texts]
        self._align: Align = "left"

    def set_align(self, align: Align) -> None:
        self._align = align

    def set_scale(self, scale: float) -> None:
        for say in self.says:
            say.set_scale(scale * 0.9)

    def _places(self, width: int) -> list[tuple[Say, QRect]]:
        places: list[tuple[Say, QRect]] = []
        line: list[tuple[Say, QRect]] = []
        x = y = 0

        def close() -> None:
            nonlocal x, y
            spare = (width - x + line[-1][0].px) // 2 if line and self._align == "centre" else 0
            foot = max((place.height() for _say, place in line), default=0)
            places.extend((say, place.translated(spare, foot - place.height())) for say, place in line)
            line.clear()
            x = 0
            y += foot

        for say in self.says:
            indent = round(say.px * _DOT_EMS)
            own = min(say.width_for(width - indent), width - indent)
            if x and x + indent + own > width:
                close()
            line.append((say, QRect(x + indent, y, own, say.height_for(own))))
            x += indent + own + say.px
        close()
        return places

    def height_for(self, width: int) -> int:
        return max(place.bottom() + 1 for _say, place in self._places(width))

    def broken_at(self, width: int) -> bool:
        return any(say.broken_at(place.width()) for say, place in self._places(width))

    def resizeEvent(self, _event: QResizeEvent) -> None:
        for say, place in self._places(self.width()):
            say.setGeometry(place)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._kit.palette.accent))
            for say in self.says:
                size = say.px * 0.34
                bottom = say.y() + say.height() - say.px * 0.65
                painter.drawEllipse(QRectF(say.x() - say.px * 0.7, bottom - size / 2, size, size))


class Table(QWidget):
    """Labels and values, a line each, values beneath where a line is too narrow. ``show_rows``: only some of them."""

    def __init__(self, kit: Kit, rows: Sequence[tuple[Text, Text]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self.rows = [
            (Say(kit, label, "note", colour="ink_soft", parent=self), Say(kit, value, "body", parent=self))
            for label, value in rows
        ]
        self._gap = kit.profile.grid(2.0)
        self.shown = (0, len(self.rows))

    def show_rows(self, first: int, count: int) -> None:
        """From ``first`` on, at most ``count``."""
        self.shown = (first, count)
        for place, row in enumerate(self.rows):
            for say in row:
                say.setVisible(first <= place < first + count)
        self._place()

    @property
    def _visible(self) -> list[tuple[Say, Say]]:
        first, count = self.shown
        return self.rows[first : first + count]

    def set_scale(self, scale: float) -> None:
        for row in self.rows:
            for say in row:
                say.set_scale(scale)

    def _places(self, width: int) -> list[tuple[Say, QRect]]:
        pad = self._gap * 2
        room = width - 2 * pad
        left = max(label.width_for(room) for label, _value in self._visible)
        beside = left + pad + max(value.px * 8 for _label, value in self._visible) <= room
        places: list[tuple[Say, QRect]] = []
        top = self._gap
        for label, value in self._visible:
            x = pad + (left + pad if beside else 0)
            space = room - (left + pad if beside else 0)
            tall, taller = label.height_for(left if beside else room), value.height_for(space)
            if beside:
                high = max(tall, taller)
                places.append((label, QRect(pad, top + (high - tall) // 2, left, tall)))
                places.append((value, QRect(x, top + (high - taller) // 2, space, taller)))
                top += high + 2 * self._gap
            else:
                places.append((label, QRect(pad, top, room, tall)))
                places.append((value, QRect(x, top + tall, space, taller)))
                top += tall + taller + 2 * self._gap
        return places

    def height_for(self, width: int) -> int:
        return max(place.bottom() + 1 for _say, place in self._places(width)) + self._gap

    def broken_at(self, width: int) -> bool:
        return any(say.broken_at(place.width()) for say, place in self._places(width))

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._place()

    def _place(self) -> None:
        for say, place in self._places(self.width()):
            say.setGeometry(place)

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette = self._kit.palette
        with QPainter(self) as painter:
            painter.setPen(QPen(QColor(palette.line), 2))
            for label, value in self._visible[1:]:
                y = min(label.y(), value.y()) - self._gap
                painter.drawLine(0, y, self.width(), y)
