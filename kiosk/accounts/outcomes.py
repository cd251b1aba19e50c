"""What the service answers. Everything that depends on a person is a value; each carries the facts to be kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from kiosk.accounts.facts import AuditFact
from kiosk.accounts.passwords import Weakness
from kiosk.accounts.records import Owed, Way
from kiosk.accounts.roles import Action, Role

Facts = tuple[AuditFact, ...]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    facts: Facts = ()


# -- signing in ------------------------------------------------------------------------------------
class SignedIn(Outcome, frozen=True, kw_only=True):
    """``token``: shown once; who holds it at this terminal is this person. ``owed``: what they must do first."""

    token: str
    name: str
    display: str
    role: Role
    owed: frozenset[Owed]

    def __repr__(self) -> str:
        return f"SignedIn({self.name!r}, {self.role.value})"


class NeedsSecond(Outcome, frozen=True, kw_only=True):
    """The password was right. ``ticket``: for ``second``, at this terminal and soon. ``key_options``: for the security
    key, if ``ways`` has it."""

    ticket: str
    ways: frozenset[Way]
    key_options: str = ""

    def __repr__(self) -> str:
        return f"NeedsSecond({sorted(self.ways)})"


class Proof(msgspec.Struct, frozen=True):
    """A second factor, as it was typed or as the key answered."""

    way: Way
    text: str

    def __repr__(self) -> str:
        return f"Proof({self.way.value})"


class Refusal(StrEnum):
    """``WRONG`` tells neither which of name, password and second factor was wrong, nor whether there is such a name."""

    WRONG = "wrong"
    WAIT = "wait"
    START_AGAIN = "start_again"


class Refused(Outcome, frozen=True, kw_only=True):
    """``wait``: before that much time another try is not looked at."""

    why: Refusal
    wait: timedelta = timedelta()


# -- being signed in -------------------------------------------------------------------------------
class Why(StrEnum):
    """Why somebody may not."""

    NO_SESSION = "no_session"  # none, ended, or not theirs: sign in
    LOCKED = "locked"  # unlock
    OWED = "owed"  # their own account first
    FORBIDDEN = "forbidden"  # their role has not this action
    NOT_BREAKABLE = "not_breakable"  # and break-glass does not give it, or it is theirs already
    REASON = "reason"  # break-glass wants one


class Denied(Outcome, frozen=True, kw_only=True):
    why: Why


class Allowed(Outcome, frozen=True, kw_only=True):
    """``by`` may do ``action`` now, once. ``broken_glass``: only so."""

    by: str
    terminal: str
    action: Action
    broken_glass: bool = False


class Own(Outcome, frozen=True, kw_only=True):
    """``by`` may change their own account until ``until``: they gave their password just now."""

    by: str
    terminal: str
    session: str
    until: datetime

    def __repr__(self) -> str:
        return f"Own({self.by!r})"


class Glass(msgspec.Struct, frozen=True):
    action: Action
    until: datetime


class Standing(Outcome, frozen=True, kw_only=True):
    """Who is at the terminal. ``locks_at``, ``ends_at``: if nothing is touched."""

    name: str
    display: str
    role: Role
    owed: frozenset[Owed]
    locks_at: datetime
    ends_at: datetime
    glass: tuple[Glass, ...] = ()


class Present(msgspec.Struct, frozen=True):
    """One of those who share a terminal."""

    name: str
    display: str
    locked: bool


class GlassBroken(Outcome, frozen=True, kw_only=True):
    action: Action
    until: datetime


# -- accounts --------------------------------------------------------------------------------------
class Person(msgspec.Struct, frozen=True, kw_only=True):
    """An account as others see it."""

    name: str
    display: str
    role: Role
    disabled: bool
    second: tuple[str, ...]
    recovery_codes: int
    owed: tuple[str, ...]


class NotDone(StrEnum):
    """Why an account was not changed."""

    NAME = "name"
    NAME_TAKEN = "name_taken"
    DISPLAY = "display"
    UNKNOWN = "unknown"
    NOT_FIRST = "not_first"
    LAST_ADMINISTRATOR = "last_administrator"
    OTHER_FIRST = "other_first"
    CODE = "code"
    KEY = "key"
    TOO_LATE = "too_late"

    @property
    def remedy(self) -> str:
        return _REMEDIES[self]


_REMEDIES: Final = {
    NotDone.NAME: "A name is 2 to 32 of a-z, 0-9, dot, dash and underscore, and begins with a letter.",
    NotDone.NAME_TAKEN: "Somebody has or had this name. Names are never given again: take another.",
    NotDone.DISPLAY: "The name that is shown is one line of up to 40 characters, without a 12-digit number.",
    NotDone.UNKNOWN: "There is no such account; `uketsuke accounts list` tells them.",
    NotDone.NOT_FIRST: "There are accounts already. Sign in as an administrator and add one.",
    NotDone.LAST_ADMINISTRATOR: "Nobody else could manage accounts. Make somebody else an administrator first.",
    NotDone.OTHER_FIRST: "Recovery codes are for who has another second factor. Set that up first.",
    NotDone.CODE: "The code does not fit. Look at the clocks of this machine and of the phone, and type the next one.",
    NotDone.KEY: "The security key's answer does not fit. Try again.",
    NotDone.TOO_LATE: "The password was given too long ago, or the account has changed. Begin again.",
}


class Changed(Outcome, frozen=True, kw_only=True):
    pass


class Unchanged(Outcome, frozen=True, kw_only=True):
    why: NotDone | Weakness

    @property
    def remedy(self) -> str:
        return self.why.remedy


class RecoveryCodesMade(Outcome, frozen=True, kw_only=True):
    """``codes``: to be shown once; they are kept nowhere."""

    codes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"RecoveryCodesMade({len(self.codes)})"
