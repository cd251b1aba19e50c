"""Work that must not stop the screen: done on threads of its own, its outcome brought back to the screen's."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import msgspec
import structlog
from PySide6.QtCore import QObject, Qt, Signal, Slot

from kiosk.accounts.errors import AccountFileError
from kiosk.ledger import LedgerError

T = TypeVar("T")
_log = structlog.get_logger(__name__)


class Trouble(msgspec.Struct, frozen=True):
    """What could not be done because a file that is needed cannot be used now. ``part``: ``ledger``, ``accounts``,
    ``patients``, or ``bug`` for a mistake of the program. ``code``: the error's own."""

    part: str
    code: str = ""


def nothing(_outcome: object) -> None:
    """For what is not waited for."""


class Lane(Protocol):
    def do(self, job: Callable[[], T], then: Callable[[T | Trouble], object] = nothing) -> None:
        """Does ``job`` elsewhere, in turn, and calls ``then`` with what came of it on the screen's thread."""

    def close(self) -> None:
        """Ends after the job that runs; what waits is dropped. Idempotent."""


def outcome_of(job: Callable[[], T]) -> T | Trouble:
    """What a job gives. Files that cannot be used are values; anything else that is raised is a bug, told to the log by
    its type alone."""
    try:
        return job()
    except LedgerError as error:
        return Trouble("ledger", error.code)
    except AccountFileError as error:
        return Trouble("accounts", error.code)
    except Exception as error:
        _log.exception("console.job_failed", exc_info=False, error=type(error).__name__)
        return Trouble("bug", type(error).__name__)


class HereLane:
    """Does everything at once and on the caller's thread: for pictures and tests."""

    def do(self, job: Callable[[], T], then: Callable[[T | Trouble], object] = nothing) -> None:
        then(outcome_of(job))

    def close(self) -> None:
        pass


class _Courier(QObject):
    """Belongs to the thread that makes it; what is handed to ``carry`` is called there."""

    _handed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._handed.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def carry(self, call: Callable[[], object]) -> None:
        self._handed.emit(call)

    @Slot(object)
    def _call(self, call: Callable[[], object]) -> None:
        call()


class ThreadLane:
    """One thread. ``tick`` is done whenever nothing else was for ``every_s``, and after each job. What it
    raises ends nothing: it is done again."""

    def __init__(self, name: str, tick: Callable[[], object] | None = None, every_s: float = 0.2) -> None:
        self._courier = _Courier()
        self._tick = tick
        self._every_s = every_s if tick is not None else None
        self._jobs: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def do(self, job: Callable[[], T], then: Callable[[T | Trouble], object] = nothing) -> None:
        def work() -> None:
            outcome = outcome_of(job)
            self._bring(lambda: then(outcome))

        self._jobs.put(work)

    def close(self, timeout_s: float = 5.0) -> None:
        self._closed = True
        self._jobs.put(None)
        self._thread.join(timeout_s)

    def _bring(self, call: Callable[[], Any]) -> None:
        def unless_closed() -> None:
            if not self._closed:
                call()

        self._courier.carry(unless_closed)

    def _run(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=self._every_s)
            except queue.Empty:
                job = _nothing_else
            if job is None or self._closed:
                return
            job()
            if self._tick is not None:
                outcome_of(self._tick)


def _nothing_else() -> None:
    pass
