"""The section of the console."""

from __future__ import annotations

from typing import Literal

from kiosk.visit.policy import Contrast
from ui.settings.part import Part


class Staff(Part, frozen=True, kw_only=True):
    """The staff console of this terminal. ``sound``: a new call is heard."""

    language: Literal["ja", "en"] = "ja"
    text_size: Literal["small", "medium", "large"] = "small"
    contrast: Contrast = "standard"
    sound: bool = True
