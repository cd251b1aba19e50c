"""The bench on which simulated cards are placed: one in this process, one behind a real PC/SC service."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from drivers.interface import CardReader, ReaderSnapshot
from simulator.card import SimulatedCard
from simulator.links.faults import CardFault
from simulator.links.inprocess import SHORT_APDU, InProcessReader
from simulator.playing.world import VirtualWorld
from simulator.scenarios.scenario import ScenarioError

_EXTENDED_APDU = 65_544  # what a reader reports that carries them
_NOTICED_WITHIN_S = 10.0


class Bench(Protocol):
    """A reader, and the hands that put cards on it. Each call returns when the reader has noticed."""

    @property
    def reader(self) -> CardReader: ...

    def plan(self, faults: Sequence[CardFault], replacement: SimulatedCard | None = None) -> None:
        """The faults of the next card that is placed, and the card that a swapping fault puts in its place."""

    def insert(self, card: SimulatedCard) -> None: ...

    def swap(self, card: SimulatedCard) -> None:
        """Another card in the place of the one that lies there, too quickly for a removal to be seen."""

    def remove(self) -> None: ...

    def set_away(self, away: bool) -> None:
        """The reader, or the service behind it, goes away or comes back; a card stays on it."""

    def close(self) -> None: ...


class InProcessBench:
    """No hardware, no service, virtual time."""

    def __init__(self, world: VirtualWorld, *, extended_apdus: bool = False) -> None:
        self.reader: InProcessReader = InProcessReader(
            extended_length=_EXTENDED_APDU if extended_apdus else SHORT_APDU,
            sleep=lambda seconds: world.advance(round(seconds * 1000)),
        )
        self._planned: tuple[Sequence[CardFault], SimulatedCard | None] = ((), None)

    def plan(self, faults: Sequence[CardFault], replacement: SimulatedCard | None = None) -> None:
        self._planned = (faults, replacement)

    def insert(self, card: SimulatedCard) -> None:
        (faults, replacement), self._planned = self._planned, ((), None)
        self.reader.insert(card, faults, replacement)

    def swap(self, card: SimulatedCard) -> None:
        self.reader.swap(card)

    def remove(self) -> None:
        self.reader.remove()

    def set_away(self, away: bool) -> None:
        self.reader.set_service(not away)

    def close(self) -> None:
        self.reader.close()


class NoticedWatch:
    """Waits in real time until a reader that runs on its own thread shows something."""

    def __init__(self, reader: CardReader) -> None:
        self._changed = threading.Condition()
        self._now = ReaderSnapshot()
        reader.watch(self._tell)

    def _tell(self, snapshot: ReaderSnapshot) -> None:
        with self._changed:
            self._now = snapshot
            self._changed.notify_all()

    @property
    def insertion(self) -> int:
        with self._changed:
            return self._now.insertion

    def wait(self, wanted: Callable[[ReaderSnapshot], bool]) -> None:
        """Raises ``ScenarioError`` when the reader does not notice in time."""
        with self._changed:
            if not self._changed.wait_for(lambda: wanted(self._now), _NOTICED_WITHIN_S):
                raise ScenarioError(f"the reader {self._now.name!r} did not notice what was done to it")
