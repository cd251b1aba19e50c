"""The traffic lights: each its own shape, its own colour and its own word, so that any one of the three is enough."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from kiosk.desk.deliveries import Handed
from kiosk.desk.row import Light
from ui.theme.palette import Palette

ROLES: dict[Light, str] = {
    Light.NEEDS_PERSON: "danger",
    Light.GOING_ON: "accent",
    Light.RECHECK: "notice",
    Light.SETTLED: "good",
}


LIGHT_OF: dict[Handed, Light] = {
    Handed.NEEDS_PERSON: Light.NEEDS_PERSON,
    Handed.WAITING: Light.RECHECK,
    Handed.BY_HAND: Light.SETTLED,
    Handed.DONE: Light.SETTLED,
}
"""A delivery has the same signs, smaller."""


def colour_of(light: Light, palette: Palette) -> str:
    """Fit for text upon the page, and upon ``soft_of`` of the same light."""
    return str(getattr(palette, ROLES[light]))


def soft_of(light: Light, palette: Palette) -> str:
    """A large quiet surface for that light."""
    return str(getattr(palette, f"{ROLES[light]}_soft"))


def paint(painter: QPainter, light: Light, box: QRectF, palette: Palette) -> None:
    """A triangle with a mark for who is needed, a ring with an arrow for what goes on, a clock for what waits, a tick
    for what is done."""
    colour = QColor(colour_of(light, palette))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.center())
    size = min(box.width(), box.height()) / 20
    painter.scale(size, size)
    painter.setPen(Qt.PenStyle.NoPen)
    _SHAPES[light](painter, colour, QColor(palette.page))
    painter.restore()


def _needs(painter: QPainter, colour: QColor, page: QColor) -> None:
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([QPointF(0, -9.5), QPointF(10, 8.5), QPointF(-10, 8.5)]))
    painter.setBrush(page)
    painter.drawRoundedRect(QRectF(-1.2, -4, 2.4, 7), 1.2, 1.2)
    painter.drawEllipse(QPointF(0, 5.6), 1.4, 1.4)


def _going(painter: QPainter, colour: QColor, _page: QColor) -> None:
    _ring(painter, colour)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([QPointF(-3, -4.6), QPointF(5, 0), QPointF(-3, 4.6)]))


def _recheck(painter: QPainter, colour: QColor, _page: QColor) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 2.2))
    painter.drawRoundedRect(QRectF(-8, -8, 16, 16), 3, 3)
    painter.setPen(_round(colour, 2.2))
    painter.drawPolyline(QPolygonF([QPointF(0, -4.5), QPointF(0, 0.5), QPointF(3.6, 2.6)]))


def _settled(painter: QPainter, colour: QColor, page: QColor) -> None:
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(0, 0), 9, 9)
    painter.setPen(_round(page, 2.6))
    tick = QPainterPath(QPointF(-4.4, 0.4))
    tick.lineTo(-1.2, 3.8)
    tick.lineTo(4.6, -3.4)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(tick)


def _ring(painter: QPainter, colour: QColor) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 2.2))
    painter.drawEllipse(QPointF(0, 0), 8.4, 8.4)


def _round(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


_SHAPES = {
    Light.NEEDS_PERSON: _needs,
    Light.GOING_ON: _going,
    Light.RECHECK: _recheck,
    Light.SETTLED: _settled,
}
