"""Staff for tests: invented people, a clock that is set by hand, quick passwords, both kinds of account file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pyotp

from kiosk.accounts.facts import What
from kiosk.accounts.interface import AccountFile
from kiosk.accounts.managing import BY_COMMAND, Managing
from kiosk.accounts.means import Limits, Means
from kiosk.accounts.memory import MemoryAccountFile
from kiosk.accounts.outcomes import (
    Changed,
    NeedsSecond,
    Outcome,
    Own,
    Proof,
    RecoveryCodesMade,
    SignedIn,
)
from kiosk.accounts.passwords import Hasher, Parameters, Password
from kiosk.accounts.plugged_key import PluggedKey
from kiosk.accounts.records import Account, Totp, Way
from kiosk.accounts.roles import Role
from kiosk.accounts.security_key import KeyFailure
from kiosk.accounts.sessions import Sessions
from kiosk.accounts.signing_in import SigningIn
from kiosk.accounts.sqlite import SqliteAccountFile
from tests.support.soft_key import SoftKey

MONDAY = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
QUICK = Parameters(memory=8, passes=1, lanes=1)
WORD = "horse staple battery"
OTHER = "leaf window copper rain"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def account(name: str = "sato", role: Role = Role.RECEPTION, **changes: object) -> Account:
    whole: dict[str, object] = {"display": "佐藤", "password": "$argon2id$", "added": MONDAY} | changes
    return Account(name=name, role=role, **whole)  # type: ignore[arg-type]


class Clock:
    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


class CountingHasher(Hasher):
    """Knows how often it was asked."""

    def __init__(self, parameters: Parameters) -> None:
        super().__init__(parameters)
        self.verified: list[bool] = []
        self.hashed = 0

    def verify(self, hashed: str | None, password: Password) -> bool:
        self.verified.append(hashed is not None)
        return super().verify(hashed, password)

    def hash(self, password: Password) -> str:
        self.hashed += 1
        return super().hash(password)


class Desk:
    """The whole service over one file, as a console uses it. ``facts``: all that were given out."""

    def __init__(
        self,
        file: AccountFile | None = None,
        *,
        limits: Limits | None = None,
        parameters: Parameters = QUICK,
    ) -> None:
        self.file = file or MemoryAccountFile()
        self.clock = Clock()
        self.hasher = CountingHasher(parameters)
        self.means = Means(self.file, limits or Limits(), self.hasher, self.clock)
        self.signing_in = SigningIn(self.means)
        self.sessions = Sessions(self.means)
        self.managing = Managing(self.means, "見本診療所")

    def hire(self, name: str, role: Role = Role.RECEPTION, *, totp: bool = True) -> None:
        """Somebody who has chosen a password (``WORD``) and, unless said otherwise, has an authenticator app."""
        second = Totp(secret=SECRET) if totp else None
        with self.file.transaction() as records:
            records.put(
                account(
                    name, role, display=f"{name}さん", totp=second,
                    password=self.hasher.hash(Password(WORD)),
                )
            )  # fmt: skip
        self.hasher.hashed = 0

    def account(self, name: str) -> Account:
        with self.file.transaction() as records:
            found = records.get(Account, name)
        assert found is not None
        return found

    def code(self, *, steps: int = 0) -> str:
        """What the authenticator app shows, so many steps from now."""
        return pyotp.TOTP(SECRET).at(self.clock.now + timedelta(seconds=30 * steps))

    def enter(self, name: str, terminal: str = "A", word: str = WORD) -> SignedIn:
        """Signs somebody in with all it needs; the clock goes on a little, as it does."""
        self.clock.pass_(seconds=31)  # a code counts once
        done = self.signing_in.sign_in(name, Password(word), terminal)
        if isinstance(done, NeedsSecond):
            return signed(self.signing_in.second(done.ticket, terminal, Proof(Way.TOTP, self.code())))
        return signed(done)

    def own(self, session: SignedIn, terminal: str = "A", word: str = WORD) -> Own:
        leave = self.signing_in.own_account(session.token, terminal, Password(word))
        assert isinstance(leave, Own), leave
        return leave

    def recovery_codes(self, name: str) -> tuple[str, ...]:
        made = self.managing.new_recovery_codes(BY_COMMAND, name)
        assert isinstance(made, RecoveryCodesMade), made
        return made.codes

    def add_key(self, name: str, key: SoftKey) -> None:
        offer = self.managing.offer_key(BY_COMMAND, name)
        assert not isinstance(offer, Outcome), offer
        answer = PluggedKey(key.plugged).create(offer.challenge.options)
        assert not isinstance(answer, KeyFailure), answer
        assert isinstance(self.managing.confirm_key(BY_COMMAND, offer, answer, "blue"), Changed)


def signed(outcome: object) -> SignedIn:
    assert isinstance(outcome, SignedIn), outcome
    return outcome


def needs(outcome: object) -> NeedsSecond:
    assert isinstance(outcome, NeedsSecond), outcome
    return outcome


def whats(outcome: Outcome | Sequence[object]) -> list[tuple[What, str, str]]:
    """What, who and why of the facts."""
    facts = outcome.facts if isinstance(outcome, Outcome) else outcome
    return [(fact.what, fact.name, fact.why) for fact in facts]  # type: ignore[attr-defined]


class AccountKit(Protocol):
    """One account file; ``open`` twice leads to the same accounts."""

    def open(self) -> AccountFile: ...
    def finish(self) -> None: ...


class SqliteAccounts:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opened: list[SqliteAccountFile] = []

    def open(self) -> SqliteAccountFile:
        file = SqliteAccountFile(self.folder, busy_ms=200)
        self._opened.append(file)
        return file

    def finish(self) -> None:
        for file in self._opened:
            file.close()


class MemoryAccounts:
    def __init__(self) -> None:
        self._file = MemoryAccountFile()

    def open(self) -> MemoryAccountFile:
        return self._file

    def finish(self) -> None:
        self._file.close()
