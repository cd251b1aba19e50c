"""Careful handling of files in a folder that other programs, perhaps hostile ones, write into.

The folder may be an SMB mount: nothing here relies on notification, fsync, inode numbers or O_NOFOLLOW being
honoured. A private copy is taken into memory, so that what is checked is what is used and nothing stays on disk.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

TEMPORARY = ".tmp"
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Trouble(StrEnum):
    """Why a file that is there was not taken."""

    NOT_A_FILE = "not_a_file"  # a link, folder, pipe or device
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a file looked like: equal marks at two looks mean that nobody is writing it."""

    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class Copy:
    """A private copy, taken while the file kept its mark."""

    mark: Mark
    data: bytes = field(repr=False)


def write_new(folder: Path, name: str, data: bytes) -> None:
    """Writes under a temporary name and renames, so that no reader sees a part. Raises ``OSError``."""
    temporary = folder / f"{name}{TEMPORARY}"
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            with contextlib.suppress(OSError):  # some mounts refuse; the rename is what readers rely on
                os.fsync(file.fileno())
        os.replace(temporary, folder / name)
    except OSError:
        remove(temporary)
        raise


def look(path: Path) -> Mark | Trouble | None:
    """What stands there without opening it; None for nothing."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return Trouble.UNREADABLE
    if not stat.S_ISREG(found.st_mode):
        return Trouble.NOT_A_FILE
    return Mark(found.st_size, found.st_mtime_ns)


def take(path: Path, mark: Mark, limit: int) -> Copy | Trouble | None:
    """A copy of a file that still looks as it did; None when it has changed, vanished or is locked just now."""
    if mark.size > limit:
        return Trouble.TOO_LARGE
    try:
        descriptor = os.open(path, _OPEN)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        try:
            opened = os.fstat(file.fileno())
            if not stat.S_ISREG(opened.st_mode):
                return Trouble.NOT_A_FILE
            data = file.read(limit + 1)
        except OSError:
            return None
    if len(data) > limit:
        return Trouble.TOO_LARGE
    return Copy(mark, data) if len(data) == mark.size and look(path) == mark else None


def remove(path: Path) -> bool:
    """Removes a file if it can be; whether it is gone now."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def names(folder: Path, limit: int) -> Iterator[str]:
    """The names in a folder, at most ``limit`` of them, in no order. Raises ``OSError``."""
    with os.scandir(folder) as entries:
        for count, entry in enumerate(entries):
            if count >= limit:
                return
            yield entry.name


def count(folder: Path, limit: int) -> int:
    """How many names a folder has, counted up to ``limit``. Raises ``OSError``."""
    return sum(1 for _ in names(folder, limit))
