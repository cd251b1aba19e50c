"""Being signed in: what a session may do, when it locks and ends, and break-glass.

A session is a random token that its holder shows with each act. It is bound to its terminal, locks when nothing was
touched for a while, when somebody else signs in there or when it is shown at another terminal, and ends for good after
its life, or when the account's password, role or standing changes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from kiosk.accounts.facts import AuditFact, What
from kiosk.accounts.interface import Records
from kiosk.accounts.means import Means, is_text, key_of
from kiosk.accounts.outcomes import (
    Allowed,
    Denied,
    Facts,
    Glass,
    GlassBroken,
    Present,
    SignedIn,
    Standing,
    Why,
)
from kiosk.accounts.records import Account, BrokenGlass, Session
from kiosk.accounts.roles import SHOWS_PERSONAL_DATA, Action, can_break, permits

_TOUCH: Final = timedelta(seconds=5)
"""Not every touch is written: a session may lock so much early."""
_GLASS_KEPT: Final = timedelta(days=90)
REASON_SHORTEST: Final = 5
REASON_LONGEST: Final = 200


class Sessions:
    def __init__(self, means: Means) -> None:
        self._means = means

    def authorise(
        self, token: str, terminal: str, action: Action, *, visit: str = "", about: str = ""
    ) -> Allowed | Denied:
        """Whether the holder may do this now; it counts as a touch. ``visit``, or ``about`` (a patient number), is
        whose data it is about. Keep the facts: where a patient's data is shown there is one for each look."""
        now = self._means.now()
        with self._means.file.transaction() as records:
            found = self._find(records, token, terminal, now)
            if isinstance(found, Denied):
                return found
            session, account = found
            if self._means.limits.owed(account):
                return Denied(why=Why.OWED)
            self._touch(records, session, now)
            broken = not permits(account.role, action)
            if broken and action not in _glass(records, account, terminal, now):
                why = AuditFact(
                    what=What.DENIED, name=account.name, terminal=terminal, visit=visit, action=action
                )
                return Denied(why=Why.FORBIDDEN, facts=(why,))
        whats = [What.USED_BROKEN_GLASS] * broken + [What.SAW_DATA] * (action in SHOWS_PERSONAL_DATA)
        facts = tuple(
            AuditFact(
                what=what, name=account.name, terminal=terminal, visit=visit, action=action, about=about
            )
            for what in whats
        )
        return Allowed(by=account.name, terminal=terminal, action=action, broken_glass=broken, facts=facts)

    def look(self, token: str, terminal: str) -> Standing | Denied:
        """How the session stands; no touch, so that a screen may ask every second."""
        now = self._means.now()
        limits = self._means.limits
        with self._means.file.transaction() as records:
            found = self._find(records, token, terminal, now)
            if isinstance(found, Denied):
                return found
            session, account = found
            glass = _glass(records, account, terminal, now)
        return Standing(
            name=account.name,
            display=account.display,
            role=account.role,
            owed=limits.owed(account),
            locks_at=session.seen + limits.idle,
            ends_at=session.began + limits.life,
            glass=tuple(Glass(action, until) for action, until in sorted(glass.items())),
        )

    def touch(self, token: str, terminal: str) -> Standing | Denied:
        """Somebody is there: the idle time begins anew."""
        now = self._means.now()
        with self._means.file.transaction() as records:
            found = self._find(records, token, terminal, now)
            if isinstance(found, Denied):
                return found
            self._touch(records, found[0], now)
        return self.look(token, terminal)

    def lock(self, token: str, terminal: str) -> Facts:
        """By hand; nothing if it is locked or over already."""
        now = self._means.now()
        with self._means.file.transaction() as records:
            found = self._find(records, token, terminal, now)
            return found.facts if isinstance(found, Denied) else (lock(records, found[0], "by_hand"),)

    def sign_out(self, token: str, terminal: str) -> Facts:
        """Ends the session, locked or not; nothing if there is none of this token here."""
        with self._means.file.transaction() as records:
            session = records.get(Session, key_of(token))
            if session is None or session.terminal != terminal:
                return ()
            records.drop(session)
        return (AuditFact(what=What.SIGNED_OUT, name=session.name, terminal=terminal),)

    def present(self, terminal: str) -> list[Present]:
        """Who shares this terminal, for changing over quickly."""
        now, limits = self._means.now(), self._means.limits
        with self._means.file.transaction() as records:
            sessions = records.all(Session)
            display = {account.name: account.display for account in records.all(Account)}
        here = [one for one in sessions if one.terminal == terminal and not _over(one, now, limits.life)]
        return [
            Present(one.name, display[one.name], one.locked or _idle(one, now, limits.idle))
            for one in sorted(here, key=lambda one: one.name)
        ]

    # -- break-glass
    def break_glass(self, token: str, terminal: str, action: Action, reason: str) -> GlassBroken | Denied:
        """Gives the holder an action that their role lacks, at this terminal and for a quarter of an hour. The fact is
        an alarm."""
        means, now = self._means, self._means.now()
        with means.file.transaction() as records:
            found = self._find(records, token, terminal, now)
            if isinstance(found, Denied):
                return found
            session, account = found
            if means.limits.owed(account):
                return Denied(why=Why.OWED)
            self._touch(records, session, now)
            if not can_break(account.role, action):
                return Denied(why=Why.NOT_BREAKABLE)
            if not is_text(reason, REASON_SHORTEST, REASON_LONGEST):
                return Denied(why=Why.REASON)
            until = now + means.limits.glass
            records.put(
                BrokenGlass(
                    key=f"{now.isoformat(timespec='milliseconds')} {means.random(4).hex()}",
                    name=account.name,
                    terminal=terminal,
                    action=action,
                    reason=reason.strip(),
                    at=now,
                    until=until,
                )
            )
        fact = AuditFact(
            what=What.BROKE_GLASS, name=account.name, terminal=terminal, action=action, reason=reason.strip()
        )
        return GlassBroken(action=action, until=until, facts=(fact,))

    def glass_broken(self, permit: Allowed) -> list[BrokenGlass]:
        """Of the last 90 days, oldest first, for who manages accounts."""
        may_manage(permit)
        with self._means.file.transaction() as records:
            return records.all(BrokenGlass)

    # -- inside
    def _find(
        self, records: Records, token: str, terminal: str, now: datetime
    ) -> tuple[Session, Account] | Denied:
        """The open session of this token at this terminal. What time has done to it is done here."""
        session = records.get(Session, key_of(token))
        if session is None:
            return Denied(why=Why.NO_SESSION)
        if session.terminal != terminal:  # somebody has the token who should not
            facts = () if session.locked else (lock(records, session, "other_terminal"),)
            misused = AuditFact(
                what=What.SESSION_MISUSED, name=session.name, terminal=terminal, why="other_terminal"
            )
            return Denied(why=Why.NO_SESSION, facts=(misused, *facts))
        limits = self._means.limits
        if _over(session, now, limits.life):
            return Denied(why=Why.NO_SESSION, facts=(end(records, session, "life"),))
        if session.locked:
            return Denied(why=Why.LOCKED)
        if _idle(session, now, limits.idle):
            return Denied(why=Why.LOCKED, facts=(lock(records, session, "idle"),))
        account = records.get(Account, session.name)
        return Denied(why=Why.NO_SESSION) if account is None or account.disabled else (session, account)

    def _touch(self, records: Records, session: Session, now: datetime) -> None:
        if abs(now - session.seen) >= _TOUCH:
            records.put(replace(session, seen=now))


