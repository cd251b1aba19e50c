"""What must hold after every step, whatever happened. Tests and the simulation call this; production logs a breach."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.interface import Token
from kiosk.coverage.services import Capability, Choice
from kiosk.evidence.model import Way
from kiosk.visit.effects import (
    AnyEffect,
    Ask,
    MatchFace,
    OpenCard,
    ReadCardText,
    ReadPhoto,
    Register,
    VerifyPin,
)
from kiosk.visit.events import (
    Acknowledged,
    AnswerCame,
    AnyEvent,
    CardFailed,
    Event,
    FaceJudged,
    FormSigned,
    KnownUnchanged,
    PinVerified,
    Registered,
    StaffActed,
)
from kiosk.visit.flow.evidence import decision_with_file
from kiosk.visit.flow.staff import NEEDS_LOOK_UP, is_looked_up
from kiosk.visit.phones import proven_by_phone
from kiosk.visit.presenting import view_of
from kiosk.visit.states import (
    Abandoned,
    AskingConsent,
    Confirmed,
    EnteringPin,
    FillingDeclaration,
    Finished,
    IdentifyingKnown,
    LookingUp,
    MatchingFace,
    OfferingRegistration,
    OutOfService,
    ReadingCardFront,
    ReadingPhone,
    SchoolTrip,
    ShowingCertificate,
    ShowingNotice,
    ShowingPortal,
    StaffVerifying,
    TakeCard,
    Visit,
    WaitingForStaff,
    Welcome,
)
from kiosk.visit.views import VisitView

CHECKED = ("I1", "I2", "I3", "I4", "I8", "I9", "I10", "I11", "I12", "I13")
"""Ids as in the README. I5 and I6 are the ledger's, I7 is proven by non-interference."""

_PAST_PIN = (OfferingRegistration, AskingConsent, LookingUp, Confirmed)
_ENDLESS = (Welcome, OutOfService, WaitingForStaff)
_A_PERSON_LOOKS = (
    SchoolTrip,
    ShowingCertificate,
    ShowingNotice,
    ShowingPortal,
    IdentifyingKnown,
    StaffVerifying,
)
_IMPERSONAL = (Welcome, OutOfService, TakeCard, Finished, Abandoned)
_QUESTIONS = (Ask, OpenCard, Register)


def broken(
    before: Visit,
    event: AnyEvent,
    after: Visit,
    effects: tuple[AnyEffect, ...],
    view: VisitView | None = None,
) -> list[str]:
    """The rules that this step breaks, each as ``"I4 …"``; empty when all is well. ``view`` is that of ``after``,
    where it has been made already."""
    if view is None:
        view = view_of(after)
    found = [
        *_identity(after),
        *_answered(after),
        *_ends(after),
        *_nothing_personal(after, view),
        *_a_way_on(after, view),
        *_accepted(before, event, after),
        *_authority(before, event, after),
        *_came_late(before, event, after),
        *_not_again(before, event, after),
    ]
    if effects:
        found += _questions(after, effects)
        found += _consents(after, effects)
        found += _tries(before, effects)
        found += _looked_at(after, effects)
        found += _proving(after, effects)
        found += _writes(before, event, effects)
    return found


def _identity(visit: Visit) -> Iterator[str]:
    """I1: what is shown or asked belongs to the certificate that was verified, and to the card that lies here."""
    certified = visit.certified is not None
    told = visit.answer or visit.asked or visit.consents or visit.birth_date
    if visit.verified is None and not certified and told:
        yield "I1 something is known of somebody who is not verified"
    if certified and Capability.FACE_RESULT not in visit.policy.capabilities:
        yield "I1 a certified reader's result where there is no such reader"
    if certified and visit.verified is not None:
        yield "I1 verified here and by a certified reader: perhaps two people"
    state = visit.state
    if certified and isinstance(state, Confirmed):
        return
    if not isinstance(state, _PAST_PIN) and not (
        isinstance(state, EnteringPin | ReadingPhone | MatchingFace) and state.opening
    ):
        return
    card = visit.card
    if visit.verified is None or card is None:
        yield f"I1 {type(state).__name__} without a verified card"
        return
    if card.insertion is None and not isinstance(state, Confirmed) and not proven_by_phone(visit):
        yield f"I1 {type(state).__name__} while nobody sees the card"
    if card.facts is None:
        yield f"I1 {type(state).__name__} with a card that was not read"
        return
    certificate = card.facts.certificate
    if certificate is not None and certificate.sha256 != visit.verified.sha256:
        yield "I1 the verified certificate is not the card's"


