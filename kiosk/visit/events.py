"""Everything that can happen to a visit. An event is a fact with an ``id`` and a moment; it carries no secret.

The class name is the event's type in the ledger, in scenarios and in traces: renaming one is a migration.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from drivers.interface import (
    CardFacts,
    CardText,
    CertificateFacts,
    FaceHint,
    FaceVerdict,
    Failure,
    Fault,
    TextKey,
)
from kiosk.coverage.face_result import FaceResult
from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit.form import Form, FormField
from kiosk.visit.known import KnownPatient, Match
from kiosk.visit.moment import Moment
from kiosk.visit.policy import Contrast, TextSize


class Event(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """``actor``: who caused it, for the ledger's core."""

    actor: ClassVar[str] = "patient"
    id: str
    at: Moment


# ------------------------------------------------------------------------------------ reader and card


class ReaderChanged(Event, frozen=True, tag=True, kw_only=True):
    """The reader came, or went away. ``scanned``: the first look is done."""

    actor: ClassVar[str] = "reader"
    available: bool
    scanned: bool = True


class CardInserted(Event, frozen=True, tag=True, kw_only=True):
    actor: ClassVar[str] = "reader"
    insertion: int
    mute: bool = False


class CardRemoved(Event, frozen=True, tag=True, kw_only=True):
    actor: ClassVar[str] = "reader"
    insertion: int


class CardRead(Event, frozen=True, tag=True, kw_only=True):
    """What the card told before any secret."""

    actor: ClassVar[str] = "reader"
    insertion: int
    facts: CardFacts


class CardFailed(Event, frozen=True, tag=True, kw_only=True):
    """Reading or verifying ended in a failure that is not a wrong PIN. ``kept``: a phone was not reached, and the
    digits for it still wait in their slot."""

    actor: ClassVar[str] = "reader"
    insertion: int
    failure: Failure
    kept: bool = False


class PinVerified(Event, frozen=True, tag=True, kw_only=True):
    """PIN accepted and challenge signed by the key of this certificate. The proof itself stays with the shell.
    ``on_phone``: there was no PIN here, the phone asked its holder."""

    actor: ClassVar[str] = "reader"
    insertion: int
    certificate: CertificateFacts
    on_phone: bool = False


class PinRefused(Event, frozen=True, tag=True, kw_only=True):
    actor: ClassVar[str] = "reader"
    insertion: int
    tries_left: int


class TextTriesTold(Event, frozen=True, tag=True, kw_only=True):
    """How many tries that key of the card's text has left, asked without spending one."""

    actor: ClassVar[str] = "reader"
    insertion: int
    key: TextKey
    tries_left: int


class CardTextRead(Event, frozen=True, tag=True, kw_only=True):
    """The patient unlocked what is printed on the card. Never recorded as such."""

    actor: ClassVar[str] = "reader"
    insertion: int
    text: CardText


class TextRefused(Event, frozen=True, tag=True, kw_only=True):
    actor: ClassVar[str] = "reader"
    insertion: int
    tries_left: int


class PhotoTriesTold(Event, frozen=True, tag=True, kw_only=True):
    """How many tries 照合番号B has left, asked without spending one."""

    actor: ClassVar[str] = "reader"
    insertion: int
    tries_left: int


class PhotoRead(Event, frozen=True, tag=True, kw_only=True):
    """The shell holds the card's photograph, for this insertion. ``genuine``: its issuer's signature holds."""

    actor: ClassVar[str] = "reader"
    insertion: int
    genuine: bool = False


class PhotoRefused(Event, frozen=True, tag=True, kw_only=True):
    """照合番号B was wrong."""

    actor: ClassVar[str] = "reader"
    insertion: int
    tries_left: int


# ------------------------------------------------------------------------------- camera: a reader of faces


class CameraChanged(Event, frozen=True, tag=True, kw_only=True):
    """Whether a face check could begin now; if not, ``fault`` tells why."""

    actor: ClassVar[str] = "reader"
    available: bool
    fault: Fault = Fault.CAMERA_GONE


class FaceHinted(Event, frozen=True, tag=True, kw_only=True):
    """What the person is to do: each change once. ``question``: the look for which it was said."""

    actor: ClassVar[str] = "reader"
    question: str
    hint: FaceHint


class FaceJudged(Event, frozen=True, tag=True, kw_only=True):
    """How one attempt ended."""

    actor: ClassVar[str] = "reader"
    question: str
    verdict: FaceVerdict


class FaceFailed(Event, frozen=True, tag=True, kw_only=True):
    """The look came to no verdict: nothing was said of the person."""

    actor: ClassVar[str] = "reader"
    question: str
    failure: Failure


class FrontFailed(Event, frozen=True, tag=True, kw_only=True):
    """The camera that reads the card's front cannot."""

    actor: ClassVar[str] = "reader"
    failure: Failure


# ------------------------------------------------------------------------------------------ patient


class LanguageChosen(Event, frozen=True, tag=True, kw_only=True):
    language: str


class TextSizeChosen(Event, frozen=True, tag=True, kw_only=True):
    text_size: TextSize


