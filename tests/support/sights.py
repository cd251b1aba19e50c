"""What pictures showed, without pictures: a face of known depth, turned by an angle, of a person who is a direction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drivers.face.attempt import Sight
from drivers.face.geometry import Face
from drivers.face.networks import Template, unit
from drivers.interface import FaceHint

_AHEAD = np.array([(290.0, 200.0), (350.0, 200.0), (320.0, 235.0), (297.0, 268.0), (343.0, 268.0)])
_DEEP = np.array([0.0, 0.0, 32.0, 4.0, 4.0])


def direction(like: float = 1.0, person: int = 0) -> Template:
    """Somebody whose likeness to person 0 is this; other persons are strangers to each other."""
    numbers = np.zeros(128, np.float32)
    numbers[0] = like
    numbers[1 + person] = np.sqrt(max(0.0, 1 - like * like))
    return unit(numbers)


def points(degrees: float, *, flat: bool = False) -> NDArray[np.float64]:
    """Turned to the person's own left."""
    angle = np.radians(degrees)
    seen = _AHEAD.copy()
    depth = np.zeros(5) if flat else _DEEP + 60
    seen[:, 0] = (_AHEAD[:, 0] - 320) * np.cos(angle) + depth * np.sin(angle) + 320
    return seen


def sight(
    at: int,
    *,
    degrees: float = 0.0,
    who: Template | None = None,
    hint: FaceHint | None = None,
    flat: bool = False,
    aside: float = 0.0,
) -> Sight:
    if hint is None and abs(degrees) > 10:
        hint = FaceHint.TURNED
    seen = points(degrees, flat=flat) + np.array((aside, 0.0))
    face = Face((260.0 + aside, 150.0, 120.0, 160.0), seen, 0.9)
    template = direction() if who is None else who
    return Sight(at, hint, face, lambda: template)


def nobody(at: int, hint: FaceHint = FaceHint.NO_FACE) -> Sight:
    def none() -> Template:
        raise AssertionError("nobody is there")

    return Sight(at, hint, None, none)
