"""Looks again and again for what certified readers left, on a thread of its own: a share may be slow, or away."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Protocol

import structlog

from kiosk.coverage.face_result import FaceResult
from kiosk.reception.posting import Post
from kiosk.reception.world import World
from kiosk.visit.events import FaceResultArrived

EVERY_S = 0.5
RECENT_S = 300.0
"""How old a result may be, and how wrong the clock of whoever named it, for its patient to be still here."""
_LONGEST_PAUSE_S = 30.0
_SHARE_OF_TIME = 4
"""A look that took long is followed by a pause so many times as long, so that a slow share is not kept busy."""
_log = structlog.get_logger(__name__)


class ResultSource(Protocol):
    def face_results(self) -> Iterable[FaceResult]:
        """As of ``EligibilityService``."""


class ResultWatch:
    """Posts each result once. Nothing that a folder holds or does ends it."""

    def __init__(self, source: ResultSource, world: World, post: Post, *, every_s: float = EVERY_S) -> None:
        self._source = source
        self._world = world
        self._post = post
        self._every_s = every_s
        self._failures = 0
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="results", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self, timeout_s: float = 2.0) -> None:
        """A look that hangs on a dead share is left behind on its daemon thread. Idempotent."""
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def look(self) -> None:
        """One look: posts what is new."""
        now = self._world.now().wall / 1000
        for result in self._source.face_results():
            recent = abs(now - result.at.timestamp()) <= RECENT_S
            self._post(FaceResultArrived, result=result, recent=recent)

    def pause_s(self, took_s: float) -> float:
        """How long to wait after a look that took so long."""
        grown = self._every_s * 2**self._failures if self._failures else self._every_s
        return min(max(grown, took_s * _SHARE_OF_TIME), _LONGEST_PAUSE_S)

    def _run(self) -> None:
        pause = 0.0
        while not self._closed.wait(pause):
            began = time.monotonic()
            try:
                self.look()
                self._failures = 0
            except Exception as error:
                # The type alone: a message could carry personal data.
                self._failures = min(self._failures + 1, 10)
                _log.error("results.look_failed", error=type(error).__name__)
            pause = self.pause_s(time.monotonic() - began)
