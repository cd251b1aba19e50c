"""A person is called, comes, and decides; or the patient goes on alone after all."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.coverage.services import Capability
from kiosk.evidence.reasons import RETRIABLE
from kiosk.visit.events import Event, RetryChosen, StaffActed, StaffCalled, StaffCancelled
from kiosk.visit.flow.lookup import ask_for_consent, look_up
from kiosk.visit.moves import abandon, begin, call_staff, enter, finish, open_card, read_card, stay, welcome
from kiosk.visit.states import (
    Abandoned,
    AskingConsent,
    ChoosingVerification,
    Confirmed,
    EnteringPin,
    Finished,
    LookingUp,
    OfferingRegistration,
    OutOfService,
    ReadingCard,
    State,
    TakeCard,
    Visit,
    WaitingForStaff,
    Welcome,
)
from kiosk.visit.table import Result, on


@on(
    Welcome, OutOfService, ReadingCard, ChoosingVerification, EnteringPin, OfferingRegistration, AskingConsent,
    LookingUp, Confirmed,
    event=StaffCalled, to=(WaitingForStaff,),
)  # fmt: skip
def patient_calls(visit: Visit, _state: State, event: StaffCalled) -> Result:
    return call_staff(visit if visit.id else begin(visit, event), event.at)


@on(WaitingForStaff, event=StaffCancelled, to=(Welcome, OutOfService, ReadingCard, ChoosingVerification, EnteringPin,
    OfferingRegistration, AskingConsent, Confirmed, TakeCard, Abandoned, Finished))  # fmt: skip
def go_on_alone(visit: Visit, state: WaitingForStaff, event: StaffCancelled) -> Result:
    """Back to the page the patient called from. Where there is none, the visit is over and the card goes back."""
    return _go_on(visit, state, event)


@on(WaitingForStaff, event=RetryChosen, to=(ReadingCard, EnteringPin, AskingConsent, LookingUp,
    Welcome, OutOfService))  # fmt: skip
def try_again(visit: Visit, state: WaitingForStaff, event: RetryChosen) -> Result:
    """With the card still here a look-up is asked anew: it is a read. A registration never is."""
    if not can_retry(visit, state):
        return stay(visit)
    insertion = visit.card.insertion if visit.card is not None else None
    if insertion is None:
        return welcome(visit, event.at, keep_preferences=True)
    if visit.verified is None or Capability.BY_CARD not in visit.policy.capabilities:
        return read_card(visit, insertion, event.at)
    if visit.registered is None:
        return open_card(visit, event)
    return look_up(visit, event) if visit.consents else ask_for_consent(visit, event)


def can_retry(visit: Visit, state: WaitingForStaff) -> bool:
    """Who called while a machine was being asked has no page to go back to, but can ask again."""
    if visit.registered is False or visit.outcome is not None:
        return False
    if state.reason is None:
        return state.back_to is None and visit.card is not None and visit.card.insertion is not None
    return state.reason in RETRIABLE


@on(WaitingForStaff, event=StaffActed, to=(Welcome, OutOfService, ReadingCard, ChoosingVerification, EnteringPin,
    OfferingRegistration, AskingConsent, Confirmed, TakeCard, Abandoned, Finished))  # fmt: skip
def staff_came(visit: Visit, state: WaitingForStaff, event: StaffActed) -> Result:
    match event.action:
        case "resume":
            return _go_on(visit, state, event)
        case "handled":
            return finish(replace(visit, outcome=visit.outcome or "handed_to_staff"), event.at)
        case "restart":
            return abandon(visit, "closed_by_staff", event.at)


def _go_on(visit: Visit, state: WaitingForStaff, event: Event) -> Result:
    if visit.outcome == "confirmed" and not _can_show_result(visit, state):
        return finish(visit, event.at)  # the number is still to be told
    match state.back_to:
        case None:
            return abandon(visit, "stopped", event.at)
        case Welcome() | OutOfService():
            return welcome(visit, event.at, keep_preferences=True)
        case ReadingCard() if visit.card is not None and visit.card.insertion is not None:
            return read_card(visit, visit.card.insertion, event.at)
        case ReadingCard():
            return welcome(visit, event.at, keep_preferences=True)
        case (
            ChoosingVerification()
            | EnteringPin()
            | OfferingRegistration()
            | AskingConsent()
            | Confirmed() as page
        ):
            if visit.card is None or visit.card.insertion is None:
                return welcome(visit, event.at, keep_preferences=True)
            return enter(visit, page, event.at)


def _can_show_result(visit: Visit, state: WaitingForStaff) -> bool:
    watched = visit.card is not None and visit.card.insertion is not None
    return isinstance(state.back_to, Confirmed) and watched


@on(ReadingCard, event=StaffActed, to=(TakeCard, Abandoned))
@on(
    ChoosingVerification, EnteringPin, OfferingRegistration, AskingConsent, LookingUp, Confirmed,
    event=StaffActed, to=(TakeCard,),
)  # fmt: skip
def staff_closes(visit: Visit, _state: State, event: StaffActed) -> Result:
    """Staff may end any visit from their side; the other actions need a patient who waits for them."""
    if event.action != "restart":
        return stay(visit)
    return abandon(visit, "closed_by_staff", event.at)
