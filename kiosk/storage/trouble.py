"""What can go wrong with a file on this machine, before anybody knows whose file it is.

A room above has its own errors with its own remedies; it names one for each trouble and opens its files inside
``told_as``.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum


class Trouble(StrEnum):
    """OVERTAKEN: a row that must be the only one is there already. GONE: the file was closed by us."""

    BUSY = "busy"
    FULL = "full"
    READ_ONLY = "read_only"
    IO_FAULT = "io_fault"
    CORRUPT = "corrupt"
    OVERTAKEN = "overtaken"
    TOO_NEW = "too_new"
    MISSING = "missing"
    GONE = "gone"
    WRONG_KEY = "wrong_key"
    KEY_MISSING = "key_missing"
    KEY_EXPOSED = "key_exposed"
    KEY_INVALID = "key_invalid"


Errors = Mapping[Trouble, Callable[[str], Exception]]
"""A room's own error for each trouble, made from a detail that quotes nobody."""


class StorageError(Exception):
    """``detail``: a code's or a file's name, never text of the system and never content."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        self.trouble = trouble
        self.detail = detail
        super().__init__(f"{trouble}: {detail}" if detail else str(trouble))


_BY_ERRNO: dict[int, Trouble] = {
    errno.ENOSPC: Trouble.FULL,
    errno.EDQUOT: Trouble.FULL,
    errno.EACCES: Trouble.READ_ONLY,
    errno.EPERM: Trouble.READ_ONLY,
    errno.EROFS: Trouble.READ_ONLY,
}

# SQLite's primary result codes, https://www.sqlite.org/rescode.html
_BY_RESULT: dict[int, Trouble] = {
    5: Trouble.BUSY,
    6: Trouble.BUSY,
    8: Trouble.READ_ONLY,
    10: Trouble.IO_FAULT,
    11: Trouble.CORRUPT,
    13: Trouble.FULL,
    14: Trouble.READ_ONLY,  # SQLITE_CANTOPEN: the file is there (that was asked first) but may not be opened
    19: Trouble.OVERTAKEN,  # SQLITE_CONSTRAINT
    23: Trouble.READ_ONLY,  # SQLITE_AUTH
    26: Trouble.WRONG_KEY,  # SQLITE_NOTADB: the first page does not decrypt
}


def trouble_of(error: Exception) -> StorageError:
    """What a driver's or the system's error means; only a code's name is kept, never text of theirs."""
    if isinstance(error, StorageError):
        return error
    if isinstance(error, OSError):
        number = error.errno or 0
        name = errno.errorcode.get(number, type(error).__name__)
        return StorageError(_BY_ERRNO.get(number, Trouble.IO_FAULT), name)
    result = getattr(error, "sqlite_errorcode", None)
    trouble = _BY_RESULT.get(result & 0xFF, Trouble.CORRUPT) if isinstance(result, int) else Trouble.CORRUPT
    return StorageError(trouble, str(getattr(error, "sqlite_errorname", type(error).__name__)))


def error_of(errors: Errors, error: Exception) -> Exception:
    """The room's own error for a driver's, the system's or this floor's."""
    found = trouble_of(error)
    return errors[found.trouble](found.detail)


@contextmanager
def told_as(errors: Errors, *also: type[Exception]) -> Iterator[None]:
    """Turn this floor's errors, and those of ``also``, into the room's own; their cause, which may quote values, is
    cut off."""
    kinds: tuple[type[Exception], ...] = (StorageError, *also)
    try:
        yield
    except kinds as error:
        raise error_of(errors, error) from None
