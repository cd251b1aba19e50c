"""What stands on the board for a visit: its light, what it waits for, and what to do next. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum

import msgspec

from kiosk.desk.case import Case
from kiosk.desk.deliveries import Delivery, Handed, sign_of
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit.situation import Waits
from kiosk.visit.states import Outcome


class Light(StrEnum):
    """Never shown by colour alone."""

    NEEDS_PERSON = "needs_person"
    GOING_ON = "going_on"
    RECHECK = "recheck"
    SETTLED = "settled"


class Need(StrEnum):
    """What a person is needed for. The first six are of now."""

    CALLED = "called"
    REASON = "reason"
    EVIDENCE = "evidence"
    CARD = "card"
    RESULT = "result"  # a certified reader's, of whom nobody here knows
    OWNER_GONE = "owner_gone"  # the terminal's program does not run
    ANSWER_CAME = "answer_came"  # late, while the patient is still there
    INTERRUPTED = "interrupted"  # by a crash or a power cut
    REGISTRATION_UNKNOWN = "registration_unknown"  # a write whose outcome nobody knows: never repeated
    OUTCOME_CHANGED = "outcome_changed"  # the system says something else than how the visit went
    PAPER_FAILED = "paper_failed"
    NOT_HANDED_OVER = "not_handed_over"  # a receiver does not take it
    NO_NUMBERS = "no_numbers"  # nothing to ask again with
    NOT_ANSWERABLE = "not_answerable"  # asking again does not help
    DAY_OVER = "day_over"  # a question asked now would be about another day


class Next(StrEnum):
    """The action that suits best; "" for none."""

    NONE = ""
    RECEIVE = "receive"  # go there; then `handled`, `resume` or `evidence`
    JUDGE = "judge"  # accept or refuse what is shown
    CHOOSE_COVERAGE = "choose_coverage"
    RETURN_CARD = "return_card"
    GIVE = "give"  # say whose result it is; or accept it as it stands
    TAKE_OVER = "take_over"
    COMPARE = "compare"  # both answers, then `settle`
    FIND_OUT = "find_out"  # what became of it, then `settle`
    REPRINT = "reprint"
    TELL_NUMBERS = "tell_numbers"
    HAND_BACK = "hand_back"  # the patient's screen: `resume`
    ASK_AGAIN = "ask_again"
    HAND_OVER = "hand_over"  # once more
    TELL_RECEIVER = "tell_receiver"  # what cannot be handed over any other way


class Mark(StrEnum):
    NOTE = "note"
    SCAN = "scan"
    VOIDED = "voided"
    TAKEN_OVER = "taken_over"
    CERTIFIED = "certified"  # by a certified reader's word
    ERASED = "erased"  # retention has taken what was personal


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Times are ``stamp``s. ``waits_since``: since when a person is needed, "" if none is. ``number`` is the reception
    number, "" until there is one. ``kana`` as received. ``held_by``: who has taken the patient's screen. ``shown``: the
    way whose evidence is on the page. ``asked``: how often the queue asked; ``next_ask``: when it does again, "" if it
    does not know or need not. ``handed``: how far the hand-off is, by the worst of its receivers; None where there is
    none. ``not_handed_to``: receivers for which a person is needed."""

    visit: str
    terminal: str
    day: date
    began: str
    number: str = ""
    kana: str = ""
    patient_number: str = ""
    held_by: str = ""
    light: Light
    need: Need | None = None
    next: Next = Next.NONE
    reason: Reason | None = None
    waits_since: str = ""
    state: str = ""
    state_since: str = ""
    shown: Way | None = None
    ways: tuple[Way, ...] = ()
    outcome: Outcome | None = None
    evidence: Way | None = None
    simulated: bool = False
    asked: int = 0
    next_ask: str = ""
    marks: frozenset[Mark] = frozenset()
    handed: Handed | None = None
    not_handed_to: tuple[str, ...] = ()
    position: int = 0

    def __repr__(self) -> str:
        return f"<Row {self.visit} {self.light} {self.need or '-'}>"

    @property
    def live(self) -> bool:
        """Somebody stands there and waits."""
        return self.need in _LIVE

    @property
    def to_ask_again(self) -> bool:
        """The system could not be asked about it: it is asked again by itself, or a person must find out."""
        return self.light is Light.RECHECK or self.need in _ASK


_LIVE = frozenset(
    {Need.CALLED, Need.REASON, Need.EVIDENCE, Need.CARD, Need.RESULT, Need.OWNER_GONE, Need.ANSWER_CAME}
)
_ASK = frozenset({Need.NO_NUMBERS, Need.NOT_ANSWERABLE, Need.DAY_OVER})
_IN_VAIN = frozenset({"cannot_say_void"})
"""To try these again brings the same."""
_WAITS: dict[Waits, Need] = {
    "called": Need.CALLED,
    "reason": Need.REASON,
    "evidence": Need.EVIDENCE,
    "card": Need.CARD,
    "result": Need.RESULT,
}
_NEXT = {
    Need.CALLED: Next.RECEIVE,
    Need.REASON: Next.RECEIVE,
    Need.EVIDENCE: Next.JUDGE,
    Need.CARD: Next.RETURN_CARD,
    Need.RESULT: Next.GIVE,
    Need.OWNER_GONE: Next.TAKE_OVER,
    Need.ANSWER_CAME: Next.COMPARE,
    Need.INTERRUPTED: Next.FIND_OUT,
    Need.REGISTRATION_UNKNOWN: Next.FIND_OUT,
    Need.OUTCOME_CHANGED: Next.COMPARE,
    Need.PAPER_FAILED: Next.REPRINT,
    Need.NOT_HANDED_OVER: Next.HAND_OVER,
    Need.NO_NUMBERS: Next.TELL_NUMBERS,
    Need.NOT_ANSWERABLE: Next.ASK_AGAIN,
    Need.DAY_OVER: Next.FIND_OUT,
}


