"""照合番号B from the card's front, which unlocks the photograph on its chip."""

from __future__ import annotations

from msgspec.structs import replace

from drivers.interface import Fault
from kiosk.evidence.reasons import Reason
from kiosk.visit.effects import DiscardSecret, LookAtFace, ReadPhoto
from kiosk.visit.events import (
    CardFailed,
    Event,
    FaceChosen,
    FrontFailed,
    FrontWanted,
    LastTryAccepted,
    NumbersWanted,
    PhotoRead,
    PhotoRefused,
    PhotoTriesTold,
    PinEntered,
)
from kiosk.visit.facing import back_to_staff, begin_face, can_verify_by_face, face_over, match_face
from kiosk.visit.flow.arrival import PLACE_AGAIN, PROBLEM_OF_FAULT, READER_AWAY, is_ours
from kiosk.visit.moment import Moment
from kiosk.visit.moves import FALLBACK, enter, fall_back, stay
from kiosk.visit.states import (
    AskingConsent,
    BesideFace,
    CardInHand,
    ChoosingEvidence,
    ChoosingVerification,
    Confirmed,
    EnteringPin,
    Facing,
    LookingUp,
    MatchingFace,
    OfferingRegistration,
    ReadingCard,
    ReadingCardFront,
    ShowingCertificate,
    ShowingNotice,
    ShowingPortal,
    StaffVerifying,
    State,
    Visit,
    WaitingForStaff,
)
from kiosk.visit.table import Result, on

BESIDE = (ShowingCertificate, ShowingNotice, ShowingPortal, StaffVerifying, WaitingForStaff)
"""Where staff may ask for the look, and where it leads back to."""
NO_PHOTO: dict[Fault, Reason] = {
    Fault.PIN_LOCKED: Reason.NUMBER_B_LOCKED,
    Fault.PHOTO_UNUSABLE: Reason.PHOTO_UNUSABLE,
    Fault.CARD_DAMAGED: Reason.PHOTO_UNUSABLE,
    Fault.NOT_MY_NUMBER_CARD: Reason.PHOTO_UNUSABLE,
}
"""What keeps this card's photograph from being used, although its PIN may work."""


@on(ChoosingVerification, EnteringPin, event=FaceChosen, to=(ReadingCardFront, MatchingFace))
def by_face(visit: Visit, state: State, event: FaceChosen) -> Result:
    busy = isinstance(state, EnteringPin) and (state.checking or bool(state.opening))
    if busy or not can_verify_by_face(visit):
        return stay(visit)
    return begin_face(visit, event)


@on(
    ReadingCardFront,
    event=PhotoTriesTold,
    to=(ReadingCardFront, MatchingFace, ChoosingVerification, ChoosingEvidence, *BESIDE),
)
def photo_tries_told(visit: Visit, state: ReadingCardFront, event: PhotoTriesTold) -> Result:
    """How many tries there are is known before the number is asked for."""
    if state.ready or state.lifted or not is_ours(visit, event.insertion):
        return stay(visit)
    if state.slot and event.tries_left > 1:
        return _read_photo(visit, state, state.slot, event)
    typed = state.typed or not visit.policy.front_reader
    return _ask_for_number(visit, replace(state, typed=typed), event.tries_left, event.at)


def _ask_for_number(
    visit: Visit, state: ReadingCardFront, tries: int, at: Moment, *, wrong: bool = False
) -> Result:
    if tries <= 0:
        return _without_photo(visit, state.back_to, Reason.NUMBER_B_LOCKED, at)
    told = replace(state, tries_left=tries, wrong=wrong, last_try=tries == 1)
    asked = replace(told, step="number", ready=True, slot="")
    return enter(visit, asked, at)


def _without_photo(visit: Visit, back_to: BesideFace | None, reason: Reason, at: Moment) -> Result:
    """This card's holder cannot be compared with it, now and for as long as it lies there."""
    card = visit.card
    barred = replace(visit, card=replace(card, no_face=reason)) if card is not None else visit
    return face_over(barred, back_to, at, reason)


@on(ReadingCardFront, event=LastTryAccepted, to=(ReadingCardFront,))
def accept_last_number(visit: Visit, state: ReadingCardFront, event: LastTryAccepted) -> Result:
    if state.step != "number" or not state.last_try:
        return stay(visit)
    return enter(visit, replace(state, last_try=False), event.at)


@on(ReadingCardFront, event=NumbersWanted, to=(ReadingCardFront,))
def type_the_number(visit: Visit, state: ReadingCardFront, event: NumbersWanted) -> Result:
    if state.step != "number" or state.typed:
        return stay(visit)
    return enter(visit, replace(state, typed=True), event.at)


@on(ReadingCardFront, event=FrontWanted, to=(ReadingCardFront,))
def read_the_number(visit: Visit, state: ReadingCardFront, event: FrontWanted) -> Result:
    if not can_read_front(visit, state):
        return stay(visit)
    return enter(visit, replace(state, typed=False), event.at)


