"""The few ways in which a visit moves. Handlers are written in terms of these."""

from __future__ import annotations

from typing import Any, Literal, get_args

from msgspec.structs import replace

from drivers.interface import CardFacts
from kiosk.coverage.services import Capability
from kiosk.evidence.reasons import Reason
from kiosk.visit.deadlines import deadline_for
from kiosk.visit.effects import (
    AlertStaff,
    AnyEffect,
    DiscardSecret,
    ForgetCard,
    OpenCard,
    PlaySound,
    ReadCard,
    ReadPhoto,
    RestFace,
)
from kiosk.visit.events import Event
from kiosk.visit.moment import Moment
from kiosk.visit.states import (
    Abandoned,
    AbandonReason,
    AnyState,
    AskingConsent,
    CardInHand,
    ChoosingEvidence,
    ChoosingVerification,
    Confirmed,
    EnteringPin,
    Fallback,
    FillingDeclaration,
    Finished,
    MatchingFace,
    OfferingRegistration,
    OutOfService,
    ReadingCard,
    ReadingCardFront,
    ReadingPhone,
    Road,
    StaffVerifying,
    State,
    TakeCard,
    Visit,
    WaitingForStaff,
    Welcome,
)
from kiosk.visit.table import Result

FALLBACK: tuple[type[State], ...] = get_args(Road)
"""The pages of the road on which a visit goes when the card alone did not do."""

Resumable: tuple[type[State], ...] = (
    Welcome, OutOfService, ReadingCard, ChoosingVerification, EnteringPin, OfferingRegistration, AskingConsent,
    Confirmed, *(page for page in FALLBACK if page is not StaffVerifying),
)  # fmt: skip

FOR_STAFF = frozenset({Reason.AMBIGUOUS, Reason.ANSWER_UNKNOWN, Reason.IDENTITY_MISMATCH})
"""What a person must settle before the patient can be led anywhere."""
_TO_MEND = frozenset(
    {
        Reason.READER_FAULT,
        Reason.TERMINAL_FAULT,
        Reason.NETWORK_FAULT,
        Reason.SERVICE_FAULT,
        Reason.SERVICE_ERROR,
    }
)
"""What the facility has to mend: staff are told although the patient goes on alone."""


def stay(visit: Visit, *effects: AnyEffect, **changes: Any) -> Result:
    """The page stays; its time limit runs on."""
    return (replace(visit, **changes) if changes else visit), effects


def enter(visit: Visit, state: AnyState, at: Moment, *effects: AnyEffect, **changes: Any) -> Result:
    """Shows a page, with a fresh time limit. Whatever leads away from the camera closes it, and from the card's front
    throws away what was given there and is not used."""
    match visit.state:
        case MatchingFace() if not isinstance(state, MatchingFace):
            effects = (RestFace(), *effects)
        case ReadingCardFront(slot=slot) | ReadingPhone(slot=slot) if slot and not _keeps(
            slot, state, effects
        ):
            effects = (DiscardSecret(slot), *effects)
    moved = replace(visit, state=state, entered=at, warned=False, **changes)
    return replace(moved, deadline=deadline_for(moved, at)), effects


def _keeps(slot: str, state: AnyState, effects: tuple[AnyEffect, ...]) -> bool:
    waits = isinstance(state, ReadingCardFront | ReadingPhone) and state.slot == slot
    return waits or any(isinstance(effect, ReadPhoto) and effect.slot == slot for effect in effects)


def begin(visit: Visit, event: Event) -> Visit:
    """A patient is here: the visit gets its id. Nothing of an earlier visit is carried over but the way of speaking."""
    return Visit(
        policy=visit.policy,
        state=visit.state,
        preferences=visit.preferences,
        entered=event.at,
        id=event.id,
        reader_available=visit.reader_available,
        camera=visit.camera,
    )


def read_card(visit: Visit, insertion: int, at: Moment) -> Result:
    """Anew: whatever was verified before was another reading's."""
    clean, forgetting = without_person(visit)
    return enter(clean, ReadingCard(), at, *forgetting, ReadCard(insertion), card=CardInHand(insertion))


