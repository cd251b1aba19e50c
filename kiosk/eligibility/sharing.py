"""One service for the visits of a program and for what it asks again: each of the two is given its own late answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from kiosk.eligibility.around import Around
from kiosk.eligibility.port import EligibilityService, FaceResult, LateAnswer


class Shared:
    """What two users have of a service between them. A service gives each late answer once, to whoever asks."""

    def __init__(self, service: EligibilityService, is_of_the_queue: Callable[[str], bool]) -> None:
        """``is_of_the_queue``: whether a question of this id is one that was asked again."""
        self.visits = Share(service, self, queue=False)
        self.queue = Share(service, self, queue=True)
        self._service = service
        self._is_of_the_queue = is_of_the_queue
        self._lock = threading.Lock()
        self._waiting: dict[bool, list[LateAnswer]] = {True: [], False: []}

    def late_answers(self, *, queue: bool) -> list[LateAnswer]:
        with self._lock:
            for late in self._service.late_answers():
                self._waiting[self._is_of_the_queue(late.question_id)].append(late)
            mine, self._waiting[queue] = self._waiting[queue], []
        return mine


class Share(Around):
    """One user's. Face results are the visits'."""

    def __init__(self, service: EligibilityService, shared: Shared, *, queue: bool) -> None:
        super().__init__(service)
        self._shared = shared
        self._queue = queue

    def face_results(self) -> Iterable[FaceResult]:
        return () if self._queue else super().face_results()

    def late_answers(self) -> Iterable[LateAnswer]:
        return self._shared.late_answers(queue=self._queue)

    def close(self) -> None:
        """Who made the service closes it."""
