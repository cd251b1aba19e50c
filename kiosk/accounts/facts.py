"""What happened, told to whoever keeps the ledger. Plain values: this floor does not know the ledger."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec


class What(StrEnum):
    """The type of the note in the ledger."""

    SIGNED_IN = "StaffSignedIn"
    SIGNED_OUT = "StaffSignedOut"
    SIGN_IN_FAILED = "StaffSignInFailed"
    RECOVERY_USED = "StaffRecoveryUsed"
    LOCKED = "StaffLocked"
    UNLOCKED = "StaffUnlocked"
    SESSION_ENDED = "StaffSessionEnded"
    SESSION_MISUSED = "StaffSessionMisused"
    DENIED = "StaffDenied"
    SAW_DATA = "StaffSawData"
    BROKE_GLASS = "StaffBrokeGlass"
    USED_BROKEN_GLASS = "StaffUsedBrokenGlass"
    ACCOUNT_ADDED = "StaffAccountAdded"
    ACCOUNT_CHANGED = "StaffAccountChanged"
    PATIENTS_IMPORTED = "StaffPatientsImported"


_ALARMS: Final = frozenset({What.BROKE_GLASS, What.SESSION_MISUSED, What.RECOVERY_USED})

MACHINE: Final = "command"
"""Who acts where the machine's own administrator types a command. No account has this name."""


class AuditFact(msgspec.Struct, frozen=True, kw_only=True):
    """``name``: of whom it is told, "" where nobody is known (what was typed in place of a name may be a password, and
    is told nowhere). ``about``: the account that was changed, the patient number where data belongs to no visit, or
    how many patients were imported.
    ``why``: one word. ``reason``: what a person wrote."""

    what: What
    name: str = ""
    terminal: str = ""
    visit: str = ""
    action: str = ""
    why: str = ""
    about: str = ""
    reason: str = ""

    @property
    def type(self) -> str:
        return self.what.value

    @property
    def actor(self) -> str:
        """As the ledger names who acts."""
        return f"staff:{self.name}" if self.name else "system"

    @property
    def alarm(self) -> bool:
        """Whether somebody should be told at once."""
        return self.what in _ALARMS

    @property
    def payload(self) -> dict[str, str]:
        """What the ledger keeps for its retention, beside type, actor and visit: only what is said."""
        said = {
            field: str(getattr(self, field)) for field in ("terminal", "action", "why", "about", "reason")
        }
        return {field: text for field, text in said.items() if text}
