"""A reception on one thread and in virtual time: every effect runs in the order in which it was asked for."""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from drivers.interface import CardReader, Failure
from kiosk.ledger import Ledger
from kiosk.reception.hands import Devices, Hands, Lanes
from kiosk.reception.lanes import Job
from kiosk.reception.reception import Reception
from kiosk.reception.secrets import SecretSlots
from kiosk.reception.watching import ReaderWatch
from kiosk.visit.acts import Act, event_of
from kiosk.visit.effects import AlertStaff, AnyEffect
from kiosk.visit.events import AnyEvent, Event, TimePassed
from kiosk.visit.invariants import broken
from kiosk.visit.policy import Policy
from kiosk.visit.states import Visit
from kiosk.visit.views import VisitView
from simulator.playing.world import VirtualWorld

_SETTLED_AFTER = 10_000
_DRIVER_THREAD_S = 0.001


class Step(Protocol):
    def __call__(
        self, before: Visit, event: AnyEvent, after: Visit, effects: tuple[AnyEffect, ...]
    ) -> None: ...


@dataclass
class PaperTray:
    """A printer that keeps what it was given. ``jammed`` makes it fail."""

    pages: dict[str, bytes] = field(default_factory=dict)
    jammed: Failure | None = None

    def print_pdf(self, title: str, pdf: bytes) -> Failure | None:
        if self.jammed is None:
            self.pages[title] = pdf
        return self.jammed


class Quiet:
    """A speaker that only remembers."""

    def __init__(self) -> None:
        self.played: list[str] = []

    def play(self, sound: str) -> None:
        self.played.append(sound)


class _DirectLane:
    def __init__(self, jobs: deque[Job]) -> None:
        self._jobs = jobs

    def submit(self, job: Job) -> None:
        self._jobs.append(job)

    def close(self) -> None:
        self._jobs.clear()


@dataclass
class Breach:
    rule: str
    event: str


class Stage:
    """Feeds a reception and lets it settle. ``devices`` are real adapters or simulated ones: the stage does not care.

    Events that a driver posts from its own thread (PC/SC) are taken up at the next ``settle``.
    """

    def __init__(
        self,
        world: VirtualWorld,
        ledger: Ledger,
        policy: Policy,
        devices: Devices,
        reader: CardReader | None = None,
        *,
        show: Callable[[VisitView], None] = lambda _view: None,
        watch: Step | None = None,
    ) -> None:
        self.world = world
        self.ledger = ledger
        self.secrets = SecretSlots()
        self.views: list[VisitView] = []
        self.alerts: list[str] = []
        self.breaches: list[Breach] = []
        self.checked = 0
        self._watch = watch
        self._show = show
        self._listeners: list[Callable[[str], None]] = []
        self._inbox: queue.SimpleQueue[tuple[type[Event], dict[str, Any]]] = queue.SimpleQueue()
        self._jobs: deque[Job] = deque()
        lane = _DirectLane(self._jobs)
        self._hands = Hands(world, devices, Lanes(lane, lane, lane), self.secrets, self.post)
        self.reception = Reception(
            world, ledger, policy, self._hands, self.post, self._shown,
            alert=self._alerted, watch=self._step, simulated=True,
        )  # fmt: skip
        self._reader = reader
        self._seen = ReaderWatch(self.post)
        if reader is not None:
            reader.watch(self._seen)
        self.settle()

    @property
    def visit(self) -> Visit:
        return self.reception.visit

    @property
    def view(self) -> VisitView:
        return self.views[-1]

    def post(self, kind: type[Event], /, **fields: Any) -> None:
        self._inbox.put((kind, fields))

    def act(self, act: Act) -> None:
        """What a person does at the screen, and everything that follows at once. Raises ``UnknownAct``."""
        self.reception.handle(event_of(act, self.world.new_id(), self.world.now()))
        self.settle()

    def settle(self) -> None:
        """Until nothing is under way any more."""
        for _ in range(_SETTLED_AFTER):
            if not self._inbox.empty():
                kind, fields = self._inbox.get()
                event = kind(id=self.world.new_id(), at=self.world.now(), **fields)
                self.reception.handle(event)  # type: ignore[arg-type]
            elif self._reader is not None and not self._seen.has_seen(self._reader.snapshot()):
                time.sleep(_DRIVER_THREAD_S)  # a real reader tells its news on its own thread
            elif self._jobs:
                self._jobs.popleft()()
            else:
                return
        raise RuntimeError("the visit never settles")

    def later(self, job: Job) -> None:
        """Runs ``job`` after everything that is under way now."""
        self._jobs.append(job)

    def when_shown(self, listener: Callable[[str], None]) -> None:
        """``listener`` is told each page's state when it is shown."""
        self._listeners.append(listener)

    def wait(self, milliseconds: int) -> None:
        """Lets time pass, stopping at every deadline on the way."""
        until = self.world.now().mono + milliseconds
        while (due := self.reception.due()) is not None and due <= until:
            self.world.advance(max(0, due - self.world.now().mono))
            self.post(TimePassed)
            before = self.reception.visit
            self.settle()
            if self.reception.visit is before:
                break
        self.world.advance(max(0, until - self.world.now().mono))

    def close(self) -> None:
        self._hands.close()
        self.ledger.close()

    def _shown(self, view: VisitView) -> None:
        self.views.append(view)
        self._show(view)
        for listener in self._listeners:
            listener(view.state)

    def _alerted(self, effect: AlertStaff, _visit: Visit) -> None:
        self.alerts.append(str(effect.cause))

    def _step(self, before: Visit, event: AnyEvent, after: Visit, effects: tuple[AnyEffect, ...]) -> None:
        self.checked += 1
        self.breaches += [
            Breach(rule, type(event).__name__) for rule in broken(before, event, after, effects)
        ]
        if self._watch is not None:
            self._watch(before, event, after, effects)
