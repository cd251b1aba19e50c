"""A signature as text: ``x,y x,y;x,y …`` in tenths of a millimetre. ``kiosk.documents.signature.strokes_of`` reads it.
Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

Point = tuple[float, float]
"""Tenths of a millimetre from the upper left corner."""

UNSEEN = 1.0
"""How far a line may run from the finger's way: a tenth of a millimetre, an eighth of the line's own width."""


def thinned(stroke: Sequence[Point]) -> list[Point]:
    """The stroke without the points that lie on its way (Ramer, Douglas and Peucker). First and last stay."""
    kept = {0, len(stroke) - 1}
    spans = [(0, len(stroke) - 1)]
    while spans:
        first, last = spans.pop()
        farthest, place = 0.0, first
        for between in range(first + 1, last):
            off = _distance(stroke[between], stroke[first], stroke[last])
            if off > farthest:
                farthest, place = off, between
        if farthest > UNSEEN:
            kept.add(place)
            spans += [(first, place), (place, last)]
    return [stroke[place] for place in sorted(kept)] if stroke else []


def written(strokes: Sequence[Sequence[Point]]) -> str:
    """The strokes as text, in whole tenths."""
    return ";".join(" ".join(f"{round(x)},{round(y)}" for x, y in stroke) for stroke in strokes if stroke)


def _distance(point: Point, start: Point, end: Point) -> float:
    """From the stretch between ``start`` and ``end``."""
    along = (end[0] - start[0], end[1] - start[1])
    length = along[0] ** 2 + along[1] ** 2
    if not length:
        return math.dist(point, start)
    share = ((point[0] - start[0]) * along[0] + (point[1] - start[1]) * along[1]) / length
    share = min(1.0, max(0.0, share))
    return math.dist(point, (start[0] + share * along[0], start[1] + share * along[1]))
