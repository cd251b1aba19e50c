"""The folder of an account file and its one secret: the database's key, a line of 64 hexadecimal digits in a file of
mode 0600, or a systemd credential of the same name, which comes first. It is made at first use and never again for a
database that has lost its own."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from kiosk.accounts.errors import KeyExposed, KeyInvalid, KeyMissing, as_account_errors

DATABASE: Final = "accounts.db"
KEY: Final = "accounts.key"
CREDENTIALS: Final = "CREDENTIALS_DIRECTORY"
_BYTES: Final = 32


@contextmanager
def prepared(folder: Path) -> Iterator[bytes]:
    """The key, in a folder that is ready for the database: readable by nobody else, both files there. Two processes
    that begin at once do so one after the other."""
    with as_account_errors(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with as_account_errors(OSError):
            if _found(folder) is None:
                if (folder / DATABASE).exists():
                    raise KeyMissing(KEY)
                _create(folder, descriptor)
            key = _load(folder)
            # The empty file first, so that neither it nor SQLite's log beside it is ever readable by others.
            os.close(
                os.open(folder / DATABASE, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            )
        yield key
    finally:
        os.close(descriptor)


def _found(folder: Path) -> Path | None:
    credentials = os.environ.get(CREDENTIALS)
    places = ([Path(credentials)] if credentials else []) + [folder]
    return next((place / KEY for place in places if (place / KEY).exists()), None)


def _create(folder: Path, descriptor: int) -> None:
    """Whole under its name, or not at all; and there after a power cut, before anything is encrypted with it."""
    temporary = folder / f".{KEY}.new"
    with suppress(FileNotFoundError):
        temporary.unlink()  # of a start that was cut off; the folder's lock is ours
    with os.fdopen(
        os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb"
    ) as file:
        file.write(os.urandom(_BYTES).hex().encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(folder / KEY)
    os.fsync(descriptor)


def _load(folder: Path) -> bytes:
    path = _found(folder)
    if path is None:
        raise KeyMissing(KEY)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except PermissionError:
        raise KeyInvalid("not readable") from None
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode) or state.st_mode & 0o077 or state.st_uid not in (0, os.geteuid()):
            raise KeyExposed(KEY)
        text = os.read(descriptor, 2 * _BYTES + 2).strip()
    finally:
        os.close(descriptor)
    key = _from_hex(text)
    if key is None:
        raise KeyInvalid(KEY)
    return key


def _from_hex(text: bytes) -> bytes | None:
    try:
        key = bytes.fromhex(text.decode("ascii"))
    except ValueError:  # quotes the text: nothing is raised from here
        return None
    return key if len(key) == _BYTES else None
