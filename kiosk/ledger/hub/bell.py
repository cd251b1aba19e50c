"""Tells a console that there is something new. Only a bell: it may ring for nothing, and a console looks every now and
then though it does not ring."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Final

from kiosk.ledger.errors import LedgerError
from kiosk.ledger.hub.endpoint import Endpoint, connect
from kiosk.ledger.hub.errors import as_hub_errors

_LOOK_S: Final = 0.5
_PAUSE_S: Final = 2.0


class Bell:
    """`ring` is called in a thread of its own: once for each connection, then whenever somebody has written."""

    def __init__(self, endpoint: Endpoint, ring: Callable[[], None]) -> None:
        self._endpoint = endpoint
        self._ring = ring
        self._ending = Event()
        self._thread = Thread(target=self._run, name="hub-bell", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self, patience_s: float = 5.0) -> None:
        self._ending.set()
        if self._thread.ident is not None:
            self._thread.join(patience_s)

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self._listen()
            except LedgerError:
                self._ending.wait(_PAUSE_S)

    def _listen(self) -> None:
        hub = connect(self._endpoint, "uketsuke bell")
        try:
            with as_hub_errors():
                hub.execute("LISTEN uketsuke")
                self._ring()
                while not self._ending.is_set():
                    if list(hub.notifies(timeout=_LOOK_S, stop_after=1)):
                        self._ring()
        finally:
            hub.close()
