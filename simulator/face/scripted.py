"""``FaceMatcher`` by script: who stands there, what is amiss, and whether they do as they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Literal

from drivers.interface import (
    CardPhoto,
    FaceDoubt,
    FaceHint,
    FaceListener,
    FaceVerdict,
    Failure,
    Fault,
    Frame,
)
from simulator.card import pictures

After = Callable[[int, Callable[[], None]], None]
"""Runs a job so many milliseconds later."""
Spoof = Literal[
    "", "flat_print", "bent_print", "phone_still", "replayed_film", "swapped_person", "injected_frames",
    "repeated_frames",
]  # fmt: skip
NOBODY = "nobody"

_MENDED_MS = 1_200  # from a hint until somebody has done as it says
_HELD_MS = 900  # five good pictures
_TURNED_MS = 1_100
_ENOUGH_MS = 12_000  # then there was no good picture
_SAME, _OTHER = 5, 1
_SPOOFED: dict[Spoof, FaceDoubt] = {
    "flat_print": FaceDoubt.FLAT,
    "bent_print": FaceDoubt.FLAT,
    "phone_still": FaceDoubt.FLAT,
    "swapped_person": FaceDoubt.SWAPPED,
    "injected_frames": FaceDoubt.INJECTED,
    "repeated_frames": FaceDoubt.FROZEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What is before the camera. ``who``: a persona, or ``nobody``; with ``spoof`` the persona whose face is held up or
    played. ``amiss``: hints that are needed, in this order; ``does_as_told``: each is followed, else the first stays.
    ``turns``: the head is turned when that is asked; of a film, that it happens to show the turn."""

    who: str
    amiss: tuple[FaceHint, ...] = ()
    does_as_told: bool = True
    turns: bool = True
    spoof: Spoof = ""


class ScriptedMatcher:
    """``before`` is asked anew at each attempt: people come and go. ``after`` decides on which clock and thread things
    are said. ``pictures``: what the screen shows meanwhile. ``looking`` and ``alive`` tell tests whether camera and
    process are there."""

    def __init__(
        self,
        before: Callable[[], Before],
        after: After,
        pictures: Callable[[], Frame | None] = lambda: None,
    ) -> None:
        self._before = before
        self._after = after
        self._pictures = pictures
        self._runs = count(1)
        self._run = 0
        self._attempts = 0
        self._listener: FaceListener | None = None
        self.fault: Fault | None = None
        self.looking = False
        self.alive = False

    def ready(self) -> Failure | None:
        return None if self.fault is None else Failure.of(self.fault, "simulated")

    def look(self, listener: FaceListener) -> None:
        self._begin(listener)
        if self._broken():
            return
        before = self._before()
        amiss = self._amiss(before)
        self._say(self._run, 0, amiss[0] if amiss else FaceHint.LOOK_AHEAD)

    def match(self, photo: CardPhoto, listener: FaceListener) -> None:
        self._begin(listener)
        self._attempts += 1
        if self._broken():
            return
        at = 0
        for after_ms, told in self._told(self._before(), photo):
            at += after_ms
            self._say(self._run, at, told)

    def picture(self) -> Frame | None:
        return self._pictures() if self.looking else None

    def rest(self) -> None:
        self._run = 0
        self._listener = None
        self.looking = False

    def forget(self) -> None:
        self.rest()
        self._attempts = 0
        self.alive = False

    def close(self) -> None:
        self.forget()

    def set_fault(self, fault: Fault | None) -> None:
        """The camera is pulled out, or put in again; or its files are the wrong ones."""
        self.fault = fault
        if fault is not None and self._listener is not None:
            self._broken()

    # ---------------------------------------------------------------------------------------------------

    def _begin(self, listener: FaceListener) -> None:
        self._run = next(self._runs)
        self._listener = listener
        self.alive = self.looking = True

    def _broken(self) -> bool:
        failure, listener = self.ready(), self._listener
        if failure is None or listener is None:
            return False
        self.rest()
        listener(failure)
        return True

    def _say(self, run: int, after_ms: int, told: FaceHint | FaceVerdict | Failure) -> None:
        def say() -> None:
            listener = self._listener
            if run != self._run or listener is None:
                return
            if not isinstance(told, FaceHint):
                self._run, self._listener = 0, None
            listener(told)

        self._after(after_ms, say)

    @staticmethod
    def _amiss(before: Before) -> tuple[FaceHint, ...]:
        return (FaceHint.NO_FACE,) if before.who == NOBODY else before.amiss

    def _told(
        self, before: Before, photo: CardPhoto
    ) -> Iterator[tuple[int, FaceHint | FaceVerdict | Failure]]:
        """What is said, each so long after what was said before."""
        if not photo.jpeg2000:
            yield 0, Failure.of(Fault.PHOTO_UNUSABLE, "simulated")
            return
        pause = 0
        for hint in self._amiss(before):
            yield pause, hint
            if before.who == NOBODY or not before.does_as_told:
                yield _ENOUGH_MS, FaceVerdict(FaceDoubt.NO_GOOD_PICTURE, 0, None, 0)
                return
            pause = _MENDED_MS
        yield pause, FaceHint.HOLD_STILL
        if photo.jpeg2000 != pictures.photo(before.who):
            yield _HELD_MS, FaceVerdict(FaceDoubt.OTHER_PERSON, _OTHER, None, 5)
            return
        # By turns, and not by chance: a scenario comes out the same each time.
        yield _HELD_MS, FaceHint.TURN_LEFT if self._attempts % 2 else FaceHint.TURN_RIGHT
        if not before.turns and before.spoof in ("", "replayed_film"):
            yield _ENOUGH_MS, FaceVerdict(FaceDoubt.NO_TURN, _SAME, False, 5)
            return
        yield _TURNED_MS, FaceHint.LOOK_AHEAD
        doubt = _SPOOFED.get(before.spoof)
        yield _HELD_MS, FaceVerdict(doubt, _SAME, doubt is None, 5)
