"""Time, identifiers and randomness, passed in: the whole reception also runs in virtual time."""

from __future__ import annotations

import os
import secrets
import time
from typing import Protocol

from kiosk.visit.moment import Moment


class World(Protocol):
    def now(self) -> Moment:
        """Both clocks at once."""

    def new_id(self) -> str:
        """An identifier never given before, sortable by time."""

    def random_bytes(self, count: int) -> bytes:
        """Fresh randomness for challenges."""


class SystemWorld:
    """The machine's own clocks and randomness."""

    def now(self) -> Moment:
        return Moment(mono=time.monotonic_ns() // 1_000_000, wall=time.time_ns() // 1_000_000)

    def new_id(self) -> str:
        """48 bits of milliseconds and 80 random bits, as a UUID of version 7 (RFC 9562) in hexadecimal."""
        value = (time.time_ns() // 1_000_000 << 80) | int.from_bytes(secrets.token_bytes(10))
        value = value & ~(0xF << 76) | 0x7 << 76
        value = value & ~(0x3 << 62) | 0x2 << 62
        return f"{value:032x}"

    def random_bytes(self, count: int) -> bytes:
        return os.urandom(count)
