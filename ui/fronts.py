"""The reader of cards' fronts, for the page that asks for it."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from PySide6.QtCore import QObject, Qt, Signal, Slot

from drivers.interface import CardFront, Failure, FrontHint, FrontReader
from kiosk.reception.lanes import ThreadLane

_log = structlog.get_logger(__name__)


class FrontsOfCards(QObject):
    """``set_wanted`` is called by the page, on the screen's thread, where ``told`` follows (a ``FrontHint`` or a
    ``CardFront``); ``failed`` is called on another. Reader and process begin and end on a thread of their own: neither
    keeps the screen waiting. What comes after nobody wants it any more is dropped."""

    told = Signal(object)
    _heard = Signal(int, object)

    def __init__(self, reader: FrontReader, failed: Callable[[Failure], None]) -> None:
        super().__init__()
        self._reader = reader
        self._failed = failed
        self._lane = ThreadLane("front")
        self._wanted = False
        self._turn = 0
        self._heard.connect(self._pass, Qt.ConnectionType.QueuedConnection)

    @Slot(bool)
    def set_wanted(self, wanted: bool) -> None:
        if wanted is self._wanted:
            return
        self._wanted = wanted
        self._turn += 1
        turn = self._turn
        if not wanted:
            self._lane.submit(self._reader.rest)
            return

        def listen(told: FrontHint | CardFront | Failure) -> None:
            if isinstance(told, Failure):
                _log.warning("front.failed", fault=str(told.fault), detail=told.detail)
                if turn == self._turn:
                    self._failed(told)
            else:
                self._heard.emit(turn, told)

        self._lane.submit(lambda: self._reader.watch(listen))

    def close(self) -> None:
        self._turn += 1
        self._lane.submit(self._reader.rest)
        self._lane.close()

    @Slot(int, object)
    def _pass(self, turn: int, told: FrontHint | CardFront) -> None:
        if self._wanted and turn == self._turn:
            self.told.emit(told)