def can_read_front(visit: Visit, state: ReadingCardFront) -> bool:
    """A camera may read what is typed now."""
    there = visit.policy.front_reader and not state.camera_lost
    return there and state.step == "number" and state.typed


@on(ReadingCardFront, event=FrontFailed, to=(ReadingCardFront,))
def front_not_seen(visit: Visit, state: ReadingCardFront, event: FrontFailed) -> Result:
    """The number can be typed all the same."""
    if state.camera_lost or not visit.policy.front_reader:
        return stay(visit)
    return enter(visit, replace(state, typed=True, camera_lost=True), event.at)


@on(ReadingCardFront, event=PinEntered, to=(ReadingCardFront, MatchingFace))
def number_given(visit: Visit, state: ReadingCardFront, event: PinEntered) -> Result:
    """The number waits for a card that is still in the hand from which it was read."""
    if state.step != "number" or state.last_try or state.tries_left < 1:
        return stay(visit, DiscardSecret(event.slot))
    if not state.ready:
        return enter(visit, replace(state, step="put_back", slot=event.slot), event.at)
    return _read_photo(visit, state, event.slot, event)


def _read_photo(visit: Visit, state: ReadingCardFront, slot: str, event: Event) -> Result:
    """The patient stands before the camera while the photograph is read: it takes its time."""
    insertion = visit.card.insertion if visit.card is not None else None
    if insertion is None:
        return stay(visit, DiscardSecret(slot))
    question = f"{event.id}.look"
    reading = MatchingFace(
        step="photo", question=question, attempt=visit.face_attempts + 1, back_to=state.back_to
    )
    effects = (ReadPhoto(insertion, slot), LookAtFace(question))
    return enter(visit, reading, event.at, *effects)


@on(MatchingFace, event=PhotoRead, to=(MatchingFace,))
def photo_was_read(visit: Visit, state: MatchingFace, event: PhotoRead) -> Result:
    noted, _ = note_photo(visit, state, event)
    if state.step != "photo" or noted is visit:
        return noted, ()
    matched, effects = match_face(noted, event, state.back_to)
    matching = matched.state
    if isinstance(matching, MatchingFace):  # what the person was told to do still holds
        matched = replace(matched, state=replace(matching, hint=state.hint))
    return matched, effects


_WITH_CARD: tuple[type[State], ...] = (
    ReadingCard, ChoosingVerification, EnteringPin, ReadingCardFront, OfferingRegistration, AskingConsent, LookingUp,
    Confirmed, WaitingForStaff, *FALLBACK,
)  # fmt: skip


@on(*_WITH_CARD, event=PhotoRead, to=())
def note_photo(visit: Visit, _state: State, event: PhotoRead) -> Result:
    """It came after the patient had gone on otherwise: at hand, should they come back."""
    if visit.card is None or not is_ours(visit, event.insertion):
        return stay(visit)
    return stay(visit, card=replace(visit.card, photo="genuine" if event.genuine else "read"))


@on(MatchingFace, event=PhotoRefused, to=(ReadingCardFront, ChoosingVerification, ChoosingEvidence, *BESIDE))
def number_was_wrong(visit: Visit, state: MatchingFace, event: PhotoRefused) -> Result:
    """What was read wrongly once is read wrongly again: from here on it is typed, unless the patient wants it
    otherwise."""
    if state.step not in ("photo", "camera_gone") or not is_ours(visit, event.insertion):
        return stay(visit)
    again = ReadingCardFront(typed=True, back_to=state.back_to)
    return _ask_for_number(visit, again, event.tries_left, event.at, wrong=True)


@on(
    ReadingCardFront, MatchingFace, event=CardFailed,
    to=(ReadingCard, ChoosingVerification, ChoosingEvidence, *BESIDE),
)  # fmt: skip
def photo_was_not_read(visit: Visit, state: Facing, event: CardFailed) -> Result:
    if not _card_is_asked(state) or not is_ours(visit, event.insertion):
        return stay(visit)
    fault, at = event.failure.fault, event.at
    if isinstance(state, ReadingCardFront) and state.lifted and PROBLEM_OF_FAULT[fault] in PLACE_AGAIN:
        return stay(visit)  # put back askew: it is lifted and put back again
    if fault in NO_PHOTO:
        return _without_photo(visit, state.back_to, NO_PHOTO[fault], at)
    unseen = CardInHand(insertion=None)
    if state.back_to is not None:
        seen = replace(visit, card=unseen) if fault in READER_AWAY else visit
        return back_to_staff(seen, state.back_to, at, problem=PROBLEM_OF_FAULT[fault])
    if fault in READER_AWAY:
        return enter(visit, ReadingCard(), at, card=unseen)
    reason = PROBLEM_OF_FAULT[fault]
    if reason is Reason.CARD_UNREADABLE:
        return enter(visit, ReadingCard(problem=reason), at, reason=reason)
    return fall_back(visit, reason, at, message=event.failure.detail)


def _card_is_asked(state: Facing) -> bool:
    match state:
        case ReadingCardFront(ready=ready):
            return not ready
        case MatchingFace(step=step):
            return step in ("photo", "camera_gone")
        case _:
            return False
