"""Results of certified readers that fit nobody at the screen. Each is a visit of its own, without a page, until staff
have said whose it is; and no result is ever taken twice, whatever is restarted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import structlog

from kiosk.coverage.face_result import FaceResult
from kiosk.coverage.qualification import Answer
from kiosk.evidence.reasons import Reason
from kiosk.ledger import Entry, Ledger, LedgerError, Record
from kiosk.ledger import Request as LedgerRequest
from kiosk.ledger.interface import day_start
from kiosk.reception.recording import entry_of, stamp
from kiosk.reception.world import World
from kiosk.visit.effects import AlertStaff, AnyEffect, AssignNumber, PrintTicket
from kiosk.visit.events import AnyEvent, FaceResultArrived, NumberAssigned, StaffActed, TimePassed
from kiosk.visit.flow.certified import unclaimed
from kiosk.visit.invariants import broken
from kiosk.visit.moment import Moment
from kiosk.visit.states import Abandoned, Finished, Visit
from kiosk.visit.step import step

REPEATED = "FaceResultRepeated"
"""The type of a note: the same person's same result came again while their visit was there."""
FAILED = "FaceReaderFailed"
"""The type of a note of no visit: a certified reader told an error, and nobody waits for it here."""
Execute = Callable[[AnyEffect, Visit], None]
_log = structlog.get_logger(__name__)


class _Taken(msgspec.Struct):
    question: str = ""


def taken_today(ledger: Ledger, at: Moment) -> set[str]:
    """The ids of all results that were taken since this Japanese day began, by whichever program of this store."""
    since = ledger.place_of(day_start(at.day)).start
    return {one for record in ledger.entries(since=since) if (one := _id_in(record))}


def _id_in(record: Record) -> str:
    if record.type not in (FaceResultArrived.__name__, REPEATED, FAILED) or not isinstance(
        record.payload, bytes
    ):
        return ""
    try:
        return msgspec.json.decode(record.payload, type=_Taken).question
    except msgspec.DecodeError:
        return ""


class Unclaimed:
    """Belongs to the visit thread. ``execute`` prints tickets and alerts staff; nothing else is done for a visit
    without a page."""

    def __init__(
        self,
        world: World,
        ledger: Ledger,
        execute: Execute,
        breach: Callable[[str, AnyEvent], None],
        *,
        simulated: bool,
    ) -> None:
        self._world = world
        self._ledger = ledger
        self._execute = execute
        self._breach = breach
        self._simulated = simulated
        self._visits: dict[str, Visit] = {}
        self._unkept: list[tuple[Visit, FaceResultArrived]] = []

    def __contains__(self, visit: object) -> bool:
        return visit in self._visits

    def __iter__(self) -> Iterator[Visit]:
        return iter(self._visits.values())

    def open(self, terminal: Visit, event: FaceResultArrived) -> None:
        """For staff to see. What the ledger cannot take is kept, and tried again with ``look_after``."""
        visit = unclaimed(terminal, event)
        try:
            self._ledger.append([entry_of(terminal, event, visit, simulated=self._simulated)])
        except LedgerError as error:
            _log.error("ledger.refused", error=type(error).__name__, on=type(event).__name__)
            if all(one.result.id != event.result.id for _visit, one in self._unkept):
                self._execute(AlertStaff(Reason.TERMINAL_FAULT), terminal)
                self._unkept.append((terminal, event))
            return
        self._visits[visit.id] = visit
        self._unkept = [pair for pair in self._unkept if pair[1] is not event]
        self._execute(AlertStaff("result"), visit)

    def look_after(self, at: Moment) -> None:
        """Keeps what could not be kept, and lets go of what nobody claimed on its day."""
        for terminal, event in list(self._unkept):
            self.open(terminal, event)
        for visit in list(self._visits.values()):
            if at.day > visit.entered.day:
                self._move(visit, TimePassed(id=self._world.new_id(), at=at))

    def settle(self, request: LedgerRequest, event: StaffActed) -> bool:
        """What staff say of one; False if they cannot, or it is settled. Raises ``LedgerError``."""
        before = self._visits[request.visit]
        after, effects = step(before, event)
        if after is before:
            return False
        entry = entry_of(before, event, after, actor=request.actor, simulated=self._simulated)
        day = event.at.day if any(isinstance(effect, AssignNumber) for effect in effects) else None
        head = self._ledger.answer(request.id, accepted=True, entries=[entry], take_number=day)
        self._become(before, event, after, effects)
        if head.number is not None:
            numbered = NumberAssigned(id=self._world.new_id(), at=self._world.now(), number=str(head.number))
            self._move(after, numbered)
        return True

    def given(self, visit: str, event_id: str, staff: str) -> tuple[FaceResultArrived, Entry, Visit]:
        """The result as it arrives where staff say that it belongs, the ledger's entry that ends its own visit, and
        that visit ended. Nothing has happened yet: ``close`` it when all is recorded."""
        before = self._visits[visit]
        now = self._world.now()
        ended = StaffActed(id=self._world.new_id(), at=now, action="restart", staff=staff, why="given")
        after, _effects = step(before, ended)
        entry = entry_of(before, ended, after, simulated=self._simulated)
        arrived = FaceResultArrived(
            id=event_id, at=now, result=result_of(before), recent=False, given_by=staff
        )
        return arrived, entry, after

    def alert(self, alert: AlertStaff, visit: Visit) -> None:
        self._execute(alert, visit)

    def close(self, visit: str) -> None:
        self._visits.pop(visit, None)

    def _move(self, before: Visit, event: AnyEvent) -> None:
        after, effects = step(before, event)
        try:
            self._ledger.append([entry_of(before, event, after, simulated=self._simulated)])
        except LedgerError as error:
            _log.error("ledger.refused", error=type(error).__name__, on=type(event).__name__)
            return
        self._become(before, event, after, effects)

    def _become(self, before: Visit, event: AnyEvent, after: Visit, effects: tuple[AnyEffect, ...]) -> None:
        for rule in broken(before, event, after, effects):
            self._breach(rule, event)
        if isinstance(after.state, Finished | Abandoned):
            self.close(after.id)
        else:
            self._visits[after.id] = after
        for effect in effects:
            if isinstance(effect, PrintTicket | AlertStaff):
                self._execute(effect, after)


def result_of(visit: Visit) -> FaceResult:
    """The result for which an unclaimed visit was opened."""
    reading, answer = visit.certified, visit.answer
    assert reading is not None
    assert answer is not None
    return FaceResult(
        id=reading.id,
        at=reading.at,
        desk=reading.desk,
        method=reading.method,
        method_code=reading.method_code,
        answer=answer,
    )


def same_result(one: Answer, other: Answer) -> bool:
    """Whether two answers say the same of the same people, whenever each was made."""
    return bool(one.results) and _timeless(one) == _timeless(other)


def _timeless(answer: Answer) -> list[dict[str, object]]:
    return [
        {name: getattr(one, name) for name in one.__struct_fields__ if not name.endswith("_time")}
        for one in answer.results
    ]


def note(kind: str, event: FaceResultArrived, visit: str, *, simulated: bool) -> Entry:
    """The ledger's line for a result that opens and moves nothing."""
    code, message = event.result.answer.failure or ("", "")
    kept = {"question": event.result.id, "reading": event.result.reading, "code": code, "message": message}
    return Entry(
        visit=visit,
        id=event.id,
        type=kind,
        at=stamp(event.at),
        mono_ms=event.at.mono,
        actor=event.actor,
        state="",
        simulated=simulated,
        payload=msgspec.json.encode(kept),
    )
