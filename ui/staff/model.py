"""What the console shows and does, between the screen's thread and the desk's: immutable values out, wishes in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Literal

import msgspec
from PySide6.QtCore import QObject, Signal

from kiosk.accounts.outcomes import Denied
from kiosk.accounts.roles import Action
from kiosk.desk.board import Filter
from kiosk.desk.desk import Desk, Look
from kiosk.desk.refusing import Done, Refusal
from kiosk.desk.row import Row
from kiosk.evidence.reasons import Reason
from kiosk.ledger.interface import day_start
from kiosk.visit.moment import Moment
from ui.staff.guard import Guard
from ui.staff.lane import Lane, Trouble, outcome_of

PATIENCE_MS = 6_000
"""A terminal that runs answers within a second or two."""


class Shown(msgspec.Struct, frozen=True):
    """The board at a moment. ``down``: why the national system does not answer, and since when. ``ticketless``:
    terminals whose tickets do not come out today. ``trouble``: the ledger cannot be read, and all this is as old as
    ``now``."""

    rows: dict[Filter, tuple[Row, ...]]
    today: date
    now: datetime
    down: Reason | None = None
    down_since: str = ""
    answered: bool = False
    ticketless: tuple[str, ...] = ()
    trouble: Trouble | None = None

    def of(self, which: Filter) -> tuple[Row, ...]:
        return self.rows[which]

    @property
    def waiting(self) -> int:
        """How many stand there and wait for a person."""
        return sum(row.live for row in self.rows[Filter.NEEDS])


What = Literal["sent", "accepted", "not_accepted", "noted", "refused", "denied", "trouble", "no_reply"]


class Told(msgspec.Struct, frozen=True):
    """What became of an action: ``sent`` to the terminal, which answers with ``accepted``, ``not_accepted`` or not at
    all; ``noted`` at the desk itself; or why it was not done. ``row``: the visit as it stands now."""

    what: What
    deed: str
    row: Row | None = None
    refusal: Refusal | None = None
    denied: Denied | None = None
    trouble: Trouble | None = None


class _Pending(msgspec.Struct, frozen=True):
    deed: str
    visit: str
    until: int


Work = Callable[[Desk, str], Done | Refusal]
"""Done on the desk's thread, by somebody of that name."""


