"""The desk over a ledger: what a console shows and does. It never moves a visit that stands at a terminal: it asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import takewhile

import msgspec

from drivers.interface import Printer
from kiosk.desk.board import Board, Filter
from kiosk.desk.case import CLOSED, Case
from kiosk.desk.deliveries import Handed
from kiosk.desk.detail import Detail, detail
from kiosk.desk.handing_over import DONE, NOT_DONE, HandingOver
from kiosk.desk.notebook import Notebook
from kiosk.desk.notes import Action, LookedUp
from kiosk.desk.printing import PaperDesk
from kiosk.desk.refusing import Done, Refusal, Why
from kiosk.desk.report import DailyReport, daily_report
from kiosk.desk.row import Need, Row
from kiosk.desk.taking_over import TakingOver, outcome_of
from kiosk.desk.world import Owners, World
from kiosk.evidence.model import Book, Way
from kiosk.handoff.notes import ACTIONS as DELIVERY_ACTIONS
from kiosk.handoff.notes import How
from kiosk.ledger import Ledger, Record
from kiosk.ledger.chain import ACCEPTED, MOVED_ELSEWHERE, REFUSED
from kiosk.ledger.errors import AlreadyAnswered, NotOwner, UnknownRequest, UnknownVisit
from kiosk.ledger.interface import Request, day_start
from kiosk.ledger.projection import Answered
from kiosk.patients.interface import PatientFile
from kiosk.visit.flow.staff import NEEDS_LOOK_UP

DAYS_SHOWN = 4
"""What was not done is still on the board after a long weekend."""
_OWNERS_EVERY_MS = 2_000
_WITH_A_WAY = ("accept", "refuse")
_REPLIES = frozenset({ACCEPTED, REFUSED, *DONE, *NOT_DONE})


class Replied(msgspec.Struct, frozen=True):
    """A terminal's answer to a request of this desk. ``why`` as the terminal wrote it."""

    request: str
    visit: str
    accepted: bool
    why: str = ""


class News(msgspec.Struct, frozen=True):
    """What came since the last look. ``called``: rows for which somebody waits, who did not before: a sound and a
    badge. ``replies``: to requests of this desk."""

    touched: frozenset[str] = frozenset()
    called: tuple[Row, ...] = ()
    replies: tuple[Replied, ...] = ()


class Look:
    """One look of one person at one visit; it was recorded before this was given out. ``detail`` follows the visit;
    whoever closes the page and opens it again looks again."""

    def __init__(self, desk: Desk, visit: str) -> None:
        self._desk = desk
        self._visit = visit

    @property
    def visit(self) -> str:
        return self._visit

    def detail(self) -> Detail | None:
        """As the ledger stands now; None once the visit is unknown."""
        return self._desk.make_detail(self._visit)


