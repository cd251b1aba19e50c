"""An open file, shared by the threads of one process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from kiosk.storage.database import BUSY_MS, Connection, DriverError, Shape, connect, migrate, transaction
from kiosk.storage.place import Place
from kiosk.storage.trouble import Errors, StorageError, Trouble, told_as


class Store:
    """What a room's file has in common with others': one connection behind a lock, and an end. Everything done in
    ``_open`` and ``_transaction`` fails with an error of ``errors``."""

    def __init__(self, connection: Connection, errors: Errors) -> None:
        self._db = connection
        self._errors = errors
        self._lock = threading.RLock()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            if not self._closed:
                self._closed = True
                self._db.close()

    @contextmanager
    def _open(self) -> Iterator[Connection]:
        with self._lock, told_as(self._errors, DriverError):
            if self._closed:
                raise StorageError(Trouble.GONE)
            yield self._db

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """One writer, all or nothing."""
        with self._open() as db, transaction(db):
            yield db


def opened(place: Place, shape: Shape, errors: Errors, *, busy_ms: int = BUSY_MS) -> Connection:
    """The place's file, made where there is none yet, with the tables of this program's version."""
    with told_as(errors), place.prepared() as key:
        connection = connect(place.file, key, shape, busy_ms=busy_ms)
        try:
            migrate(connection, shape)
        except BaseException:
            connection.close()
            raise
    return connection
