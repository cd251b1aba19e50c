"""Brings what the visit's thread tells over to the screen's thread."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal, Slot

from kiosk.visit.effects import AnyEffect
from kiosk.visit.events import AnyEvent
from kiosk.visit.states import Visit
from kiosk.visit.views import VisitView


@dataclass(frozen=True)
class Step:
    """One step of the visit, as a developer sees it."""

    before: Visit
    event: AnyEvent
    after: Visit
    effects: tuple[AnyEffect, ...]


class Bridge(QObject):
    """Belongs to the thread that makes it. ``show`` and ``watch`` may be called on any; ``viewed`` (a ``VisitView``)
    and ``stepped`` (a ``Step``) follow on its own, in the same order, until ``close``. ``latest`` is the last view."""

    viewed = Signal(object)
    stepped = Signal(object)
    _view = Signal(object)
    _step = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.latest: VisitView | None = None
        self._closed = False
        self._view.connect(self._pass_view, Qt.ConnectionType.QueuedConnection)
        self._step.connect(self._pass_step, Qt.ConnectionType.QueuedConnection)

    def show(self, view: VisitView) -> None:
        self._view.emit(view)

    def watch(self, before: Visit, event: AnyEvent, after: Visit, effects: tuple[AnyEffect, ...]) -> None:
        self._step.emit(Step(before, event, after, effects))

    def close(self) -> None:
        self._closed = True

    @Slot(object)
    def _pass_view(self, view: VisitView) -> None:
        if not self._closed:
            self.latest = view
            self.viewed.emit(view)

    @Slot(object)
    def _pass_step(self, step: Step) -> None:
        if not self._closed:
            self.stepped.emit(step)
