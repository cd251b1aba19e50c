"""Who sits at this console and what they may do: the accounts as the console uses them. What they tell is kept in the
ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from kiosk.accounts.facts import AuditFact, What
from kiosk.accounts.managing import KeyOffer, Managing, TotpOffer
from kiosk.accounts.outcomes import (
    Allowed,
    Changed,
    Denied,
    GlassBroken,
    NeedsSecond,
    Outcome,
    Own,
    Person,
    Present,
    Proof,
    RecoveryCodesMade,
    Refused,
    SignedIn,
    Standing,
    Unchanged,
)
from kiosk.accounts.passwords import Password
from kiosk.accounts.records import BrokenGlass
from kiosk.accounts.roles import Action, Role
from kiosk.accounts.sessions import Sessions
from kiosk.accounts.signing_in import SigningIn
from kiosk.ledger import LedgerError

Tell = Callable[[AuditFact], object]
"""Keeps a fact in the ledger. Raises ``LedgerError``."""
Said = TypeVar("Said", bound=Outcome)
_log = structlog.get_logger(__name__)


@dataclass
class Guard:
    """Safe to use from several threads; never from one that draws. ``terminal``: this console's place. Only the token
    is remembered here, and only while somebody is signed in. Raises ``AccountFileError``."""

    signing_in: SigningIn
    sessions: Sessions
    managing: Managing
    terminal: str
    tell: Tell
    token: str = field(default="", repr=False)

    # -- coming and going
    def is_first_start(self) -> bool:
        return self.managing.is_first_start()

    def first_setup(self, name: str, display: str, password: Password) -> Changed | Unchanged:
        return self._told(self.managing.first_setup(name, display, password))

    def sign_in(self, name: str, password: Password) -> SignedIn | NeedsSecond | Refused:
        return self._entered(self._told(self.signing_in.sign_in(name, password, self.terminal)))

    def second(self, ticket: str, proof: Proof) -> SignedIn | Refused:
        return self._entered(self._told(self.signing_in.second(ticket, self.terminal, proof)))

    def unlock(self, password: Password) -> SignedIn | Refused:
        return self._entered(self._told(self.signing_in.unlock(self.token, self.terminal, password)))

    def lock(self) -> None:
        if self.token:
            self._tell(self.sessions.lock(self.token, self.terminal))

    def sign_out(self) -> None:
        if self.token:
            self._tell(self.sessions.sign_out(self.token, self.terminal))
            self.token = ""

    def present(self) -> list[Present]:
        return self.sessions.present(self.terminal)

    # -- being there
    def standing(self) -> Standing | Denied:
        """How the session stands; asking is no touch."""
        return self._told(self.sessions.look(self.token, self.terminal))

    def touch(self) -> Standing | Denied:
        return self._told(self.sessions.touch(self.token, self.terminal))

    def allow(
        self, action: Action, *, visit: str = "", about: str = "", token: str | None = None
    ) -> Allowed | Denied:
        """Whether it may be done now; it is noted before it is. ``token``: of who wanted it, where somebody else may
        have signed in since. Raises ``LedgerError`` where that cannot be noted: then it may not. That a visit's data
        were seen is the desk's own entry, and is not noted twice."""
        token = self.token if token is None else token
        answer = self.sessions.authorise(token, self.terminal, action, visit=visit, about=about)
        for fact in answer.facts:
            if not (fact.what is What.SAW_DATA and fact.visit):
                self.tell(fact)
        return answer

    def break_glass(self, action: Action, reason: str) -> GlassBroken | Denied:
        return self._told(self.sessions.break_glass(self.token, self.terminal, action, reason))

    # -- accounts
    def own(self, password: Password) -> Own | Refused:
        return self._told(self.signing_in.own_account(self.token, self.terminal, password))

    def people(self) -> list[Person]:
        return self.managing.people()

    def glass_broken(self) -> list[BrokenGlass]:
        """Of the last 90 days; none for who does not manage accounts."""
        leave = self.allow(Action.MANAGE_ACCOUNTS)
        return [] if isinstance(leave, Denied) else self.sessions.glass_broken(leave)

    def add(
        self, leave: Allowed, name: str, display: str, role: Role, password: Password
    ) -> Changed | Unchanged:
        return self._told(self.managing.add(leave, name, display, role, password))

    def set_role(self, leave: Allowed, name: str, role: Role) -> Changed | Unchanged:
        return self._told(self.managing.set_role(leave, name, role))

    def set_disabled(self, leave: Allowed, name: str, disabled: bool) -> Changed | Unchanged:
        change = self.managing.disable if disabled else self.managing.enable
        return self._told(change(leave, name))

    def forget_second(self, leave: Allowed | Own, name: str) -> Changed | Unchanged:
        return self._told(self.managing.forget_second(leave, name))

    def set_password(self, leave: Allowed | Own, name: str, password: Password) -> Changed | Unchanged:
        return self._told(self.managing.set_password(leave, name, password))

    def confirm_totp(self, leave: Allowed | Own, offer: TotpOffer, code: str) -> Changed | Unchanged:
        return self._told(self.managing.confirm_totp(leave, offer, code))

    def confirm_key(self, leave: Own, offer: KeyOffer, answer: str, label: str) -> Changed | Unchanged:
        return self._told(self.managing.confirm_key(leave, offer, answer, label))

    def new_recovery_codes(self, leave: Allowed | Own, name: str) -> RecoveryCodesMade | Unchanged:
        return self._told(self.managing.new_recovery_codes(leave, name))

    # -- inside
    def _entered(self, outcome: Said) -> Said:
        if isinstance(outcome, SignedIn):
            self.token = outcome.token
        return outcome

    def _told(self, outcome: Said) -> Said:
        self._tell(outcome.facts)
        return outcome

    def _tell(self, facts: tuple[AuditFact, ...]) -> None:
        """What is over already is kept if it can be: somebody must be able to sign in and see what is wrong."""
        for fact in facts:
            try:
                self.tell(fact)
            except LedgerError as error:
                _log.error("audit.not_kept", what=fact.type, error=error.code)
