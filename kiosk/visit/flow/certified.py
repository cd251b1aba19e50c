"""The facility's certified face-recognition reader: it reads, verifies and asks for consent by itself, and its result
goes on here like any other visit's answer. A visit that is in the middle of something else is never touched by it."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from kiosk.coverage.ages import CHECKUP_AGE, age_on
from kiosk.coverage.exchange_codes import SegmentOfResult
from kiosk.coverage.face_result import FaceResult, ReaderError
from kiosk.coverage.services import Capability, Choice, ConsentItem
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit.effects import ForgetCard
from kiosk.visit.events import FaceResultArrived, StaffActed
from kiosk.visit.flow.evidence import birth_of
from kiosk.visit.flow.lookup import decide
from kiosk.visit.moment import Moment
from kiosk.visit.moves import FALLBACK, abandon, begin, enter, fall_back, finish, forget_person, stay
from kiosk.visit.states import (
    ChoosingEvidence,
    Confirmed,
    Consents,
    StaffVerifying,
    State,
    UsingCertifiedReader,
    Visit,
    WaitingForStaff,
    Welcome,
)
from kiosk.visit.table import Result, on

REASONS: dict[ReaderError, Reason] = {
    ReaderError.CARD_NOT_RECOGNISED: Reason.CARD_UNREADABLE,
    ReaderError.NOT_MY_NUMBER_CARD: Reason.NOT_MY_NUMBER_CARD,
}
"""What the patient can mend at that reader at once."""


def takes(visit: Visit, event: FaceResultArrived) -> bool:
    """Whether this result moves this visit. By itself it opens one, or meets one that was led to the reader and of
    which nothing is known that speaks against it; everywhere else staff have to say that it is this patient's."""
    result, told = event.result, bool(event.given_by)
    if Capability.FACE_RESULT not in visit.policy.capabilities or visit.outcome is not None:
        return False
    if not (told or (event.recent and result.desk)):
        return False
    match visit.state:
        case Welcome():
            return result.tells_of_a_person
        case UsingCertifiedReader() | WaitingForStaff(reason=None, back_to=UsingCertifiedReader()):
            return told or not _contradicts(visit, result)
        case StaffVerifying(way=Way.VERIFY_BY_STAFF | Way.OTHER_READER):
            return result.tells_of_a_person and (told or not _contradicts(visit, result))
        case WaitingForStaff(unclaimed=unclaimed):
            return told and result.tells_of_a_person and not unclaimed
        case state:
            return told and result.tells_of_a_person and isinstance(state, FALLBACK)


def _contradicts(visit: Visit, result: FaceResult) -> bool:
    """Somebody else used the reader meanwhile."""
    born = birth_of(visit)
    return born is not None and any(one.birth_date not in (None, born) for one in result.answer.results)


_RECEIVED = (Confirmed, ChoosingEvidence, WaitingForStaff)
_OTHER_PAGES = tuple(page for page in FALLBACK if page is not UsingCertifiedReader)


@on(UsingCertifiedReader, event=FaceResultArrived, to=(*_RECEIVED, UsingCertifiedReader))
@on(Welcome, WaitingForStaff, *_OTHER_PAGES, event=FaceResultArrived, to=_RECEIVED)
def result_arrived(visit: Visit, _state: State, event: FaceResultArrived) -> Result:
    if not takes(visit, event):
        return stay(visit)
    begun = visit if visit.id else begin(visit, event)
    waits = begun.state.back_to if isinstance(begun.state, WaitingForStaff) else begun.state
    error = event.result.error
    if error is not None and isinstance(waits, UsingCertifiedReader):
        code, message = event.result.answer.failure or ("", "")
        again = replace(waits, problem=REASONS[error], code=code, message=message)
        return _try_again(begun, again, event)
    return receive(begun, event)


def _try_again(visit: Visit, page: UsingCertifiedReader, event: FaceResultArrived) -> Result:
    """What the reader could not do, the patient may try again there; who called staff waits on."""
    if isinstance(visit.state, WaitingForStaff):
        return stay(visit, state=replace(visit.state, back_to=page))
    return enter(visit, page, event.at)


def receive(visit: Visit, event: FaceResultArrived) -> Result:
    """The patient of this result is received, whoever stood here before: nothing that was learnt of them is kept."""
    result, answer = event.result, event.result.answer
    known = replace(
        forget_person(visit),
        certified=result.reading if result.tells_of_a_person else None,
        consents=consents_at(result, visit, event.at.day),
        notices=(),
    )
    if answer.segment is SegmentOfResult.PROCESSING:
        moved = fall_back(known, Reason.STILL_PROCESSING, event.at)
    elif answer.failed:
        code, message = answer.failure or ("", "")
        moved = fall_back(known, Reason.SERVICE_ERROR, event.at, code=code, message=message)
    else:
        moved = decide(known, f"{event.id}.result", answer, event.at)
    return moved[0], (ForgetCard(), *moved[1])


def consents_at(result: FaceResult, visit: Visit, day: date) -> Consents:
    """As decided at the reader. That somebody below 40 gave no consent to the checkups is no decision: nobody asked
    them. Nor is that to the limit information, where it is supplied without asking."""
    told = [one.birth_date for one in result.answer.results if one.birth_date is not None]
    young = bool(told) and told[0] <= day and age_on(told[0], day) < CHECKUP_AGE

    def asked(item: ConsentItem, choice: Choice) -> bool:
        if item is ConsentItem.CHECKUPS and young:
            return choice is Choice.AGREED
        return item is not ConsentItem.LIMIT or not visit.policy.limit_without_asking

    return tuple((item, choice) for item, choice in result.decided if asked(item, choice))


def unclaimed(terminal: Visit, event: FaceResultArrived) -> Visit:
    """A visit of its own, without a page, for a result that fits nobody here: staff say whose it is."""
    opened = replace(begin(terminal, event), preferences=terminal.policy.defaults, card=None)
    result = event.result
    return replace(
        opened,
        state=WaitingForStaff(unclaimed=True),
        certified=result.reading,
        answer=result.answer,
        consents=consents_at(result, opened, event.at.day),
    )


def confirmable(visit: Visit) -> bool:
    """Whether what was answered for an unclaimed result confirms its patient as it stands."""
    return isinstance(_decided(visit, "", visit.entered)[0].state, Confirmed)


def settle_unclaimed(visit: Visit, event: StaffActed) -> Result:
    """Staff found out whose it is: received as confirmed, received in person, or nobody of ours."""
    if visit.outcome is not None:
        return stay(visit)
    match event.action:
        case "accept" if confirmable(visit):
            confirmed, effects = _decided(visit, f"{event.id}.result", event.at)
            return replace(confirmed, state=visit.state, deadline=None), effects
        case "handled":
            return finish(replace(visit, outcome="handed_to_staff"), event.at)
        case "restart":
            return abandon(visit, "closed_by_staff", event.at)
        case _:
            return stay(visit)


def _decided(visit: Visit, question: str, at: Moment) -> Result:
    answer = visit.answer
    if answer is None or answer.failed or answer.segment is SegmentOfResult.PROCESSING:
        return stay(visit)
    return decide(visit, question, answer, at)
