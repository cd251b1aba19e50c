"""An encrypted file that is copied and put back together with the ledger, whosever it is."""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from kiosk.storage.database import Connection, DriverError, Shape, connect
from kiosk.storage.files import touch_private
from kiosk.storage.keyfile import load_key, write_key
from kiosk.storage.place import Place
from kiosk.storage.trouble import Errors, StorageError, Trouble, told_as


class Companion(msgspec.Struct, frozen=True):
    """name: what it is called in a backup, for ever. prepare: brings the file to this program's version, or raises.
    derived: makes its key from the ledger's; without it the place has a key file. Everything fails with an error of
    `errors`."""

    name: str
    place: Place
    shape: Shape
    errors: Errors
    prepare: Callable[[Connection], None]
    derived: Callable[[bytes], bytes] | None = None

    def key(self, ledger_key: bytes) -> bytes:
        if self.derived is not None:
            return self.derived(ledger_key)
        with told_as(self.errors, OSError):
            return self._own_key()

    def copy(self, to: Path, ledger_key: bytes) -> None:
        """SQLite's own online backup, in one step: a consistent moment, writers go on."""
        key = self.key(ledger_key)
        with told_as(self.errors, DriverError):
            copy_database(self.place.file, to, key, self.shape)

    def put(self, folder: Path, key: bytes) -> None:
        """`folder` has the database's file: its key comes beside it, and it is what it should be."""
        with told_as(self.errors, DriverError, OSError):
            if self.derived is None:
                write_key(folder, self.place.key, key)
            with closing(connect(folder / self.place.database, key, self.shape)) as db:
                if db.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
                    raise StorageError(Trouble.CORRUPT, "integrity_check")
                self.prepare(db)
                db.execute("PRAGMA journal_mode = DELETE")  # one file, no log beside it

    def is_in_use(self) -> bool:
        """Whether another process has the file open now."""
        with told_as(self.errors, OSError):
            return is_open_elsewhere(self.place.file)

    def _own_key(self) -> bytes:
        return load_key(self.place.folder, self.place.key)


def copy_database(source: Path, to: Path, key: bytes, shape: Shape) -> None:
    """A consistent copy under the same key, also while others write; one file. DriverError, StorageError."""
    touch_private(to)
    with (
        closing(connect(source, key, shape, write=False)) as origin,
        closing(connect(to, key, shape)) as target,
    ):
        origin.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")


_SHARED_FIRST: Final = 0x40000002
_SHARED_SIZE: Final = 510
_FLOCK: Final = struct.Struct("hhqqi")  # struct flock of Linux


def is_open_elsewhere(path: Path) -> bool:
    """Whether another process has this SQLite file open: as long as it has, in write-ahead mode, it holds a shared lock
    on these bytes (https://www.sqlite.org/src/file/src/os.h). Changes nothing, and needs no key. Not to be asked by a
    process that has the file open itself: closing any descriptor ends all of its locks (fcntl(2))."""
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        wanted = _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, _SHARED_FIRST, _SHARED_SIZE, 0)
        kind, *_ = _FLOCK.unpack(fcntl.fcntl(descriptor, fcntl.F_GETLK, wanted))
    finally:
        os.close(descriptor)
    return bool(kind != fcntl.F_UNLCK)
