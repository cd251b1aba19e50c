from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers.face.geometry import nose_along_eyes, parallax, proportion, turn_from

AHEAD = np.array([(100.0, 100.0), (160.0, 100.0), (130.0, 135.0), (107.0, 168.0), (153.0, 168.0)])
DEEP = np.array([0.0, 0.0, 32.0, 4.0, 4.0])
"""How far each point stands before the eyes, in the same pixels: an ordinary nose."""

angles = st.floats(-1.2, 1.2)


def moved(
    points: NDArray[np.float64], scale: float, angle: float, by: tuple[float, float]
) -> NDArray[np.float64]:
    turn = np.array([(np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))])
    return np.asarray(points @ turn.T * scale + np.asarray(by))


def turned_head(degrees: float) -> NDArray[np.float64]:
    """Seen from far away, turned to its own left about a line behind the eyes."""
    angle = np.radians(degrees)
    points = AHEAD.copy()
    points[:, 0] = (AHEAD[:, 0] - 130) * np.cos(angle) + (DEEP + 60) * np.sin(angle) + 130
    return points


@given(st.floats(0.2, 5), angles, st.tuples(st.floats(-500, 500), st.floats(-500, 500)))
def test_measures_do_not_know_place_size_or_tilt(scale: float, angle: float, by: tuple[float, float]) -> None:
    seen = moved(turned_head(20), scale, angle, by)
    assert nose_along_eyes(seen) == pytest.approx(nose_along_eyes(turned_head(20)), abs=1e-6)
    assert proportion(seen) == pytest.approx(proportion(turned_head(20)), abs=1e-6)
    assert parallax(AHEAD, seen) == pytest.approx(parallax(AHEAD, turned_head(20)), abs=1e-6)


@given(st.floats(0.2, 2), st.floats(-1, 1), st.floats(-1, 1), st.floats(0.2, 2))
def test_whatever_is_flat_has_no_depth_however_it_is_turned(a: float, b: float, c: float, d: float) -> None:
    assume(abs(a * d - b * c) > 0.05)
    flat = AHEAD @ np.array([(a, b), (c, d)]) + 7
    assert parallax(AHEAD, flat) < 1e-6


@given(st.floats(20, 35), st.sampled_from([1, -1]))
def test_a_head_that_turns_has_depth_and_the_sign_of_its_side(degrees: float, side: int) -> None:
    turn = turn_from([AHEAD], turned_head(side * degrees))
    assert np.sign(turn.by) == side
    assert abs(turn.by) >= 0.18
    assert turn.depth >= 0.14
    assert turn.kept >= 0.80


def test_one_trembling_picture_among_five_changes_nothing() -> None:
    wild = AHEAD.copy()
    wild[2] += 25
    steady = turn_from([AHEAD] * 5, turned_head(25))
    assert turn_from([AHEAD, wild, AHEAD, AHEAD, AHEAD], turned_head(25)) == steady


def test_points_that_fall_together_are_no_error() -> None:
    nowhere = np.zeros((5, 2))
    turn = turn_from([AHEAD], nowhere)
    assert (turn.depth, turn.kept) == (0.0, 0.0)
    assert turn_from([nowhere], AHEAD).kept == proportion(AHEAD)
