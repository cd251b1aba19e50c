"""Signing with a finger, a pen or a mouse."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEventPoint,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTouchEvent,
)
from PySide6.QtWidgets import QWidget

from kiosk.documents.signature import MOST_POINTS
from kiosk.visit.form import Problem
from kiosk.wording.text import Text
from ui.entry.action import Action
from ui.entry.field import Field
from ui.entry.keys import Area
from ui.entry.strokes import Point, thinned, written
from ui.widgets.kit import Kit
from ui.widgets.target import Target

_MOUSE = -1
_INK_MM = 0.8
_RESTS_MM = 1.0  # a touch that moves less rests on the glass
_PALM_MM = 18.0  # a touch that is wider is no finger


class SignaturePad(Area):
    """Draws what is written on it. Of several touches one writes: the first to move while no other does. A palm that
    rests on the glass, or follows the writing finger, leaves no trace."""

    broad = True
    signed = Signal()

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self.kit = kit
        self.strokes: list[list[Point]] = []
        self._touches: dict[int, list[QPointF]] = {}
        self._pen: int | None = None
        self._resting: set[int] = set()
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setAccessibleName(kit.key("entry.sign.place").plain)

    def clear(self) -> None:
        self.strokes.clear()
        self._touches.clear()
        self._pen = None
        self.update()

    @property
    def text(self) -> str:
        return written(self.strokes)

    def set_strokes(self, strokes: Sequence[Sequence[Point]]) -> None:
        self.clear()
        self.strokes = [list(stroke) for stroke in strokes]

    # -------------------------------------------------------------------------------------------- touching

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            if event.type() == QEvent.Type.TouchCancel:
                self._touches.clear()
                self._resting.clear()
                self._pen = None
                self.update()
            for point in event.points():
                self._take(point)
            event.accept()
            return True
        return super().event(event)

    def _take(self, point: QEventPoint) -> None:
        size = point.ellipseDiameters()
        wide = max(size.width(), size.height()) > self.kit.profile.px(_PALM_MM)
        match point.state():
            case QEventPoint.State.Pressed:
                self._press(point.id(), point.position(), rests=wide)
            case QEventPoint.State.Updated:
                self._move(point.id(), point.position())
            case QEventPoint.State.Released:
                self._release(point.id(), point.position())
            case _:
                pass

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._press(_MOUSE, event.position(), rests=False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move(_MOUSE, event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._release(_MOUSE, event.position())

    def _press(self, touch: int, at: QPointF, *, rests: bool) -> None:
        self._touches[touch] = [at]
        if rests or self._pen is not None:
            self._resting.add(touch)

    def _move(self, touch: int, at: QPointF) -> None:
        points = self._touches.get(touch)
        if points is None or touch in self._resting:
            return
        points.append(at)
        if self._pen is None and self._moved(points):
            self._pen = touch
            self._resting |= self._touches.keys() - {touch}
        if self._pen == touch:
            self.update()

    def _release(self, touch: int, at: QPointF) -> None:
        points = self._touches.pop(touch, None)
        rested = touch in self._resting
        self._resting.discard(touch)
        if points is None or rested:
            return
        points.append(at)
        if self._pen == touch:
            self._pen = None
            self._keep(points)
        elif self._pen is None and not self._touches:
            self._keep(points[:1])  # a dot

    def _moved(self, points: list[QPointF]) -> bool:
        return QLineF(points[0], points[-1]).length() > self.kit.profile.px(_RESTS_MM)

    def _keep(self, points: list[QPointF]) -> None:
        tenths = 10.0 / self.kit.profile.px_per_mm
        inside = [self._inside(point) for point in points]
        stroke = thinned([(point.x() * tenths, point.y() * tenths) for point in inside])
        if sum(map(len, self.strokes)) + len(stroke) <= MOST_POINTS:
            self.strokes.append(stroke)
            self.signed.emit()
        self.update()

    def _inside(self, point: QPointF) -> QPointF:
        return QPointF(min(max(point.x(), 0.0), self.width()), min(max(point.y(), 0.0), self.height()))

    # --------------------------------------------------------------------------------------------- drawing

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette, profile = self.kit.palette, self.kit.profile
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            width = max(2.0, profile.px_per_mm * 0.5)
            box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
            painter.setPen(QPen(QColor(palette.edge), width))
            painter.setBrush(QColor(palette.page))
            painter.drawRoundedRect(box, profile.px_per_mm * 2.0, profile.px_per_mm * 2.0)
            painter.setPen(QPen(QColor(palette.line), width, Qt.PenStyle.DashLine))
            side, foot = self.width() * 0.05, self.height() * 0.76
            painter.drawLine(QLineF(side, foot, self.width() - side, foot))
            pen = QPen(QColor(palette.ink), profile.px_per_mm * _INK_MM)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setClipRect(box)
            tenth = profile.px_per_mm / 10.0
            for stroke in self.strokes:
                painter.drawPath(_path([QPointF(x * tenth, y * tenth) for x, y in stroke]))
            if self._pen is not None:
                painter.drawPath(_path(self._touches[self._pen]))

    # ---------------------------------------------------------------------------------------------- layout

    def least(self, key_mm: float) -> tuple[int, int]:
        return self.kit.profile.px(120.0), self.kit.profile.px(max(35.0, 3 * key_mm))

    def most_width(self) -> int:
        return self.kit.profile.px(300.0)

    def most_height(self) -> int:
        return self.kit.profile.px(110.0)

    def fits_in(self, _width: int, _height: int) -> bool:
        return True

    def targets(self) -> list[Target]:
        return []


def _path(points: Sequence[QPointF]) -> QPainterPath:
    """Through the middles between points, so that no corner shows; a single point is a dot."""
    path = QPainterPath(points[0])
    if len(points) == 1:
        path.lineTo(points[0] + QPointF(0.01, 0.0))
    for point, following in pairwise(points[1:]):
        path.quadTo(point, (point + following) / 2)
    if len(points) > 1:
        path.lineTo(points[-1])
    return path


class SignatureField(Field):
    """``entered`` gives the strokes as text; ``skipped`` comes from those who cannot sign on a screen."""

    def __init__(self, kit: Kit, question: Text, **options: Any) -> None:
        super().__init__(kit, question, _any_stroke, problems=(Problem.EMPTY,), **options)
        self._pad = SignaturePad(kit, self)
        self._pad.signed.connect(self._on_signed)
        self.again = self.button("entry.sign.again", "quiet")
        self.again.touched.connect(self._clear)

    @property
    def area(self) -> SignaturePad:
        return self._pad

    def buttons(self) -> list[Action]:
        return [*([self.skip] if self.skip else []), self.again, self.done]

    def value(self) -> str:
        return self._pad.text

    def problem_text(self, problem: Problem) -> Text:
        return self.kit.key("entry.sign.empty") if problem is Problem.EMPTY else super().problem_text(problem)

    def set_value(self, value: str) -> None:
        """Shows strokes that were given before; "" for none."""
        strokes = [[_point(pair) for pair in stroke.split(" ")] for stroke in value.split(";") if stroke]
        self._pad.set_strokes(strokes)

    def _on_signed(self) -> None:
        self.say_hint()
        self.edited.emit()

    def _clear(self) -> None:
        self._pad.clear()
        self.say_hint()


def _point(pair: str) -> Point:
    x, y = pair.split(",")
    return float(x), float(y)


def _any_stroke(text: str) -> str | Problem:
    return text or Problem.EMPTY