def _answered(visit: Visit) -> Iterator[str]:
    """I2: nothing is confirmed that was not answered."""
    if isinstance(visit.state, Confirmed) and visit.answer is None:
        yield "I2 confirmed without an answer"
    road = visit.fallback
    nobody = visit.verified is None and visit.certified is None
    if road is not None and road.match in ("reference", "numbers") and nobody:
        yield "I1 an answer's patient is known without a verified card"


def _questions(after: Visit, effects: tuple[AnyEffect, ...]) -> Iterator[str]:
    """I2: nothing is asked for somebody who was not verified."""
    for effect in effects:
        if isinstance(effect, _QUESTIONS) and after.verified is None:
            yield f"I2 {type(effect).__name__} without verification"


def _consents(visit: Visit, effects: tuple[AnyEffect, ...]) -> Iterator[str]:
    """I3: medical information is asked for only with the patient's consent to exactly that item."""
    for effect in effects:
        if not isinstance(effect, Ask):
            continue
        for item, choice in effect.consents:
            if choice is Choice.AGREED and (item, choice) not in visit.consents:
                yield f"I3 {item} goes along without consent"


def _tries(before: Visit, effects: tuple[AnyEffect, ...]) -> Iterator[str]:
    """I4: no try is spent that could lock the PIN, unless the patient accepted it for this insertion."""
    for effect in effects:
        if isinstance(effect, ReadCardText):
            unlocking = before.state
            if (
                not isinstance(unlocking, FillingDeclaration)
                or unlocking.last_try
                or unlocking.tries_left < 1
            ):
                yield "I4 the last try of the card's text is spent without the patient's word"
        if isinstance(effect, ReadPhoto):
            giving = before.state
            if not isinstance(giving, ReadingCardFront) or giving.last_try or giving.tries_left < 1:
                yield "I4 the last try of 照合番号B is spent without the patient's word"
        if not isinstance(effect, VerifyPin):
            continue
        accepted = before.card is not None and before.card.last_try_accepted
        typed = before.state if isinstance(before.state, EnteringPin | ReadingPhone) else None
        if typed is None or (typed.tries_left <= 1 and not accepted):
            yield "I4 the last try is spent without the patient's word"


def _looked_at(after: Visit, effects: tuple[AnyEffect, ...]) -> Iterator[str]:
    """I4: a PIN goes to nothing but what lies there and told its tries: a phone may be another one each time."""
    card = after.card
    for effect in effects:
        known = (
            card is not None
            and card.facts is not None
            and card.insertion == getattr(effect, "insertion", None)
        )
        if isinstance(effect, VerifyPin) and not known:
            yield "I4 a PIN goes to something that nobody has looked at"


def _not_again(before: Visit, event: AnyEvent, after: Visit) -> Iterator[str]:
    """I4: digits that may have been sent are not kept for another try."""
    if not isinstance(event, CardFailed) or event.kept or not isinstance(before.state, ReadingPhone):
        return
    sent = before.state.step == "verify" and event.insertion == before.state.asked
    if sent and isinstance(after.state, ReadingPhone) and after.state.slot:
        yield "I4 digits that may have been sent wait to be sent again"


def _writes(before: Visit, event: AnyEvent, effects: tuple[AnyEffect, ...]) -> Iterator[str]:
    """I2: a registration is sent at most once in a visit, whatever became of it."""
    sends = [effect for effect in effects if isinstance(effect, Register)]
    if len(sends) > 1 or (sends and before.register_question) or (sends and isinstance(event, Registered)):
        yield "I2 registration sent twice"


def _ends(visit: Visit) -> Iterator[str]:
    """I8: every page ends by itself, but for those on which a person or a card is waited for."""
    if visit.deadline is not None or isinstance(visit.state, (*_ENDLESS, *_A_PERSON_LOOKS)):
        return
    watched = visit.card is not None and visit.card.insertion is not None
    if not (isinstance(visit.state, TakeCard) and visit.state.alerted and watched):
        yield f"I8 {type(visit.state).__name__} has no end"


def _nothing_personal(visit: Visit, view: VisitView) -> Iterator[str]:
    """I9: pages between and after visits hold nothing of anybody."""
    if not isinstance(visit.state, _IMPERSONAL):
        return
    if (
        visit.verified
        or visit.certified
        or visit.answer
        or visit.consents
        or visit.birth_date
        or visit.fallback
        or visit.face_check
    ):
        yield f"I9 {type(visit.state).__name__} still knows somebody"
    if view.details:
        yield f"I9 {type(visit.state).__name__} shows details"