def reading_of(visit: Visit) -> tuple[AnyEffect, ...]:
    """Reads a card that lies there and that nobody has recognised."""
    match visit.card:
        case CardInHand(insertion=int(insertion), facts=None):
            return (ReadCard(insertion),)
        case _:
            return ()


def open_card(visit: Visit, event: Event) -> Result:
    """The PIN was right, or the face: ask the service who this is, still on the same page."""
    question = f"{event.id}.open"
    tries = visit.state.tries_left if isinstance(visit.state, EnteringPin) else 0
    state: MatchingFace | ReadingPhone | EnteringPin
    if visit.verified_by == "face":
        state = MatchingFace(step="opening", question=question)
    elif isinstance(visit.state, ReadingPhone):
        state = ReadingPhone(step="opening", token=visit.state.token, question=question)
    else:
        state = EnteringPin(tries_left=tries, opening=question)
    return enter(visit, state, event.at, OpenCard(question))


def fall_back(visit: Visit, reason: Reason, at: Moment, *, code: str = "", message: str = "") -> Result:
    """The card alone does not do: the patient is told why, and shown the other ways."""
    if reason in FOR_STAFF:
        return to_staff(visit, reason, at, code=code, message=message)
    visit, forgetting = without_unseen(visit)
    alerts = (AlertStaff(reason),) if reason in _TO_MEND else ()
    state = ChoosingEvidence(code=code, message=message)
    fallback = on_the_road(visit, reason)
    sound = PlaySound("attention")
    return enter(visit, state, at, *forgetting, *alerts, sound, reason=reason, fallback=fallback)


def road_of(visit: Visit) -> Fallback:
    """The fallback for what the visit was told last; somebody who only called staff is helped."""
    before = visit.fallback.reason if visit.fallback is not None else Reason.NEEDS_ASSISTANCE
    return on_the_road(visit, visit.reason or before)


def on_the_road(visit: Visit, reason: Reason) -> Fallback:
    """The visit's fallback, for this reason from now on. What was written or refused before is kept."""
    kept = visit.fallback or Fallback(reason)
    cause = kept.cause if kept.reason is reason else ""
    return replace(kept, reason=reason, cause=cause, card=_fingerprint(visit.card) or kept.card)


def is_anothers(visit: Visit, facts: CardFacts) -> bool:
    """Whether this card is certainly not the one that lay there when the visit took to the other ways."""
    road = visit.fallback
    return road is not None and bool(road.card) and _fingerprint(CardInHand(None, facts)) != road.card


def _fingerprint(card: CardInHand | None) -> str:
    certificate = card.facts.certificate if card is not None and card.facts is not None else None
    return certificate.sha256 if certificate is not None else ""


def to_staff(visit: Visit, reason: Reason, at: Moment, *, code: str = "", message: str = "") -> Result:
    """What cannot go on by itself is received by a person, who is told why. A card that nobody has recognised since
    the reader came back proves nothing any more."""
    visit, forgetting = without_unseen(visit)
    state = WaitingForStaff(reason=reason, code=code, message=message)
    return enter(visit, state, at, *forgetting, AlertStaff(reason), PlaySound("attention"), reason=reason)


def call_staff(visit: Visit, at: Moment) -> Result:
    """The patient asks for a person. The page is kept, so that they can go on alone after all; never a keypad in the
    middle of a check."""
    back = visit.state
    if isinstance(back, FillingDeclaration) and back.step in ("tries", "reading"):
        back = FillingDeclaration(way=back.way)
    if isinstance(back, ReadingCardFront | MatchingFace) and not _busy(back):
        back = ChoosingVerification(tries_left=visit.card.pin_tries if visit.card is not None else 0)
    keeps = isinstance(back, Resumable) and not _busy(back)
    state = WaitingForStaff(back_to=back if keeps else None)  # type: ignore[arg-type]
    return enter(visit, state, at, AlertStaff("called"))


