"""One-shot places for digits on their way from the keypad to the card.

The screen puts a bytearray in and gets a slot's name; only the card thread takes it out, once, and wipes it.
"""

from __future__ import annotations

from threading import Lock


class SecretSlots:
    """Thread-safe. Digits never become ``str``; what was not taken is overwritten."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._count = 0
        self._slots: dict[str, bytearray] = {}

    def put(self, digits: bytearray) -> str:
        """Takes the digits over: the caller's buffer is copied and wiped. Returns the slot's name."""
        with self._lock:
            self._count += 1
            name = f"slot-{self._count}"
            self._slots[name] = bytearray(digits)
            wipe(digits)
            return name

    def slot(self, name: str) -> Slot:
        return Slot(self, name)

    def take(self, name: str) -> bytearray:
        """The digits, for the caller to wipe; empty if they were taken or thrown away before."""
        with self._lock:
            return self._slots.pop(name, bytearray())

    def holds(self, name: str) -> bool:
        """Whether the digits still wait there."""
        with self._lock:
            return name in self._slots

    def discard(self, name: str) -> None:
        wipe(self.take(name))

    def discard_all(self) -> None:
        with self._lock:
            for digits in self._slots.values():
                wipe(digits)
            self._slots.clear()


class Slot:
    """One slot as a driver sees it: ``drivers.interface.Secret``."""

    def __init__(self, slots: SecretSlots, name: str) -> None:
        self._slots = slots
        self._name = name

    def take(self) -> bytearray:
        return self._slots.take(self._name)


def wipe(digits: bytearray) -> None:
    for index in range(len(digits)):
        digits[index] = 0
    digits.clear()
