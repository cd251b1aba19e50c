"""What staff must know of a visit to help at once: told to the desk with each step that changes it."""

from __future__ import annotations

from typing import Literal

import msgspec

from drivers.interface import Authority, FaceDoubt, FaceHint
from kiosk.coverage.face_result import Consent, Reading, consents_of
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.evidence.model import Document, Way
from kiosk.evidence.reasons import Reason
from kiosk.visit.flow.certified import confirmable
from kiosk.visit.flow.evidence import decision_of, offers
from kiosk.visit.flow.staff import may_compare_face, way_shown
from kiosk.visit.form import FormField
from kiosk.visit.known import KnownPatient
from kiosk.visit.states import (
    ChoosingEvidence,
    IdentifyingKnown,
    MatchingFace,
    Outcome,
    PaperCheck,
    ReadingCardFront,
    SchoolTrip,
    ShowingCertificate,
    StaffVerifying,
    TakeCard,
    UsingCertifiedReader,
    Visit,
    WaitingForStaff,
)

Waits = Literal["", "called", "reason", "evidence", "card", "result"]
"""What a person is waited for: the patient called; a reason that staff must settle; something is shown; a card was left
behind; a certified reader's result that fits nobody at the screen."""
Checked = Literal["", "asked", "agrees", "differs", "failed"]


FaceStep = Literal["", "tries", "number", "put_back", "photo", "matching", "again", "camera_gone", "opening"]


