"""Before the camera: three tries at the most, each of which may say no more than the terminal's authority allows."""

from __future__ import annotations

from msgspec.structs import replace

from drivers.interface import FaceDoubt, FaceHint, FaceVerdict, Fault
from kiosk.evidence.reasons import Reason
from kiosk.visit.effects import AlertStaff, ForgetFace, PlaySound, RestFace
from kiosk.visit.events import (
    BackChosen,
    CameraChanged,
    Event,
    EvidenceWanted,
    FaceFailed,
    FaceHinted,
    FaceJudged,
    PinChosen,
    RetryChosen,
    TimePassed,
)
from kiosk.visit.facing import (
    back_to_staff,
    begin_face,
    face_over,
    match_face,
    to_choice,
    why_no_pin,
)
from kiosk.visit.flow.arrival import (
    certificate_notices,
    refuse_certificate,
)
from kiosk.visit.flow.card_front import BESIDE
from kiosk.visit.flow.verification import to_keypad
from kiosk.visit.moves import abandon, enter, fall_back, open_card, stay
from kiosk.visit.policy import FACE_TRIES
from kiosk.visit.states import (
    ChoosingEvidence,
    ChoosingVerification,
    EnteringPin,
    FaceCheck,
    Facing,
    MatchingFace,
    ReadingCardFront,
    State,
    Visit,
    opening_of,
)
from kiosk.visit.table import STATES, Result, on

_FACING = (ReadingCardFront, MatchingFace)
_ATTACKS = frozenset({FaceDoubt.FLAT, FaceDoubt.SWAPPED, FaceDoubt.FROZEN, FaceDoubt.INJECTED})
"""What no patient does by mistake: staff look at once."""


# ---------------------------------------------------------------------------------------- what it says


@on(MatchingFace, event=FaceHinted, to=())
def person_is_told(visit: Visit, state: MatchingFace, event: FaceHinted) -> Result:
    if (
        event.question != state.question
        or state.step not in ("photo", "matching")
        or event.hint is state.hint
    ):
        return stay(visit)
    return stay(visit, state=replace(state, hint=event.hint))


@on(
    MatchingFace, event=FaceJudged,
    to=(MatchingFace, ChoosingVerification, ChoosingEvidence, *BESIDE),
)  # fmt: skip
def face_was_judged(visit: Visit, state: MatchingFace, event: FaceJudged) -> Result:
    if state.step != "matching" or event.question != state.question:
        return stay(visit)
    return _judged(visit, state, event.verdict, event)


def _judged(visit: Visit, state: MatchingFace, verdict: FaceVerdict, event: Event) -> Result:
    authority = visit.policy.face
    if authority is None:
        return stay(visit)
    attempts = visit.face_attempts + 1
    check = FaceCheck(
        authority,
        "verify" if state.back_to is None else "aid",
        attempts,
        verdict.doubt,
        verdict.likeness,
        verdict.turned,
        genuine=visit.card is not None and visit.card.photo == "genuine",
    )
    told = replace(visit, face_attempts=attempts, face_check=check)
    if verdict.doubt is None:
        return _confirmed(told, state, event)
    alerts = (AlertStaff(Reason.FACE_FAILED),) if verdict.doubt in _ATTACKS else ()
    if attempts >= FACE_TRIES:
        other = verdict.doubt is FaceDoubt.OTHER_PERSON
        over, effects = face_over(
            told, state.back_to, event.at, Reason.FACE_MISMATCH if other else Reason.FACE_FAILED
        )
        return over, (*alerts, *effects)
    again = MatchingFace(step="again", attempt=attempts + 1, doubt=verdict.doubt, back_to=state.back_to)
    return enter(told, again, event.at, RestFace(), *alerts)


def _confirmed(visit: Visit, state: MatchingFace, event: Event) -> Result:
    """Staff are told; or, where it counts, it stands in the place of the PIN. The face is needed no more."""
    card = visit.card
    done = replace(visit, card=replace(card, photo="")) if card is not None else visit
    if state.back_to is not None:
        return back_to_staff(done, state.back_to, event.at, ForgetFace(), PlaySound("ok"))
    certificate = card.facts.certificate if card is not None and card.facts is not None else None
    if certificate is None or not visit.policy.face_verifies:
        over, effects = face_over(done, None, event.at, Reason.FACE_FAILED)
        return over, (ForgetFace(), *effects)
    reason = refuse_certificate(certificate, event.at.day)
    if reason is not None:
        over, effects = fall_back(done, reason, event.at)
        return over, (ForgetFace(), *effects)
    notices = certificate_notices(certificate, event.at.day)
    verified = replace(done, verified=certificate, verified_by="face", notices=notices)
    opened, effects = open_card(verified, event)
    return opened, (ForgetFace(), *effects)


@on(
    MatchingFace,
    event=FaceFailed,
    to=(MatchingFace, ReadingCardFront, ChoosingVerification, ChoosingEvidence, *BESIDE),
)
def face_was_not_judged(visit: Visit, state: MatchingFace, event: FaceFailed) -> Result:
    if state.step not in ("photo", "matching") or event.question != state.question:
        return stay(visit)
    match event.failure.fault:
        case Fault.CAMERA_GONE:
            return _camera_gone(visit, state, event, Fault.CAMERA_GONE)
        case Fault.PHOTO_UNUSABLE:
            card = visit.card
            barred = replace(visit, card=replace(card, no_face=Reason.PHOTO_UNUSABLE)) if card else visit
            return face_over(barred, state.back_to, event.at, Reason.PHOTO_UNUSABLE)
        case Fault.TIMED_OUT:
            return _judged(visit, state, FaceVerdict(FaceDoubt.NO_GOOD_PICTURE, 0, None, 0), event)
        case Fault.CARD_GONE if visit.card is not None and state.step == "matching":  # the photograph is lost
            return begin_face(replace(visit, card=replace(visit.card, photo="")), event, state.back_to)
        case fault:
            return face_over(replace(visit, camera=fault), state.back_to, event.at, Reason.FACE_CAMERA)


