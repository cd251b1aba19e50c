"""Names that came with ●, and how this facility writes them. Pure.

● stands for a character that the exchange's set does not hold: a limit of the display, never a reason to refuse.
"""

from __future__ import annotations

import re

from kiosk.coverage.qualification import UNDISPLAYABLE

_ONE = "[^\\s●][\ufe00-\ufe0f\U000e0100-\U000e01ef]?"
"""A character in place of each ●, with the selector of its shape where it has one."""
_BLANK = re.compile(r"\s+")


def is_incomplete(name: str) -> bool:
    return UNDISPLAYABLE in name


def completes(received: str, written: str) -> bool:
    """Whether ``written`` is ``received`` with a character in place of each ●, and nothing else changed."""
    parts = [_BLANK.sub(r"\\s+", re.escape(part)) for part in _plain(received).split(UNDISPLAYABLE)]
    return re.fullmatch(_ONE.join(parts), _plain(written)) is not None


def _plain(name: str) -> str:
    return _BLANK.sub("　", name.strip())
