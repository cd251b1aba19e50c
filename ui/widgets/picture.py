"""A drawn picture on its quiet ground; it moves only where it shows where the card goes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from ui.pictures import MOVING, STILL, draw
from ui.widgets.kit import Kit

_FRAME_MS = 40
_LOOP_MS = 3600


class PictureView(QWidget):
    """``number`` is written into the picture where it has a place for one (the ticket)."""

    def __init__(self, kit: Kit, name: str, *, number: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._kit = kit
        self._name = name
        self._number = number
        self._phase = STILL
        self._timer: QTimer | None = None
        if name in MOVING and not kit.settings.reduced_motion:
            self._timer = QTimer(self)
            self._timer.setInterval(_FRAME_MS)
            self._timer.timeout.connect(self._move)
            self._began = 0

    @property
    def moving(self) -> bool:
        return self._timer is not None

    def showEvent(self, _event: QShowEvent) -> None:
        if self._timer is not None:
            self._began = self._kit.clock()
            self._timer.start()

    def hideEvent(self, _event: QHideEvent) -> None:
        if self._timer is not None:
            self._timer.stop()

    def _move(self) -> None:
        self._phase = (self._kit.clock() - self._began) % _LOOP_MS / _LOOP_MS
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette, profile = self._kit.palette, self._kit.profile
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect())
            radius = profile.px_per_mm * 5.0
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.accent_soft))
            painter.drawRoundedRect(box, radius, radius)
            inset = min(box.width(), box.height()) * 0.06
            draw(
                self._name,
                painter,
                box.adjusted(inset, inset, -inset, -inset),
                palette,
                phase=self._phase,
                reader=self._kit.settings.reader,
                number=self._number,
                fonts=self._kit.fonts,
            )
