"""Where the digits of a PIN go: straight into bytes that can be wiped, never into text."""

from __future__ import annotations

from collections.abc import Callable

PutSecret = Callable[[bytearray], str]
"""Takes the digits over and wipes the bytearray; gives the name of the slot they lie in."""


class SecretBuffer:
    """Digits while they are typed, in one bytearray of fixed room: it never grows, so it leaves no copy behind."""

    def __init__(self, room: int) -> None:
        self._digits = bytearray(room)
        self._count = 0

    def add(self, digit: int) -> None:
        """One digit, 0 to 9; beyond its room it is ignored."""
        if not 0 <= digit <= 9:
            raise ValueError("a digit is 0 to 9")
        if self._count < len(self._digits):
            self._digits[self._count] = ord("0") + digit
            self._count += 1

    def take(self, digits: bytearray) -> None:
        """Others' digits in place of these; ``digits`` are wiped."""
        self.wipe()
        for place in range(len(digits)):
            self.add(digits[place] - ord("0"))
            digits[place] = 0

    def digit(self, place: int) -> int | None:
        """For what may be shown, because it stands on the card; None for a place that is still empty."""
        return self._digits[place] - ord("0") if 0 <= place < self._count else None

    def drop_last(self) -> None:
        if self._count:
            self._count -= 1
            self._digits[self._count] = 0

    def wipe(self) -> None:
        self._digits[:] = bytes(len(self._digits))
        self._count = 0

    def hand_over(self, put: PutSecret) -> str:
        """Gives the digits away and forgets them; returns the slot's name."""
        slot = put(self._digits[: self._count])
        self.wipe()
        return slot

    def __len__(self) -> int:
        return self._count

    def __repr__(self) -> str:
        return "SecretBuffer(…)"
