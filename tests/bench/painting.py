"""From a piece of work until its window is painted, on whatever platform Qt runs."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from tests.bench.timing import milliseconds


class Painted(QObject):
    """Sees a top-level window being brought up to date."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self._seen = False
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self._seen = self._seen or event.type() == QEvent.Type.UpdateRequest
        return False

    def after(self, work: Callable[[], object]) -> tuple[float, float]:
        """Milliseconds from the beginning of ``work`` until the window is painted, and those of them in which this
        process ran. The work must change something that can be seen."""
        settle()
        self._seen = False

        def whole() -> None:
            work()
            while not self._seen:
                QApplication.processEvents()

        began = time.process_time()
        wall = milliseconds(whole)
        return wall, (time.process_time() - began) * 1000


def settle() -> None:
    """Nothing is left to do, and what was to be deleted is."""
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
