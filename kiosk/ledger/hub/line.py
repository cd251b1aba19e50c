"""A console's connection to the hub, made anew by whoever needs it next after it was lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from threading import RLock
from typing import Final, TypeVar

import psycopg

from kiosk.ledger.errors import LedgerClosed
from kiosk.ledger.hub.endpoint import Connection, Endpoint, connect
from kiosk.ledger.hub.errors import HubAway, as_hub_errors, from_postgres, is_lost

T = TypeVar("T")
_PAUSE_S: Final = 0.5
"""So long after a failed attempt nobody waits for another one."""


class Line:
    """`enter` makes a new connection usable, or raises. `lock` is held during every use."""

    def __init__(self, endpoint: Endpoint, application: str, enter: Callable[[Connection], None]) -> None:
        self.lock = RLock()
        self._endpoint = endpoint
        self._application = application
        self._enter = enter
        self._hub: Connection | None = None
        self._not_before = 0.0
        self._closed = False
        with self.lock:
            self.require()

    def require(self) -> Connection:
        """HubAway, HubLoginRefused, …; LedgerClosed."""
        if self._closed:
            raise LedgerClosed
        if self._hub is not None and not self._hub.closed:
            return self._hub
        if time.monotonic() < self._not_before:
            raise HubAway("tried just now")
        try:
            connection = connect(self._endpoint, self._application)
        except HubAway:
            self._not_before = time.monotonic() + _PAUSE_S
            raise
        try:
            self._end_earlier_ones(connection)
            with as_hub_errors():
                self._enter(connection)
        except BaseException:
            connection.close()
            raise
        self._hub = connection
        return connection

    def _end_earlier_ones(self, connection: Connection) -> None:
        """What an earlier connection of this very process left behind on the server may still be writing: after this
        it has written, or never will."""
        with as_hub_errors():
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE usename = session_user AND application_name = %s AND pid <> pg_backend_pid()",
                (self._application,),
            )

    def ask(self, question: Callable[[Connection], T]) -> T:
        """Something that may be asked twice: once more if the connection turns out to be dead."""
        with self.lock:
            for attempt in range(2):
                connection = self.require()
                try:
                    return question(connection)
                except psycopg.Error as error:
                    if self.lost(error) and attempt == 0:
                        continue
                    raise from_postgres(error) from None
        raise HubAway

    def lost(self, error: psycopg.Error) -> bool:
        """Whether the connection is gone; it is dropped then."""
        if not is_lost(error) and (self._hub is None or not self._hub.closed):
            return False
        self._drop()
        return True

    def close(self) -> None:
        """The locks are given back first: the server notices only later that a connection was closed."""
        with self.lock:
            self._closed = True
            if self._hub is not None:
                with suppress(psycopg.Error):
                    self._hub.execute("SELECT pg_advisory_unlock_all()")
            self._drop()

    def _drop(self) -> None:
        if self._hub is not None:
            with suppress(psycopg.Error):
                self._hub.close()
        self._hub = None
