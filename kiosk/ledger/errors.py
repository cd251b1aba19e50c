"""What can go wrong with the ledger. Every error has a stable `code` (the catalogue of sentences is
keyed by it) and a `remedy` for the person who can act. Neither text ever holds an entry's content."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import ClassVar

from kiosk.storage.trouble import Errors, Trouble, told_as


class InvalidEntry(ValueError):
    """An entry breaks the format. A bug of the caller, therefore not a LedgerError."""


class LedgerError(Exception):
    """Base of everything the ledger may refuse or fail at; nothing is half-written when it is raised."""

    code: ClassVar[str] = "ledger"
    remedy: ClassVar[str] = "Call technical support; the reception can go on with paper."

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(f"{self.code}: {detail}" if detail else self.code)


# -- storage ---------------------------------------------------------------------------------------
class LedgerBusy(LedgerError):
    code = "busy"
    remedy = "Another program holds the ledger's file. Try again; if it stays, restart kiosk and console."


class LedgerFull(LedgerError):
    code = "full"
    remedy = "The disk is full. Free some space on the ledger's disk; reception goes on by itself then."


class LedgerReadOnly(LedgerError):
    code = "read_only"
    remedy = "Give the service's user write permission on the ledger's folder, or remount the disk writable."


class LedgerIoFault(LedgerError):
    code = "io_fault"
    remedy = (
        "The disk reports errors or a size limit. Check the disk, then restore the last backup elsewhere."
    )


class LedgerCorrupt(LedgerError):
    code = "corrupt"
    remedy = "The ledger's file is damaged. Keep a copy of it, run `audit verify`, restore the last backup."


class LedgerMissing(LedgerError):
    code = "missing"
    remedy = "There is no ledger at this place. Check the folder in the settings."


class LedgerTooNew(LedgerError):
    code = "too_new"
    remedy = "A newer version of the program wrote this ledger. Install that version or a later one."


class LedgerClosed(LedgerError):
    code = "closed"
    remedy = "The ledger was closed. Restart the program."


class ChainInUse(LedgerError):
    code = "chain_in_use"
    remedy = "This terminal's program is already running. Close the other one."


class LedgerInUse(LedgerError):
    code = "in_use"
    remedy = "Stop kiosk and console before restoring."


# -- keys ------------------------------------------------------------------------------------------
class WrongKey(LedgerError):
    code = "wrong_key"
    remedy = "The key does not open this file. Put back the key that belongs to it, or restore a backup."


class KeyMissing(LedgerError):
    code = "key_missing"
    remedy = (
        "There is a ledger but not its key. Put the key file back, or restore a backup (it holds the key)."
    )


class KeyExposed(LedgerError):
    code = "key_exposed"
    remedy = "Others can read the key file. Make it the service user's own: chown USER FILE; chmod 600 FILE."


class KeyInvalid(LedgerError):
    code = "key_invalid"
    remedy = "The key file is not 64 hexadecimal digits. Put back the original, or restore a backup."


# -- rules -----------------------------------------------------------------------------------------
class SimulatedRefused(LedgerError):
    code = "simulated_refused"
    remedy = "A simulated event came to a production ledger. Use the simulated profile for trials."


class NotOwner(LedgerError):
    code = "not_owner"
    remedy = "Another terminal owns this visit. Send it a request, or take the visit over."


class UnknownVisit(LedgerError):
    code = "unknown_visit"
    remedy = "This visit is not in the ledger. Reload the list."


class UnknownRequest(LedgerError):
    code = "unknown_request"
    remedy = "This request is not in the ledger. Reload the list."


class AlreadyAnswered(LedgerError):
    code = "already_answered"
    remedy = "The request was answered before. Reload the list."


# -- checkpoints and copies ------------------------------------------------------------------------
class CheckpointUndelivered(LedgerError):
    code = "checkpoint_undelivered"
    remedy = "The checkpoint folder cannot be written. Reconnect it; the ledger delivers what is waiting."


class CheckpointConflict(LedgerError):
    code = "checkpoint_conflict"
    remedy = "The folder holds another checkpoint for the same place: the ledger was rolled back. Run `audit verify`."


class BackupDamaged(LedgerError):
    code = "backup_damaged"
    remedy = "The backup file is damaged or incomplete. Use another copy."


class WrongPassphrase(LedgerError):
    code = "wrong_passphrase"
    remedy = "The passphrase does not open this backup (or its first bytes are damaged). Try again."


class WeakPassphrase(LedgerError):
    code = "weak_passphrase"
    remedy = "Use a passphrase of at least 12 characters."


class TargetNotEmpty(LedgerError):
    code = "target_not_empty"
    remedy = "The target already holds something. Choose another place, or say explicitly to replace it."


ERRORS: Errors = {
    Trouble.BUSY: LedgerBusy,
    Trouble.FULL: LedgerFull,
    Trouble.READ_ONLY: LedgerReadOnly,
    Trouble.IO_FAULT: LedgerIoFault,
    Trouble.CORRUPT: LedgerCorrupt,
    Trouble.OVERTAKEN: ChainInUse,  # somebody else wrote our next link
    Trouble.TOO_NEW: LedgerTooNew,
    Trouble.MISSING: LedgerMissing,
    Trouble.GONE: LedgerClosed,
    Trouble.WRONG_KEY: WrongKey,
    Trouble.KEY_MISSING: KeyMissing,
    Trouble.KEY_EXPOSED: KeyExposed,
    Trouble.KEY_INVALID: KeyInvalid,
}


def as_ledger_errors(*drivers: type[Exception]) -> AbstractContextManager[None]:
    """Turn a driver's or the system's errors into LedgerError, cutting the cause off (it may quote values)."""
    return told_as(ERRORS, *drivers)
