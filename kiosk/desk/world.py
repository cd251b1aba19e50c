"""What the desk needs of the world around it; passed in, so that all of it also runs in virtual time."""

from __future__ import annotations

from typing import Protocol

from kiosk.visit.moment import Moment


class World(Protocol):
    def now(self) -> Moment:
        """Both clocks at once."""

    def new_id(self) -> str:
        """An identifier never given before, sortable by time."""

    def random_bytes(self, count: int) -> bytes:
        """Fresh randomness."""


class Owners(Protocol):
    """Which programs run: every ledger that several processes share can tell."""

    def is_running(self, chain: str) -> bool:
        """Whether the program that writes this chain is there now."""
