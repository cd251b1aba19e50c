"""Was a head turned, and was it one? The rule of the five points. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.face.geometry import Points, Turn, turn_from
from drivers.face.rules import Rules, Side

_FLAT_PICTURES = 3
_WRONG_SIDES = 2  # people confuse them once; what goes to and fro does so for ever


class Turning:
    """One turn that was asked for. ``ahead``: the face looking ahead, in several pictures; ``asked``: when."""

    def __init__(self, rules: Rules, side: Side, ahead: Sequence[Points], asked: int) -> None:
        self._rules, self._side, self._ahead, self._asked = rules, side, ahead, asked
        self._good = 0
        self._wrong = 0
        self._wrong_now = False
        self._flat = 0

    @property
    def flat(self) -> bool:
        """Something was turned that has no depth: the nose stayed in the plane, or the eyes came closer together
        while it stayed where it was."""
        return self._flat >= _FLAT_PICTURES

    @property
    def confused(self) -> bool:
        """It went to the other side, again and again."""
        return self._wrong >= _WRONG_SIDES

    def see(self, points: Points, at: int) -> bool:
        """Whether the turn is done with this picture. A turn that stood before it was asked for is none."""
        turn = turn_from(self._ahead, points)
        by = turn.by if self._side == "left" else -turn.by
        far, deep = by >= self._rules.turn, turn.depth >= self._rules.depth
        self._flat += self._looks_flat(turn)
        wrong = -by >= self._rules.turn and turn.kept >= self._rules.kept
        if wrong and not self._wrong_now:
            self._wrong += 1
        self._wrong_now = wrong
        if far and deep and turn.kept >= self._rules.kept and at - self._asked >= self._rules.reaction:
            self._good += 1
        return self._good >= self._rules.turned_frames

    def _looks_flat(self, turn: Turn) -> bool:
        """Both are clear of the trembling of points on a face that only looks ahead."""
        narrow = turn.kept < self._rules.kept and abs(turn.by) < self._rules.turn
        return narrow or (abs(turn.by) >= self._rules.turn and turn.depth < self._rules.depth)
