"""What keeps a picture of a card from being read, as far as the picture itself tells. Thresholds are starting points
from the rendered fronts of ``simulator/camera``, not measured on cards."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from drivers.front.lines import Line, slant
from drivers.front.networks import Found, Pixels
from drivers.interface import FrontHint

DARK = 30.0  # mean brightness of 255
LEAST_LINES = 3
LEAST_HEIGHT, MOST_HEIGHT = 25.5, 90.0
"""Pixels of the middle one of all lines, with its margin."""

MOST_TILT = 20.0  # degrees
SHARP = 0.009
"""Variance of the Laplacian by that of the brightness, where text is, after the noise was smoothed away."""

GLARE, WHITE = 0.04, 252
"""So large a part of where text is may be burnt out."""

_EDGE, _NOISE = 3, 1.5  # pixels


def hint(picture: Pixels, found: Sequence[Found]) -> FrontHint:
    """The first thing to change; HOLD_STILL where there is none."""
    if float(picture.mean()) < DARK:
        return FrontHint.DARK
    if len(found) < LEAST_LINES:
        return FrontHint.NO_CARD
    down, across = picture.shape[:2]
    heights = sorted(one.height for one in found)
    middle = heights[len(heights) // 2]
    if middle < LEAST_HEIGHT:
        return FrontHint.TOO_FAR
    if middle > MOST_HEIGHT or sum(_cut_off(one, across, down) for one in found) > 1:
        return FrontHint.TOO_NEAR
    if abs(slant([Line("", width=one.width, angle=one.angle) for one in found])) > MOST_TILT:
        return FrontHint.TILTED
    return _of_the_light(picture, found)


def _of_the_light(picture: Pixels, found: Sequence[Found]) -> FrontHint:
    corners = np.concatenate([one.corners for one in found])
    left, top = np.maximum(corners.min(axis=0).astype(int), 0)
    right, below = corners.max(axis=0).astype(int) + 1
    grey = cv2.cvtColor(np.ascontiguousarray(picture[top:below, left:right]), cv2.COLOR_BGR2GRAY)
    burnt = float((grey >= WHITE).mean()) > GLARE
    smooth = cv2.GaussianBlur(grey, (0, 0), _NOISE)
    sharpness = float(cv2.Laplacian(smooth, cv2.CV_32F).var()) / max(float(smooth.var()), 1.0)
    if sharpness < SHARP:
        return FrontHint.BLURRED
    return FrontHint.GLARE if burnt else FrontHint.HOLD_STILL


def _cut_off(one: Found, across: int, down: int) -> bool:
    (left, top), (right, below) = one.corners.min(axis=0), one.corners.max(axis=0)
    return bool(left < _EDGE or top < _EDGE or right > across - _EDGE or below > down - _EDGE)
