"""A small drawing language over QPainter: shapes with one outline and a fill named by its role in the palette."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPen, QPolygonF, QTransform

from ui.theme.palette import Palette

if TYPE_CHECKING:
    from ui.theme.fonts import Fonts

LINE = 3.2  # outline of every shape, in units of the picture
_WORDS_PX = 64
_TOKEN = re.compile(r"[MLCQZ]|-?\d+(?:\.\d+)?")
Point = tuple[float, float]


def path(commands: str) -> QPainterPath:
    """A path from the letters M L C Q Z with absolute coordinates, as in SVG."""
    result = QPainterPath()
    tokens = _TOKEN.findall(commands)
    letter = "M"
    at = 0

    def point() -> QPointF:
        nonlocal at
        at += 2
        return QPointF(float(tokens[at - 2]), float(tokens[at - 1]))

    while at < len(tokens):
        if tokens[at].isalpha():
            letter = tokens[at]
            at += 1
        if letter == "M":
            result.moveTo(point())
            letter = "L"
        elif letter == "L":
            result.lineTo(point())
        elif letter == "C":
            result.cubicTo(point(), point(), point())
        elif letter == "Q":
            result.quadTo(point(), point())
        else:
            result.closeSubpath()
    return result


def capsule(points: Sequence[Point], width: float) -> QPainterPath:
    """A thick round line as an area: fingers, arms."""
    spine = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        spine.lineTo(*point)
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return stroker.createStroke(spine).simplified()


class Canvas:
    """``one_colour``: every outline in this colour and no fills. ``fonts``: what papers are written with; without them
    they have no words."""

    def __init__(
        self, painter: QPainter, palette: Palette, one_colour: str = "", fonts: Fonts | None = None
    ) -> None:
        self.painter = painter
        self._palette = palette
        self._one = one_colour
        self._fonts = fonts

    def colour(self, role: str) -> QColor:
        if self._one:
            return QColor(self._one)
        return QColor(getattr(self._palette, role))

    def shape(
        self, area: str | QPainterPath, fill: str = "", stroke: str = "stroke", width: float = LINE
    ) -> None:
        """``fill`` and ``stroke`` are roles, "" for none."""
        self._pen(stroke, width)
        if fill and not self._one:
            self.painter.setBrush(self.colour(fill))
        else:
            self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawPath(path(area) if isinstance(area, str) else area)

    def solid(self, area: str | QPainterPath, role: str) -> None:
        """An area without an outline; in one colour it is filled too."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(self.colour(role))
        self.painter.drawPath(path(area) if isinstance(area, str) else area)

    def rect(
        self, x: float, y: float, w: float, h: float, r: float = 0.0, fill: str = "", stroke: str = "stroke",
        width: float = LINE,
    ) -> None:  # fmt: skip
        area = QPainterPath()
        area.addRoundedRect(QRectF(x, y, w, h), r, r)
        self.shape(area, fill, stroke, width)

    def circle(
        self, x: float, y: float, r: float, fill: str = "", stroke: str = "stroke", width: float = LINE
    ) -> None:
        area = QPainterPath()
        area.addEllipse(QPointF(x, y), r, r)
        self.shape(area, fill, stroke, width)

    def dot(self, x: float, y: float, r: float, role: str = "stroke") -> None:
        area = QPainterPath()
        area.addEllipse(QPointF(x, y), r, r)
        self.solid(area, role)

    def line(self, commands: str, role: str = "stroke", width: float = LINE) -> None:
        self.shape(commands, "", role, width)

    def arc(
        self,
        x: float,
        y: float,
        r: float,
        start: float,
        span: float,
        role: str = "stroke",
        width: float = LINE,
    ) -> None:
        """Degrees, anticlockwise from three o'clock."""
        self._pen(role, width)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawArc(QRectF(x - r, y - r, 2 * r, 2 * r), round(start * 16), round(span * 16))

    def dashed(self, x: float, y: float, w: float, h: float, role: str, width: float = LINE) -> None:
        """A box to cut out."""
        pen = QPen(self.colour(role), width, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([2.4, 1.8])
        self.painter.setPen(pen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawRoundedRect(QRectF(x, y, w, h), 3, 3)

    def words(self, x: float, y: float, w: float, h: float, text: str, size: float, role: str) -> None:
        """What is written on a paper, in the middle of a box, ``size`` high. Fonts have whole pixels, so it is drawn
        large and scaled."""
        if self._fonts is None or self._one:
            return
        with self.at(x + w / 2, y + h / 2, size / _WORDS_PX):
            self.painter.setFont(self._fonts.font(_WORDS_PX, bold=True))
            self.painter.setPen(self.colour(role))
            room = QRectF(-2000, -100, 4000, 200)
            self.painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)

    @contextmanager
    def at(
        self, x: float, y: float, scale: float = 1.0, turn: float = 0.0, opacity: float = 1.0
    ) -> Iterator[None]:
        self.painter.save()
        self.painter.translate(x, y)
        self.painter.rotate(turn)
        self.painter.scale(scale, scale)
        self.painter.setOpacity(self.painter.opacity() * opacity)
        yield
        self.painter.restore()

    @contextmanager
    def laid(self, width: float, height: float, corners: Sequence[Point]) -> Iterator[None]:
        """Draws a flat thing of this size onto four corners in space, from its top left clockwise."""
        flat = QPolygonF([QPointF(0, 0), QPointF(width, 0), QPointF(width, height), QPointF(0, height)])
        there = QPolygonF([QPointF(*corner) for corner in corners])
        transform = QTransform()
        self.painter.save()
        if QTransform.quadToQuad(flat, there, transform):
            self.painter.setTransform(transform, True)
        yield
        self.painter.restore()

    def _pen(self, role: str, width: float) -> None:
        if not role:
            self.painter.setPen(Qt.PenStyle.NoPen)
            return
        pen = QPen(self.colour(role), width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self.painter.setPen(pen)


def ease(phase: float, start: float, end: float) -> float:
    """0 before ``start``, 1 after ``end``, smoothly between."""
    part = min(1.0, max(0.0, (phase - start) / (end - start)))
    return part * part * (3 - 2 * part)
