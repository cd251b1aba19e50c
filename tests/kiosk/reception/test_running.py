"""The visit's thread keeps nothing of an event that is dealt with: the last may be somebody's answer."""

from __future__ import annotations

import threading
import weakref
from typing import cast

import pytest

from kiosk.reception.reception import Reception
from kiosk.reception.running import Inbox, ReceptionThread
from kiosk.reception.world import SystemWorld
from kiosk.visit.events import Event


class Told(Event, frozen=True, tag=True, kw_only=True, weakref=True):
    pass


class Listener:
    """A reception that forgets what it was told, or fails over it."""

    def __init__(self, *, fails: bool) -> None:
        self._fails = fails
        self.gone = threading.Event()

    def due(self) -> int | None:
        return None

    def handle(self, event: Told) -> None:
        weakref.finalize(event, self.gone.set)
        if self._fails:
            raise RuntimeError

    def poll_requests(self) -> None:
        pass

    def keep_house(self) -> None:
        pass


@pytest.mark.parametrize("fails", [False, True])
def test_an_event_is_let_go_although_no_other_follows(fails: bool) -> None:
    world, listener = SystemWorld(), Listener(fails=fails)
    inbox = Inbox(world)
    thread = ReceptionThread(world, inbox, cast(Reception, listener))
    thread.start()
    inbox.post(Told)
    assert listener.gone.wait(5.0)
    thread.close()
