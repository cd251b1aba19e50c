"""One attempt, from the first picture to its verdict. Pure: it is told what each picture showed, and when.

Five good pictures looking ahead are compared with the card as one. Then the turns that were drawn for this attempt,
each with a way back. From picture to picture the face must be the same person's and stay in sight.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from drivers.face.geometry import Face, turn_from
from drivers.face.hints import Hints
from drivers.face.networks import Template, likeness, mean
from drivers.face.rules import Rules, Side, steps
from drivers.face.turning import Turning
from drivers.interface import FaceDoubt, FaceHint, FaceVerdict

Told = FaceHint | FaceVerdict

_ASK: dict[Side, FaceHint] = {"left": FaceHint.TURN_LEFT, "right": FaceHint.TURN_RIGHT}
_UNSEEN = frozenset(
    {FaceHint.CAMERA_BLACK, FaceHint.CAMERA_BLINDED, FaceHint.NO_FACE, FaceHint.TWO_FACES, FaceHint.BLURRED}
)
"""Pictures that tell nothing of a face that turns on request."""

_BAD = frozenset(FaceHint) - {FaceHint.MASK}
_MOST_MISSED = 300  # milliseconds that one picture without the face can stand for
_JUMP_WITHIN = 250  # milliseconds in which a face cannot be elsewhere
_JUMP = 1.0  # of its width


@dataclass(frozen=True, slots=True)
class Sight:
    """What one picture showed. ``hint``: what keeps it from being compared. ``template`` is computed when asked for:
    most pictures do not need it."""

    at: int
    hint: FaceHint | None
    face: Face | None = field(repr=False)
    template: Callable[[], Template] = field(repr=False)


class _Track:
    """Whether it is still the same person, from picture to picture."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._last: Template | None = None
        self._face: Face | None = None
        self._at = 0
        self._strange = 0
        self._missed = 0

    @property
    def lost(self) -> bool:
        return self._missed > self._rules.gap

    def miss(self, spent: int) -> None:
        """A picture without the face, so long after the one before. What was not looked at is not held against it: a
        computer that was busy elsewhere has lost nobody, and the next face must be like the last."""
        if self._face is not None:
            self._missed += min(spent, _MOST_MISSED)

    def same(self, sight: Sight, face: Face) -> bool | None:
        """None: not like the last one, once; the next picture decides."""
        jumped = self._jumped(face, sight.at)
        now = sight.template()
        alike = self._last is None or likeness(self._last, now) >= self._rules.steady
        self._face, self._at, self._missed = face, sight.at, 0
        if alike:
            self._last, self._strange = now, 0
            return True
        self._strange += 1
        return False if jumped or self._strange > 1 else None

    def _jumped(self, face: Face, at: int) -> bool:
        if self._face is None or at - self._at > _JUMP_WITHIN:
            return False
        way = np.hypot(face.centre[0] - self._face.centre[0], face.centre[1] - self._face.centre[1])
        return bool(way > _JUMP * self._face.box[2])


_Phase = Literal["gathering", "turning", "returning", "over"]