class ContrastChosen(Event, frozen=True, tag=True, kw_only=True):
    contrast: Contrast


class WayChosen(Event, frozen=True, tag=True, kw_only=True):
    """One of the quiet choices of the first page, for those who cannot simply place a card. ``paper``: the reader is
    down, and the card is shown beside a paper or a screen."""

    way: Literal["no_card", "phone", "companion", "paper"]


class PinChosen(Event, frozen=True, tag=True, kw_only=True):
    """The patient wants to be verified by PIN."""


class FaceChosen(Event, frozen=True, tag=True, kw_only=True):
    """The patient wants to be verified by the face."""


class FrontWanted(Event, frozen=True, tag=True, kw_only=True):
    """The card's front is to be read by the camera after all."""


class PinEntered(Event, frozen=True, tag=True, kw_only=True):
    """The digits that the page asks for lie in the one-shot slot of this name, typed or read and confirmed; only the
    card thread takes them."""

    slot: str


class LastTryAccepted(Event, frozen=True, tag=True, kw_only=True):
    """One try is left and the patient wants to use it."""


class PinForgotten(Event, frozen=True, tag=True, kw_only=True):
    pass


class RegistrationAccepted(Event, frozen=True, tag=True, kw_only=True):
    pass


class RegistrationDeclined(Event, frozen=True, tag=True, kw_only=True):
    pass


class ConsentAllGiven(Event, frozen=True, tag=True, kw_only=True):
    pass


class ConsentAllRefused(Event, frozen=True, tag=True, kw_only=True):
    pass


class ConsentItemsChosen(Event, frozen=True, tag=True, kw_only=True):
    """The patient wants to decide item by item."""


class ConsentItemDecided(Event, frozen=True, tag=True, kw_only=True):
    item: ConsentItem
    choice: Choice


class EvidenceWanted(Event, frozen=True, tag=True, kw_only=True):
    """The patient wants to see which other ways there are."""


class EvidenceChosen(Event, frozen=True, tag=True, kw_only=True):
    way: Way


class MoreChosen(Event, frozen=True, tag=True, kw_only=True):
    """The next part of what is too long for one page; after the last the first again."""


class NoCardChosen(Event, frozen=True, tag=True, kw_only=True):
    """Why there is no card: a cause of ``no_card`` in the rule book."""

    cause: str


class CompanionChosen(Event, frozen=True, tag=True, kw_only=True):
    kind: Literal["companion", "school_trip"]


class TripDocumentChosen(Event, frozen=True, tag=True, kw_only=True):
    """What the pupil has with them (S4#4)."""

    document: Literal["portal_pdf", "notice_copy"]


class NumbersWanted(Event, frozen=True, tag=True, kw_only=True):
    """The numbers on the paper, or on the card's front, are to be typed."""


class CodeScanned(Event, frozen=True, tag=True, kw_only=True):
    """What a scanner read on a paper: shown as it is, since what such codes hold differs from insurer to insurer."""

    text: str


class FieldAnswered(Event, frozen=True, tag=True, kw_only=True):
    field: FormField
    value: str


class FieldSkipped(Event, frozen=True, tag=True, kw_only=True):
    """わからない, or not there."""

    field: FormField


class FieldChosen(Event, frozen=True, tag=True, kw_only=True):
    """One answer of the summary is to be changed."""

    field: FormField


class KnownUnchanged(Event, frozen=True, tag=True, kw_only=True):
    """The patient confirms that the data on file still hold."""


class KnownChanged(Event, frozen=True, tag=True, kw_only=True):
    pass


class FormBegun(Event, frozen=True, tag=True, kw_only=True):
    """``card``: copied from the card; ``hand``: typed; ``paper``: an empty form is printed."""

    source: Literal["card", "hand", "paper"]


class TextKeyChosen(Event, frozen=True, tag=True, kw_only=True):
    """With which of its two secrets the card's text is unlocked."""

    key: TextKey


class FormAccepted(Event, frozen=True, tag=True, kw_only=True):
    """The summary is right."""


class FormUncovered(Event, frozen=True, tag=True, kw_only=True):
    """Whoever wrote the form goes on after the card was taken out."""


class FormSigned(Event, frozen=True, tag=True, kw_only=True):
    """``signature`` as in ``Form``; "" where the patient cannot sign on a screen."""

    signature: str


class Acknowledged(Event, frozen=True, tag=True, kw_only=True):
    """The patient has read the page and goes on."""


class RetryChosen(Event, frozen=True, tag=True, kw_only=True):
    pass


class BackChosen(Event, frozen=True, tag=True, kw_only=True):
    pass


class StaffCalled(Event, frozen=True, tag=True, kw_only=True):
    pass


class StaffCancelled(Event, frozen=True, tag=True, kw_only=True):
    """The patient called staff and now goes on alone."""


class TimeExtended(Event, frozen=True, tag=True, kw_only=True):
    pass


class AnotherPatient(Event, frozen=True, tag=True, kw_only=True):
    """The next member of a family goes on in the same language and size."""


# ------------------------------------------------------------------------------ services, clock, staff


