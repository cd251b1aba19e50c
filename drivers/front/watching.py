"""From one picture to the next: what is told, and when two pictures agree."""

from __future__ import annotations

from drivers.front.fields import Never
from drivers.interface import CardFront, FrontHint

AGREEING = 2
"""So many pictures, one after another, must say the same before it is told."""

Told = FrontHint | CardFront


class Watching:
    """Takes what each picture said; gives what is new. ``upside_down``: how the next one is to be read."""

    def __init__(self) -> None:
        self._last: Told | Never | None = None
        self._agreed = 0
        self._read: CardFront | None = None
        self._hint: FrontHint | None = None
        self.upside_down = False

    def see(self, seen: CardFront | Never | FrontHint, *, on_its_head: bool = False) -> list[Told]:
        """``seen``: what was read, or else what kept it from being read. ``on_its_head``: it looks as if it had been
        read from the wrong end."""
        self._agreed = self._agreed + 1 if seen == self._last else 1
        self._last = seen
        if on_its_head:
            self.upside_down = not self.upside_down
        if isinstance(seen, FrontHint):
            return self._hinted(seen)
        agreed = self._agreed >= AGREEING
        if isinstance(seen, Never):
            self._read = None
            return self._hinted(_hint(seen, agreed=agreed))
        told: list[Told] = [*self._hinted(FrontHint.HOLD_STILL)]
        if agreed and seen != self._read:
            self._read = seen
            told.append(seen)
        return told

    def _hinted(self, hint: FrontHint) -> list[Told]:
        if hint is self._hint:
            return []
        self._hint = hint
        return [hint]


def _hint(seen: Never, *, agreed: bool) -> FrontHint:
    """The other side is told at once; a date may be read wrongly once."""
    if seen is Never.OTHER_SIDE:
        return FrontHint.OTHER_SIDE
    western = seen is Never.WESTERN_BIRTH and agreed
    return FrontHint.WESTERN_BIRTH if western else FrontHint.HOLD_STILL
