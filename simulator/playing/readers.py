"""The bench on which simulated cards are placed: one in this process, one behind a real PC/SC service."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from drivers.interface import CardReader, ReaderSnapshot
from simulator.card import SimulatedCard
from simulator.links.faults import CardFault
from simulator.links.inprocess import InProcessReader
from simulator.playing.stage import Stage
from simulator.playing.world import VirtualWorld
from simulator.scenarios.scenario import FaultPart, ScenarioError

READER_FAULTS = ("reader_away", "service_killed")
_NOTICED_WITHIN_S = 10.0


class Bench(Protocol):
    """A reader, and the hands that put cards on it. Each call returns when the reader has noticed."""

    @property
    def reader(self) -> CardReader: ...

    def plan(self, faults: Sequence[CardFault]) -> None:
        """The faults of the next card that is placed."""

    def insert(self, card: SimulatedCard) -> None: ...

    def remove(self) -> None: ...

    def set_away(self, away: bool) -> None:
        """The reader, or the service behind it, goes away or comes back; a card stays on it."""

    def close(self) -> None: ...


class InProcessBench:
    """No hardware, no service, virtual time."""

    def __init__(self, world: VirtualWorld, *, extended_length: int = 261) -> None:
        self.reader: InProcessReader = InProcessReader(
            extended_length=extended_length, sleep=lambda seconds: world.advance(round(seconds * 1000))
        )
        self._faults: tuple[CardFault, ...] = ()

    def plan(self, faults: Sequence[CardFault]) -> None:
        self._faults = tuple(faults)

    def insert(self, card: SimulatedCard) -> None:
        faults, self._faults = self._faults, ()
        self.reader.insert(card, faults)

    def remove(self) -> None:
        self.reader.remove()

    def set_away(self, away: bool) -> None:
        self.reader.set_service(not away)

    def close(self) -> None:
        self.reader.close()


def fail_on_page(bench: Bench, stage: Stage, faults: Mapping[str, FaultPart]) -> None:
    """Lets the reader go away, once, when a page is first reached; it comes back by itself unless ``seconds`` is
    negative."""
    pending = dict(faults)
    for fault in faults.values():
        if fault.kind not in READER_FAULTS:
            raise ScenarioError(f"faults: {fault.kind!r} is neither a fault of the link nor of the reader")

    def reached(state: str) -> None:
        fault = pending.pop(state, None)
        if fault is None:
            return
        bench.set_away(True)
        if fault.seconds >= 0:
            stage.later(lambda: bench.set_away(False))

    stage.when_shown(reached)


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
