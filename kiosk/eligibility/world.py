"""Time and randomness, passed in so that everything here also runs in virtual time."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import Protocol


class World(Protocol):
    def now(self) -> datetime:
        """The instant; knows its time zone."""

    def monotonic(self) -> float:
        """Seconds for measuring intervals only."""

    def sleep(self, seconds: float) -> None:
        """Lets time pass."""

    def token(self) -> str:
        """128 fresh random bits as 32 hexadecimal digits."""


class SystemWorld:
    """The machine's own clocks and its source of randomness."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def token(self) -> str:
        return secrets.token_hex(16)
