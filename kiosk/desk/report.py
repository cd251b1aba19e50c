"""The figures of a day: counts and times, nobody's name. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Literal, TypeVar

import msgspec

from drivers.interface import Authority
from kiosk.coverage.face_result import Method
from kiosk.desk.case import CLOSED, Case
from kiosk.desk.deliveries import Handed
from kiosk.desk.folding import fold
from kiosk.desk.reading import read
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.ledger import Record
from kiosk.ledger.interface import JST, parse_stamp
from kiosk.visit.situation import Situation
from kiosk.visit.states import Outcome

Path = Way | Literal["card", "handed_to_staff", "abandoned", "open"]
"""How a visit was settled: with the card, by a way of the rule book, or how it ended otherwise."""
Purpose = Literal["verify", "aid"]
FaceResult = Literal["same", "doubted", "failed"]


K = TypeVar("K")


class Times(msgspec.Struct, frozen=True):
    """Milliseconds. ``p95``: of a hundred, ninety-five took no longer."""

    count: int
    median: int
    p95: int


class Rechecks(msgspec.Struct, frozen=True, kw_only=True):
    """Of visits: could not be asked; were asked about again; were answered, also late; whose answer said something
    else; still wait."""

    unasked: int = 0
    asked: int = 0
    answered: int = 0
    changed: int = 0
    waiting: int = 0


class Deliveries(msgspec.Struct, frozen=True, kw_only=True):
    """To one receiver, of visits: it has them; people told it otherwise; still tried; wait for a person."""

    receiver: str
    done: int = 0
    by_hand: int = 0
    waiting: int = 0
    needs_person: int = 0


class Faces(msgspec.Struct, frozen=True):
    """Of visits: by whose word a face was compared, what for, and how that ended last."""

    authority: Authority
    purpose: Purpose
    result: FaceResult
    count: int


class DailyReport(msgspec.Struct, frozen=True, kw_only=True):
    """Of the visits that began on that Japanese day; those that were voided are only counted. ``open``: still going
    on; ``outcomes`` and ``paths`` are sorted by number, then name. ``reasons``: in how many visits each was told.
    ``pages``: by state, one stay on a page each; ``whole``: from the first touch or card to the result; ``help``: from
    the call for a person until they came. ``failures``: (terminal, fault) of its reader and cards."""

    day: date
    visits: int = 0
    open: int = 0
    voided: int = 0
    interrupted: int = 0
    taken_over: int = 0
    simulated: bool = False
    outcomes: tuple[tuple[Outcome, int], ...] = ()
    paths: tuple[tuple[Path, int], ...] = ()
    reasons: tuple[tuple[Reason, int], ...] = ()
    hours: tuple[tuple[int, int], ...] = ()
    pages: tuple[tuple[str, Times], ...] = ()
    whole: Times | None = None
    help: Times | None = None
    failures: tuple[tuple[str, str, int], ...] = ()
    rechecks: Rechecks = Rechecks()
    deliveries: tuple[Deliveries, ...] = ()
    faces: tuple[Faces, ...] = ()


def daily_report(records: Iterable[Record], day: date) -> DailyReport:
    """``records``: everything from the beginning of the day on, as far as it is known; what is about other days'
    visits is passed over."""
    told: dict[str, _Told] = {}
    for record in records:
        if record.visit:
            if record.visit not in told:
                told[record.visit] = _Told(record)
            told[record.visit].take(record)
    today = [one for one in told.values() if one.case.day == day and one.case.state]
    counted = [one for one in today if not one.case.voided and not _nobodys(one.case)]
    waited = [one for one in counted if not one.case.without_page]
    cases = [one.case for one in counted]
    return DailyReport(
        day=day,
        visits=len(counted),
        open=sum(_result(case) is None for case in cases),
        voided=sum(one.case.voided for one in today),
        interrupted=sum(case.interrupted > 0 for case in cases),
        taken_over=sum(case.epoch > 0 for case in cases),
        simulated=any(case.simulated for case in cases),
        outcomes=_sorted(Counter(result for case in cases if (result := _result(case)) is not None)),
        paths=_sorted(Counter(map(_path, cases))),
        reasons=_sorted(Counter(reason for one in counted for reason in one.reasons)),
        hours=tuple(sorted(Counter(_hour(case) for case in cases).items())),
        pages=_pages(waited),
        whole=_times([one.whole for one in waited if one.whole is not None]),
        help=_times([span for one in waited for span in one.helped]),
        failures=_failures(counted),
        rechecks=_rechecks(cases),
        deliveries=_deliveries(one.case for one in today),
        faces=_faces(cases),
    )


def _nobodys(case: Case) -> bool:
    """A certified reader's result that was given to its patient's own visit, or let go: nobody's visit."""
    return case.without_page and case.outcome == "abandoned"


class _Fault(msgspec.Struct):
    fault: str = ""


class _Step(msgspec.Struct):
    desk: Situation | None = None
    reason: Reason | None = None
    failure: _Fault | None = None


