"""Where effects run: one lane for each piece of hardware or service, so that none waits for another."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Protocol

import structlog

Job = Callable[[], None]
_log = structlog.get_logger(__name__)


class Lane(Protocol):
    def submit(self, job: Job) -> None:
        """Runs ``job`` later, after those submitted before it. Never blocks."""

    def close(self) -> None:
        """Lets the running job end and drops the others. Idempotent."""


class ThreadLane:
    """A thread with an inbox."""

    def __init__(self, name: str) -> None:
        self._inbox: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        if not self._closed:
            self._inbox.put(job)

    def close(self, timeout_s: float = 2.0) -> None:
        """A job that hangs past the time-out is left behind on its daemon thread: its own watchdog ends it."""
        self._closed = True
        self._inbox.put(None)
        if self._thread is not threading.current_thread():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while (job := self._inbox.get()) is not None and not self._closed:
            try:
                job()
            except Exception as error:
                # The type alone: a message could carry personal data. A lost effect ends in its page's time limit.
                _log.error("lane.job_failed", lane=self._thread.name, error=type(error).__name__)
            del job  # waiting for the next one, this thread would keep what the job held: a card's proof
