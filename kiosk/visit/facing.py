"""Whether a face can be looked at here and now, and the few ways to the camera and back from it.

Two purposes: to verify the holder, where the terminal's authority counts; else, and only when staff ask for it, to help
them on the pages where a person is waited for. The second never verifies anybody.
"""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from drivers.interface import Token
from kiosk.coverage.services import Capability
from kiosk.evidence.reasons import Reason
from kiosk.visit.effects import AlertStaff, AnyEffect, AskPhotoTries, CheckCamera, MatchFace
from kiosk.visit.events import Event
from kiosk.visit.moment import Moment
from kiosk.visit.moves import enter, fall_back
from kiosk.visit.policy import FACE_TRIES
from kiosk.visit.states import (
    BesideFace,
    ChoosingVerification,
    FaceCheck,
    MatchingFace,
    ReadingCardFront,
    Visit,
)
from kiosk.visit.table import Result

FaceBar = Literal["not_here", "authority", "no_card", "phone", "locked", "photo", "attempts", "camera"]
"""Why no face is looked at: no camera here; what it says does not count; no card lies there; a phone has no photograph;
照合番号B is locked; the photograph cannot be used; it was tried often enough; the camera or its files are gone."""
_OF_CARD: dict[Reason, FaceBar] = {Reason.NUMBER_B_LOCKED: "locked", Reason.PHOTO_UNUSABLE: "photo"}


def face_bar(visit: Visit) -> FaceBar | None:
    """Why the holder cannot be verified by the face here and now; None where that can be."""
    policy, card = visit.policy, visit.card
    if not policy.face_helps or Capability.BY_CARD not in policy.capabilities:
        return "not_here"
    if not policy.face_verifies:
        return "authority"
    bar = _look_bar(visit)
    unread = card is None or card.facts is None or card.facts.certificate is None
    return "no_card" if bar is None and unread else bar


def can_verify_by_face(visit: Visit) -> bool:
    return face_bar(visit) is None


def can_help_by_face(visit: Visit) -> bool:
    """Staff may ask for the look. A camera that was gone is tried: it may be back."""
    return visit.policy.face_helps and visit.outcome is None and _look_bar(visit) in (None, "camera")


def _look_bar(visit: Visit) -> FaceBar | None:
    card = visit.card
    if card is None or card.insertion is None or card.facts is None:
        return "no_card"
    if card.facts.token is not Token.CARD:
        return "phone"
    if card.no_face is not None:
        return _OF_CARD[card.no_face]
    if visit.face_attempts >= FACE_TRIES:
        return "attempts"
    return "camera" if visit.camera is not None else None


def why_no_pin(visit: Visit) -> Reason:
    """Why the PIN of the card that lies there is not asked for."""
    facts = visit.card.facts if visit.card is not None else None
    return Reason.FACE_ONLY_CARD if facts is not None and facts.pin_by_design_locked else Reason.PIN_LOCKED


def begin_face(visit: Visit, event: Event, back_to: BesideFace | None = None) -> Result:
    """To the camera; first to 照合番号B where the photograph is not at hand yet."""
    card, authority = visit.card, visit.policy.face
    if card is None or card.insertion is None or authority is None:
        return visit, ()
    check = FaceCheck(authority, "verify" if back_to is None else "aid", visit.face_attempts)
    begun = replace(visit, face_check=check)
    if card.photo:
        return match_face(begun, event, back_to)
    asking = ReadingCardFront(back_to=back_to)
    return enter(begun, asking, event.at, AskPhotoTries(card.insertion))


def match_face(visit: Visit, event: Event, back_to: BesideFace | None) -> Result:
    """One attempt, with the photograph that was read at this insertion."""
    card = visit.card
    if card is None or card.insertion is None or card.facts is None:
        return visit, ()
    certificate = card.facts.certificate
    verifies = back_to is None and visit.policy.face_verifies and certificate is not None
    question = f"{event.id}.face"
    matching = MatchingFace(question=question, attempt=visit.face_attempts + 1, back_to=back_to)
    proves = certificate.sha256 if verifies and certificate is not None else ""
    return enter(visit, matching, event.at, MatchFace(question, card.insertion, proves))


def to_choice(visit: Visit, tries_left: int, at: Moment, reason: Reason | None = None) -> Result:
    """Where the holder chooses how to be verified; whether the camera is there is asked meanwhile."""
    chosen = visit if reason is None else replace(visit, reason=reason)
    return enter(chosen, ChoosingVerification(tries_left=tries_left), at, *looking_for_the_camera(visit))


def looking_for_the_camera(visit: Visit) -> tuple[AnyEffect, ...]:
    """Asked wherever the face may be offered next: one that was gone in an earlier visit may be back."""
    return (CheckCamera(),) if visit.policy.face_verifies else ()


def face_over(visit: Visit, back_to: BesideFace | None, at: Moment, reason: Reason) -> Result:
    """The face did not do: on with the PIN where that can work, else with other evidence; or back to staff, who are
    told why."""
    if back_to is not None:
        return back_to_staff(visit, back_to, at, problem=reason)
    tries = visit.card.pin_tries if visit.card is not None else 0
    return to_choice(visit, tries, at, reason) if tries > 0 else fall_back(visit, reason, at)


def back_to_staff(
    visit: Visit, back_to: BesideFace, at: Moment, *effects: AnyEffect, problem: Reason | None = None
) -> Result:
    """The page from which staff asked for the look, with what it said, or why it said nothing."""
    check = visit.face_check
    if problem is None and isinstance(visit.state, MatchingFace) and visit.state.step == "camera_gone":
        problem = Reason.FACE_CAMERA
    if check is not None and check.likeness is None and problem is not None:
        check = replace(check, problem=problem)
    return enter(replace(visit, face_check=check), back_to, at, AlertStaff("evidence"), *effects)
