"""Asking the national system, registering on the spot, and what an answer means."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from kiosk.coverage.ages import CHECKUP_AGE, age_on
from kiosk.coverage.exchange_codes import QualificationValidity, SegmentOfResult
from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Capability, ConsentItem
from kiosk.evidence.reasons import Reason
from kiosk.visit.effects import AlertStaff, AnyEffect, Ask, AssignNumber, FindPatient, PlaySound, Register
from kiosk.visit.events import (
    Answered,
    AskFailed,
    CardOpened,
    CardRead,
    Event,
    Registered,
    RegistrationAccepted,
    RegistrationDeclined,
)
from kiosk.visit.moment import Moment
from kiosk.visit.moves import FALLBACK, enter, fall_back, stay
from kiosk.visit.states import (
    AskingConsent,
    ChoosingEvidence,
    Confirmed,
    EnteringPin,
    LookingUp,
    MatchingFace,
    OfferingRegistration,
    ReadingCard,
    ReadingCardFront,
    State,
    Visit,
    WaitingForStaff,
)
from kiosk.visit.table import Result, on

_REFUSED: dict[QualificationValidity, Reason] = {
    QualificationValidity.INVALID: Reason.INVALID,
    QualificationValidity.INVALID_NEW_EXISTS: Reason.INVALID_NEW_EXISTS,
    QualificationValidity.NO_RECORD: Reason.NO_RECORD,
    QualificationValidity.SEVERAL_MATCH: Reason.AMBIGUOUS,
}


# ---------------------------------------------------------------------------- who is it, and registered?


def after_opening(visit: Visit, event: CardOpened) -> Result:
    known = replace(visit, registered=event.registered, birth_date=event.birth_date)
    return _after_recognition(known, event, again=event.deregistered)


def _after_recognition(visit: Visit, event: Event, *, again: bool = False) -> Result:
    if visit.registered:
        return ask_for_consent(visit, event)
    if not may_register(visit):
        return fall_back(visit, _unregistered(again), event.at)
    return enter(visit, OfferingRegistration(again=again), event.at, reason=_unregistered(again))


def may_register(visit: Visit) -> bool:
    """Once in a visit: what became of a first registration that did not end well is for people to find out."""
    return Capability.REGISTER in visit.policy.capabilities and not visit.register_question


def _unregistered(again: bool) -> Reason:
    return Reason.DEREGISTERED if again else Reason.NOT_REGISTERED


@on(OfferingRegistration, event=RegistrationAccepted, to=(OfferingRegistration,))
def register(visit: Visit, state: OfferingRegistration, event: RegistrationAccepted) -> Result:
    """A write: sent once in a visit, whatever becomes of it."""
    if state.sent or visit.register_question:
        return stay(visit)
    question = f"{event.id}.register"
    sent = replace(state, sent=question)
    return enter(visit, sent, event.at, Register(question), register_question=question)


@on(OfferingRegistration, event=RegistrationDeclined, to=(ChoosingEvidence,))
def decline_registration(visit: Visit, state: OfferingRegistration, event: RegistrationDeclined) -> Result:
    if state.sent:
        return stay(visit)
    return fall_back(visit, _unregistered(state.again), event.at)


@on(OfferingRegistration, event=Registered, to=(AskingConsent, LookingUp))
def registered_now(visit: Visit, state: OfferingRegistration, event: Registered) -> Result:
    if not state.sent or state.sent != event.question:
        return stay(visit)
    return ask_for_consent(replace(visit, registered=True, reason=None), event)


@on(WaitingForStaff, ReadingCardFront, MatchingFace, *FALLBACK, event=Registered, to=())
def note_registration(visit: Visit, _state: State, event: Registered) -> Result:
    """A write that was carried out after all is recorded, although nobody goes on from here by it."""
    if not visit.register_question or visit.register_question != event.question:
        return stay(visit)
    return stay(visit, registered=True)


@on(OfferingRegistration, event=AskFailed, to=(ChoosingEvidence, WaitingForStaff))
def registration_failed(visit: Visit, state: OfferingRegistration, event: AskFailed) -> Result:
    if not state.sent or state.sent != event.question:
        return stay(visit)
    return fall_back(visit, event.reason, event.at, code=event.code, message=event.message)


# ------------------------------------------------------------------------------------------- the question


def ask_for_consent(visit: Visit, event: Event) -> Result:
    """Consent comes after verification and before the look-up, and only where its answer goes somewhere."""
    items = consent_items(visit, event.at.day)
    if not items:
        return look_up(visit, event)
    return enter(visit, AskingConsent(items=items), event.at)


def consent_items(visit: Visit, day: date) -> tuple[ConsentItem, ...]:
    """What this patient is asked. The health checkups are for people of 40 and over; in the months of grace after
    the certificate's end no medical information can be shared at all."""
    if Capability.MEDICAL_CONSENT not in visit.policy.capabilities:
        return ()
    if Reason.CERTIFICATE_EXPIRED_GRACE in visit.notices:
        return ()
    of_age = bool(visit.birth_date) and age_on(date.fromisoformat(visit.birth_date), day) >= CHECKUP_AGE
    asked = tuple(item for item in visit.policy.consent_items if item is not ConsentItem.CHECKUPS or of_age)
    return asked if visit.policy.limit_without_asking else (*asked, ConsentItem.LIMIT)