class CardOpened(Event, frozen=True, tag=True, kw_only=True):
    """The service recognised the verified card. ``registered``: insurance use is registered; ``deregistered``: it
    once was. The birth date decides what may be asked."""

    actor: ClassVar[str] = "service"
    question: str
    registered: bool
    deregistered: bool = False
    birth_date: str = ""  # ISO; "" where the service does not tell


class Answered(Event, frozen=True, tag=True, kw_only=True):
    actor: ClassVar[str] = "service"
    question: str
    answer: Answer


class AnswerCame(Event, frozen=True, tag=True, kw_only=True):
    """An answer after all: to a question of this visit that was given up (``here``), or to one asked ``again`` since
    with the visit's numbers, or with those that staff found out (``for_staff``). ``paper``: the numbers; None where
    it was asked by the card."""

    actor: ClassVar[str] = "service"
    question: str
    answer: Answer
    paper: Form | None = None
    asked: Literal["here", "again", "for_staff"] = "here"


class AskFailed(Event, frozen=True, tag=True, kw_only=True):
    """No usable answer. ``code`` and ``message`` are as received, for staff."""

    actor: ClassVar[str] = "service"
    question: str
    reason: Reason
    code: str = ""
    message: str = ""


class Registered(Event, frozen=True, tag=True, kw_only=True):
    actor: ClassVar[str] = "service"
    question: str


class PatientFound(Event, frozen=True, tag=True, kw_only=True):
    """The facility's file knows this patient. ``patient`` None: it does not, or not for certain."""

    actor: ClassVar[str] = "system"
    question: str
    patient: KnownPatient | None
    match: Match | None = None


class FaceResultArrived(Event, frozen=True, tag=True, kw_only=True):
    """A certified reader has verified somebody, or could not. ``recent``: just now, so that whoever it was stands here.
    ``given_by``: the staff who say that the patient in front is the one; "" while nobody said so."""

    actor: ClassVar[str] = "service"
    result: FaceResult
    recent: bool = True
    given_by: str = ""


class NumberAssigned(Event, frozen=True, tag=True, kw_only=True):
    """The reception number: the terminal's letter and its own counter."""

    actor: ClassVar[str] = "system"
    number: str


class TicketPrinted(Event, frozen=True, tag=True, kw_only=True):
    actor: ClassVar[str] = "system"
    number: str
    ok: bool
    detail: str = ""


class TimePassed(Event, frozen=True, tag=True, kw_only=True):
    """Nothing but time: the core compares ``at`` with its deadline."""

    actor: ClassVar[str] = "clock"


class StaffActed(Event, frozen=True, tag=True, kw_only=True):
    """``resume``: the patient goes on where they were. ``restart``: back to the first page, nobody helped.
    ``handled``: staff received the patient in person; the visit ends as handed to staff. ``accept``: what was shown,
    or ``way``, is accepted. ``refuse``: it is not; the patient is led to the next way. ``evidence``: the patient is
    shown the ways. ``face``: their face is compared with the card. ``why`` is staff's own note. ``looked_up``: that
    they asked the system themselves, at another place, about what they accept; their word is recorded."""

    actor: ClassVar[str] = "staff"
    action: Literal["resume", "restart", "handled", "accept", "refuse", "evidence", "face"]
    staff: str = ""
    way: Way | None = None
    why: str = ""
    looked_up: Literal["", "elsewhere"] = ""


AnyEvent = (
    ReaderChanged
    | CardInserted
    | CardRemoved
    | CardRead
    | CardFailed
    | PinVerified
    | PinRefused
    | TextTriesTold
    | CardTextRead
    | TextRefused
    | PhotoTriesTold
    | PhotoRead
    | PhotoRefused
    | CameraChanged
    | FaceHinted
    | FaceJudged
    | FaceFailed
    | FrontFailed
    | LanguageChosen
    | TextSizeChosen
    | ContrastChosen
    | WayChosen
    | PinChosen
    | FaceChosen
    | FrontWanted
    | PinEntered
    | LastTryAccepted
    | PinForgotten
    | RegistrationAccepted
    | RegistrationDeclined
    | ConsentAllGiven
    | ConsentAllRefused
    | ConsentItemsChosen
    | ConsentItemDecided
    | EvidenceWanted
    | EvidenceChosen
    | MoreChosen
    | NoCardChosen
    | CompanionChosen
    | TripDocumentChosen
    | NumbersWanted
    | CodeScanned
    | FieldAnswered
    | FieldSkipped
    | FieldChosen
    | KnownUnchanged
    | KnownChanged
    | FormBegun
    | TextKeyChosen
    | FormAccepted
    | FormUncovered
    | FormSigned
    | Acknowledged
    | RetryChosen
    | BackChosen
    | StaffCalled
    | StaffCancelled
    | TimeExtended
    | AnotherPatient
    | CardOpened
    | Answered
    | AnswerCame
    | AskFailed
    | Registered
    | PatientFound
    | FaceResultArrived
    | NumberAssigned
    | TicketPrinted
    | TimePassed
    | StaffActed
)
