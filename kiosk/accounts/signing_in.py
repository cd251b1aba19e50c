"""Signing in: name and password, then a second factor. Unlocking a session is the same with what it needs."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec.structs import replace

from kiosk.accounts.delays import Try, sweep
from kiosk.accounts.facts import AuditFact, What
from kiosk.accounts.interface import Records
from kiosk.accounts.means import Means, key_of, plain_name
from kiosk.accounts.outcomes import (
    Denied,
    Facts,
    NeedsSecond,
    Own,
    Proof,
    Refusal,
    Refused,
    SignedIn,
    Why,
)
from kiosk.accounts.passwords import Password
from kiosk.accounts.records import Account, Session, Way
from kiosk.accounts.second import after_code, code_tag, without_code
from kiosk.accounts.security_key import Challenge, KeyRefusal, ask_to_sign, signed
from kiosk.accounts.sessions import open_session

_UNKNOWN_NAMES: Final = 4096
"""Counts of failures for names that nobody has: so many, so that what was typed cannot be told from a count."""


class _Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose password was right (or whose session is locked) and whose second factor is awaited. ``password``:
    the account's hash then; if it is another one by now, all begins again."""

    name: str
    terminal: str
    password: str
    since: datetime
    ways: frozenset[Way]
    challenge: Challenge | None
    unlocks: str = ""  # the key of the session

    def __repr__(self) -> str:
        return f"_Waiting({self.name!r})"


