"""The face check of a played visit, on the stage's clock: whoever stands there, a script says what is seen."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import get_args

from drivers.interface import Authority, FaceHint, Fault
from kiosk.visit.events import CameraChanged
from simulator.face.scripted import NOBODY, Before, ScriptedMatcher, Spoof
from simulator.national.operators import SimulatedAuthoriser
from simulator.playing.stage import Stage

_TOLD_AT_FIRST = tuple(hint for hint in FaceHint if hint not in (
    FaceHint.NO_FACE, FaceHint.HOLD_STILL, FaceHint.TURN_LEFT, FaceHint.TURN_RIGHT, FaceHint.LOOK_AHEAD,
))  # fmt: skip
_SPOOFS: tuple[Spoof, ...] = get_args(Spoof)
VERIFYING: tuple[Authority, ...] = ("simulator", "authorised")


class BeforeCamera:
    """``matcher`` is None where the terminal has no camera, ``authoriser`` where a match verifies nobody."""

    def __init__(self, authority: Authority | None, before: Callable[[], Before]) -> None:
        self._stage: Stage | None = None
        self.matcher = ScriptedMatcher(before, self._after) if authority is not None else None
        verifies = authority is not None and authority in VERIFYING
        self.authoriser = SimulatedAuthoriser(authority) if authority is not None and verifies else None

    def on(self, stage: Stage) -> None:
        self._stage = stage

    def spoil(self, fault: Fault) -> None:
        if self.matcher is not None:
            self.matcher.set_fault(fault)

    def mend(self) -> None:
        """The camera is plugged in again, and its driver tells so."""
        if self.matcher is not None and self._stage is not None:
            self.matcher.set_fault(None)
            self._stage.post(CameraChanged, available=True)

    def _after(self, milliseconds: int, job: Callable[[], None]) -> None:
        if self._stage is not None:
            self._stage.after(milliseconds, job)


def anybody(rng: random.Random, own: str, other: str) -> Before:
    """Mostly the card's holder as people are; sometimes somebody else, or somebody who wants to pass for them."""
    who = rng.choice((own, own, own, own, other, NOBODY))
    return Before(
        who=who,
        amiss=tuple(rng.sample(_TOLD_AT_FIRST, rng.choice((0, 0, 1, 2)))),
        does_as_told=rng.random() < 0.9,
        turns=rng.random() < 0.9,
        spoof="" if rng.random() < 0.8 else rng.choice(_SPOOFS),
    )


def could_pass(before: Before, holder: str) -> bool:
    """Whether this may be taken for the holder: it is them, or a film of them that shows the turn."""
    fooled = before.spoof in ("", "replayed_film") and before.turns
    return before.who == holder and fooled and (before.does_as_told or not before.amiss)
