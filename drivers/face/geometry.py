"""A face as five points, and what their places tell: how large, how far turned, how deep. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""5 × 2 pixels: right eye, left eye, nose, right and left corner of the mouth, as the person names them."""

RIGHT_EYE, LEFT_EYE, NOSE, MOUTH_RIGHT, MOUTH_LEFT = range(5)
_FLAT = [RIGHT_EYE, LEFT_EYE, MOUTH_RIGHT, MOUTH_LEFT]


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face in a picture, in its pixels. ``box``: left, top, width, height."""

    box: tuple[float, float, float, float] = field(repr=False)
    points: Points = field(repr=False)
    score: float = field(repr=False)

    @property
    def centre(self) -> tuple[float, float]:
        left, top, width, height = self.box
        return left + width / 2, top + height / 2

    @property
    def eyes_apart(self) -> float:
        return float(np.linalg.norm(self.points[LEFT_EYE] - self.points[RIGHT_EYE]))


def nose_along_eyes(points: Points) -> float:
    """Where the nose stands along the line of the eyes: 0 below the right eye, 1 below the left one. More of it: turned
    to the person's own left."""
    eyes = points[LEFT_EYE] - points[RIGHT_EYE]
    length = float(eyes @ eyes)
    return float((points[NOSE] - points[RIGHT_EYE]) @ eyes) / length if length else 0.5


def proportion(points: Points) -> float:
    """Eye distance over the way from the eyes to the mouth: becomes less as anything turns to the side."""
    eyes = points[LEFT_EYE] - points[RIGHT_EYE]
    down = points[MOUTH_RIGHT] + points[MOUTH_LEFT] - points[RIGHT_EYE] - points[LEFT_EYE]
    height = float(np.linalg.norm(down)) / 2
    return float(np.linalg.norm(eyes)) / height if height else 0.0


def parallax(ahead: Points, now: Points) -> float:
    """How far the nose is from where a flat picture of the face ahead would have it, in eye distances: the plane
    through eyes and mouth is carried over as a whole (affine, least squares), the nose before it is not."""
    known = np.column_stack([ahead[_FLAT], np.ones(4)])
    carried, *_ = np.linalg.lstsq(known, now[_FLAT], rcond=None)
    expected = np.append(ahead[NOSE], 1.0) @ carried
    eyes = float(np.linalg.norm(now[LEFT_EYE] - now[RIGHT_EYE]))
    return float(np.linalg.norm(now[NOSE] - expected)) / eyes if eyes else 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """A face against the same one looking ahead. ``by``: more than 0 to the person's own left. ``depth``: parallax of
    the nose. ``kept``: what is left of the proportion."""

    by: float
    depth: float
    kept: float


def turn_from(ahead: Sequence[Points], now: Points) -> Turn:
    """Against several pictures of the face ahead: the middle value of each measure, for single points tremble."""
    return Turn(
        nose_along_eyes(now) - median(nose_along_eyes(points) for points in ahead),
        median(parallax(points, now) for points in ahead),
        proportion(now) / (median(proportion(points) for points in ahead) or 1.0),
    )