class SigningIn:
    """Safe to use from several threads; never from one that draws, since passwords take their time to check."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._lock = threading.Lock()
        self._waiting: dict[str, _Waiting] = {}
        self._salt = means.random(16)

    # -- name and password
    def sign_in(self, name: str, password: Password, terminal: str) -> SignedIn | NeedsSecond | Refused:
        """The password is wiped. A name that nobody has, a disabled account and a wrong password get the same answer
        after the same time."""
        means, name = self._means, plain_name(name)
        with password:
            with means.file.transaction() as records:
                sweep(records, means.now())
                account = records.get(Account, name)
                attempt = self._try(records, account, name, terminal)
            if isinstance(attempt, timedelta):
                return Refused(why=Refusal.WAIT, wait=attempt)
            why_not = self._why_not(account, password)
            newer = None if why_not else self._newer_hash(account, password)
        with means.file.transaction() as records:
            kept = _unchanged(records, account)
            if kept is None or why_not:
                return _refused(attempt, account, terminal, why_not or "changed")
            if newer is not None:
                kept = replace(kept, password=newer)
                records.put(kept)
            if kept.has_second:
                attempt.take_back(records)
                return self._await_second(kept, terminal, kept.ways)
            return self._admit(records, attempt, kept, terminal, "password")

    # -- the second factor
    def second(self, ticket: str, terminal: str, proof: Proof) -> SignedIn | Refused:
        """May be tried again with the same ticket while it lasts."""
        waiting = self._of(ticket, terminal)
        if waiting is None or proof.way not in waiting.ways:
            return Refused(why=Refusal.START_AGAIN)
        means = self._means
        with means.file.transaction() as records:
            account = records.get(Account, waiting.name)
            attempt = self._try(records, account, waiting.name, terminal)
        if isinstance(attempt, timedelta):
            return Refused(why=Refusal.WAIT, wait=attempt)
        tag = b""
        if proof.way is Way.RECOVERY and account is not None and account.recovery is not None:
            tag = code_tag(account.recovery, proof.text, means.hasher)
        with means.file.transaction() as records:
            account = records.get(Account, waiting.name)
            if account is None or account.disabled or account.password != waiting.password:
                attempt.take_back(records)
                self._forget(ticket)
                return Refused(why=Refusal.START_AGAIN)
            used = self._used(account, waiting, proof, tag)
            if isinstance(used, str):
                return _refused(attempt, account, terminal, used)
            if self._forget(ticket) is None:  # another thread was first with it
                return Refused(why=Refusal.START_AGAIN)
            records.put(used)
            session = records.get(Session, waiting.unlocks) if waiting.unlocks else None
            if waiting.unlocks and session is None:  # it ended meanwhile
                attempt.take_back(records)
                return Refused(why=Refusal.START_AGAIN)
            return self._admit(records, attempt, used, terminal, proof.way, session)

    # -- unlocking
    def unlock(self, token: str, terminal: str, password: Password) -> SignedIn | Refused:
        """The session goes on, under a new token. The password is wiped."""
        confirmed = self._confirm(token, terminal, password)
        if isinstance(confirmed, Refused):
            return confirmed
        session, account, attempt = confirmed
        with self._means.file.transaction() as records:
            kept = _unchanged(records, account)
            if kept is None or records.get(Session, session.key) is None:
                attempt.take_back(records)
                return Refused(why=Refusal.START_AGAIN)
            return self._admit(records, attempt, kept, terminal, "password", session)

    def unlock_by_second(self, token: str, terminal: str) -> NeedsSecond | Denied:
        """The other way to unlock: with the second factor alone; no recovery code is spent on that."""
        with self._means.file.transaction() as records:
            found = self._session(records, token, terminal)
        if found is None:
            return Denied(why=Why.NO_SESSION)
        session, account = found
        if not account.has_second:
            return Denied(why=Why.OWED)
        return self._await_second(account, terminal, account.ways - {Way.RECOVERY}, unlocks=session.key)

    def own_account(self, token: str, terminal: str, password: Password) -> Own | Refused:
        """Leave to change one's own password and second factors: who sits down at an open desk has none. The password
        is wiped."""
        confirmed = self._confirm(token, terminal, password)
        if isinstance(confirmed, Refused):
            return confirmed
        session, account, attempt = confirmed
        with self._means.file.transaction() as records:
            attempt.forget_all(records)
        until = self._means.now() + self._means.limits.own
        return Own(by=account.name, terminal=terminal, session=session.key, until=until)

    # -- inside
    def _confirm(
        self, token: str, terminal: str, password: Password
    ) -> tuple[Session, Account, Try] | Refused:
        """Somebody who has a session gives the password again."""
        with password:
            with self._means.file.transaction() as records:
                found = self._session(records, token, terminal)
                if found is None:
                    return Refused(why=Refusal.START_AGAIN)
                session, account = found
                attempt = self._try(records, account, account.name, terminal)
            if isinstance(attempt, timedelta):
                return Refused(why=Refusal.WAIT, wait=attempt)
            why_not = self._why_not(account, password)
        return _refused(attempt, account, terminal, why_not) if why_not else (session, account, attempt)

    def _session(self, records: Records, token: str, terminal: str) -> tuple[Session, Account] | None:
        """A session of this terminal, locked or not, that is not over."""
        session = records.get(Session, key_of(token))
        if session is None or session.terminal != terminal:
            return None
        if abs(self._means.now() - session.began) >= self._means.limits.life:
            return None
        account = records.get(Account, session.name)
        return None if account is None or account.disabled else (session, account)

    def _try(self, records: Records, account: Account | None, name: str, terminal: str) -> Try | timedelta:
        who = f"account:{name}" if account is not None else f"unknown:{self._bucket(name)}"
        return Try.begin(records, (who, f"terminal:{terminal}"), self._means.now())

    def _bucket(self, name: str) -> int:
        digest = blake2b(name.encode("utf-8", "surrogatepass"), key=self._salt).digest()
        return int.from_bytes(digest[:4]) % _UNKNOWN_NAMES

    def _why_not(self, account: Account | None, password: Password) -> str:
        """A word for the audit, "" if they may. The password is checked in any case, so that the time tells nothing."""
        right = self._means.hasher.verify(None if account is None else account.password, password)
        if account is None:
            return "unknown_name"
        if not right:
            return "password"
        return "disabled" if account.disabled else ""

    def _newer_hash(self, account: Account | None, password: Password) -> str | None:
        """The password under today's parameters, if it is kept under others."""
        if account is None or not self._means.hasher.outdated(account.password):
            return None
        return self._means.hasher.hash(password)

    def _await_second(
        self, account: Account, terminal: str, ways: frozenset[Way], *, unlocks: str = ""
    ) -> NeedsSecond:
        means, now = self._means, self._means.now()
        challenge = ask_to_sign(account, means.random) if Way.KEY in ways else None
        ticket = means.new_token()
        with self._lock:
            over = [key for key, one in self._waiting.items() if abs(now - one.since) >= means.limits.steps]
            for key in over:
                del self._waiting[key]
            self._waiting[key_of(ticket)] = _Waiting(
                name=account.name,
                terminal=terminal,
                password=account.password,
                since=now,
                ways=ways,
                challenge=challenge,
                unlocks=unlocks,
            )
        return NeedsSecond(
            ticket=ticket, ways=ways, key_options="" if challenge is None else challenge.options
        )

    def _of(self, ticket: str, terminal: str) -> _Waiting | None:
        with self._lock:
            waiting = self._waiting.get(key_of(ticket))
        if waiting is None or waiting.terminal != terminal:
            return None
        return None if abs(self._means.now() - waiting.since) >= self._means.limits.steps else waiting

    def _forget(self, ticket: str) -> _Waiting | None:
        with self._lock:
            return self._waiting.pop(key_of(ticket), None)

    def _used(self, account: Account, waiting: _Waiting, proof: Proof, tag: bytes) -> Account | str:
        """The account with this factor used, or the word for why it does not count."""
        match proof.way:
            case Way.TOTP:
                after = (
                    None if account.totp is None else after_code(account.totp, proof.text, self._means.now())
                )
                return "totp" if after is None else replace(account, totp=after)
            case Way.RECOVERY:
                left = without_code(account.recovery, tag)
                return "recovery" if left is None else replace(account, recovery=left)
            case Way.KEY:
                if waiting.challenge is None:
                    return KeyRefusal.WRONG
                key = signed(waiting.challenge, account, proof.text)
                if isinstance(key, KeyRefusal):
                    return key
                keys = tuple(key if one.credential == key.credential else one for one in account.keys)
                return replace(account, keys=keys)

    def _admit(
        self,
        records: Records,
        attempt: Try,
        account: Account,
        terminal: str,
        how: str,
        session: Session | None = None,
    ) -> SignedIn:
        attempt.forget_all(records)
        began = None if session is None else session.began
        opened = open_session(records, self._means, account, terminal, began=began)
        what = What.SIGNED_IN if session is None else What.UNLOCKED
        facts: Facts = (AuditFact(what=what, name=account.name, terminal=terminal, why=how),)
        if how == Way.RECOVERY and account.recovery is not None:
            left = f"{len(account.recovery.left)}_left"
            facts += (AuditFact(what=What.RECOVERY_USED, name=account.name, terminal=terminal, why=left),)
        return replace(opened, facts=(*facts, *opened.facts))


def _unchanged(records: Records, account: Account | None) -> Account | None:
    """The account as it is kept now, unless what was checked while nobody held the pen has been changed since."""
    kept = None if account is None else records.get(Account, account.name)
    if kept is None or account is None or kept.disabled or kept.password != account.password:
        return None
    return kept


def _refused(attempt: Try, account: Account | None, terminal: str, why: str) -> Refused:
    name = "" if account is None else account.name
    fact = AuditFact(what=What.SIGN_IN_FAILED, name=name, terminal=terminal, why=why)
    return Refused(why=Refusal.WRONG, wait=attempt.wait, facts=(fact,))
