"""The panel in millimetres, and from it every size on the screen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from kiosk.visit.policy import TextSize

GRID = 8  # pixels: margins and gaps are multiples of this
KEY_MM = 20.0  # smallest keypad key
TARGET_MM = 15.0  # smallest other target
LEAST_EM_MM = 3.6  # no letter is smaller, whatever does not fit

Role = Literal["title", "body", "label", "note", "frame", "key"]

# Height of the character square in millimetres on a 15.6 inch panel, read from 60 cm. Extra large is twice small
# (WCAG 2.2, 1.4.4).
_EM_MM: Mapping[Role, Mapping[TextSize, float]] = {
    "body": {"small": 5.0, "medium": 6.2, "large": 7.7, "extra_large": 10.0},
    "title": {"small": 7.5, "medium": 9.4, "large": 11.0, "extra_large": 13.0},
    "label": {"small": 5.6, "medium": 7.0, "large": 8.4, "extra_large": 10.4},
    "note": {"small": 4.6, "medium": 5.4, "large": 6.6, "extra_large": 8.6},
    "frame": {"small": 4.6, "medium": 5.2, "large": 5.8, "extra_large": 6.4},
    "key": {"small": 10.0, "medium": 11.0, "large": 12.0, "extra_large": 13.0},
}
_READ_FROM_FULL_DISTANCE_MM = 396.0  # diagonal of a 15.6 inch panel
_LEAST_READING_SCALE, _MOST_READING_SCALE = 0.75, 1.25


@dataclass(frozen=True)
class PanelProfile:
    """A screen's size in pixels and in millimetres (a television lies about its millimetres: take them from the
    settings)."""

    px_w: int
    px_h: int
    mm_w: float
    mm_h: float
    name: str = ""

    @cached_property
    def px_per_mm(self) -> float:
        return math.sqrt(self.px_w * self.px_h / (self.mm_w * self.mm_h))

    @property
    def portrait(self) -> bool:
        return self.px_h > self.px_w

    def px(self, mm: float) -> int:
        """Millimetres in whole pixels, never less than asked for."""
        return math.ceil(mm * self.px_per_mm - 1e-9)

    def grid(self, mm: float) -> int:
        """Millimetres as the nearest multiple of the grid, at least one."""
        return max(GRID, round(mm * self.px_per_mm / GRID) * GRID)

    def mm(self, px: float) -> float:
        return px / self.px_per_mm

    @cached_property
    def reading_scale(self) -> float:
        """One stands nearer to a small panel and further from a large one: letters follow, targets do not."""
        diagonal = math.hypot(self.mm_w, self.mm_h)
        return min(
            _MOST_READING_SCALE, max(_LEAST_READING_SCALE, math.sqrt(diagonal / _READ_FROM_FULL_DISTANCE_MM))
        )


PORTRAIT = PanelProfile(1080, 1920, 268, 476, "portrait")
LANDSCAPE = PanelProfile(1920, 1080, 345, 194, "landscape")
SMALL = PanelProfile(1280, 800, 218, 136, "small")
PROFILES: dict[str, PanelProfile] = {profile.name: profile for profile in (PORTRAIT, LANDSCAPE, SMALL)}


@dataclass(frozen=True)
class Sizes:
    """Letter sizes of one text size on one panel. ``em(role)`` in pixels; ``scale`` below 1 where a page would not
    fit otherwise."""

    profile: PanelProfile
    text_size: TextSize

    def em(self, role: Role, scale: float = 1.0) -> int:
        wanted = _EM_MM[role][self.text_size] * self.profile.reading_scale * scale
        return round(max(wanted, LEAST_EM_MM) * self.profile.px_per_mm)
