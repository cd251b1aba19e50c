"""Slow questions (a dictionary on disk, a table of addresses) asked away from the screen's thread.

The first one reads files that may not be in memory; none may hold the screen up.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from itertools import count
from typing import TypeVar, cast

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

_T = TypeVar("_T")


class _Desk(QObject):
    """Lives on the screen's thread for as long as the program and hands answers over there."""

    answered = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self._numbers = count(1)
        self._waiting: dict[int, Callable[[Future[object]], None]] = {}
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="entry")
        self.answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def ask(self, work: Callable[[], object], then: Callable[[Future[object]], None]) -> int:
        number = next(self._numbers)
        self._waiting[number] = then
        self._worker.submit(work).add_done_callback(lambda answer: self.answered.emit(number, answer))
        return number

    def forget(self, number: int) -> None:
        self._waiting.pop(number, None)

    def _deliver(self, number: int, answer: Future[object]) -> None:
        then = self._waiting.pop(number, None)
        if then is not None:
            then(answer)


@cache
def _desk() -> _Desk:
    return _Desk()


class Asker:
    """One question at a time: a new one takes the place of the last, whose answer is then not delivered, and none is
    once ``owner`` is gone."""

    def __init__(self, owner: QObject) -> None:
        self._owner = owner
        self._number: int | None = None

    def ask(self, work: Callable[[], _T], then: Callable[[_T], None]) -> None:
        """``then`` gets the answer on the screen's thread; what ``work`` raises is raised there."""

        def deliver(answer: Future[object]) -> None:
            self._number = None
            if isValid(self._owner):
                then(cast(_T, answer.result()))

        self.forget()
        self._number = _desk().ask(work, deliver)

    @property
    def asking(self) -> bool:
        return self._number is not None

    def forget(self) -> None:
        """The answer is not wanted any more."""
        if self._number is not None:
            _desk().forget(self._number)
            self._number = None
