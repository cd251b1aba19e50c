"""What the patient's pages may show of the cameras: pictures come past the visit and go nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drivers.interface import Frame

Look = Callable[[], Frame | None]
"""The latest picture, never blocking; None while there is none."""


def _nothing() -> Frame | None:
    return None


@dataclass(frozen=True)
class Eyes:
    """``face``: who stands there; ``front``: the card that is held up. Where there is no picture, one is drawn."""

    face: Look = _nothing
    front: Look = _nothing
