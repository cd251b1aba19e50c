"""From the first page to a card that was read: reader, insertion, removal, swap, what the card is."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec.structs import replace

from drivers.interface import CardFacts, CertificateFacts, Fault, Revocation, Token
from kiosk.coverage.certificate_life import Life, japanese_date, life_on
from kiosk.evidence.reasons import Reason
from kiosk.visit.deadlines import deadline_for
from kiosk.visit.effects import ForgetCard, ReadCard
from kiosk.visit.events import (
    CardFailed,
    CardInserted,
    CardRead,
    CardRemoved,
    ReaderChanged,
    RetryChosen,
)
from kiosk.visit.facing import begin_face, can_verify_by_face, looking_for_the_camera, to_choice
from kiosk.visit.flow.lookup import resume_verified
from kiosk.visit.moves import (
    FALLBACK,
    abandon,
    begin,
    enter,
    fall_back,
    finish,
    forget_person,
    in_service,
    is_anothers,
    read_card,
    stay,
    welcome,
)
from kiosk.visit.phones import (
    PHONES,
    begin_phone,
    is_phone,
    may_leave,
    proven_by_phone,
    put_away,
    returned,
)
from kiosk.visit.states import (
    Abandoned,
    AnyState,
    AskingConsent,
    CardInHand,
    ChoosingEvidence,
    ChoosingVerification,
    Confirmed,
    ConfirmingKnownData,
    EnteringPin,
    FillingDeclaration,
    Finished,
    LookingUp,
    MatchingFace,
    OfferingRegistration,
    OutOfService,
    ReadingCard,
    ReadingCardFront,
    ReadingPhone,
    State,
    TakeCard,
    Visit,
    WaitingForStaff,
    Welcome,
)
from kiosk.visit.table import Result, on

PROBLEM_OF_FAULT: dict[Fault, Reason] = {
    Fault.CARD_MUTE: Reason.CARD_UNREADABLE,
    Fault.CARD_DAMAGED: Reason.CARD_UNREADABLE,
    Fault.CARD_GONE: Reason.CARD_UNREADABLE,
    Fault.CARD_BUSY: Reason.TERMINAL_FAULT,
    Fault.TIMED_OUT: Reason.CARD_UNREADABLE,
    Fault.NOT_MY_NUMBER_CARD: Reason.NOT_MY_NUMBER_CARD,
    Fault.OLD_RESIDENT_CARD: Reason.NOT_MY_NUMBER_CARD,
    Fault.NO_CERTIFICATE: Reason.NO_CERTIFICATE,
    Fault.CERTIFICATE_UNTRUSTED: Reason.VERIFICATION_FAILED,
    Fault.SIGNATURE_WRONG: Reason.VERIFICATION_FAILED,
    Fault.PIN_LOCKED: Reason.PIN_LOCKED,
    Fault.NOT_CONFIRMED: Reason.CARD_UNREADABLE,
    Fault.READER_GONE: Reason.READER_FAULT,
    Fault.SERVICE_GONE: Reason.READER_FAULT,
    Fault.PRINTER_GONE: Reason.TERMINAL_FAULT,
    Fault.CAMERA_GONE: Reason.FACE_CAMERA,
    Fault.MODEL_WRONG: Reason.FACE_CAMERA,
    Fault.PHOTO_UNUSABLE: Reason.PHOTO_UNUSABLE,
    Fault.INTERNAL: Reason.TERMINAL_FAULT,
}
# Taking the card out and placing it again, or placing another one, may cure these at once.
PLACE_AGAIN = frozenset({Reason.CARD_UNREADABLE, Reason.NOT_MY_NUMBER_CARD})
# What went wrong was neither the card nor its holder, and may be over when a card is placed again.
_PASSING = frozenset({Reason.READER_FAULT, Reason.TERMINAL_FAULT})
# The reader goes away for a moment when its service restarts: it comes back by itself.
READER_AWAY = frozenset({Fault.READER_GONE, Fault.SERVICE_GONE})


# ------------------------------------------------------------------------------------------- the reader


@on(Welcome, OutOfService, event=ReaderChanged, to=(Welcome, OutOfService))
def show_whether_in_service(visit: Visit, _state: State, event: ReaderChanged) -> Result:
    changed = replace(visit, reader_available=event.available)
    shown_available = not isinstance(visit.state, OutOfService)
    available = in_service(changed)
    if available == shown_available or not event.scanned:
        return stay(changed)
    return enter(changed, Welcome() if available else OutOfService(), event.at)


@on(
    ReadingCard, ChoosingVerification, EnteringPin, OfferingRegistration, AskingConsent, LookingUp,
    event=ReaderChanged, to=(ReadingCard,),
)  # fmt: skip
def wait_for_the_reader(visit: Visit, state: State, event: ReaderChanged) -> Result:
    """The card cannot be watched while the reader is away, so what was verified waits until the same card is seen
    again. Before the PIN there is nothing to keep: the card is simply read anew."""
    changed = replace(visit, reader_available=event.available)
    if event.available or visit.card is None:
        return stay(changed)
    if proven_by_phone(changed):
        return stay(put_away(changed, event.at))
    if visit.card.insertion is None and not may_leave(changed):
        return stay(changed)
    unseen = CardInHand(insertion=None)
    match state:
        case ReadingCard(resume=resume):
            return enter(changed, ReadingCard(resume=resume), event.at, card=unseen)
        case OfferingRegistration() | AskingConsent() | LookingUp() if visit.verified:
            return enter(changed, ReadingCard(resume=state), event.at, card=unseen)
        case EnteringPin() | MatchingFace() if state.opening and visit.verified:
            return enter(changed, ReadingCard(resume=state), event.at, card=unseen)
        case _:
            return enter(changed, ReadingCard(), event.at, card=unseen)


_ELSEWHERE = tuple(page for page in FALLBACK if page is not FillingDeclaration)


@on(Confirmed, WaitingForStaff, Finished, Abandoned, *_ELSEWHERE, event=ReaderChanged, to=())
def note_the_reader(visit: Visit, _state: State, event: ReaderChanged) -> Result:
    return stay(_as_seen(visit, event))


@on(TakeCard, event=ReaderChanged, to=())
def lose_sight_of_the_card(visit: Visit, _state: TakeCard, event: ReaderChanged) -> Result:
    """Nobody will see it taken, so the page ends by itself."""
    changed = _as_seen(visit, event)
    if event.available:
        return stay(changed)
    return stay(changed, deadline=deadline_for(changed, event.at), warned=False)


def _as_seen(visit: Visit, event: ReaderChanged) -> Visit:
    changed = replace(visit, reader_available=event.available)
    if event.available or visit.card is None:
        return changed
    return replace(changed, card=replace(visit.card, insertion=None))


# ---------------------------------------------------------------------------------- a card comes or goes


@on(Welcome, OutOfService, Finished, Abandoned, event=CardInserted, to=(ReadingCard,))
def receive_card(visit: Visit, _state: State, event: CardInserted) -> Result:
    begun = begin(visit, event)
    if isinstance(visit.state, Finished | Abandoned):
        begun = replace(begun, preferences=visit.policy.defaults)
    received, effects = receive(begun, event)
    return received, (*looking_for_the_camera(visit), *effects)


@on(ReadingCard, event=CardInserted, to=(ReadingCard, TakeCard))
def receive_card_again(visit: Visit, state: ReadingCard, event: CardInserted) -> Result:
    card = visit.card
    if (
        card is not None
        and card.insertion is not None
        and state.problem is None
        and card.insertion != event.insertion
    ):
        return _other_card(visit, event)
    return receive(visit, event)


def receive(visit: Visit, event: CardInserted) -> Result:
    visit = noticed(visit, event)
    state = visit.state
    resume = state.resume if isinstance(state, ReadingCard) else None
    if event.mute:
        problem = ReadingCard(problem=Reason.CARD_UNREADABLE, resume=resume)
        return enter(visit, problem, event.at, reason=Reason.CARD_UNREADABLE)
    if resume is not None:
        return enter(visit, ReadingCard(resume=resume), event.at, ReadCard(event.insertion))
    return read_card(visit, event.insertion, event.at)


@on(
    ChoosingVerification, EnteringPin, OfferingRegistration, AskingConsent, LookingUp,
    event=CardInserted, to=(TakeCard,),
)  # fmt: skip
def refuse_other_card(visit: Visit, _state: State, event: CardInserted) -> Result:
    back = returned(visit, event) if may_leave(visit) else None
    if back is not None:
        return stay(back)
    return _other_card(visit, event)


def _other_card(visit: Visit, event: CardInserted) -> Result:
    """A card that nobody saw coming cannot be the verified one: the visit is void and the card goes back."""
    return abandon(noticed(visit, event), "card_changed", event.at)


@on(Confirmed, event=CardInserted, to=(TakeCard,))
def give_back_after_reader_returned(visit: Visit, _state: Confirmed, event: CardInserted) -> Result:
    back = returned(visit, event) if proven_by_phone(visit) else None
    if back is not None:
        return stay(back)
    return finish(noticed(visit, event), event.at)


@on(TakeCard, event=CardInserted, to=())
def still_to_be_taken(visit: Visit, state: TakeCard, event: CardInserted) -> Result:
    return stay(noticed(visit, event), state=replace(state, elsewhere=False))


@on(WaitingForStaff, event=CardInserted, to=(ReadingCard,))
def try_card_while_waiting(visit: Visit, state: WaitingForStaff, event: CardInserted) -> Result:
    """Somebody who waits because no card could be read may place one; every other case is staff's now. A visit that
    has its result takes no other card: that person's answer would go under this one's number."""
    back = returned(visit, event) if proven_by_phone(visit) else None
    if back is not None:
        return stay(back)
    unread = state.reason is None or state.reason in PLACE_AGAIN | _PASSING
    if visit.verified is None and visit.outcome is None and unread:
        return receive(forget_person(visit), event)
    # Nobody saw the verified card leave, nor whose this one is.
    kept = replace(state, back_to=page_without(state.back_to, ReadingCard()))
    return stay(forget_person(noticed(visit, event)), ForgetCard(), state=kept)


@on(ReadingCard, event=CardRemoved, to=(Welcome, Abandoned))
def removed_while_reading(visit: Visit, state: ReadingCard, event: CardRemoved) -> Result:
    if not is_ours(visit, event.insertion):
        return stay(visit)
    if state.resume is not None:
        return abandon(visit, "card_removed", event.at)
    hint = "" if state.problem is not None else "removed_early"
    return welcome(visit, event.at, keep_preferences=True, hint=hint)  # type: ignore[arg-type]


@on(
    ChoosingVerification, EnteringPin, OfferingRegistration, AskingConsent, LookingUp,
    event=CardRemoved, to=(Abandoned,),
)  # fmt: skip
def removed_in_the_middle(visit: Visit, _state: State, event: CardRemoved) -> Result:
    if not is_ours(visit, event.insertion):
        return stay(visit)
    if may_leave(visit):
        return stay(put_away(visit, event.at))
    return abandon(visit, "card_removed", event.at)


@on(Confirmed, event=CardRemoved, to=(Finished,))
def taken_after_result(visit: Visit, _state: Confirmed, event: CardRemoved) -> Result:
    if not is_ours(visit, event.insertion):
        return stay(visit)
    if proven_by_phone(visit):
        return stay(put_away(visit, event.at))
    return finish(replace(visit, card=None, certified=None), event.at)  # nor does it lie elsewhere


@on(WaitingForStaff, event=CardRemoved, to=())
def taken_while_waiting(visit: Visit, state: WaitingForStaff, event: CardRemoved) -> Result:
    """The page goes on, but whoever comes back must place the card again."""
    if not is_ours(visit, event.insertion):
        return stay(visit)
    if proven_by_phone(visit):
        return stay(put_away(visit, event.at))
    kept = replace(state, back_to=page_without(state.back_to, Welcome()))
    return stay(forget_person(visit), ForgetCard(), card=None, state=kept)


def page_without(page: AnyState | None, otherwise: AnyState) -> Any:
    """Where the patient goes on alone once the card that lay there is gone."""
    match page:
        case None:
            return None
        case ConfirmingKnownData():
            return ChoosingEvidence()
        case _:
            return page if isinstance(page, FALLBACK) else otherwise


def noticed(visit: Visit, event: CardInserted) -> Visit:
    """With the card that came, which also proves that the reader is there."""
    return replace(visit, reader_available=True, card=CardInHand(event.insertion))


def is_ours(visit: Visit, insertion: int) -> bool:
    return visit.card is not None and visit.card.insertion == insertion


# ------------------------------------------------------------------------------------- what the card is


@on(
    ReadingCard, event=CardRead,
    to=(ChoosingVerification, ReadingPhone, ChoosingEvidence, WaitingForStaff, TakeCard, EnteringPin, ReadingCardFront,
        MatchingFace, OfferingRegistration, AskingConsent, LookingUp, Confirmed),
)  # fmt: skip
def card_was_read(visit: Visit, state: ReadingCard, event: CardRead) -> Result:
    if not is_ours(visit, event.insertion):
        return stay(visit)
    if is_anothers(visit, event.facts):
        visit = replace(visit, fallback=None, reason=None, face_attempts=0)
    # A card that does not say how many tries are left may have only one.
    tries = 1 if event.facts.pin_tries_left is None else event.facts.pin_tries_left
    known = replace(visit, card=CardInHand(event.insertion, event.facts, pin_tries=tries))
    if state.resume is not None and visit.verified is not None:
        certificate = event.facts.certificate
        if certificate is None or certificate.sha256 != visit.verified.sha256:
            return abandon(known, "card_changed", event.at)
        return resume_verified(known, state.resume, event)
    reason = refuse_card(event.facts, visit, event.at.day)
    known = replace(known, notices=certificate_notices(event.facts.certificate, event.at.day))
    if reason is Reason.FACE_ONLY_CARD and can_verify_by_face(known):
        return begin_face(known, event)
    if reason is Reason.PIN_LOCKED and can_verify_by_face(known):
        return to_choice(known, 0, event.at, reason)
    if reason is not None:
        return fall_back(replace(known, notices=visit.notices), reason, event.at)
    if is_phone(known.card):
        return begin_phone(known, tries, event.at)
    return to_choice(known, tries, event.at)


def refuse_card(facts: CardFacts, visit: Visit, day: date) -> Reason | None:
    """Why this card cannot be used by itself here today, known before any secret; None if it can."""
    if facts.token in PHONES and not visit.policy.phones:
        return Reason.PHONE_WITHOUT_READER
    if facts.token is Token.OLD_RESIDENT_CARD:
        return Reason.NOT_MY_NUMBER_CARD
    if facts.certificate is None:
        if facts.token is Token.CARD:
            return Reason.NO_CERTIFICATE
    elif (reason := refuse_certificate(facts.certificate, day)) is not None:
        card_over = facts.card_expires is not None and facts.card_expires < day
        return Reason.CARD_EXPIRED if reason is Reason.CERTIFICATE_EXPIRED and card_over else reason
    if facts.pin_tries_left == 0 and facts.token is not Token.IPHONE:  # which asks its holder by itself
        return Reason.FACE_ONLY_CARD if facts.pin_by_design_locked else Reason.PIN_LOCKED
    return None


def refuse_certificate(certificate: CertificateFacts, day: date) -> Reason | None:
    """A phone gives its certificate only with the PIN, so this is asked at either moment."""
    if certificate.revocation is Revocation.REVOKED:
        return Reason.CERTIFICATE_REVOKED
    if life_on(japanese_date(certificate.not_after), day) is Life.EXPIRED:
        return Reason.CERTIFICATE_EXPIRED
    return None


def certificate_notices(certificate: CertificateFacts | None, day: date) -> tuple[Reason, ...]:
    """What the patient is told although the card still works."""
    if certificate is None:
        return ()
    match life_on(japanese_date(certificate.not_after), day):
        case Life.EXPIRING:
            return (Reason.CERTIFICATE_EXPIRING,)
        case Life.GRACE:
            return (Reason.CERTIFICATE_EXPIRED_GRACE,)
        case Life.VALID | Life.EXPIRED:
            return ()


@on(ReadingCard, event=CardFailed, to=(ReadingCard, ChoosingEvidence))
def card_was_not_read(visit: Visit, state: ReadingCard, event: CardFailed) -> Result:
    if not is_ours(visit, event.insertion):
        return stay(visit)
    fault = event.failure.fault
    if fault in READER_AWAY:
        unseen = CardInHand(insertion=None)
        return enter(visit, ReadingCard(resume=state.resume), event.at, card=unseen)
    reason = PROBLEM_OF_FAULT[fault]
    if reason in PLACE_AGAIN:
        # Also CARD_GONE: if the card really left, its removal is already on the way.
        return enter(visit, ReadingCard(problem=reason, resume=state.resume), event.at, reason=reason)
    return fall_back(visit, reason, event.at, message=event.failure.detail)


@on(ReadingCard, event=RetryChosen, to=(ReadingCard,))
def read_once_more(visit: Visit, state: ReadingCard, event: RetryChosen) -> Result:
    if state.problem is None or visit.card is None or visit.card.insertion is None:
        return stay(visit)
    again = ReadingCard(resume=state.resume)
    return enter(visit, again, event.at, ReadCard(visit.card.insertion))
