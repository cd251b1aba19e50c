"""Asks whether somebody is still there, before time ends."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from kiosk.wording.text import Text
from ui.widgets.button import BigButton
from ui.widgets.kit import Kit
from ui.widgets.say import Say

_SCALES = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7)


class TimeWarning(QWidget):
    """Lies over the whole page. ``end``: monotonic milliseconds at which time is over."""

    continued = Signal()

    def __init__(self, kit: Kit, end: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.kit = kit
        self.end = end
        self.title = Say(kit, kit.key("frame.time_warning"), "title", align="centre", parent=self)
        self.go_on = BigButton(kit, kit.key("frame.continue"), "main", picture="icon.go_on", parent=self)
        self.go_on.touched.connect(self.continued)
        self.left = Say(kit, self._remaining(), "body", align="centre", parent=self)
        self._timer = QTimer(self)
        self._timer.setInterval(250)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def seconds(self) -> int:
        return max(0, -(-(self.end - self.kit.clock()) // 1000))

    def _remaining(self) -> Text:
        self._shown = self.seconds()
        return self.kit.key("frame.time_warning.remaining", seconds=str(self._shown))

    def _tick(self) -> None:
        if self.seconds() != self._shown:
            self.left.set_text(self._remaining())

    def resizeEvent(self, _event: QResizeEvent) -> None:
        profile = self.kit.profile
        pad = profile.grid(8.0)
        width = min(self.width() - 2 * pad, profile.px(230.0))
        room = width - 2 * pad
        parts: tuple[Say | BigButton, ...] = (self.title, self.left, self.go_on)
        heights = [part.height_for(room) for part in parts]
        for scale in _SCALES:
            for part in parts:
                part.set_scale(scale)
            heights = [part.height_for(room) for part in parts]
            heights[2] = max(heights[2], profile.px(28.0))
            if sum(heights) + 4 * pad <= self.height() and not any(part.broken_at(room) for part in parts):
                break
        total = sum(heights) + 4 * pad
        self._box = QRect((self.width() - width) // 2, (self.height() - total) // 2, width, total)
        top = self._box.y() + pad
        for part, height in zip(parts, heights, strict=True):
            part.setGeometry(QRect(self._box.x() + pad, top, room, height))
            top += height + pad

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette, profile = self.kit.palette, self.kit.profile
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            veil = QColor("#000000")
            veil.setAlphaF(0.6)
            painter.fillRect(self.rect(), veil)
            width = profile.px_per_mm * 1.0
            painter.setPen(QPen(QColor(palette.accent), width))
            painter.setBrush(QColor(palette.page))
            radius = profile.px_per_mm * 5.0
            painter.drawRoundedRect(QRectF(self._box), radius, radius)