def _a_way_on(visit: Visit, view: VisitView) -> Iterator[str]:
    """I10: no page without a way on: a choice, a person to call, or an end that comes by itself."""
    if not (view.options or view.staff or view.deadline or isinstance(visit.state, TakeCard)):
        yield f"I10 {view.state} is a dead end"


_OWN_WORD: dict[type[Event], frozenset[Way]] = {
    KnownUnchanged: frozenset({Way.KNOWN_DATA}),
    FormSigned: frozenset({Way.CARD_DECLARATION, Way.DECLARATION_EMERGENCY}),
    Acknowledged: frozenset({Way.SELF_PAY}),
}
"""What a patient may settle alone, and by what: the rule book leaves it to their word."""


def _accepted(before: Visit, event: AnyEvent, after: Visit) -> Iterator[str]:
    """I11: evidence is accepted only by staff, or by the patient where the rule book takes their word; and only a way
    that the rule book offers."""
    if after.evidence is None or before.evidence is not None:
        return
    if not isinstance(event, StaffActed) and after.evidence not in _OWN_WORD.get(type(event), ()):
        yield f"I11 {after.evidence} accepted by {type(event).__name__}"
    if after.evidence not in decision_with_file(before):
        yield f"I11 {after.evidence} is not in the rule book for {before.reason}"
    if after.evidence in NEEDS_LOOK_UP and not (
        isinstance(event, StaffActed) and is_looked_up(before, event)
    ):
        yield f"I11 {after.evidence} accepted without a look-up"


def _came_late(before: Visit, event: AnyEvent, after: Visit) -> Iterator[str]:
    """I13: an answer that came late counts for the one who was asked about, once, and never over a result."""
    if not isinstance(event, AnswerCame) or after is before:
        return
    if before.outcome is not None:
        yield "I13 a late answer moved a visit that had its result"
    if after.answer is not before.answer and (
        event.question not in before.asked or before.answer is not None
    ):
        yield "I13 a late answer was taken for somebody it was not asked for, or after another"
    if after.evidence is not None or (event.paper is not None and after.state is not before.state):
        yield "I13 an answer about numbers settled something by itself"


# I12: a look at the face grants no more than the terminal's authority for it, which the settings give and nothing else.


def _authority(before: Visit, event: AnyEvent, after: Visit) -> Iterator[str]:
    if (after.verified is None) is not (after.verified_by == ""):
        yield "I12 nobody knows by what the holder was verified"
    if after.verified_by == "face" and not after.policy.face_verifies:
        yield "I12 verified by a face check that verifies nobody"
    if isinstance(event, FaceJudged) and after.evidence is not before.evidence:
        yield "I12 evidence accepted by a look at the face"
    if after.verified is not None and before.verified is None and not _proven(before, event, after):
        yield f"I12 verified by {type(event).__name__}"
    check = after.face_check
    if check is not None and check.authority != after.policy.face:
        yield "I12 a result of another authority than the terminal's"


def _proven(before: Visit, event: AnyEvent, after: Visit) -> bool:
    match event:
        case PinVerified(on_phone=on_phone):
            by_phone = isinstance(before.state, ReadingPhone) and before.state.token is Token.IPHONE
            return after.verified_by == ("phone" if on_phone else "pin") and on_phone is by_phone
        case FaceJudged(verdict=verdict):
            state = before.state
            verifying = isinstance(state, MatchingFace) and state.step == "matching" and state.back_to is None
            return verifying and verdict.doubt is None and after.verified_by == "face"
        case _:
            return False


def _proving(after: Visit, effects: tuple[AnyEffect, ...]) -> Iterator[str]:
    """No proof is even made where the face verifies nobody, and none for another card than the one that lies there."""
    card = after.card
    certificate = card.facts.certificate if card is not None and card.facts is not None else None
    for effect in effects:
        if not isinstance(effect, MatchFace):
            continue
        if card is None or effect.insertion != card.insertion:
            yield "I12 a face is compared with a card that does not lie there"
        if not effect.proves:
            continue
        helps = isinstance(after.state, MatchingFace) and after.state.back_to is not None
        if helps or not after.policy.face_verifies:
            yield "I12 a match proves more than its authority"
        if certificate is None or effect.proves != certificate.sha256:
            yield "I12 a match proves another card's holder"