def look_up(visit: Visit, event: Event) -> Result:
    question = f"{event.id}.ask"
    return _send(replace(visit, reason=None), LookingUp(question=question), event.at)


def _send(visit: Visit, state: LookingUp, at: Moment) -> Result:
    asked = (*visit.asked, state.question)
    return enter(visit, state, at, Ask(state.question, visit.consents), asked=asked)


# --------------------------------------------------------------------------------------------- the answer


@on(LookingUp, event=Answered, to=(Confirmed, ChoosingEvidence, WaitingForStaff, LookingUp))
def answered(visit: Visit, state: LookingUp, event: Answered) -> Result:
    if event.question != state.question:
        return stay(visit)
    return judge(visit, state, event.answer, event.at)


@on(LookingUp, event=AskFailed, to=(ChoosingEvidence, WaitingForStaff, LookingUp, OfferingRegistration))
def not_answered(visit: Visit, state: LookingUp, event: AskFailed) -> Result:
    if event.question != state.question:
        return stay(visit)
    if event.reason is Reason.STILL_PROCESSING:
        return wait_for_processing(visit, state, event.at)
    return failed(visit, event)


def judge(visit: Visit, state: LookingUp, answer: Answer, at: Moment) -> Result:
    """What an answer means for the patient in front (rule book: reasons)."""
    if answer.segment is SegmentOfResult.PROCESSING:
        return wait_for_processing(visit, state, at)
    if answer.failed:
        code, message = answer.failure or ("", "")
        return fall_back(visit, Reason.SERVICE_ERROR, at, code=code, message=message)
    if visit.birth_date and any(
        r.birth_date not in (None, date.fromisoformat(visit.birth_date)) for r in answer.results
    ):
        return fall_back(replace(visit, asked=()), Reason.IDENTITY_MISMATCH, at)
    return decide(visit, state.question, answer, at)


def decide(visit: Visit, question: str, answer: Answer, at: Moment) -> Result:
    """What follows from an answer that is neither an error nor still being made. A certified reader may leave the
    validity out: then the dates of the coverages decide."""
    known = replace(visit, answer=answer, asked=())
    validity = answer.validity
    if validity in _REFUSED:
        refused = fall_back(known, _REFUSED[validity], at, code=answer.qualification_validity)
        return match_answer(refused, question, answer)
    if validity is QualificationValidity.VALID_UNREGISTERED:
        return confirm(known, at, Reason.PUBLIC_ASSISTANCE)
    coverages = answer.in_force(at.day)
    left_out = visit.certified is not None and not answer.qualification_validity
    if not (validity is QualificationValidity.VALID or left_out) or not coverages:
        # An unknown code, or "valid" without a coverage in force today: a person reads what was received.
        return fall_back(known, Reason.SERVICE_ERROR, at, code=answer.qualification_validity)
    if len(coverages) > 1:
        return fall_back(known, Reason.AMBIGUOUS, at, code=answer.qualification_validity)
    return confirm(known, at)


def match_answer(result: Result, question: str, answer: Answer) -> Result:
    """Somebody whom the system does not confirm may be a patient of this facility: its file is asked."""
    visit, effects = result
    if visit.fallback is None or not visit.policy.patient_file or not answer.results:
        return result
    matching = replace(visit.fallback, matching=f"{question}.known")
    asked = FindPatient(matching.matching, answer=answer)
    return replace(visit, fallback=matching), (*effects, asked)


