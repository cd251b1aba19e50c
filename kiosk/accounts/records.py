"""What is kept of staff. Secrets are in here (hashes, TOTP secrets): no ``repr`` shows them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import msgspec

from kiosk.accounts.roles import Action, Role


class Owed(StrEnum):
    """What somebody must do before the desk is theirs."""

    PASSWORD = "password"  # noqa: S105 - another person chose it
    SECOND = "second"


class Way(StrEnum):
    """The second factors."""

    TOTP = "totp"
    KEY = "key"
    RECOVERY = "recovery"


class Totp(msgspec.Struct, frozen=True, kw_only=True):
    """``secret``: base32. ``step``: the last one used (30 s each since 1970), so that no code counts twice."""

    secret: str
    step: int = 0

    def __repr__(self) -> str:
        return "Totp(…)"


class RecoveryCodes(msgspec.Struct, frozen=True, kw_only=True):
    """Those not used yet, as Argon2id tags over one salt."""

    salt: bytes
    left: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"RecoveryCodes({len(self.left)} left)"


class RegisteredKey(msgspec.Struct, frozen=True, kw_only=True):
    """A FIDO2 credential. ``credential``: attested credential data (WebAuthn §6.5.2), which holds its public key;
    ``count``: its signature counter when it was used last."""

    label: str
    credential: bytes
    count: int
    added: datetime

    def __repr__(self) -> str:
        return f"RegisteredKey({self.label!r})"


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A person of the staff. ``name`` is typed at signing in and stands in the ledger, ``display`` on the screen. An
    account is never deleted, so that a name in the ledger is one person for ever."""

    KIND: ClassVar = "account"

    name: str
    display: str
    role: Role
    password: str
    temporary: bool = False  # another person chose the password
    disabled: bool = False
    totp: Totp | None = None
    recovery: RecoveryCodes | None = None
    keys: tuple[RegisteredKey, ...] = ()
    added: datetime

    @property
    def key(self) -> str:
        return self.name

    @property
    def ways(self) -> frozenset[Way]:
        """The second factors that this person has."""
        codes = self.recovery is not None and bool(self.recovery.left)
        has = {Way.TOTP: self.totp is not None, Way.KEY: bool(self.keys), Way.RECOVERY: codes}
        return frozenset(way for way, there in has.items() if there)

    @property
    def has_second(self) -> bool:
        """A factor for every day: recovery codes alone are none."""
        return self.totp is not None or bool(self.keys)

    def __repr__(self) -> str:
        return f"Account({self.name!r}, {self.role.value})"


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody at a terminal. ``key``: SHA-256 of the token in hexadecimal; the token itself is kept nowhere."""

    KIND: ClassVar = "session"

    key: str
    name: str
    terminal: str
    began: datetime
    seen: datetime
    locked: bool = False

    def __repr__(self) -> str:
        return f"Session({self.name!r}, {self.terminal!r})"


class Failures(msgspec.Struct, frozen=True, kw_only=True):
    """Failed tries in a row, for a name (``account:sato``) or at a terminal (``terminal:A``)."""

    KIND: ClassVar = "failures"

    key: str
    count: int
    at: datetime


class BrokenGlass(msgspec.Struct, frozen=True, kw_only=True):
    """An action that somebody took for a while, at one terminal, without having it. ``reason``: as they wrote it."""

    KIND: ClassVar = "broken_glass"

    key: str
    name: str
    terminal: str
    action: Action
    reason: str
    at: datetime
    until: datetime

    def __repr__(self) -> str:
        return f"BrokenGlass({self.name!r}, {self.action.value})"
