"""What can go wrong with the accounts' file. Every error has a stable ``code`` and a ``remedy`` for the person who can
act. What depends on a person (a wrong password, a name that is taken) is a value of the service and no error."""

from __future__ import annotations

from typing import ClassVar

from kiosk.storage.trouble import Errors, Trouble


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


ERRORS: Errors = {
    Trouble.BUSY: FileBusy,
    Trouble.FULL: FileFull,
    Trouble.READ_ONLY: FileReadOnly,
    Trouble.IO_FAULT: FileIoFault,
    Trouble.CORRUPT: FileCorrupt,
    Trouble.OVERTAKEN: FileCorrupt,
    Trouble.TOO_NEW: FileTooNew,
    Trouble.MISSING: FileReadOnly,
    Trouble.GONE: FileClosed,
    Trouble.WRONG_KEY: WrongKey,
    Trouble.KEY_MISSING: KeyMissing,
    Trouble.KEY_EXPOSED: KeyExposed,
    Trouble.KEY_INVALID: KeyInvalid,
}
