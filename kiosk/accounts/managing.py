"""Accounts: setting up the first, adding and changing others, and one's own password and second factors.

Who calls shows leave: ``Allowed(MANAGE_ACCOUNTS)`` for everybody's account, ``Own`` for one's own. Without either it is
a bug (``PermissionError``). Secrets are made here, shown once, and kept only when the person has proven to hold them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
from msgspec.structs import replace

from kiosk.accounts.facts import MACHINE, AuditFact, What
from kiosk.accounts.interface import Records
from kiosk.accounts.means import Means, is_display, is_name, plain_name
from kiosk.accounts.outcomes import (
    Allowed,
    Changed,
    Facts,
    NotDone,
    Own,
    Person,
    RecoveryCodesMade,
    Unchanged,
)
from kiosk.accounts.passwords import Password, Weakness, weakness
from kiosk.accounts.records import Account, Session, Totp
from kiosk.accounts.roles import Action, Role, permits
from kiosk.accounts.second import after_code, new_recovery_codes, new_totp, otpauth
from kiosk.accounts.security_key import Challenge, ask_to_register, registered
from kiosk.accounts.sessions import end_all, may_manage

BY_COMMAND: Final = Allowed(by=MACHINE, terminal="", action=Action.MANAGE_ACCOUNTS)
"""Leave of who can read the file's key anyway: the machine's own administrator at its command line."""

Leave = Allowed | Own


class TotpOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A new secret, to be shown once: ``secret`` to type, ``uri`` for an app or a QR code. It counts after
    ``confirm_totp``."""

    name: str
    totp: Totp
    uri: str

    @property
    def secret(self) -> str:
        return self.totp.secret

    def __repr__(self) -> str:
        return f"TotpOffer({self.name!r})"