class Desk:
    """One thread uses it, except for ``notebook`` and ``papers``, which any may. ``asks``: a queue asks again what
    could not be asked, here or elsewhere. Raises ``LedgerError`` where the ledger fails."""

    def __init__(
        self,
        ledger: Ledger,
        world: World,
        owners: Owners,
        book: Book,
        *,
        patients: PatientFile | None = None,
        forms: Printer | None = None,
        staff_printer: Printer | None = None,
        asks: bool = True,
        days: int = DAYS_SHOWN,
    ) -> None:
        self._ledger = ledger
        self._world = world
        self._book = book
        self._board = Board(asks=asks, recall=self._before)
        self._taking = TakingOver(ledger, world, owners)
        self._handing_over = HandingOver(ledger, world)
        self._requests: dict[str, str] = {}
        self._owners_seen: int | None = None
        self._days = days
        self._kept = self.today
        self.notebook = Notebook(ledger, world, patients)
        self.papers = PaperDesk(ledger, world, forms, staff_printer)
        self._open()

    # --------------------------------------------------------------------------------------- the board

    def poll(self) -> News:
        """Takes what is new in the ledger, and answers for visits that were taken over. Call it often: it costs one
        query when nothing happened."""
        self._forget_settled()
        self._answer_for_mine()
        before = {row.visit for row in self.rows(Filter.NEEDS) if row.live}
        records = list(self._ledger.entries(since=self._board.position))
        touched = self._board.take(records)
        self._look_for_owners()
        called = tuple(row for row in self.rows(Filter.NEEDS) if row.live and row.visit not in before)
        return News(touched, called, tuple(self._replies(records)))

    def rows(self, which: Filter = Filter.ALL) -> tuple[Row, ...]:
        return self._board.rows(self.today, which)

    def counts(self) -> dict[Filter, int]:
        return self._board.counts(self.today)

    def search(self, text: str) -> tuple[Row, ...]:
        return self._board.search(self.today, text)

    def row(self, visit: str) -> Row | None:
        return self._board.row(visit, self.today)

    @property
    def board(self) -> Board:
        return self._board

    @property
    def today(self) -> date:
        return self._world.now().day

    # --------------------------------------------------------------------------------------- one visit

    def look(self, visit: str, who: str) -> Look | Refusal:
        """Opens a patient's data: recorded first, then given."""
        looked = self.notebook.looked(visit, who)
        return looked if isinstance(looked, Refusal) else Look(self, visit)

    def make_detail(self, visit: str) -> Detail | None:
        """For ``Look`` alone."""
        records = list(self._ledger.entries(visit))
        return detail(
            records, self._book, self.today, self._board.gone, asks=self._board.asks,
            claimants=self._claimants(visit),
        )  # fmt: skip

    def _claimants(self, visit: str) -> list[Row]:
        """Whose a result may be that nobody knows: who stands at that terminal's screen."""
        result = self._board.row(visit, self.today)
        if result is None or result.need is not Need.RESULT:
            return []
        open_ = (row for row in self.rows() if row.terminal == result.terminal and row.state not in CLOSED)
        return [row for row in open_ if row.need is not Need.RESULT]

    def case(self, visit: str) -> Case | None:
        return self._board.case(visit)

    # ----------------------------------------------------------------------------------------- actions

    def act(
        self,
        visit: str,
        action: Action,
        who: str,
        *,
        way: Way | None = None,
        why: str = "",
        to: str = "",
        looked_up: LookedUp = "",
    ) -> Done | Refusal:
        """Asks the terminal where the patient stands; its answer comes with ``poll`` as ``Replied`` to the id that is
        returned. ``way``: what is accepted or refused, else what the page shows as this desk knows it: it is sent
        along, so that a page that changed meanwhile is not judged by mistake, as is what staff did last: who decided
        without having seen that is told. ``to``: the visit to which a result is given. ``looked_up``: that the person
        who accepts has asked the system themselves, at another place. A visit that was taken over is settled here and
        at once."""
        case = self._board.case(visit)
        if case is None:
            return Refusal(Why.UNKNOWN_VISIT)
        if not case.open:
            return Refusal(Why.NOBODY_THERE)
        if case.elsewhere:
            return Refusal(Why.TAKEN_ALREADY)
        if action in _WITH_A_WAY:
            way = way or case.told.now.shown
            if way is None and action == "accept":
                return Refusal(Why.NOTHING_SHOWN)
        if action == "accept" and way in NEEDS_LOOK_UP and not (looked_up or case.told.now.check == "agrees"):
            return Refusal(Why.NOT_LOOKED_UP)
        if why and (wrong := self.notebook.wrong_text(why)) is not None:
            return wrong
        if self._taking.is_mine(case):
            return self._settle_mine(case, action, who, way, why, looked_up)
        said = (("way", way), ("why", why), ("to", to), ("looked_up", looked_up))
        told: dict[str, str] = {name: value for name, value in said if value}
        if action != "take":
            told["seen"] = case.acted
        try:
            request = self._ledger.request(visit, action, msgspec.json.encode(told), f"staff:{who}")
        except UnknownVisit:
            return Refusal(Why.UNKNOWN_VISIT)
        self._requests[request] = visit
        return Done(request)

    def hand_over(self, visit: str, receiver: str, how: How, who: str, *, why: str = "") -> Done | Refusal:
        """Asks whoever hands visits over to try again, or tells that people have done it (``why``), or that it shall go
        after all; the answer comes with ``poll`` as to ``act``."""
        case = self._board.case(visit)
        if case is None:
            return Refusal(Why.UNKNOWN_VISIT)
        wanted = self._handing_over.want(case, receiver, how, who, why)
        if isinstance(wanted, Done):
            self._requests[wanted.id] = visit
        return wanted

    def hand_all_over(self, visit: str, receiver: str, who: str) -> Done | Refusal:
        """Asks for this visit, and for every other that needs a person for the same receiver: its computer was off. The
        answer named is this visit's."""
        asked = self.hand_over(visit, receiver, "again", who)
        for case in list(self._board.cases):
            delivery = case.delivery(receiver)
            if case.visit != visit and delivery is not None and delivery.state is Handed.NEEDS_PERSON:
                self.hand_over(case.visit, receiver, "again", who)
        return asked

    def awaits(self, request: str) -> bool:
        """Whether an answer to this is still to come."""
        return request in self._requests

    def take_over(self, visit: str, who: str) -> Done | Refusal:
        """Takes a visit whose terminal is gone, to be settled here with ``act``."""
        case = self._board.case(visit)
        if case is None:
            return Refusal(Why.UNKNOWN_VISIT)
        taken = self._taking.take(case, who)
        self.poll()
        return taken

    # ------------------------------------------------------------------------------------------ the day

    def report(self, day: date) -> DailyReport:
        """The figures of a day, with what came about its visits until the end of the next."""
        until = day_start(day + timedelta(days=2))
        start, end = self._ledger.place_of(day_start(day)).start, self._ledger.place_of(until).end
        records = takewhile(lambda one: one.position <= end, self._ledger.entries(since=start))
        return daily_report((one for one in records if one.at < until), day)

    # ------------------------------------------------------------------------------------------ inside

    @property
    def _first_day(self) -> date:
        return self.today - timedelta(days=self._days - 1)

    def _forget_settled(self) -> None:
        """Once a day: the board is then as it would be if it were opened anew."""
        if self._kept != self.today:
            self._kept = self.today
            self._board.forget_settled(self._first_day, self.today)

    def _open(self) -> None:
        """Begins some days back; older visits that still stand open are taken whole."""
        start = self._ledger.place_of(day_start(self._first_day)).start
        for visit in self._ledger.open_visits(CLOSED):
            older = (record for record in self._ledger.entries(visit.visit) if record.position <= start)
            self._board.take(older)
        self._board.position = start
        self._board.take(self._ledger.entries(since=start))
        self._look_for_owners()

    def _before(self, note: Record) -> Iterator[Record]:
        return takewhile(lambda one: one.position < note.position, self._ledger.entries(note.visit))

    def _look_for_owners(self) -> None:
        now = self._world.now().mono
        if self._owners_seen is not None and now - self._owners_seen < _OWNERS_EVERY_MS:
            return
        self._owners_seen = now
        self._board.owners_gone(self._taking.gone(self._board.cases))

    def _replies(self, records: list[Record]) -> Iterator[Replied]:
        for record in records:
            if record.type == MOVED_ELSEWHERE:
                yield from self._replies_of_nobody(record.visit)
            if record.type not in _REPLIES or record.ref not in self._requests:
                continue
            visit = self._requests.pop(record.ref)
            why = ""
            if isinstance(record.payload, bytes) and record.type in (ACCEPTED, REFUSED):
                why = msgspec.json.decode(record.payload, type=Answered).why
            yield Replied(record.ref, visit, record.type in (ACCEPTED, *DONE), why)

    def _replies_of_nobody(self, visit: str) -> Iterator[Replied]:
        """The terminal that was asked does not have the visit any more: it will never answer."""
        for request in [one for one, about in self._requests.items() if about == visit]:
            del self._requests[request]
            yield Replied(request, visit, accepted=False, why=Why.TAKEN_ALREADY)

    # ------------------------------------------------------------------------- visits that were taken over

    def _settle_mine(
        self, case: Case, action: Action, who: str, way: Way | None, why: str, looked_up: LookedUp
    ) -> Done | Refusal:
        match action:
            case "handled":
                done = self._taking.settle(case, "handed_to_staff", who, why=why)
            case "restart":
                done = self._taking.settle(case, "abandoned", who, why=why)
            case "accept" if way is not None:
                outcome = outcome_of(way)
                done = self._taking.settle(case, outcome, who, evidence=way, why=why, looked_up=looked_up)
            case _:
                done = Refusal(Why.NOT_HERE)
        self.poll()
        return done

    def _answer_for_mine(self) -> None:
        """Another console may ask for what this one took over."""
        for request in self._ledger.requests():
            if request.owner == self._ledger.chain and request.action not in DELIVERY_ACTIONS:
                self._answer(request)

    def _answer(self, request: Request) -> None:
        try:
            self._ledger.answer(request.id, accepted=False, why=Why.TAKEN_ALREADY)
        except (AlreadyAnswered, NotOwner, UnknownRequest):
            return