def row_of(case: Case, today: date, gone: Collection[str] = (), *, asks: bool = True) -> Row:
    """``gone``: chains whose program does not run. ``asks``: a queue asks again what could not be asked."""
    now = case.told.now
    need, since = _need(case, today, gone, asks)
    last = case.failures[-1] if case.failures else None
    light = _light(case, need)
    return Row(
        visit=case.visit,
        terminal=case.terminal,
        day=case.day,
        began=case.began,
        number=now.number or case.number,
        kana=case.person[1],
        held_by=case.told.held_by,
        patient_number=case.told.patient_number or (now.patient.patient_number if now.patient else ""),
        light=light,
        need=need,
        next=_next(case, need),
        reason=now.reason,
        waits_since=since if need is not None else "",
        state=case.state,
        state_since=case.since,
        shown=now.shown,
        ways=tuple(way for way, _rule in now.ways),
        outcome=now.outcome,
        evidence=now.evidence,
        simulated=case.simulated,
        asked=case.attempts,
        next_ask=last.next_at if light is Light.RECHECK and last is not None else "",
        marks=_marks(case),
        handed=sign_of(case.told.deliveries),
        not_handed_to=tuple(one.receiver for one in _not_handed_over(case)),
        position=case.position,
    )


def _light(case: Case, need: Need | None) -> Light:
    if need is not None:
        return Light.NEEDS_PERSON
    if case.voided:
        return Light.SETTLED
    if case.open:
        return Light.GOING_ON
    return Light.RECHECK if case.to_ask else Light.SETTLED


def _next(case: Case, need: Need | None) -> Next:
    if need is Need.REASON and case.told.now.reason is Reason.AMBIGUOUS:
        return Next.CHOOSE_COVERAGE
    if need is Need.NOT_HANDED_OVER and all(one.trouble in _IN_VAIN for one in _not_handed_over(case)):
        return Next.TELL_RECEIVER
    if need is None:
        return Next.HAND_BACK if case.told.held_by else Next.NONE
    return _NEXT[need]


def _need(case: Case, today: date, gone: Collection[str], asks: bool) -> tuple[Need | None, str]:
    """What a person is needed for, and since when. That a receiver does not take it, also where it is void, since that
    must be told as well; and no other need that was settled settles this."""
    found = _own_need(case, today, gone, asks)
    if found[0] is None or found[0] in _ASK:
        undelivered = _not_handed_over(case)
        if undelivered:
            return Need.NOT_HANDED_OVER, min(one.since for one in undelivered)
    return found


def _own_need(case: Case, today: date, gone: Collection[str], asks: bool) -> tuple[Need | None, str]:
    if case.voided:
        return None, ""
    if case.open:
        return _need_now(case, gone)
    return _need_afterwards(case, today, asks), case.moved


def _not_handed_over(case: Case) -> tuple[Delivery, ...]:
    return tuple(one for one in case.told.deliveries if one.state is Handed.NEEDS_PERSON)


def _need_now(case: Case, gone: Collection[str]) -> tuple[Need | None, str]:
    now = case.told.now
    if case.elsewhere:
        return None, ""
    if case.chain in gone:
        return Need.OWNER_GONE, case.moved
    if case.told.held_by:
        return None, ""
    if now.waits:
        return _WAITS[now.waits], case.told.waits_since
    if case.state in ("WaitingForStaff", "StaffVerifying"):  # also where what it waits for is erased
        return Need.CALLED, case.since
    came = case.changed
    if came is not None and came.position > case.settled:
        return Need.ANSWER_CAME, came.at
    return None, ""


def _need_afterwards(case: Case, today: date, asks: bool) -> Need | None:
    told = case.told
    if case.elsewhere:
        return None
    changed = case.changed
    arisen = (
        (Need.REGISTRATION_UNKNOWN, _registration_unknown(case)),
        (Need.OUTCOME_CHANGED, changed.position if changed is not None else 0),
        (Need.INTERRUPTED, case.interrupted),
        (Need.PAPER_FAILED, told.paper_failed if told.unprinted else 0),
    )
    for need, position in arisen:
        if position > case.settled:
            return need
    if not case.to_ask:
        return None
    if case.numbers is None:
        return Need.NO_NUMBERS
    if case.day != today:
        return Need.DAY_OVER
    return Need.NOT_ANSWERABLE if case.fruitless or not asks else None


def _registration_unknown(case: Case) -> int:
    """Where a registration was sent and its outcome is not known; 0 if none was, or it is."""
    if case.registered:
        return 0
    unknown = [one for one in case.told.failed if one.reason is Reason.ANSWER_UNKNOWN]
    return unknown[-1].position if unknown else 0


def _marks(case: Case) -> frozenset[Mark]:
    marks = {
        Mark.NOTE: bool(case.notes),
        Mark.SCAN: bool(case.scans),
        Mark.VOIDED: case.voided,
        Mark.TAKEN_OVER: case.epoch > 0,
        Mark.CERTIFIED: case.told.now.certified is not None,
        Mark.ERASED: case.purged,
    }
    return frozenset(mark for mark, there in marks.items() if there)
