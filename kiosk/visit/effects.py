"""What a visit wants done. The shell executes effects in order and answers with events; it decides nothing."""

from __future__ import annotations

from typing import Literal

import msgspec

from drivers.interface import TextKey
from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.evidence.reasons import Reason
from kiosk.visit.form import Form
from kiosk.visit.known import KnownPatient

Sound = Literal["ok", "take_card", "attention"]
PaperKind = Literal["declaration", "blank_declaration", "claim_note", "refund_slip"]


class Effect(msgspec.Struct, frozen=True, tag=True):
    pass


class ReadCard(Effect, frozen=True, tag=True):
    """→ ``CardRead`` | ``CardFailed``."""

    insertion: int


class VerifyPin(Effect, frozen=True, tag=True):
    """→ ``PinVerified`` | ``PinRefused`` | ``CardFailed``. The slot is emptied whatever happens, unless ``CardFailed``
    says that its digits are ``kept``."""

    insertion: int
    slot: str


class VerifyOnPhone(Effect, frozen=True, tag=True):
    """Of a phone that asks its holder by itself → ``PinVerified`` | ``CardFailed``. Nothing secret is sent."""

    insertion: int


class DiscardSecret(Effect, frozen=True, tag=True):
    """The digits came at a moment when nobody asked for them."""

    slot: str


class ForgetCard(Effect, frozen=True, tag=True):
    """Drop the certificate, the proof and everything else that is kept of the card and of its holder's face."""


class OpenCard(Effect, frozen=True, tag=True):
    """Tell the service which card this is → ``CardOpened`` | ``AskFailed``. A read."""

    question: str


class Ask(Effect, frozen=True, tag=True):
    """Look the eligibility up → ``Answered`` | ``AskFailed``. A read; every question has its own id."""

    question: str
    consents: tuple[tuple[ConsentItem, Choice], ...] = ()


class Register(Effect, frozen=True, tag=True):
    """Register the insurance use → ``Registered`` | ``AskFailed``. A write: never sent twice for one visit."""

    question: str


class AskTextTries(Effect, frozen=True, tag=True):
    """→ ``TextTriesTold`` | ``CardFailed``. Spends no try."""

    insertion: int
    key: TextKey


class ReadCardText(Effect, frozen=True, tag=True):
    """→ ``CardTextRead`` | ``TextRefused`` | ``CardFailed``. The slot is emptied whatever happens."""

    insertion: int
    key: TextKey
    slot: str


class AskPhotoTries(Effect, frozen=True, tag=True):
    """→ ``PhotoTriesTold`` | ``CardFailed``. Spends no try."""

    insertion: int


class ReadPhoto(Effect, frozen=True, tag=True):
    """→ ``PhotoRead`` | ``PhotoRefused`` | ``CardFailed``. The slot is emptied whatever happens; the photograph stays
    with the shell."""

    insertion: int
    slot: str


class CheckCamera(Effect, frozen=True, tag=True):
    """→ ``CameraChanged``."""


class LookAtFace(Effect, frozen=True, tag=True):
    """Open the camera while there is nothing to compare with yet → ``FaceHinted``s | ``FaceFailed``."""

    question: str


class MatchFace(Effect, frozen=True, tag=True):
    """Compare who stands there with the photograph of this insertion → ``FaceHinted``s, then ``FaceJudged`` |
    ``FaceFailed``. ``proves``: the fingerprint of the certificate whose holder a match verifies; "" where it verifies
    nobody."""

    question: str
    insertion: int
    proves: str = ""


class RestFace(Effect, frozen=True, tag=True):
    """Close the camera."""


class ForgetFace(Effect, frozen=True, tag=True):
    """Close the camera, and forget photograph and face."""


class AskByNumbers(Effect, frozen=True, tag=True):
    """Look up with what is printed on a paper → ``Answered`` | ``AskFailed``. A read."""

    question: str
    paper: Form


class FindPatient(Effect, frozen=True, tag=True):
    """Look into the facility's own file, by what was typed or by an answer → ``PatientFound``."""

    question: str
    patient_number: str = ""
    birth_date: str = ""
    answer: Answer | None = None


class MakePaper(Effect, frozen=True, tag=True):
    """Make, keep with the visit, and print. ``form`` is what is written on a declaration, ``known`` what the facility
    had on file until then, ``insurer`` the name of the patient's insurer where one is known."""

    kind: PaperKind
    number: str
    language: str
    reason: Reason
    form: Form = Form()
    companion: bool = False
    known: KnownPatient | None = None
    insurer: str = ""


class AssignNumber(Effect, frozen=True, tag=True):
    """→ ``NumberAssigned``."""


class PrintTicket(Effect, frozen=True, tag=True):
    """→ ``TicketPrinted``, where there is a printer."""

    number: str


class AlertStaff(Effect, frozen=True, tag=True):
    """``cause``: the reason, or what happened if nothing went wrong with the evidence. ``evidence``: the patient shows
    something that a person must see. ``result``: a certified reader's result for which nobody was found."""

    cause: Reason | Literal["called", "card_left", "evidence", "result"]


class PlaySound(Effect, frozen=True, tag=True):
    sound: Sound


AnyEffect = (
    ReadCard
    | VerifyPin
    | VerifyOnPhone
    | DiscardSecret
    | ForgetCard
    | OpenCard
    | Ask
    | Register
    | AskTextTries
    | ReadCardText
    | AskPhotoTries
    | ReadPhoto
    | CheckCamera
    | LookAtFace
    | MatchFace
    | RestFace
    | ForgetFace
    | AskByNumbers
    | FindPatient
    | MakePaper
    | AssignNumber
    | PrintTicket
    | AlertStaff
    | PlaySound
)
