"""A signature as text: nothing that can be seen is lost, and the documents read what the screen writes."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kiosk.documents.signature import strokes_of
from ui.entry.strokes import UNSEEN, Point, thinned, written

POINTS = st.tuples(st.floats(0, 3000), st.floats(0, 1500))
STROKES = st.lists(POINTS, min_size=1, max_size=60)


def off(point: Point, line: list[Point]) -> float:
    """How far a point lies from the line through all of ``line``."""
    if len(line) == 1:
        return math.dist(point, line[0])
    return min(
        min(
            math.dist(point, (a[0] + (b[0] - a[0]) * share / 400, a[1] + (b[1] - a[1]) * share / 400))
            for share in range(401)
        )
        for a, b in pairwise(line)
    )


@given(st.lists(POINTS, min_size=1, max_size=12))
def test_no_point_of_the_finger_lies_where_it_could_be_missed(stroke: list[Point]) -> None:
    kept = thinned(stroke)
    spacing = max(math.dist(a, b) for a in stroke for b in stroke) / 400
    assert all(off(point, kept) <= UNSEEN + spacing for point in stroke)


@given(STROKES)
def test_a_stroke_begins_and_ends_where_it_did(stroke: list[Point]) -> None:
    kept = thinned(stroke)
    assert kept[0] == stroke[0]
    assert kept[-1] == stroke[-1]
    assert set(kept) <= set(stroke)


def test_a_straight_line_needs_two_points_and_a_circle_some() -> None:
    assert len(thinned([(x, 2.0 * x) for x in range(500)])) == 2
    circle = [(300 * math.cos(step / 200), 300 * math.sin(step / 200)) for step in range(1257)]
    assert 20 < len(thinned(circle)) < 120
    assert thinned([]) == []
    assert thinned([(1.0, 2.0)]) == [(1.0, 2.0)]


@given(st.lists(STROKES, max_size=6))
def test_what_is_written_can_be_read_back(strokes: list[list[Point]]) -> None:
    read = strokes_of(written(strokes)).strokes
    assert len(read) == len(strokes)
    for stroke, back in zip(strokes, read, strict=True):
        for (x, y), (mm_x, mm_y) in zip(stroke, back, strict=True):
            assert abs(x - 10 * mm_x) <= 0.5 + 1e-6
            assert abs(y - 10 * mm_y) <= 0.5 + 1e-6


def test_the_text_is_as_the_form_keeps_it() -> None:
    assert written([[(10.2, 20.6), (30, 40)], [(0, 5)]]) == "10,21 30,40;0,5"
    assert written([]) == ""