# ---------------------------------------------------------------------------------------- the camera


@on(*(state for state in STATES if state is not MatchingFace), event=CameraChanged, to=())
def note_camera(visit: Visit, _state: State, event: CameraChanged) -> Result:
    fault = None if event.available else event.fault
    return stay(visit) if fault is visit.camera else stay(visit, camera=fault)


@on(MatchingFace, event=CameraChanged, to=(MatchingFace, ReadingCardFront))
def camera_came_or_went(visit: Visit, state: MatchingFace, event: CameraChanged) -> Result:
    if not event.available and state.step in ("photo", "matching"):
        return _camera_gone(visit, state, event, event.fault)
    noted, _ = note_camera(visit, state, event)
    if event.available and state.step == "camera_gone":
        return _again(noted, state, event)
    return noted, ()


def _camera_gone(visit: Visit, state: MatchingFace, event: Event, fault: Fault) -> Result:
    gone = replace(state, step="camera_gone", question="", hint=None)
    return enter(replace(visit, camera=fault), gone, event.at, RestFace())


# ------------------------------------------------------------------------------- what the patient wants


@on(MatchingFace, event=RetryChosen, to=(MatchingFace, ReadingCardFront))
def look_again(visit: Visit, state: MatchingFace, event: RetryChosen) -> Result:
    return _again(visit, state, event) if state.step in ("again", "camera_gone") else stay(visit)


def _again(visit: Visit, state: MatchingFace, event: Event) -> Result:
    if visit.card is None or not visit.card.photo:
        return begin_face(visit, event, state.back_to)
    return match_face(visit, event, state.back_to)


@on(*_FACING, event=PinChosen, to=(EnteringPin,))
def pin_instead(visit: Visit, state: Facing, event: PinChosen) -> Result:
    """At any time, where the PIN can work."""
    return to_keypad(visit, event.at) if can_switch_to_pin(visit, state) else stay(visit)


def can_switch_to_pin(visit: Visit, state: Facing) -> bool:
    return (
        state.back_to is None
        and not opening_of(state)
        and visit.card is not None
        and visit.card.pin_tries > 0
    )


def can_look_for_ways(visit: Visit, state: Facing) -> bool:
    """Who has no PIN to go back to, and does not want the camera, is shown the other ways."""
    lies_there = visit.card is not None and visit.card.facts is not None
    return (
        state.back_to is None and lies_there and not opening_of(state) and not can_switch_to_pin(visit, state)
    )


@on(*_FACING, event=EvidenceWanted, to=(ChoosingEvidence,))
def ways_instead(visit: Visit, state: Facing, event: EvidenceWanted) -> Result:
    if not can_look_for_ways(visit, state):
        return stay(visit)
    return fall_back(visit, why_no_pin(visit), event.at)


def back_from_the_camera(visit: Visit, state: Facing, event: BackChosen) -> Result:
    if opening_of(state):
        return stay(visit)
    if state.back_to is not None:
        return back_to_staff(visit, state.back_to, event.at)
    return to_choice(visit, visit.card.pin_tries if visit.card is not None else 0, event.at)


on(MatchingFace, event=BackChosen, to=(ChoosingVerification, *BESIDE))(back_from_the_camera)


@on(ReadingCardFront, event=BackChosen, to=(ReadingCardFront, ChoosingVerification, *BESIDE))
def back_from_the_front(visit: Visit, state: ReadingCardFront, event: BackChosen) -> Result:
    """The number once more; and with the card on the reader, to where the patient came from."""
    if state.step == "put_back":
        return enter(visit, replace(state, step="number", slot=""), event.at)
    return stay(visit) if state.lifted else back_from_the_camera(visit, state, event)


def face_time_ran_out(visit: Visit, state: Facing, event: TimePassed) -> Result:
    """A machine that let the time pass is to be blamed; a person who stands there has had an attempt."""
    at = event.at
    match state:
        case ReadingCardFront(step="tries") | MatchingFace(step="photo"):
            if state.back_to is not None:
                return back_to_staff(visit, state.back_to, at, problem=Reason.READER_FAULT)
            return fall_back(visit, Reason.READER_FAULT, at)
        case MatchingFace(step="opening"):
            return fall_back(visit, Reason.NETWORK_FAULT, at)
        case MatchingFace(
            step="matching", hint=None
        ):  # a camera that has said nothing in all this time is dead
            silent = replace(visit, camera=Fault.TIMED_OUT)
            return face_over(silent, state.back_to, at, Reason.FACE_CAMERA)
        case MatchingFace(step="matching", hint=hint) if hint is not FaceHint.NO_FACE:
            return _judged(visit, state, FaceVerdict(FaceDoubt.NO_GOOD_PICTURE, 0, None, 0), event)
    if state.back_to is not None:
        return back_to_staff(visit, state.back_to, at)
    return abandon(visit, "timed_out", at)