def may_manage(permit: Allowed) -> None:
    """A caller that did not ask first is a bug."""
    if permit.action is not Action.MANAGE_ACCOUNTS:
        raise PermissionError(f"{permit.action} is not {Action.MANAGE_ACCOUNTS}")


# -- what signing in and managing do to sessions ---------------------------------------------------
def open_session(
    records: Records, means: Means, account: Account, terminal: str, *, began: datetime | None = None
) -> SignedIn:
    """A new token for this person at this terminal, in place of an earlier one; the others who share it are locked.
    ``began``: of a session that goes on under the new token."""
    now = means.now()
    told: list[AuditFact] = []
    for session in records.all(Session):
        here = session.terminal == terminal
        if here and session.name == account.name:
            records.drop(session)
        elif _over(session, now, means.limits.life):
            told.append(end(records, session, "life"))
        elif here and not session.locked:
            told.append(lock(records, session, "other_person"))
    token = means.new_token()
    records.put(
        Session(key=key_of(token), name=account.name, terminal=terminal, began=began or now, seen=now)
    )
    for glass in records.all(BrokenGlass):
        if now - glass.at > _GLASS_KEPT:
            records.drop(glass)
    return SignedIn(
        token=token,
        name=account.name,
        display=account.display,
        role=account.role,
        owed=means.limits.owed(account),
        facts=tuple(told),
    )


def lock(records: Records, session: Session, why: str) -> AuditFact:
    records.put(replace(session, locked=True))
    return AuditFact(what=What.LOCKED, name=session.name, terminal=session.terminal, why=why)


def end(records: Records, session: Session, why: str) -> AuditFact:
    records.drop(session)
    return AuditFact(what=What.SESSION_ENDED, name=session.name, terminal=session.terminal, why=why)


def end_all(records: Records, name: str, why: str, *, but: str = "") -> Facts:
    """Every session of this person, but for the one of that key."""
    theirs = [session for session in records.all(Session) if session.name == name and session.key != but]
    return tuple(end(records, session, why) for session in theirs)


def _over(session: Session, now: datetime, life: timedelta) -> bool:
    return abs(now - session.began) >= life  # a clock that was set back far ends it too


def _idle(session: Session, now: datetime, idle: timedelta) -> bool:
    return abs(now - session.seen) >= idle


def _glass(records: Records, account: Account, terminal: str, now: datetime) -> dict[Action, datetime]:
    """The actions that break-glass gives this person here, each with its end."""
    return {
        glass.action: glass.until
        for glass in records.all(BrokenGlass)
        if glass.name == account.name
        and glass.terminal == terminal
        and glass.at <= now < glass.until
        and can_break(account.role, glass.action)
    }
