"""How the holder is verified: choice, PIN, the last try, and the service's first word about the card."""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from kiosk.coverage.services import Capability
from kiosk.evidence.reasons import Reason
from kiosk.visit.effects import DiscardSecret, VerifyPin
from kiosk.visit.events import (
    AskFailed,
    BackChosen,
    CardFailed,
    CardOpened,
    EvidenceWanted,
    LastTryAccepted,
    PinChosen,
    PinEntered,
    PinForgotten,
    PinRefused,
    PinVerified,
)
from kiosk.visit.facing import can_verify_by_face, to_choice, why_no_pin
from kiosk.visit.flow.arrival import (
    PROBLEM_OF_FAULT,
    READER_AWAY,
    certificate_notices,
    refuse_certificate,
)
from kiosk.visit.flow.lookup import after_opening, failed
from kiosk.visit.flow.showing import paper_not_answered
from kiosk.visit.moment import Moment
from kiosk.visit.moves import abandon, enter, fall_back, open_card, stay
from kiosk.visit.phones import present
from kiosk.visit.states import (
    AskingConsent,
    CardInHand,
    ChoosingEvidence,
    ChoosingVerification,
    EnteringPin,
    LookingUp,
    MatchingFace,
    OfferingRegistration,
    ReadingCard,
    ReadingPhone,
    State,
    TakeCard,
    Visit,
    WaitingForStaff,
    opening_of,
)
from kiosk.visit.table import Result, on


@on(ChoosingVerification, event=PinChosen, to=(EnteringPin,))
def show_keypad(visit: Visit, state: ChoosingVerification, event: PinChosen) -> Result:
    if state.tries_left < 1:
        return stay(visit)
    return _keypad(visit, state.tries_left, event.at)


def to_keypad(visit: Visit, at: Moment) -> Result:
    """For a card whose tries are known."""
    return _keypad(visit, visit.card.pin_tries if visit.card is not None else 0, at)


def _keypad(visit: Visit, tries: int, at: Moment) -> Result:
    last = tries == 1 and not _last_try_accepted(visit)
    return enter(visit, EnteringPin(tries_left=tries, last_try=last), at)


@on(ChoosingVerification, event=EvidenceWanted, to=(ChoosingEvidence,))
def neither_pin_nor_face(visit: Visit, state: ChoosingVerification, event: EvidenceWanted) -> Result:
    """Where the PIN cannot be used, nobody needs to want the camera."""
    return stay(visit) if state.tries_left > 0 else fall_back(visit, why_no_pin(visit), event.at)


@on(ChoosingVerification, EnteringPin, event=PinForgotten, to=(ChoosingEvidence,))
def forgot_pin(visit: Visit, state: State, event: PinForgotten) -> Result:
    if isinstance(state, EnteringPin) and (state.checking or state.opening):
        return stay(visit)
    return fall_back(visit, Reason.PIN_FORGOTTEN, event.at)


@on(EnteringPin, event=BackChosen, to=(ChoosingVerification,))
def back_to_choice(visit: Visit, state: EnteringPin, event: BackChosen) -> Result:
    if state.checking or state.opening or state.phone:  # a phone leaves no choice
        return stay(visit)
    return to_choice(visit, state.tries_left, event.at)


@on(EnteringPin, event=LastTryAccepted, to=(EnteringPin,))
def accept_last_try(visit: Visit, state: EnteringPin, event: LastTryAccepted) -> Result:
    if not state.last_try or visit.card is None:
        return stay(visit)
    accepted = replace(visit, card=replace(visit.card, last_try_accepted=True))
    return enter(accepted, replace(state, last_try=False), event.at)


@on(EnteringPin, event=PinEntered, to=(EnteringPin, ReadingPhone))
def check_pin(visit: Visit, state: EnteringPin, event: PinEntered) -> Result:
    insertion = visit.card.insertion if visit.card is not None else None
    unasked = state.checking or state.opening or state.last_try
    if unasked or (state.tries_left <= 1 and not _last_try_accepted(visit)):
        return stay(visit, DiscardSecret(event.slot))
    if state.phone:
        return present(visit, ReadingPhone(slot=event.slot, tries_left=state.tries_left), event.at)
    if insertion is None:
        return stay(visit, DiscardSecret(event.slot))
    checking = EnteringPin(tries_left=state.tries_left, checking=True)
    return enter(visit, checking, event.at, VerifyPin(insertion, event.slot))


