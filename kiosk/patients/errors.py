"""What can go wrong with the facility's patients. Every error has a stable ``code`` and a ``remedy`` for the person who
can act. No text ever holds what a file or a person said: places are named by line and column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from kiosk.patients.findings import Finding
from kiosk.storage.trouble import Errors, Trouble


class PatientFileError(Exception):
    """Base of everything the patient file may refuse or fail at; nothing is half-written when it is raised."""

    code: ClassVar[str] = "patients"
    remedy: str = "Call technical support; the reception goes on without the patient file."

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(f"{self.code}: {detail}" if detail else self.code)


# -- what is brought -------------------------------------------------------------------------------
class CsvRefused(PatientFileError):
    """Nothing of the file was taken. ``problems``: the first of them, at most ``findings.MOST``."""

    code = "csv_refused"

    def __init__(self, problems: Sequence[Finding]) -> None:
        self.problems = tuple(problems)
        first, more = self.problems[0], len(self.problems) - 1
        self.remedy = first.remedy
        super().__init__(f"{first.text}, and {more} more" if more else first.text)


class PatientRefused(PatientFileError):
    """``detail`` names the field."""

    code = "patient_refused"
    remedy = "The field is empty, too long or holds what is never kept. Let staff correct it in the chart."


class NumberTaken(PatientFileError):
    code = "number_taken"
    remedy = "Somebody with another birth date has this patient number. Let staff compare it with the chart."


# -- storage ---------------------------------------------------------------------------------------
class FileBusy(PatientFileError):
    code = "busy"
    remedy = "Another program writes the patient file. Try again."


class FileFull(PatientFileError):
    code = "full"
    remedy = "The disk is full. Free some space on the disk of the patient file, then do it again."


class FileReadOnly(PatientFileError):
    code = "read_only"
    remedy = "Give the service's user write permission on the patient file's folder."


class FileIoFault(PatientFileError):
    code = "io_fault"
    remedy = "The disk reports errors. Check it; then import the patients anew into another folder."


class FileCorrupt(PatientFileError):
    code = "corrupt"
    remedy = "The patient file is damaged. Move its folder away and import the patients anew."


class FileTooNew(PatientFileError):
    code = "too_new"
    remedy = "A newer version of the program wrote this patient file. Install that version or a later one."


class FileClosed(PatientFileError):
    code = "closed"
    remedy = "The patient file was closed. Restart the program."


# -- the key ---------------------------------------------------------------------------------------
class WrongKey(PatientFileError):
    code = "wrong_key"
    remedy = (
        "The key does not open the patient file. Put its own key back, or move both away and import anew."
    )


class KeyMissing(PatientFileError):
    code = "key_missing"
    remedy = (
        "There is a patient file but not its key. Put the key back, or move the file away and import anew."
    )


class KeyExposed(PatientFileError):
    code = "key_exposed"
    remedy = "Others can read the key file. Make it the service user's own: chown USER FILE; chmod 600 FILE."


class KeyInvalid(PatientFileError):
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