class DeskModel(QObject):
    """Its methods are called on the screen's thread; ``tick`` is the desk lane's. What is wanted is done for whoever
    wanted it, though it waits and others sign in meanwhile. Signals carry ``Shown``, rows that call for the first time,
    the open visit's ``Detail`` (None: there is none), ``Told``."""

    shown = Signal(object)
    called = Signal(object)
    detailed = Signal(object)
    told = Signal(object)

    def __init__(self, desk: Desk, guard: Guard, now: Callable[[], Moment]) -> None:
        super().__init__()
        self._desk = desk
        self._guard = guard
        self._now = now
        self._lane: Lane | None = None
        self._look: Look | None = None
        self._stale = False  # the open visit has moved on, and its page could not be told
        self._last: Shown | None = None
        self._pending: dict[str, _Pending] = {}
        self.latest: Shown | None = None

    def start(self, lane: Lane) -> None:
        """``lane``: the one whose tick is ours."""
        self._lane = lane
        self.shown.connect(self._remember)
        lane.do(self.tick)

    # ------------------------------------------------------------------------------ the screen's thread

    def open(self, visit: str) -> None:
        """Looks at a patient's data; that is recorded first. ``detailed`` follows, and ``told`` if it may not be."""
        token = self._guard.token
        self._do(lambda: self._open(visit, token), "open")

    def leave(self) -> None:
        """Nobody looks at a visit any more."""
        self._do(self._leave, "leave")

    def act(
        self,
        deed: str,
        permission: Action,
        visit: str,
        work: Work,
        *,
        follow: Work | None = None,
    ) -> None:
        """Does something about a visit, or asks those who must. ``follow``: done after it, when the board knows of
        it; it may be refused without a word. ``told`` follows."""
        token = self._guard.token
        self._do(lambda: self._act(deed, permission, visit, work, follow, token), deed)

    def fetch(
        self,
        permission: Action,
        visit: str,
        work: Callable[[Desk, str], object],
        then: Callable[[object], object],
        *,
        about: str = "",
    ) -> None:
        """Something to look at: a report, a scan. ``about``: what, where it is of no visit. ``then`` gets it, or
        ``Denied``, ``Refusal`` or ``Trouble``."""

        token = self._guard.token

        def job() -> object:
            allowed = self._guard.allow(permission, visit=visit, about=about, token=token)
            return allowed if isinstance(allowed, Denied) else work(self._desk, allowed.by)

        assert self._lane is not None
        self._lane.do(job, then)

    def row(self, visit: str) -> Row | None:
        """As it was shown last."""
        rows = self.latest.of(Filter.ALL) if self.latest is not None else ()
        return next((row for row in rows if row.visit == visit), None)

    def _remember(self, shown: Shown) -> None:
        self.latest = shown

    def _do(self, job: Callable[[], object], deed: str) -> None:
        assert self._lane is not None

        def then(outcome: object) -> None:
            if isinstance(outcome, Trouble):
                self.told.emit(Told("trouble", deed, trouble=outcome))

        self._lane.do(job, then)

    # -------------------------------------------------------------------------------- the desk's thread

    def tick(self) -> None:
        """Looks for news, and tells them."""
        news = outcome_of(self._desk.poll)
        if isinstance(news, Trouble):
            self._tell_shown(news)
            return
        self._tell_shown(None)
        if news.called:
            self.called.emit(news.called)
        for reply in news.replies:
            pending = self._pending.pop(reply.request, None)
            if pending is not None:
                what: What = "accepted" if reply.accepted else "not_accepted"
                self.told.emit(Told(what, pending.deed, self._desk.row(reply.visit)))
        self._give_up_waiting()
        if self._look is not None and (self._stale or self._look.visit in news.touched):
            self._follow()

    def _open(self, visit: str, token: str) -> None:
        allowed = self._guard.allow(Action.OPEN_VISIT, visit=visit, token=token)
        if isinstance(allowed, Denied):
            self.told.emit(Told("denied", "open", self._desk.row(visit), denied=allowed))
            return
        look = self._desk.look(visit, allowed.by)
        if isinstance(look, Refusal):
            self.told.emit(Told("refused", "open", self._desk.row(visit), look))
            return
        self._look, self._stale = look, True
        self._tell_detail()

    def _leave(self) -> None:
        self._look = None

    def _act(
        self, deed: str, permission: Action, visit: str, work: Work, follow: Work | None, token: str
    ) -> None:
        allowed = self._guard.allow(permission, visit=visit, token=token)
        row = self._desk.row(visit)
        if isinstance(allowed, Denied):
            self.told.emit(Told("denied", deed, row, denied=allowed))
            return
        done = work(self._desk, allowed.by)
        if isinstance(done, Refusal):
            self.told.emit(Told("refused", deed, row, done))
            return
        if self._desk.awaits(done.id):
            self._pending[done.id] = _Pending(deed, visit, self._now().mono + PATIENCE_MS)
            self.told.emit(Told("sent", deed, row))
            return
        self.tick()
        if follow is not None:
            follow(self._desk, allowed.by)
            self.tick()
        if self._look is not None:  # the desk may have taken the news itself
            self._follow()
        self.told.emit(Told("noted", deed, self._desk.row(visit)))

    def _give_up_waiting(self) -> None:
        now = self._now().mono
        for request in [id_ for id_, pending in self._pending.items() if pending.until <= now]:
            pending = self._pending.pop(request)
            self.told.emit(Told("no_reply", pending.deed, self._desk.row(pending.visit)))

    def _follow(self) -> None:
        """The open page shows what it has, until the ledger can be read again."""
        self._stale = True
        outcome = outcome_of(self._tell_detail)
        if isinstance(outcome, Trouble):
            self._tell_shown(outcome)

    def _tell_detail(self) -> None:
        detail = self._look.detail() if self._look is not None else None
        self._stale = False
        row = self._desk.row(self._look.visit) if self._look is not None else None
        if detail is not None and row is not None:  # the board knows besides whether the terminal still runs
            detail = msgspec.structs.replace(detail, row=row)
        self.detailed.emit(detail)

    def _tell_shown(self, trouble: Trouble | None) -> None:
        shown = self._shown(trouble)
        if self._last is None or msgspec.structs.replace(shown, now=self._last.now) != self._last:
            self._last = shown
            self.shown.emit(shown)

    def _shown(self, trouble: Trouble | None) -> Shown:
        if trouble is not None and self._last is not None:
            return msgspec.structs.replace(self._last, trouble=trouble)
        health, today = self._desk.board.health, self._desk.today
        begun = day_start(today)
        return Shown(
            rows={which: self._desk.rows(which) for which in Filter},
            today=today,
            now=self._now().utc,
            down=health.down,
            down_since=health.since if health.down is not None else "",
            answered=health.up_at > 0,
            ticketless=tuple(sorted(one for one, since in health.ticketless.items() if since >= begun)),
            trouble=trouble,
        )