def confirm(visit: Visit, at: Moment, *notices: Reason) -> Result:
    alerts: list[AnyEffect] = [AlertStaff(notice) for notice in notices]
    effects: list[AnyEffect] = [AssignNumber(), PlaySound("ok"), *alerts]
    told = (*visit.notices, *notices)
    confirmed = replace(visit, outcome="confirmed", reason=None, notices=told, fallback=None)
    return enter(confirmed, Confirmed(), at, *effects)


def wait_for_processing(visit: Visit, state: LookingUp, at: Moment) -> Result:
    """The system has not finished: ask again with a new question, a few times."""
    if state.rechecks >= visit.policy.processing_rechecks:
        return fall_back(visit, Reason.STILL_PROCESSING, at)
    waiting = replace(state, ask_again_at=at.mono + visit.policy.limits.processing_pause)
    return enter(visit, waiting, at)


def ask_again(visit: Visit, state: LookingUp, event: Event) -> Result:
    question = f"{event.id}.ask"
    return _send(visit, LookingUp(question=question, rechecks=state.rechecks + 1), event.at)


def failed(visit: Visit, event: AskFailed) -> Result:
    unregistered = event.reason in (Reason.NOT_REGISTERED, Reason.DEREGISTERED)
    if unregistered and may_register(visit):
        again = event.reason is Reason.DEREGISTERED
        return enter(
            replace(visit, registered=False), OfferingRegistration(again=again), event.at, reason=event.reason
        )
    return fall_back(visit, event.reason, event.at, code=event.code, message=event.message)


# --------------------------------------------------------- while the reader was away the services went on


@on(ReadingCard, event=Answered, to=(ReadingCard,))
def hold_answer(visit: Visit, state: ReadingCard, event: Answered) -> Result:
    """Shown only when the same card is seen again."""
    resume = state.resume
    if not isinstance(resume, LookingUp) or resume.question != event.question:
        return stay(visit)
    return stay(visit, state=replace(state, resume=replace(resume, held=event.answer)))


@on(ReadingCard, event=CardOpened, to=(ReadingCard,))
def hold_recognition(visit: Visit, state: ReadingCard, event: CardOpened) -> Result:
    resume = state.resume
    if not isinstance(resume, EnteringPin | MatchingFace) or resume.opening != event.question:
        return stay(visit)
    if not event.registered:
        offer = OfferingRegistration(again=event.deregistered)
        return stay(visit, state=replace(state, resume=offer), registered=False, birth_date=event.birth_date)
    return stay(visit, registered=True, birth_date=event.birth_date)


@on(ReadingCard, event=Registered, to=(ReadingCard,))
def hold_registration(visit: Visit, state: ReadingCard, event: Registered) -> Result:
    resume = state.resume
    if not isinstance(resume, OfferingRegistration) or not resume.sent or resume.sent != event.question:
        return stay(visit)
    return stay(visit, registered=True)


@on(ReadingCard, event=AskFailed, to=(ChoosingEvidence, WaitingForStaff))
def failed_meanwhile(visit: Visit, state: ReadingCard, event: AskFailed) -> Result:
    match state.resume:
        case (
            LookingUp(question=awaited)
            | EnteringPin(opening=awaited)
            | MatchingFace(question=awaited)
            | OfferingRegistration(sent=awaited)
        ) if awaited == event.question:
            pass
        case _:
            return stay(visit)
    return fall_back(visit, event.reason, event.at, code=event.code, message=event.message)


def resume_verified(
    visit: Visit,
    resume: AskingConsent | OfferingRegistration | LookingUp | EnteringPin | MatchingFace,
    event: CardRead,
) -> Result:
    """The same card is back: go on where the visit stood. Nothing that was sent is sent again."""
    match resume:
        case LookingUp(held=Answer() as answer):
            return judge(visit, resume, answer, event.at)
        case LookingUp():
            return enter(visit, resume, event.at)
        case OfferingRegistration(sent=sent) if sent and visit.registered:
            return ask_for_consent(replace(visit, reason=None), event)
        case EnteringPin() | MatchingFace() if visit.registered:
            return ask_for_consent(visit, event)
        case OfferingRegistration(again=again, sent="") if not may_register(visit):
            return fall_back(visit, _unregistered(again), event.at)
        case EnteringPin() | MatchingFace() | OfferingRegistration() | AskingConsent():
            return enter(visit, resume, event.at)