class Attempt:
    """``turns``: drawn by chance for this attempt; none: nothing is asked of the person."""

    def __init__(self, rules: Rules, card: Template, turns: Sequence[Side], began: int) -> None:
        self._rules, self._card = rules, card
        self._turns = list(turns)
        self._asked_for = bool(turns)
        self._hints = Hints(rules.settle)
        self._track = _Track(rules)
        self._phase: _Phase = "gathering"
        self._since = self._seen_at = began
        self._good: list[Template] = []
        self._ahead: list[Face] = []
        self._counted_at: int | None = None
        self._masked_since: int | None = None
        self._likeness = 0
        self._turning: Turning | None = None

    @property
    def over(self) -> bool:
        return self._phase == "over"

    def see(self, sight: Sight) -> list[Told]:
        """What is to be told after this picture. A verdict is the last."""
        if self.over:
            return []
        spent, self._seen_at = sight.at - self._seen_at, sight.at
        if sight.face is None or sight.hint in (_BAD if self._phase == "gathering" else _UNSEEN):
            self._track.miss(spent)
        if self._track.lost:
            if self._phase != "gathering":
                return self._end(FaceDoubt.SWAPPED)
            self._begin_again()
        if late := self._too_late(sight.at):
            return self._end(late)
        if self._phase == "gathering":
            return self._gather(sight)
        if self._phase == "turning":
            return self._turn(sight)
        return self._return(sight)

    def _too_late(self, at: int) -> FaceDoubt | None:
        if self._phase == "gathering":
            late = at - self._since > self._rules.gather_within
            return FaceDoubt.NO_GOOD_PICTURE if late else None
        if at - self._since <= self._rules.turn_within:
            return None
        return FaceDoubt.FLAT if self._turning is not None and self._turning.flat else FaceDoubt.NO_TURN

    def _gather(self, sight: Sight) -> list[Told]:
        hint = self._unless_patience_ends(sight)
        if hint is not None or sight.face is None:
            return [*self._hints.see(hint or FaceHint.NO_FACE, sight.at)]
        if self._counted_at is not None and sight.at - self._counted_at < self._rules.apart:
            return []
        same = self._track.same(sight, sight.face)
        if not same:
            return self._end(FaceDoubt.SWAPPED) if same is False else []
        self._counted_at = sight.at
        self._good.append(sight.template())
        self._ahead.append(sight.face)
        told: list[Told] = [*self._hints.see(FaceHint.HOLD_STILL, sight.at)]
        return told if len(self._good) < self._rules.frames else [*told, *self._compare(sight.at)]

    def _begin_again(self) -> None:
        """Somebody went, and whoever stands there now is looked at afresh."""
        self._track = _Track(self._rules)
        self._good.clear()
        self._ahead.clear()
        self._counted_at = None

    def _unless_patience_ends(self, sight: Sight) -> FaceHint | None:
        if sight.hint is not FaceHint.MASK:
            return sight.hint
        if self._masked_since is None:
            self._masked_since = sight.at
        return FaceHint.MASK if sight.at - self._masked_since < self._rules.mask_patience else None

    def _compare(self, at: int) -> list[Told]:
        score = likeness(mean(self._good), self._card)
        self._likeness = steps(score, self._rules.threshold)
        if score < self._rules.threshold:
            return self._end(FaceDoubt.OTHER_PERSON)
        return self._next(at)

    def _next(self, at: int) -> list[Told]:
        """The next turn, or the end where all were made."""
        if not self._turns:
            return self._end(None)
        side = self._turns.pop(0)
        self._turning = Turning(self._rules, side, [face.points for face in self._ahead], at)
        self._phase, self._since = "turning", at
        return [*self._hints.ask(_ASK[side])]

    def _turn(self, sight: Sight) -> list[Told]:
        assert self._turning is not None
        face = self._followed(sight)
        if not isinstance(face, Face):
            return face
        if self._turning.see(face.points, sight.at):
            self._phase, self._since = "returning", sight.at
            return [*self._hints.ask(FaceHint.LOOK_AHEAD)]
        return self._end(FaceDoubt.NO_TURN) if self._turning.confused else []

    def _return(self, sight: Sight) -> list[Told]:
        """Looking ahead again, it must be the person who was compared."""
        face = self._followed(sight)
        if not isinstance(face, Face):
            return face
        if not self._ahead_again(sight, face):
            return []
        if likeness(sight.template(), mean(self._good)) < self._rules.steady:
            return self._end(FaceDoubt.SWAPPED)
        return self._next(sight.at)

    def _ahead_again(self, sight: Sight, face: Face) -> bool:
        """A face that looks covered is never called turned: it is held against how it was ahead."""
        if sight.hint is not FaceHint.MASK:
            return sight.hint is None
        turn = turn_from([one.points for one in self._ahead], face.points)
        return abs(turn.by) < self._rules.gate.turned

    def _followed(self, sight: Sight) -> Face | list[Told]:
        """The face where it can be followed; else what is to be told."""
        if sight.face is None or sight.hint in _UNSEEN:
            return []
        same = self._track.same(sight, sight.face)
        if same:
            return sight.face
        return self._end(FaceDoubt.SWAPPED) if same is False else []

    def _end(self, doubt: FaceDoubt | None) -> list[Told]:
        turned: bool | None = None
        if self._asked_for and self._phase in ("turning", "returning"):
            turned = doubt is None
        self._phase = "over"
        verdict = FaceVerdict(doubt, self._likeness, turned, len(self._good))
        self._good.clear()
        self._ahead.clear()
        return [verdict]