class KeyOffer(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    challenge: Challenge


class Managing:
    def __init__(self, means: Means, facility: str = "Uketsuke") -> None:
        self._means = means
        self._facility = facility

    # -- everybody's
    def is_first_start(self) -> bool:
        with self._means.file.transaction() as records:
            return not records.all(Account)

    def first_setup(self, name: str, display: str, password: Password) -> Changed | Unchanged:
        """The first account, an administrator. Only where there is none: no account ever has a password that came with
        the program. The password is wiped."""
        return self._add(MACHINE, name, display, Role.ADMINISTRATOR, password, first=True)

    def add(
        self, leave: Allowed, name: str, display: str, role: Role, password: Password
    ) -> Changed | Unchanged:
        """The password, which is wiped, serves for signing in once and choosing another."""
        may_manage(leave)
        return self._add(leave.by, name, display, role, password, first=False)

    def people(self) -> list[Person]:
        """All accounts by name; nothing secret."""
        with self._means.file.transaction() as records:
            accounts = records.all(Account)
        return [
            Person(
                name=one.name,
                display=one.display,
                role=one.role,
                disabled=one.disabled,
                second=tuple(["totp"] * (one.totp is not None) + [f"key {key.label}" for key in one.keys]),
                recovery_codes=0 if one.recovery is None else len(one.recovery.left),
                owed=tuple(sorted(self._means.limits.owed(one))),
            )
            for one in accounts
        ]

    def set_role(self, leave: Allowed, name: str, role: Role) -> Changed | Unchanged:
        may_manage(leave)
        return self._change(leave, name, f"role_{role}", lambda one: replace(one, role=role), end=True)

    def disable(self, leave: Allowed, name: str) -> Changed | Unchanged:
        may_manage(leave)
        return self._change(leave, name, "disabled", lambda one: replace(one, disabled=True), end=True)

    def enable(self, leave: Allowed, name: str) -> Changed | Unchanged:
        may_manage(leave)
        return self._change(leave, name, "enabled", lambda one: replace(one, disabled=False))

    def forget_second(self, leave: Leave, name: str) -> Changed | Unchanged:
        """Removes every second factor: for who has lost theirs."""
        bare = lambda one: replace(one, totp=None, recovery=None, keys=())  # noqa: E731
        return self._change(leave, name, "second_forgotten", bare, end=True)

    def set_password(self, leave: Leave, name: str, password: Password) -> Changed | Unchanged:
        """One's own stays; one that somebody else sets must be changed at the next signing in. Every other session of
        this person ends. The password is wiped."""
        _may(leave, name)
        with password:
            account = self._account(name)
            if account is None:
                return Unchanged(why=NotDone.UNKNOWN)
            if weak := weakness(password, account.name, account.display):
                return Unchanged(why=weak)
            if self._means.hasher.verify(account.password, password):
                return Unchanged(why=Weakness.SAME)
            hashed = self._means.hasher.hash(password)
        temporary = not isinstance(leave, Own)
        return self._change(
            leave, name, "password", lambda one: replace(one, password=hashed, temporary=temporary), end=True
        )

    # -- second factors
    def offer_totp(self, leave: Leave, name: str) -> TotpOffer:
        _may(leave, name)
        totp, plain = new_totp(self._means.random), plain_name(name)
        return TotpOffer(name=plain, totp=totp, uri=otpauth(totp, plain, self._facility))

    def confirm_totp(self, leave: Leave, offer: TotpOffer, code: str) -> Changed | Unchanged:
        """``code``: what the app shows, which proves that it has the secret and the right time."""
        used = after_code(offer.totp, code, self._means.now())
        if used is None:
            return Unchanged(why=NotDone.CODE)
        return self._change(leave, offer.name, "totp", lambda one: replace(one, totp=used))

    def new_recovery_codes(self, leave: Leave, name: str) -> RecoveryCodesMade | Unchanged:
        """Ten codes for the day on which the other factor is lost; earlier ones are void. As slow as ten passwords."""
        _may(leave, name)
        account = self._account(name)
        if (
            account is None or not account.has_second
        ):  # before the slow part; and again with the pen in the hand
            return Unchanged(why=NotDone.UNKNOWN if account is None else NotDone.OTHER_FIRST)
        kept, codes = new_recovery_codes(self._means.hasher, self._means.random)
        done = self._change(
            leave, name, "recovery_codes",
            lambda one: replace(one, recovery=kept) if one.has_second else NotDone.OTHER_FIRST,
        )  # fmt: skip
        return done if isinstance(done, Unchanged) else RecoveryCodesMade(codes=codes, facts=done.facts)

    def offer_key(self, leave: Leave, name: str) -> KeyOffer | Unchanged:
        """``challenge.options`` go to ``SecurityKey.create``."""
        _may(leave, name)
        account = self._account(name)
        if account is None:
            return Unchanged(why=NotDone.UNKNOWN)
        return KeyOffer(name=account.name, challenge=ask_to_register(account, self._means.random))

    def confirm_key(self, leave: Leave, offer: KeyOffer, answer: str, label: str) -> Changed | Unchanged:
        """``label``: what this person calls the key."""
        if not is_display(label):
            return Unchanged(why=NotDone.DISPLAY)
        key = registered(offer.challenge, answer, label.strip(), self._means.now())
        if key is None:
            return Unchanged(why=NotDone.KEY)
        return self._change(leave, offer.name, "key", lambda one: replace(one, keys=(*one.keys, key)))

    # -- inside
    def _add(
        self, by: str, name: str, display: str, role: Role, password: Password, *, first: bool
    ) -> Changed | Unchanged:
        name, display = plain_name(name), display.strip()
        with password:
            if not is_name(name):
                return Unchanged(why=NotDone.NAME)
            if not is_display(display):
                return Unchanged(why=NotDone.DISPLAY)
            if weak := weakness(password, name, display):
                return Unchanged(why=weak)
            hashed = self._means.hasher.hash(password)
        account = Account(
            name=name,
            display=display,
            role=role,
            password=hashed,
            temporary=not first,
            added=self._means.now(),
        )
        with self._means.file.transaction() as records:
            if first and records.all(Account):
                return Unchanged(why=NotDone.NOT_FIRST)
            if records.get(Account, name) is not None:
                return Unchanged(why=NotDone.NAME_TAKEN)
            records.put(account)
        fact = AuditFact(what=What.ACCOUNT_ADDED, name=by, about=name, why=role)
        return Changed(facts=(fact,))

    def _change(
        self,
        leave: Leave,
        name: str,
        why: str,
        change: Callable[[Account], Account | NotDone],
        *,
        end: bool = False,
    ) -> Changed | Unchanged:
        """``end``: every session of this person ends, but the one that does this."""
        name = plain_name(name)
        _may(leave, name)
        with self._means.file.transaction() as records:
            account = records.get(Account, name)
            if account is None:
                return Unchanged(why=NotDone.UNKNOWN)
            if isinstance(leave, Own) and self._is_late(records, leave):
                return Unchanged(why=NotDone.TOO_LATE)
            changed = change(account)
            if isinstance(changed, NotDone):
                return Unchanged(why=changed)
            if _manages(account) and not _manages(changed) and not _others_manage(records, name):
                return Unchanged(why=NotDone.LAST_ADMINISTRATOR)
            records.put(changed)
            own = leave.session if isinstance(leave, Own) else ""
            ended: Facts = end_all(records, name, why, but=own) if end else ()
        fact = AuditFact(
            what=What.ACCOUNT_CHANGED, name=leave.by, terminal=leave.terminal, about=name, why=why
        )
        return Changed(facts=(fact, *ended))

    def _is_late(self, records: Records, own: Own) -> bool:
        """Also when the session has ended since, as it does with a change by somebody else."""
        return self._means.now() >= own.until or records.get(Session, own.session) is None

    def _account(self, name: str) -> Account | None:
        with self._means.file.transaction() as records:
            return records.get(Account, plain_name(name))


def _may(leave: Leave, name: str) -> None:
    if isinstance(leave, Own):
        if leave.by != plain_name(name):
            raise PermissionError("leave for another account")
    else:
        may_manage(leave)


def _manages(account: Account) -> bool:
    return permits(account.role, Action.MANAGE_ACCOUNTS) and not account.disabled


def _others_manage(records: Records, name: str) -> bool:
    return any(_manages(one) for one in records.all(Account) if one.name != name)
