"""Work that goes on beside the visits: the re-check queue, the hand-off, the patient file."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

_log = structlog.get_logger(__name__)


class Background:
    """Does ``work`` again and again on a thread of its own, until closed: ``every_s`` apart, at once where it answers
    True (there is more). ``at_end`` is done once, last. What goes wrong is logged as ``NAME.failed`` and tried again: a
    bug must not end it for the rest of the day."""

    def __init__(
        self,
        name: str,
        work: Callable[[], object],
        *,
        every_s: float,
        at_end: Callable[[], object] = lambda: None,
    ) -> None:
        self._name = name
        self._work = work
        self._every_s = every_s
        self._at_end = at_end
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self, timeout_s: float = 5.0) -> None:
        """Work that takes longer than this is left to end by itself."""
        self._stopping.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            if self._done(self._work) is not True:
                self._stopping.wait(self._every_s)
        self._done(self._at_end)

    def _done(self, work: Callable[[], object]) -> object:
        try:
            return work()
        except Exception as error:
            _log.error(f"{self._name}.failed", error=_named(error))
            return None


def _named(error: Exception) -> str:
    """The code of an error with a remedy, else its type; never a message, which may name somebody."""
    code = getattr(error, "code", None)
    return code if isinstance(code, str) else type(error).__name__