class _Told:
    """One visit with what only the report wants of it."""

    def __init__(self, first: Record) -> None:
        self.case = Case(first)
        self.reasons: set[Reason] = set()
        self.stays: list[tuple[str, int]] = []
        self.helped: list[int] = []
        self.faults: list[tuple[str, str]] = []
        self.whole: int | None = None
        self._first = first
        self._page = first
        self._called: Record | None = None

    def take(self, record: Record) -> None:
        fold(self.case, record)
        if record.state:
            self._move(record)
            self._call(record)
        if self.whole is None and self.case.outcome not in (None, "abandoned"):
            self.whole = _between(self._first, record)
        step = read(record, _Step) if record.state or record.type == "CardFailed" else None
        if step is None:
            return
        if step.desk is not None and step.desk.reason is not None:
            self.reasons.add(step.desk.reason)
        if step.failure is not None and step.failure.fault:
            self.faults.append((self.case.terminal, step.failure.fault))

    def _move(self, record: Record) -> None:
        if record.state == self._page.state:
            return
        if self._page.state and self._page.state not in CLOSED:
            self.stays.append((self._page.state, _between(self._page, record)))
        self._page = record

    def _call(self, record: Record) -> None:
        """Nobody is called any more once the visit goes on, whoever made it."""
        waits = bool(self.case.told.now.waits)
        if waits and self._called is None:
            self._called = record
        elif not waits and self._called is not None:
            self.helped.append(_between(self._called, record))
            self._called = None


def _between(first: Record, last: Record) -> int:
    """By the monotonic clock, which nobody sets, where both are of one run of one program."""
    if first.chain == last.chain and first.boot == last.boot:
        return max(0, last.mono_ms - first.mono_ms)
    return max(0, round((parse_stamp(last.at) - parse_stamp(first.at)).total_seconds() * 1000))


def _result(case: Case) -> Outcome | None:
    """None while the visit goes on. One that ended without a word was left."""
    return case.outcome or (None if case.open else "abandoned")


def _path(case: Case) -> Path:
    match _result(case):
        case None:
            return "open"
        case "confirmed":
            return "card"
        case "self_pay":
            return Way.SELF_PAY
        case "abandoned":
            return "abandoned"
        case "declared" | "accepted_by_evidence" | "handed_to_staff":
            return case.told.now.evidence or "handed_to_staff"


def _hour(case: Case) -> int:
    return parse_stamp(case.began).astimezone(JST).hour


def _pages(told: Iterable[_Told]) -> tuple[tuple[str, Times], ...]:
    stays: defaultdict[str, list[int]] = defaultdict(list)
    for one in told:
        for page, span in one.stays:
            stays[page].append(span)
    return tuple((page, times) for page in sorted(stays) if (times := _times(stays[page])) is not None)


def _times(spans: list[int]) -> Times | None:
    """The smallest of the spans that so many are not longer than; None of none."""
    if not spans:
        return None
    ordered = sorted(spans)
    return Times(len(spans), ordered[_rank(len(spans), 50)], ordered[_rank(len(spans), 95)])


def _rank(count: int, percent: int) -> int:
    return -(-count * percent // 100) - 1


def _failures(told: Iterable[_Told]) -> tuple[tuple[str, str, int], ...]:
    counted = Counter(fault for one in told for fault in one.faults)
    return tuple((terminal, fault, number) for (terminal, fault), number in sorted(counted.items()))


def _rechecks(cases: Iterable[Case]) -> Rechecks:
    known = [case for case in cases if case.unasked is not None or case.attempts or case.answered]
    return Rechecks(
        unasked=len(known),
        asked=sum(case.attempts > 0 for case in known),
        answered=sum(case.answered for case in known),
        changed=sum(case.changed is not None for case in known),
        waiting=sum(case.to_ask for case in known),
    )


def _deliveries(cases: Iterable[Case]) -> tuple[Deliveries, ...]:
    """Also of visits that were voided: a receiver must learn of that, too."""
    counted = Counter((one.receiver, one.state) for case in cases for one in case.told.deliveries)
    return tuple(
        Deliveries(receiver=receiver, **{state.value: counted[receiver, state] for state in Handed})
        for receiver in sorted({receiver for receiver, _state in counted})
    )


def _faces(cases: Iterable[Case]) -> tuple[Faces, ...]:
    found = sorted(one for case in cases for one in _faces_of(case))
    return tuple(Faces(*what, len(list(same))) for what, same in groupby(found))


def _faces_of(case: Case) -> Iterator[tuple[Authority, Purpose, FaceResult]]:
    """A look that was left before it said anything is none."""
    certified, face = case.told.now.certified, case.told.now.face
    if certified is not None and certified.method is Method.FACE:
        yield "certified", "verify", "same"
    if face is not None and face.likeness is not None:
        yield face.authority, face.purpose, "same" if face.confirmed else "doubted"
    elif face is not None and face.problem is not None:
        yield face.authority, face.purpose, "failed"


def _sorted(counted: Counter[K]) -> tuple[tuple[K, int], ...]:
    """The most frequent first."""
    return tuple(sorted(counted.items(), key=lambda one: (-one[1], str(one[0]))))
