"""A folder with one encrypted file and its key, both made at first use."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from kiosk.storage.files import PRIVATE_FOLDER, touch_private
from kiosk.storage.keyfile import KEY_BYTES, find_key, load_key, write_key
from kiosk.storage.trouble import StorageError, Trouble, trouble_of


class Place(msgspec.Struct, frozen=True):
    """``database`` and ``key``: the files' names in ``folder``; systemd may hand the key over instead."""

    folder: Path
    database: str
    key: str

    @property
    def file(self) -> Path:
        return self.folder / self.database

    @contextmanager
    def prepared(self) -> Iterator[bytes]:
        """The key, in a folder that is ready for the database: readable by nobody else, both files there. A database
        that has lost its key gets no other one. Two processes that begin at once do so one after the other. Raises
        ``StorageError``."""
        descriptor = self._opened()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            try:
                key = self._ready()
            except OSError as error:
                raise trouble_of(error) from None
            yield key
        finally:
            os.close(descriptor)

    def _opened(self) -> int:
        try:
            self.folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            return os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise trouble_of(error) from None

    def _ready(self) -> bytes:
        if find_key(self.folder, self.key) is None:
            if self.file.exists():
                raise StorageError(Trouble.KEY_MISSING, self.key)
            for left in self.folder.glob(f".{self.key}.*"):
                left.unlink()  # of a start that was cut off: the folder's lock is ours
            write_key(self.folder, self.key, os.urandom(KEY_BYTES))
        key = load_key(self.folder, self.key)
        touch_private(self.file)
        return key
