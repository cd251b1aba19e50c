"""What is odd about a camera's pictures: facts for those who judge, never a judgement about a person.

README.md tells where each limit comes from, and what no rule here can find out.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from drivers.interface import FaceDoubt, FaceHint


class Oddity(StrEnum):
    BLACK = "black"  # covered, or no light at all
    BLINDED = "blinded"  # a light shines into it
    FROZEN = "frozen"  # the same picture for a second, exactly or but for a few dots
    REPEATED = "repeated"  # pictures come back that were there before: a loop, or each one twice
    TOO_REGULAR = "too_regular"  # no process of a busy computer keeps time so well
    TOO_QUICK = "too_quick"  # more pictures than the camera can have taken
    BURSTS = "bursts"  # taken in heaps, as its own clock says
    CLOCK_WRONG = "clock_wrong"  # taken before the last one, or not yet
    VIRTUAL = "virtual"  # a program poses as a camera: by the kernel's word or its name


HINTS = {Oddity.BLACK: FaceHint.CAMERA_BLACK, Oddity.BLINDED: FaceHint.CAMERA_BLINDED}
DOUBTS = {
    Oddity.TOO_REGULAR: FaceDoubt.INJECTED,
    Oddity.TOO_QUICK: FaceDoubt.INJECTED,
    Oddity.BURSTS: FaceDoubt.INJECTED,
    Oddity.CLOCK_WRONG: FaceDoubt.INJECTED,
    Oddity.FROZEN: FaceDoubt.FROZEN,
    Oddity.REPEATED: FaceDoubt.FROZEN,
}
"""The gravest first. ``VIRTUAL`` alone is for the administrator: some good cameras reach Linux through a program."""


def hint_of(odd: Iterable[Oddity]) -> FaceHint | None:
    """What the person is told."""
    seen = frozenset(odd)
    return next((hint for one, hint in HINTS.items() if one in seen), None)


def doubt_of(odd: Iterable[Oddity]) -> FaceDoubt | None:
    """Why a match over these pictures does not count."""
    seen = frozenset(odd)
    return next((doubt for one, doubt in DOUBTS.items() if one in seen), None)
