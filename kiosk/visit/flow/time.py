"""What happens when nothing happens."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from kiosk.evidence.reasons import Reason
from kiosk.visit.effects import AlertStaff, PlaySound
from kiosk.visit.events import TimePassed
from kiosk.visit.flow.ending import leave
from kiosk.visit.flow.face import face_time_ran_out
from kiosk.visit.flow.lookup import ask_again
from kiosk.visit.moves import abandon, enter, fall_back, finish, stay, welcome
from kiosk.visit.states import (
    Abandoned,
    AnyState,
    AskingConsent,
    ChoosingEvidence,
    ChoosingVerification,
    Companion,
    Confirmed,
    ConfirmingKnownData,
    EnteringPin,
    ExplainingNoCard,
    ExplainingSelfPay,
    FillingDeclaration,
    Finished,
    IdentifyingKnown,
    LookingUp,
    MatchingFace,
    OfferingRegistration,
    OutOfService,
    ReadingCard,
    ReadingCardFront,
    ReadingPhone,
    SchoolTrip,
    ShowingCertificate,
    ShowingNotice,
    ShowingPortal,
    StaffVerifying,
    State,
    TakeCard,
    UsingCertifiedReader,
    Visit,
    WaitingForStaff,
    Welcome,
)
from kiosk.visit.table import STATES, Result, on

_WHEN_TIME_ENDS = (
    Welcome, OutOfService, ChoosingEvidence, WaitingForStaff, TakeCard, Abandoned, Finished, LookingUp,
    FillingDeclaration, IdentifyingKnown, MatchingFace, ChoosingVerification, ShowingCertificate, ShowingNotice,
    ShowingPortal, StaffVerifying,
)  # fmt: skip


@on(*STATES, event=TimePassed, to=_WHEN_TIME_ENDS)
def time_passed(visit: Visit, _state: State, event: TimePassed) -> Result:
    if isinstance(visit.state, WaitingForStaff) and visit.state.unclaimed:
        return abandon(visit, "timed_out", event.at) if event.at.day > visit.entered.day else stay(visit)
    deadline = visit.deadline
    if deadline is None:
        return stay(visit)
    if event.at.mono >= deadline.end:
        return _ran_out(visit, event)
    if deadline.warn is not None and event.at.mono >= deadline.warn and not visit.warned:
        return stay(visit, PlaySound("attention"), warned=True)
    return stay(visit)


def _ran_out(visit: Visit, event: TimePassed) -> Result:
    at, state = event.at, visit.state
    overdue = _overdue(state)
    if overdue is not None:
        return fall_back(visit, overdue, at)
    match state:
        case Welcome() | OutOfService() | Finished() | Abandoned():
            return welcome(visit, at)
        case LookingUp(ask_again_at=again) if again is not None:
            return ask_again(visit, state, event)
        case (
            ReadingCard()
            | ChoosingVerification()
            | EnteringPin()
            | ReadingPhone()
            | OfferingRegistration()
            | AskingConsent()
            | LookingUp()
        ):
            return abandon(visit, "timed_out", at)
        case Confirmed():
            return finish(visit, at)
        case ReadingCardFront() | MatchingFace():
            return face_time_ran_out(visit, state, event)
        case TakeCard():
            return _card_still_there(visit, state, event)
        case FillingDeclaration(way=way, step="tries" | "reading"):
            return enter(visit, FillingDeclaration(way=way, problem="unreadable"), at)
        case IdentifyingKnown(asked=asked, misses=misses) if asked:
            return enter(visit, IdentifyingKnown(misses=misses), at)
        case (
            ChoosingEvidence()
            | ExplainingNoCard()
            | Companion()
            | SchoolTrip()
            | ShowingCertificate()
            | IdentifyingKnown()
            | ConfirmingKnownData()
            | FillingDeclaration()
            | ExplainingSelfPay()
            | UsingCertifiedReader()
        ):
            return abandon(visit, "timed_out", at)
        case WaitingForStaff() | StaffVerifying() | ShowingNotice() | ShowingPortal():
            return stay(visit)
        case _:
            assert_never(state)


def _overdue(state: AnyState) -> Reason | None:
    """What is to be blamed where a machine, and not a person, let the time pass."""
    match state:
        case ReadingCard(problem=None) | EnteringPin(checking=True) | ReadingPhone(step="look" | "verify"):
            return Reason.READER_FAULT
        case EnteringPin() | ReadingPhone() if state.opening:
            return Reason.NETWORK_FAULT
        case OfferingRegistration(sent=sent) if sent:
            return Reason.ANSWER_UNKNOWN
        case LookingUp(ask_again_at=None):
            return Reason.NETWORK_FAULT
        case _:
            return None


def _card_still_there(visit: Visit, state: TakeCard, event: TimePassed) -> Result:
    """A forgotten card calls for staff. Where the reader is away nobody can see it taken: the visit just ends."""
    if visit.card is None or visit.card.insertion is None:
        return leave(visit, state, event)
    alerts = (AlertStaff("card_left"), PlaySound("take_card"))
    return enter(visit, replace(state, alerted=True), event.at, *alerts)
