"""Small file operations that survive a power cut, and the locks between processes (Linux)."""

from __future__ import annotations

import ctypes
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2  # renameat2(2)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_new(path: Path, content: bytes, mode: int) -> None:
    """Create `path` whole or not at all; FileExistsError if it is there already."""
    with writing_whole(path, mode, replace=False) as file:
        file.write(content)


def write_whole(path: Path, content: bytes, mode: int) -> None:
    """Create or replace `path`, whole or not at all."""
    with writing_whole(path, mode) as file:
        file.write(content)


def touch_private(path: Path) -> None:
    """An empty file for a database, where there is none: neither it nor SQLite's log beside it, which takes its mode,
    is ever readable by others."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE_FILE))


@contextmanager
def writing_whole(path: Path, mode: int, *, replace: bool = True) -> Iterator[BinaryIO]:
    """A file that appears under its name when the block ends well, durable; or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.rename(temporary, path)
        else:
            os.link(temporary, path)  # unlike rename, never replaces
            os.unlink(temporary)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    sync_folder(path.parent)


def exchange(one: Path, other: Path) -> None:
    """Swap two folders in one step, so that neither name is ever missing."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE):
        raise OSError(ctypes.get_errno(), "renameat2")


class FileLock:
    """A lock that dies with its process. The file stays: removing it would let two holders in."""

    def __init__(self, path: Path, *, shared: bool = False) -> None:
        self._path = path
        self._kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        self._descriptor: int | None = None

    def acquire(self, *, wait: bool = False) -> bool:
        """False if somebody else holds it and `wait` is not set."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, PRIVATE_FILE)
        try:
            fcntl.flock(descriptor, self._kind | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            os.close(descriptor)
            return False
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@contextmanager
def held(lock: FileLock) -> Iterator[None]:
    """Wait for the lock and hold it for the block."""
    lock.acquire(wait=True)
    try:
        yield
    finally:
        lock.release()