@on(EnteringPin, event=PinRefused, to=(EnteringPin, ChoosingVerification, ChoosingEvidence))
def pin_was_wrong(visit: Visit, state: EnteringPin, event: PinRefused) -> Result:
    if not _awaits(visit, state, event.insertion):
        return stay(visit)
    visit = _tries_known(visit, max(0, event.tries_left))
    if event.tries_left <= 0 and can_verify_by_face(visit):
        return to_choice(visit, 0, event.at, Reason.PIN_LOCKED)
    if event.tries_left <= 0:
        return fall_back(visit, Reason.PIN_LOCKED, event.at)
    last = event.tries_left == 1 and not _last_try_accepted(visit)
    return enter(visit, EnteringPin(tries_left=event.tries_left, wrong=True, last_try=last), event.at)


@on(EnteringPin, event=PinVerified, to=(EnteringPin, ChoosingEvidence, TakeCard))
def pin_was_right(visit: Visit, state: EnteringPin, event: PinVerified) -> Result:
    if not _awaits(visit, state, event.insertion) or event.on_phone:
        return stay(visit)
    return holder_verified(visit, event)


def holder_verified(visit: Visit, event: PinVerified) -> Result:
    """Card or phone has signed: it must be the one that was read, and of use today."""
    read = visit.card.facts.certificate if visit.card is not None and visit.card.facts is not None else None
    if read is not None and read.sha256 != event.certificate.sha256:
        return abandon(visit, "card_changed", event.at)
    reason = refuse_certificate(event.certificate, event.at.day)
    if reason is not None:
        return fall_back(visit, reason, event.at)
    notices = certificate_notices(event.certificate, event.at.day)
    by: Literal["pin", "phone"] = "phone" if event.on_phone else "pin"
    verified = replace(visit, verified=event.certificate, verified_by=by, notices=notices)
    if Capability.BY_CARD not in visit.policy.capabilities:
        return fall_back(verified, Reason.NO_LOOKUP_BY_CARD, event.at)
    return open_card(verified, event)


@on(EnteringPin, event=CardFailed, to=(EnteringPin, ReadingCard, ChoosingEvidence))
def pin_was_not_checked(visit: Visit, state: EnteringPin, event: CardFailed) -> Result:
    """The card or the reader failed while the PIN was on its way: nobody knows whether a try was spent, so the card
    is read again before anything else."""
    if not _awaits(visit, state, event.insertion):
        return stay(visit)
    fault = event.failure.fault
    visit = _tries_known(visit, 0)
    if fault in READER_AWAY:
        return enter(visit, ReadingCard(), event.at, card=CardInHand(insertion=None))
    reason = PROBLEM_OF_FAULT[fault]
    if reason is Reason.CARD_UNREADABLE:
        return enter(visit, ReadingCard(problem=reason), event.at, reason=reason)
    return fall_back(visit, reason, event.at, message=event.failure.detail)


@on(
    EnteringPin, ReadingPhone, MatchingFace, event=CardOpened,
    to=(OfferingRegistration, AskingConsent, LookingUp, ChoosingEvidence),
)  # fmt: skip
def service_knows_card(visit: Visit, state: State, event: CardOpened) -> Result:
    if not opening_of(state) or opening_of(state) != event.question:
        return stay(visit)
    return after_opening(visit, event)


@on(
    EnteringPin,
    ReadingPhone,
    MatchingFace,
    event=AskFailed,
    to=(ChoosingEvidence, WaitingForStaff, OfferingRegistration),
)
def service_does_not_know_card(visit: Visit, state: State, event: AskFailed) -> Result:
    if isinstance(state, MatchingFace) and not opening_of(state):
        return paper_not_answered(visit, state, event)
    if not opening_of(state) or opening_of(state) != event.question:
        return stay(visit)
    return failed(visit, event)


def _awaits(visit: Visit, state: EnteringPin, insertion: int) -> bool:
    return state.checking and visit.card is not None and visit.card.insertion == insertion


def _tries_known(visit: Visit, tries: int) -> Visit:
    """0 also where nobody knows whether one was spent: then the card is asked before the keypad is shown again."""
    return visit if visit.card is None else replace(visit, card=replace(visit.card, pin_tries=tries))


def _last_try_accepted(visit: Visit) -> bool:
    return visit.card is not None and visit.card.last_try_accepted