def _busy(state: AnyState) -> bool:
    match state:
        case EnteringPin(checking=checking, opening=opening):
            return checking or bool(opening)
        case MatchingFace() | ReadingPhone():
            return bool(state.opening)
        case OfferingRegistration(sent=sent):
            return bool(sent)
        case _:
            return False


def forget_person(visit: Visit) -> Visit:
    """Nothing that was learnt of the person in front stays: somebody else may stand there now. That a registration
    was sent in this visit is not forgotten, nor what was written on a form, which is covered, or typed of a paper."""
    kept = visit.fallback
    if kept is not None:
        of_paper = kept.check is not None and kept.check.paper == kept.paper
        kept = replace(
            kept,
            known=None,
            match=None,
            matching="",
            check=kept.check if of_paper else None,
            covered=kept.covered or bool(kept.form.answers),
        )
    return replace(
        visit,
        verified=None,
        certified=None,
        verified_by="",
        face_check=None,
        birth_date="",
        consents=(),
        asked=(),
        answer=None,
        notices=(),
        registered=None,
        fallback=kept,
    )


def without_unseen(visit: Visit) -> tuple[Visit, tuple[AnyEffect, ...]]:
    """A card that nobody has recognised since the reader came back proves nothing any more. What a certified reader
    said never hung on it."""
    unseen = visit.card is None or visit.card.facts is None
    return without_person(visit) if unseen and visit.certified is None else (visit, ())


def without_person(visit: Visit) -> tuple[Visit, tuple[AnyEffect, ...]]:
    return forget_person(visit), (ForgetCard(),) if visit.verified is not None else ()


def has_result(visit: Visit) -> bool:
    """Confirmed, or accepted otherwise: a number belongs to it."""
    return visit.outcome in ("confirmed", "accepted_by_evidence", "declared", "self_pay")


def is_accepted(visit: Visit) -> bool:
    """Evidence was accepted, and the page waits for nothing but its number."""
    return visit.evidence is not None and isinstance(visit.state, FALLBACK)


def wipe(visit: Visit) -> Visit:
    """Everything personal leaves the state. What staff need to know of the visit (reason, number, outcome) stays."""
    return replace(forget_person(visit), register_question="", fallback=None)


def abandon(visit: Visit, why: AbandonReason, at: Moment) -> Result:
    """The visit ends without a result. With a card still there, it must be taken first."""
    ended = replace(wipe(visit), outcome=visit.outcome or "abandoned")
    if ended.card is not None and ended.card.insertion is not None and why != "card_removed":
        return enter(ended, TakeCard(after="Abandoned", why=why), at, ForgetCard(), PlaySound("take_card"))
    return enter(ended, Abandoned(why=why), at, ForgetCard(), card=None)


def finish(visit: Visit, at: Moment) -> Result:
    """The result is known and was shown: the card goes back, then the number."""
    ended = wipe(visit)
    if visit.certified is not None and visit.card is None and isinstance(visit.state, Confirmed):
        there = TakeCard(after="Finished", elsewhere=True)
        return enter(ended, there, at, ForgetCard(), PlaySound("take_card"))
    if ended.card is not None and ended.card.insertion is not None:
        return enter(ended, TakeCard(after="Finished"), at, ForgetCard(), PlaySound("take_card"))
    return enter(ended, Finished(), at, ForgetCard(), card=None)


def welcome(
    visit: Visit, at: Moment, *, keep_preferences: bool = False, hint: Literal["", "removed_early"] = ""
) -> Result:
    """The first page, with nothing left of anybody; or the page that says that the reader is down."""
    clean = Visit(
        policy=visit.policy,
        state=visit.state,
        preferences=visit.preferences if keep_preferences else visit.policy.defaults,
        entered=at,
        reader_available=visit.reader_available,
        camera=visit.camera,
    )
    state = Welcome(hint=hint) if in_service(clean) else OutOfService()
    return enter(clean, state, at, ForgetCard())


def in_service(visit: Visit) -> bool:
    """Whether a card can be used: here, or at a certified reader that tells us."""
    return visit.reader_available or Capability.FACE_RESULT in visit.policy.capabilities
