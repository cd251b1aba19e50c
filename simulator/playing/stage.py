"""A reception on one thread and in virtual time: every effect runs in the order in which it was asked for."""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import msgspec

from drivers.interface import CardReader, Failure, Fault
from kiosk.ledger import Ledger, LedgerError
from kiosk.reception.hands import Devices, Hands, Lanes
from kiosk.reception.lanes import Job
from kiosk.reception.reception import Reception, Watcher
from kiosk.reception.secrets import SecretSlots
from kiosk.reception.watching import ReaderWatch
from kiosk.visit.acts import Act, event_of
from kiosk.visit.effects import AlertStaff, AnyEffect
from kiosk.visit.events import AnyEvent, Event, TimePassed
from kiosk.visit.policy import Policy
from kiosk.visit.states import Visit
from kiosk.visit.views import VisitView
from simulator.playing.world import VirtualWorld

_SETTLED_AFTER = 10_000
_DRIVER_THREAD_S = 0.001
JAM = Failure.of(Fault.PRINTER_GONE, "simulated jam")


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
        watch: Watcher | None = None,
    ) -> None:
        self.world = world
        self.ledger = ledger
        self.secrets = SecretSlots()
        self.alerts: list[str] = []
        self.breaches: list[str] = []
        self.checked = 0
        self._watch = watch
        self._show = show
        self._listeners: list[Callable[[VisitView], None]] = []
        self._timers: list[tuple[int, int, Job]] = []
        self._timer_count = count()
        self._view: VisitView | None = None
        self._inbox: queue.SimpleQueue[tuple[type[Event], dict[str, Any]]] = queue.SimpleQueue()
        self._jobs: deque[Job] = deque()
        lane = _DirectLane(self._jobs)
        self._hands = Hands(world, devices, Lanes(lane, lane, lane, lane, lane), self.secrets, self.post)
        self.reception = Reception(
            world, ledger, policy, self._hands, self._shown,
            alert=self._alerted, watch=self._step, breach=self._broken, simulated=True,
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
        assert self._view is not None
        return self._view

    def post(self, kind: type[Event], /, **fields: Any) -> None:
        self._inbox.put((kind, fields))

    def act(self, *acts: Act) -> None:
        """What a person does at the screen, and everything that follows at once; several acts come so quickly that
        nothing happens between them. Raises ``UnknownAct``."""
        for act in acts:
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

    def desk(self, action: str, staff: str, **told: str) -> bool:
        """A member of staff asks, from the console, for the visit to move; ``told`` are the act's other arguments.
        False if the terminal did not take it."""
        visit = self.visit.id
        try:
            request = self.ledger.request(visit, action, msgspec.json.encode(told), f"staff:{staff}")
            self.reception.poll_requests()
        except LedgerError:
            return False
        self.settle()
        asked = self.ledger.requests(unanswered=False, visit=visit)
        return any(one.id == request and one.accepted for one in asked)

    def after(self, milliseconds: int, job: Job) -> None:
        """Runs ``job`` that much later; 0: after everything that is under way now."""
        if milliseconds:
            self._timers.append((self.world.now().mono + milliseconds, next(self._timer_count), job))
        else:
            self._jobs.append(job)

    def when_shown(self, listener: Callable[[VisitView], None]) -> None:
        """``listener`` is told the page that is shown now, and each page when it is shown, before its effects run."""
        self._listeners.append(listener)
        listener(self.view)

    def due(self) -> int | None:
        """The moment at which time itself changes something; None if it never does."""
        moments = [at for at, _, _ in self._timers]
        deadline = self.reception.due()
        return min(moments if deadline is None else [deadline, *moments], default=None)

    def wait(self, milliseconds: int) -> None:
        """Lets time pass, stopping at every deadline on the way."""
        until = self.world.now().mono + milliseconds
        while (due := self.due()) is not None and due <= until:
            self.world.advance(max(0, due - self.world.now().mono))
            rung = self._ring()
            self.post(TimePassed)
            before = self.reception.visit
            self.settle()
            if self.reception.visit is before and not rung:
                break
        self.world.advance(max(0, until - self.world.now().mono))
        self.reception.look_for_late_answers()
        self.settle()

    def _ring(self) -> bool:
        now = self.world.now().mono
        rung = sorted(timer for timer in self._timers if timer[0] <= now)
        self._timers = [timer for timer in self._timers if timer[0] > now]
        self._jobs.extend(job for _at, _order, job in rung)
        return bool(rung)

    def close(self) -> None:
        self._hands.close()
        self.ledger.close()

    def _shown(self, view: VisitView) -> None:
        self._view = view
        self._show(view)
        for listener in self._listeners:
            listener(view)

    def _alerted(self, effect: AlertStaff, _visit: Visit) -> None:
        self.alerts.append(str(effect.cause))

    def _step(self, before: Visit, event: AnyEvent, after: Visit, effects: tuple[AnyEffect, ...]) -> None:
        self.checked += 1
        if self._watch is not None:
            self._watch(before, event, after, effects)

    def _broken(self, rule: str, event: AnyEvent) -> None:
        self.breaches.append(f"{rule} ({type(event).__name__})")
