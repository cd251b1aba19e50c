"""A thread for calls that may never return, and the watchdog over them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeVar

from drivers.waiting import Hung, called

_T = TypeVar("_T")
_Job = Callable[[], None]


class Worker:
    """Runs calls one after another on a thread of its own.

    A hung call cannot be interrupted: the worker is abandoned with it. Should the call return after all,
    ``at_end`` runs and the thread ends, so that nothing stays open behind anybody's back.
    """

    def __init__(self, name: str, at_end: Callable[[], None]) -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._at_end = at_end
        self._abandoned = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

    def call(self, work: Callable[[], _T], timeout: float) -> _T:
        """Waits for the result; exceptions come through. Raises ``Hung`` after ``timeout`` seconds."""
        try:
            return called(self._jobs.put, work, timeout)
        except Hung:
            self._abandoned = True
            self._jobs.put(None)
            raise

    def post(self, work: _Job) -> None:
        """Runs ``work`` after what was asked before, without waiting. It must not raise."""
        self._jobs.put(work)

    def stop(self, timeout: float) -> bool:
        """Ends the thread after what was asked before; False where it hangs beyond ``timeout`` seconds."""
        self._jobs.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None and not self._abandoned:
            job()
            del job  # it may hold a secret's last copy, and the next one may be long in coming
        self._at_end()
