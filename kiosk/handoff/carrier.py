"""What becomes of an attempt to deliver."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec

from kiosk.handoff.parcel import Parcel


class Taken(msgspec.Struct, frozen=True):
    """The receiver has it, now or from an attempt before."""


class Later(msgspec.Struct, frozen=True):
    """Not now. ``problem``: a code for people, nothing personal."""

    problem: str


class Refused(msgspec.Struct, frozen=True):
    """The same would be refused again: people must look."""

    problem: str


Outcome = Taken | Later | Refused


class Carrier(Protocol):
    """Brings parcels to one place. Whatever the other side does comes back as a value."""

    def deliver(self, parcel: Parcel, key: str, now: datetime, /) -> Outcome: ...

    def close(self) -> None: ...
