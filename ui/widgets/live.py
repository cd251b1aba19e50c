"""A camera's picture on the screen, and on the screen alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QBackingStore,
    QColor,
    QHideEvent,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from drivers.interface import Frame
from ui.pictures import draw
from ui.widgets.kit import Kit
from ui.widgets.picture import PictureView

FRAME_MS = 30  # a little more often than cameras take pictures
Guide = Literal["oval", "card"]
Side = Literal["", "left", "right"]

_STAND_IN: dict[Guide, str] = {"oval": "mirror", "card": "card_front"}
_OVAL = (0.56, 0.76)  # width and height of the guide, by the height of the picture
_CARD = (85.6, 54.0)  # millimetres
_CARD_ROOM = 0.82
_CARD_IN_PICTURE = 0.6  # of the picture's width that a card within the guide takes: read from 0.35 to 0.95
_VEIL = 130  # how far what lies outside the guide steps back, of 255


class LiveView(PictureView):
    """``source`` gives the pictures, asked for only while the view can be seen. ``oval``: a mirror with a guide for the
    face; ``card``: as the camera sees it, with a guide for the card.

    A picture is painted into the window's own memory and nowhere else: whatever photographs this window (``grab``,
    ``render``) gets the drawn stand-in, and so does whoever looks while there is no camera. Nothing is kept once the
    view is hidden.
    """

    def __init__(
        self, kit: Kit, guide: Guide, source: Callable[[], Frame | None], *, parent: QWidget | None = None
    ) -> None:
        super().__init__(kit, _STAND_IN[guide], parent=parent)
        self._guide: Guide = guide
        self._source = source
        self._frame: Frame | None = None
        self._side: Side = ""
        self._steady = False
        self.painted = 0
        self._asking = QTimer(self)
        self._asking.setTimerType(Qt.TimerType.PreciseTimer)
        self._asking.setInterval(FRAME_MS)
        self._asking.timeout.connect(self._ask)

    @property
    def holds_picture(self) -> bool:
        return self._frame is not None

    def point(self, side: Side, *, steady: bool = False) -> None:
        """``side``: where the head is to be turned. ``steady``: all is well, the guide says so."""
        if (side, steady) != (self._side, self._steady):
            self._side, self._steady = side, steady
            self.update()

    def rest(self) -> None:
        """Forgets the picture, and asks for no more."""
        self._asking.stop()
        if self._frame is not None:
            self._frame = None
            self.update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._asking.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.rest()

    def _ask(self) -> None:
        frame = self._source()
        old = self._frame
        if frame is None and old is None:
            return
        if frame is not None and old is not None and frame.number == old.number:
            return
        self._frame = frame
        self.update()

    # ------------------------------------------------------------------------------------------- painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            live = self._frame is not None and self._on_screen(painter)
            if live:
                self._paint_live(painter)
            else:
                self._paint_drawn(painter)
            self._paint_guide(painter, veiled=live)
            if self._side:
                self._paint_arrow(painter)

    def _on_screen(self, painter: QPainter) -> bool:
        store: QBackingStore | None = self.window().backingStore()
        return store is not None and painter.paintEngine().paintDevice() is store.paintDevice()

    def _round(self) -> QPainterPath:
        outline = QPainterPath()
        radius = self._kit.profile.px_per_mm * 5.0
        outline.addRoundedRect(QRectF(self.rect()), radius, radius)
        return outline

    def _paint_live(self, painter: QPainter) -> None:
        """In the middle of the view; a mirror shows left as left."""
        frame = self._frame
        if frame is None:
            return
        down, across, _colours = frame.pixels.shape or (1, 1, 3)
        image = QImage(frame.pixels, across, down, across * 3, QImage.Format.Format_BGR888)
        scale = self._scale(across, down)
        place = QRectF(0, 0, across * scale, down * scale)
        place.moveCenter(QRectF(self.rect()).center())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipPath(self._round())
        painter.fillRect(self.rect(), QColor(self._kit.palette.accent_soft))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._guide == "oval":
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        painter.drawImage(place, image, QRectF(image.rect()))
        painter.restore()
        self.painted += 1

    def _scale(self, across: int, down: int) -> float:
        """A face's picture fills the view. Of a card's so much is shown that a card within the guide is large enough
        to be read."""
        filling = max(self.width() / across, self.height() / down)
        if self._guide == "oval":
            return filling
        return min(filling, self._guide_box().width() / (across * _CARD_IN_PICTURE))

    def _paint_drawn(self, painter: QPainter) -> None:
        palette = self._kit.palette
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(self._round(), QColor(palette.accent_soft))
        box = self._guide_box()
        if self._guide == "card":
            draw(self._name, painter, box, palette, fonts=self._kit.fonts)
            return
        wide = box.height() * 4 / 3
        middle = QRectF(box.center().x() - wide / 2, box.top(), wide, box.height())
        painter.save()
        painter.setClipPath(self._round())
        draw(self._name, painter, middle, palette)
        painter.restore()

    def _guide_box(self) -> QRectF:
        width, height = float(self.width()), float(self.height())
        if self._guide == "oval":
            tall = min(height * _OVAL[1], width * 0.86 * _OVAL[1] / _OVAL[0])
            box = QRectF(0, 0, tall * _OVAL[0] / _OVAL[1], tall)
        else:
            wide = min(width * _CARD_ROOM, height * _CARD_ROOM * _CARD[0] / _CARD[1])
            box = QRectF(0, 0, wide, wide * _CARD[1] / _CARD[0])
        box.moveCenter(QPointF(width / 2, height / 2))
        return box

    def _paint_guide(self, painter: QPainter, *, veiled: bool) -> None:
        palette, profile = self._kit.palette, self._kit.profile
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, inner = self._guide_box(), QPainterPath()
        if self._guide == "oval":
            inner.addEllipse(box)
        else:
            inner.addRoundedRect(box, profile.px_per_mm * 3, profile.px_per_mm * 3)
        if veiled:
            veil = QColor(palette.page)
            veil.setAlpha(_VEIL)
            painter.fillPath(self._round().subtracted(inner), veil)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        broad = profile.px_per_mm * (3.0 if self._steady else 1.8)
        for colour, width in ((palette.page, broad * 1.9), (self._guide_colour(), broad)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawPath(inner)

    def _guide_colour(self) -> str:
        return self._kit.palette.good if self._steady else self._kit.palette.accent

    def _paint_arrow(self, painter: QPainter) -> None:
        """Beside the head, to the side to which it is turned: in a mirror left is left."""
        palette, box = self._kit.palette, self._guide_box()
        room = (self.width() - box.width()) / 2
        length = min(self.height() * 0.3, max(room * 1.1, self.height() * 0.16))
        right = self._side == "right"
        middle = (self.width() - room * 0.5) if right else room * 0.5
        painter.save()
        painter.translate(middle, self.height() / 2)
        painter.scale(length / 100 * (1 if right else -1), length / 100)
        shape = QPainterPath(QPointF(-50, -18))
        for x, y in ((4, -18), (4, -46), (50, 0), (4, 46), (4, 18), (-50, 18)):
            shape.lineTo(x, y)
        shape.closeSubpath()
        pen = QPen(QColor(palette.page), 10)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(QColor(palette.accent))
        painter.drawPath(shape)
        painter.fillPath(shape, QColor(palette.accent))
        painter.restore()
