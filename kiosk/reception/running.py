"""The visit thread: takes events from the inbox one by one, and lets time pass when nothing comes."""

from __future__ import annotations

import queue
import threading
from typing import Any

import structlog

from kiosk.reception.reception import Reception
from kiosk.reception.world import World
from kiosk.visit.acts import Act, event_of
from kiosk.visit.events import AnyEvent, Event, TimePassed

REQUEST_POLL_S = 0.25
_log = structlog.get_logger(__name__)


class Inbox:
    """Stamps events with id and moment, in the order in which they are posted. Any thread may post."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = threading.Lock()
        self.queue: queue.SimpleQueue[AnyEvent | None] = queue.SimpleQueue()

    def post(self, kind: type[Event], /, **fields: Any) -> None:
        with self._lock:
            self.queue.put(kind(id=self._world.new_id(), at=self._world.now(), **fields))  # type: ignore[arg-type]

    def send(self, act: Act) -> None:
        """What a person did at a screen. Raises ``UnknownAct``."""
        with self._lock:
            self.queue.put(event_of(act, self._world.new_id(), self._world.now()))


class ReceptionThread:
    """Runs one reception until closed."""

    def __init__(self, world: World, inbox: Inbox, reception: Reception) -> None:
        self._world = world
        self._inbox = inbox
        self._reception = reception
        self._thread = threading.Thread(target=self._run, name="visit", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self, timeout_s: float = 5.0) -> None:
        self._inbox.queue.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            try:
                event = self._inbox.queue.get(timeout=self._wait())
            except queue.Empty:
                self._idle()
                continue
            if event is None:
                return
            self._guarded(lambda event=event: self._reception.handle(event))
            del event  # an answer would else be kept until the next event

    def _wait(self) -> float:
        due = self._reception.due()
        if due is None:
            return REQUEST_POLL_S
        return min(REQUEST_POLL_S, max(0.0, (due - self._world.now().mono) / 1000))

    def _idle(self) -> None:
        due = self._reception.due()
        if due is not None and self._world.now().mono >= due:
            self._inbox.post(TimePassed)
        self._guarded(self._reception.poll_requests)
        self._guarded(self._reception.look_after_results)
        self._guarded(self._reception.look_for_late_answers)
        self._guarded(self._reception.look_for_news)
        self._guarded(self._reception.keep_house)

    @staticmethod
    def _guarded(work: Any) -> None:
        """A bug in one step must not end the reception; the page's time limit leads the patient on."""
        try:
            work()
        except Exception as error:
            _log.exception("visit.step_failed", exc_info=False, error=type(error).__name__)
