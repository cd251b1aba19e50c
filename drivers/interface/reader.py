"""Readers and the connections to their cards."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from drivers.interface.failures import LinkError


@dataclass(frozen=True, slots=True)
class Response:
    """A card's answer to one APDU: data without the status word, and SW1SW2 as one number."""

    data: bytes = field(repr=False)
    sw: int


class CardConnection(Protocol):
    """A card that was powered and is held for us alone. The only thing a card application needs."""

    @property
    def extended_length(self) -> int:
        """Largest APDU that the reader says it can carry, in bytes; 261 or less means short APDUs only."""

    def transmit(self, apdu: bytes) -> Response:
        """Sends one command APDU. Raises ``LinkError``; then the connection is dead, except for
        ``ExtendedRefused``, after which short APDUs still work."""


class ExtendedRefused(LinkError):
    """The reader's driver cannot carry an extended APDU, whatever it claimed. Not a removed card."""


@dataclass(frozen=True, slots=True)
class ReaderSnapshot:
    """What is known of one reader now.

    ``enabled``: its service runs. ``available``: the device is there. ``scanned``: the first look is done,
    so that "no reader" is a finding and not a beginning. ``insertion`` counts cards put in since start and
    changes with every card, also with a swap too quick to see as a removal.
    """

    name: str = ""
    enabled: bool = False
    available: bool = False
    scanned: bool = False
    card_present: bool = False
    mute: bool = False
    insertion: int = 0


Listener = Callable[[ReaderSnapshot], None]


class CardReader(Protocol):
    """One reader with at most one card."""

    def watch(self, listener: Listener) -> None:
        """Begins to report snapshots: the first as soon as something is known, then each change.
        The listener is called on the driver's own thread and must return at once."""

    def snapshot(self) -> ReaderSnapshot:
        """The latest snapshot; never blocks."""

    def connect(self, insertion: int) -> AbstractContextManager[CardConnection]:
        """Opens one transaction with the card of this insertion, ended by a reset of the card.
        Raises ``LinkError`` on entry when another card or none is there."""

    def close(self) -> None:
        """Stops watching and releases everything. Idempotent; returns when the driver's thread has ended."""
