"""What can go wrong with the accounts' file. Every error has a stable ``code`` and a ``remedy`` for the person who can
act. What depends on a person (a wrong password, a name that is taken) is a value of the service and no error."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar


class AccountFileError(Exception):
    """Base of everything the file may refuse or fail at; nothing is half-written when it is raised."""

    code: ClassVar[str] = "accounts"
    remedy: ClassVar[str] = "Call technical support; patients go on at the kiosk."

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(f"{self.code}: {detail}" if detail else self.code)


# -- storage ---------------------------------------------------------------------------------------
class FileBusy(AccountFileError):
    code = "busy"
    remedy = "Another program writes the accounts. Try again."


class FileFull(AccountFileError):
    code = "full"
    remedy = "The disk is full. Free some space on the disk of the accounts' folder, then do it again."


class FileReadOnly(AccountFileError):
    code = "read_only"
    remedy = "Give the service's user write permission on the accounts' folder."


class FileIoFault(AccountFileError):
    code = "io_fault"
    remedy = "The disk reports errors. Check it; then set the accounts up in another folder."


class FileCorrupt(AccountFileError):
    code = "corrupt"
    remedy = "The accounts' file is damaged. Move its folder away and set the accounts up anew."


class FileTooNew(AccountFileError):
    code = "too_new"
    remedy = "A newer version of the program wrote these accounts. Install that version or a later one."


class FileClosed(AccountFileError):
    code = "closed"
    remedy = "The accounts' file was closed. Restart the program."


# -- the key ---------------------------------------------------------------------------------------
class WrongKey(AccountFileError):
    code = "wrong_key"
    remedy = "The key does not open the accounts. Put their own key back, or move both away and set up anew."


class KeyMissing(AccountFileError):
    code = "key_missing"
    remedy = "There are accounts but not their key. Put the key back, or move the file away and set up anew."


class KeyExposed(AccountFileError):
    code = "key_exposed"
    remedy = "Others can read the key file. Make it the service user's own: chown USER FILE; chmod 600 FILE."


class KeyInvalid(AccountFileError):
    code = "key_invalid"
    remedy = (
        "The key file is not 64 hexadecimal digits that the service's user can read. Put the original back."
    )


_BY_ERRNO: dict[int, type[AccountFileError]] = {
    errno.ENOSPC: FileFull,
    errno.EDQUOT: FileFull,
    errno.EACCES: FileReadOnly,
    errno.EPERM: FileReadOnly,
    errno.EROFS: FileReadOnly,
}

# SQLite's primary result codes, https://www.sqlite.org/rescode.html
_BY_RESULT: dict[int, type[AccountFileError]] = {
    5: FileBusy,
    6: FileBusy,
    8: FileReadOnly,
    10: FileIoFault,
    13: FileFull,
    14: FileReadOnly,
    23: FileReadOnly,
    26: WrongKey,  # SQLITE_NOTADB: the first page does not decrypt
}


def from_driver(error: Exception) -> AccountFileError:
    """The typed error for a driver's or the system's; only a code's name is kept, never text of theirs."""
    if isinstance(error, OSError):
        name = errno.errorcode.get(error.errno or 0, type(error).__name__)
        return _BY_ERRNO.get(error.errno or 0, FileIoFault)(name)
    result = getattr(error, "sqlite_errorcode", None)
    kind = _BY_RESULT.get(result & 0xFF, FileCorrupt) if isinstance(result, int) else FileCorrupt
    return kind(str(getattr(error, "sqlite_errorname", type(error).__name__)))


@contextmanager
def as_account_errors(*drivers: type[Exception]) -> Iterator[None]:
    """Turn a driver's errors into AccountFileError, cutting the cause off (it may quote values)."""
    try:
        yield
    except drivers as error:
        raise from_driver(error) from None