class FaceTold(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What the camera says of the person, for staff: a help to their own eyes unless ``purpose`` is ``verify``, and by
    the word of ``authority`` in either case. ``step``: where the look stands, "" when it is over. ``attempts``: judged
    so far. ``confirmed``: the same person as on the card, and alive. Otherwise as in ``FaceCheck``."""

    authority: Authority
    purpose: Literal["verify", "aid"]
    step: FaceStep = ""
    hint: FaceHint | None = None
    attempts: int = 0
    confirmed: bool = False
    doubt: FaceDoubt | None = None
    likeness: int | None = None
    turned: bool | None = None
    genuine: bool = False
    problem: Reason | None = None


class Situation(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """``ways``: each way that is open with the rule that opens it. ``shown``: the way whose evidence is on the page.
    ``paper``: what was typed of it, ``check`` what the look-up by these numbers said. ``declared``: the declaration
    as it was made, also what was copied from the card. ``patient``: whom the facility's
    file gave, and staff must see. ``face``: what the camera said; ``face_open``: staff may ask for the look.
    ``certified``: how a certified reader knew them, ``consents_there`` what they consented to at it, as received. Dates
    are ISO; ``share`` is in tenths. Personal: only in what retention erases."""

    waits: Waits = ""
    reason: Reason | None = None
    cause: str = ""
    code: str = ""
    message: str = ""
    shown: Way | None = None
    ways: tuple[tuple[Way, str], ...] = ()
    tried: tuple[Way, ...] = ()
    name: str = ""
    kana: str = ""
    birth_date: str = ""
    share: int | None = None
    companion: bool = False
    paper: tuple[tuple[FormField, str], ...] = ()
    scanned: str = ""
    declared: tuple[tuple[FormField, str], ...] = ()
    check: Checked = ""
    patient: KnownPatient | None = None
    document: Document | None = None
    consents: tuple[tuple[ConsentItem, Choice], ...] = ()
    certified: Reading | None = None
    consents_there: tuple[Consent, ...] = ()
    notices: tuple[Reason, ...] = ()
    registration: str = ""
    language: str = "ja"
    number: str = ""
    outcome: Outcome | None = None
    evidence: Way | None = None
    face: FaceTold | None = None
    face_open: bool = False

    def __repr__(self) -> str:
        return f"<Situation {self.waits or '-'} {self.reason or '-'}>"


def situation_of(visit: Visit) -> Situation:
    """The situation of a visit as it stands. Between visits there is none: everything has its default."""
    if not visit.id:
        return Situation()
    state, road = visit.state, visit.fallback
    told = state if isinstance(state, WaitingForStaff | ChoosingEvidence | UsingCertifiedReader) else None
    name, kana, birth = _person(visit)
    known = state.found if isinstance(state, IdentifyingKnown) else None
    return Situation(
        waits=_waits(visit),
        reason=visit.reason,
        cause=road.cause if road is not None else "",
        code=told.code if told is not None else "",
        message=told.message if told is not None else "",
        shown=_shown(visit),
        ways=tuple((offer.way, offer.rule.id) for offer in offers(visit)) if road is not None else (),
        tried=road.tried if road is not None else (),
        name=name,
        kana=kana,
        birth_date=birth,
        share=_share(visit),
        companion=road is not None and road.companion,
        paper=_paper(visit),
        scanned=state.scanned if isinstance(state, ShowingCertificate) else "",
        declared=_declared(visit),
        check=_checked(road.check) if road is not None else "",
        patient=known or (road.known if road is not None else None),
        document=state.document if isinstance(state, SchoolTrip) else None,
        consents=visit.consents,
        certified=visit.certified,
        consents_there=_consents_there(visit),
        notices=visit.notices,
        registration=visit.register_question,
        language=visit.preferences.language,
        number=visit.number,
        outcome=visit.outcome,
        evidence=visit.evidence,
        face=_face(visit),
        face_open=may_compare_face(visit),
    )


def _face(visit: Visit) -> FaceTold | None:
    check, state = visit.face_check, visit.state
    if check is None:
        return None
    return FaceTold(
        authority=check.authority,
        purpose=check.purpose,
        step=state.step if isinstance(state, ReadingCardFront | MatchingFace) else "",
        hint=state.hint if isinstance(state, MatchingFace) else None,
        attempts=check.attempts,
        confirmed=check.confirmed,
        doubt=check.doubt,
        likeness=check.likeness,
        turned=check.turned,
        genuine=check.genuine,
        problem=check.problem,
    )


def _shown(visit: Visit) -> Way | None:
    """What staff may accept at once; of an unclaimed result, that it is who uses the reader."""
    if isinstance(visit.state, WaitingForStaff) and visit.state.unclaimed:
        return Way.VERIFY_BY_FACE if confirmable(visit) else None
    return way_shown(visit.state)


def _consents_there(visit: Visit) -> tuple[Consent, ...]:
    return consents_of(visit.answer) if visit.certified is not None and visit.answer is not None else ()


def _waits(visit: Visit) -> Waits:
    match visit.state:
        case WaitingForStaff(unclaimed=True):
            return "result" if visit.outcome is None else ""
        case WaitingForStaff(reason=None):
            return "called"
        case WaitingForStaff():
            return "reason"
        case TakeCard(alerted=True):
            return "card"
        case StaffVerifying():
            return "evidence"
        case IdentifyingKnown(found=found):
            return "evidence" if found is not None else ""
        case SchoolTrip(document=document, field=field):
            return "evidence" if document is not None and field is None else ""
        case ShowingCertificate(field=field):
            return "evidence" if field is None else ""
        case ReadingCardFront(back_to=page) | MatchingFace(back_to=page):
            return "evidence" if page is not None else ""
        case state:
            return "evidence" if type(state).__name__ in ("ShowingNotice", "ShowingPortal") else ""


def _person(visit: Visit) -> tuple[str, str, str]:
    """Name, kana and birth date: of the answer, of the file, of the form; as far as the visit knows them."""
    if visit.answer is not None and visit.answer.results:
        result = visit.answer.results[0]
        born = result.birth_date.isoformat() if result.birth_date is not None else visit.birth_date
        return result.name, result.name_kana, born
    road = visit.fallback
    if road is None:
        return "", "", visit.birth_date
    if road.known is not None:
        return road.known.name, road.known.name_kana, road.known.birth_date
    form = road.form
    born = form.get(FormField.BIRTH_DATE) or road.paper.get(FormField.BIRTH_DATE) or visit.birth_date
    return form.get(FormField.NAME) or "", form.get(FormField.KANA) or "", born


def _share(visit: Visit) -> int | None:
    """What was answered; else what is normal at that age, for staff to confirm."""
    day = visit.entered.day
    if visit.answer is not None:
        for result in visit.answer.in_force(day):
            if result.birth_date is not None:
                return result.share_tenths(day, result.birth_date)
    if visit.fallback is None:
        return None
    share = decision_of(visit).share
    return share.tenths if share is not None else None


def _paper(visit: Visit) -> tuple[tuple[FormField, str], ...]:
    state = visit.state
    if isinstance(state, ReadingCardFront | MatchingFace) and state.back_to is not None:
        state = state.back_to
    match state:
        case ShowingCertificate(form=form) | SchoolTrip(form=form):
            return form.answers
        case _:
            return visit.fallback.paper.answers if visit.fallback is not None else ()


def _declared(visit: Visit) -> tuple[tuple[FormField, str], ...]:
    """Only once it counts: what somebody began to write and left is nobody's declaration."""
    road, state = visit.fallback, visit.state
    on_paper = isinstance(state, StaffVerifying) and state.on_paper
    return road.form.answers if road is not None and visit.outcome == "declared" and not on_paper else ()


def _checked(check: PaperCheck | None) -> Checked:
    if check is None:
        return ""
    if check.failed is not None:
        return "failed"
    if check.answer is None:
        return "asked"
    return "agrees" if check.agrees else "differs"
