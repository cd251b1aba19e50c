"""Where a visit stands. The class names are the screens' names; a state holds only what belongs to its own page."""

from __future__ import annotations

from typing import Literal

import msgspec

from drivers.interface import (
    Authority,
    CardFacts,
    CertificateFacts,
    FaceDoubt,
    FaceHint,
    Fault,
    TextKey,
    Token,
)
from kiosk.coverage.exchange_codes import SegmentOfResult
from kiosk.coverage.face_result import Reading
from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.evidence.model import Document, Way
from kiosk.evidence.reasons import Reason
from kiosk.visit.form import Form, FormField
from kiosk.visit.known import KnownPatient, Match
from kiosk.visit.moment import Moment
from kiosk.visit.policy import Policy, Preferences

Consents = tuple[tuple[ConsentItem, Choice], ...]
AbandonReason = Literal["timed_out", "card_removed", "card_changed", "closed_by_staff", "stopped"]


class State(msgspec.Struct, frozen=True, tag=True):
    pass


class Welcome(State, frozen=True, tag=True):
    """Waiting for the next patient. ``hint``: why the last card did not get further, where that helps now."""

    hint: Literal["", "removed_early"] = ""


class OutOfService(State, frozen=True, tag=True):
    """No reader: the page leads on by paper and people."""


class ReadingCard(State, frozen=True, tag=True):
    """A card lies on the reader. ``problem``: it could not be read as it lies. ``resume``: a verified visit waits
    for its card to be recognised again after the reader had gone."""

    problem: Reason | None = None
    resume: AskingConsent | OfferingRegistration | LookingUp | EnteringPin | MatchingFace | None = None


class ChoosingVerification(State, frozen=True, tag=True):
    """``tries_left``: of the PIN; 0 where it cannot be used, and only the face can."""

    tries_left: int


class EnteringPin(State, frozen=True, tag=True):
    """``last_try``: one try is left and the patient has not yet accepted to use it: no keypad. ``checking``: the
    digits are on their way to the card; ``opening``: the PIN was right and the service is asked who this is.
    ``phone``: it is a phone's PIN, and the phone may be in the hand meanwhile."""

    tries_left: int
    phone: bool = False
    wrong: bool = False
    last_try: bool = False
    checking: bool = False
    opening: str = ""


class ReadingPhone(State, frozen=True, tag=True, kw_only=True):
    """A phone is held to the reader until it has answered. ``step``: it is waited for; it is looked at again, since it
    had left the field; it verifies its holder; the service is asked who this is. ``token``: what it said it is.
    ``slot``: the digits that wait for it; "" where they are to be typed anew, and for a phone that asks its holder by
    itself. ``asked``: the insertion that is verifying. ``why``: what went wrong when it was held last."""

    step: Literal["hold", "look", "verify", "opening"] = "hold"
    token: Token = Token.ANDROID
    slot: str = ""
    tries_left: int = 0
    asked: int = 0
    question: str = ""
    why: Literal["", "lost", "not_confirmed"] = ""

    @property
    def opening(self) -> str:
        """The question that asks the service who this is; "" while nothing is asked."""
        return self.question if self.step == "opening" else ""


class Facing(State, frozen=True):
    """On the way to the camera, or before it. ``back_to``: the page at which staff asked for the look at the face; None
    where it is to verify the holder."""

    back_to: BesideFace | None = None


class ReadingCardFront(Facing, frozen=True, tag=True, kw_only=True):
    """照合番号B is taken from the card's front, by camera or keypad; it unlocks the photograph. ``step``: its tries are
    asked of the card; it is given; it was given while the card was in a hand. ``ready``: the tries of the card
    that lies there are known. ``lifted``: the fingerprint of the card that was taken in hand; ""
    as long as it lies there. ``slot``: the number that waits for it. ``typed``: by keypad. ``camera_lost``: the camera
    that reads the front cannot. ``last_try``: one try is left and the patient has not yet accepted to use it."""

    step: Literal["tries", "number", "put_back"] = "tries"
    ready: bool = False
    lifted: str = ""
    slot: str = ""
    tries_left: int = 0
    typed: bool = False
    camera_lost: bool = False
    wrong: bool = False
    last_try: bool = False


class MatchingFace(Facing, frozen=True, tag=True, kw_only=True):
    """The patient stands before the camera. ``step``: the photograph is still being read; the face is compared; it was
    not confirmed and may be tried again; the camera is gone; it was confirmed and the service is asked who this is.
    ``question``: what is waited for. ``attempt``: 1 to ``FACE_TRIES``."""

    step: Literal["photo", "matching", "again", "camera_gone", "opening"] = "matching"
    question: str = ""
    attempt: int = 1
    hint: FaceHint | None = None
    doubt: FaceDoubt | None = None

    @property
    def opening(self) -> str:
        """The question that asks the service who this is; "" while nothing is asked."""
        return self.question if self.step == "opening" else ""


class OfferingRegistration(State, frozen=True, tag=True):
    """``sent``: the question id of the registration, once it is on its way. ``again``: registered before, cancelled
    since."""

    again: bool = False
    sent: str = ""


class AskingConsent(State, frozen=True, tag=True):
    """``item_by_item``: the patient decides each; ``decided`` so far, in the order of ``items``."""

    items: tuple[ConsentItem, ...]
    item_by_item: bool = False
    decided: Consents = ()


class LookingUp(State, frozen=True, tag=True):
    """``question`` is on its way. ``ask_again_at``: the system is still processing; ask again then."""

    question: str
    rechecks: int = 0
    ask_again_at: int | None = None
    held: Answer | None = None  # came while the card was not proven to be still there


class Confirmed(State, frozen=True, tag=True):
    pass


class ChoosingEvidence(State, frozen=True, tag=True):
    """The ways on, a page of them from ``first``. ``code`` and ``message`` are as received, for staff. ``refused``:
    what staff, or the rule book, did not accept just now."""

    first: int = 0
    code: str = ""
    message: str = ""
    refused: Way | None = None


class ExplainingNoCard(State, frozen=True, tag=True):
    """``cause``: an id of the rule book's causes of ``no_card``; "" while it is asked."""

    cause: str = ""


class Companion(State, frozen=True, tag=True):
    """Somebody helps: whom?"""


class SchoolTrip(State, frozen=True, tag=True):
    """A pupil's print or copy without the card: which, the teacher and the event, then staff look (S4#4)."""

    document: Document | None = None
    field: FormField | None = None
    form: Form = Form()


class ShowingCertificate(State, frozen=True, tag=True):
    """資格確認書 is shown to staff. ``field``: its numbers are being typed. ``scanned``: what a scanner read on it."""

    field: FormField | None = None
    form: Form = Form()
    scanned: str = ""


class ShowingNotice(State, frozen=True, tag=True):
    pass


class ShowingPortal(State, frozen=True, tag=True):
    pass


class IdentifyingKnown(State, frozen=True, tag=True):
    """診察券 number and birth date. ``asked``: the question on its way to the file; ``misses``: how often it knew
    nobody. ``found`` waits for staff to see who it is."""

    field: FormField | None = FormField.PATIENT_NUMBER
    form: Form = Form()
    asked: str = ""
    misses: int = 0
    found: KnownPatient | None = None


class ConfirmingKnownData(State, frozen=True, tag=True):
    pass


FormStep = Literal["source", "key", "tries", "unlock", "reading", "question", "summary", "signature"]


class FillingDeclaration(State, frozen=True, tag=True):
    """被保険者資格申立書. ``step``: where its text comes from, with which key the card is unlocked and how many tries
    that has, the questions, the summary from answer ``first`` on, the signature. ``editing``: one answer of the summary
    is changed. ``covered``: the card was taken out, and nothing of the form is shown until the writer goes on.
    ``problem``: why the card's text could not be had."""

    way: Way
    step: FormStep = "source"
    field: FormField | None = None
    key: TextKey | None = None
    tries_left: int = 0
    wrong: bool = False
    last_try: bool = False
    first: int = 0
    editing: bool = False
    covered: bool = False
    problem: Literal["", "locked", "unreadable"] = ""


class ExplainingSelfPay(State, frozen=True, tag=True):
    pass


class StaffVerifying(State, frozen=True, tag=True):
    """A person comes to look at what has no page of its own. ``on_paper``: an empty form was printed."""

    way: Way
    on_paper: bool = False


class UsingCertifiedReader(State, frozen=True, tag=True):
    """The patient was led to the facility's certified face-recognition reader, and its result is waited for. ``way``:
    as what it was chosen. ``problem``: what that reader could not do just now; ``code`` and ``message`` are its own."""

    way: Way
    problem: Reason | None = None
    code: str = ""
    message: str = ""


class TakeCard(State, frozen=True, tag=True):
    """``after``: what follows when the card is out. ``alerted``: staff know that it was left behind. ``elsewhere``: it
    lies in a certified reader, where nobody here sees it."""

    after: Literal["Finished", "Abandoned"]
    why: AbandonReason = "stopped"
    alerted: bool = False
    elsewhere: bool = False


class WaitingForStaff(State, frozen=True, tag=True):
    """A person is coming. ``reason`` is None when the patient simply called. ``back_to``: where the patient may go
    on alone. ``unclaimed``: nobody stands at the screen: a certified reader's result for which staff look for its
    patient."""

    reason: Reason | None = None
    code: str = ""
    message: str = ""
    unclaimed: bool = False
    back_to: (
        Welcome
        | OutOfService
        | ReadingCard
        | ChoosingVerification
        | EnteringPin
        | OfferingRegistration
        | AskingConsent
        | Confirmed
        | ChoosingEvidence
        | ExplainingNoCard
        | Companion
        | SchoolTrip
        | ShowingCertificate
        | ShowingNotice
        | ShowingPortal
        | IdentifyingKnown
        | ConfirmingKnownData
        | FillingDeclaration
        | ExplainingSelfPay
        | UsingCertifiedReader
        | None
    ) = None


BesideFace = ShowingCertificate | ShowingNotice | ShowingPortal | StaffVerifying | WaitingForStaff
"""Where a person is waited for, and may have the face compared with the card."""


class Finished(State, frozen=True, tag=True):
    pass


class Abandoned(State, frozen=True, tag=True):
    """Nothing personal is left. ``why`` chooses the sentence."""

    why: AbandonReason


def opening_of(state: State) -> str:
    """The question that asks the service who was verified; "" on a page that asks nothing of the kind."""
    return state.opening if isinstance(state, EnteringPin | ReadingPhone | MatchingFace) else ""


Road = (
    ChoosingEvidence
    | ExplainingNoCard
    | Companion
    | SchoolTrip
    | ShowingCertificate
    | ShowingNotice
    | ShowingPortal
    | IdentifyingKnown
    | ConfirmingKnownData
    | FillingDeclaration
    | ExplainingSelfPay
    | StaffVerifying
    | UsingCertifiedReader
)
"""The pages of the fallback."""

AnyState = (
    Welcome
    | OutOfService
    | ReadingCard
    | ChoosingVerification
    | EnteringPin
    | ReadingPhone
    | ReadingCardFront
    | MatchingFace
    | OfferingRegistration
    | AskingConsent
    | LookingUp
    | Confirmed
    | Road
    | TakeCard
    | WaitingForStaff
    | Finished
    | Abandoned
)

Outcome = Literal["confirmed", "accepted_by_evidence", "declared", "self_pay", "handed_to_staff", "abandoned"]


class Deadline(msgspec.Struct, frozen=True):
    """Monotonic milliseconds. ``warn`` is None where time ends without a person in front being asked."""

    end: int
    warn: int | None = None


class CardInHand(msgspec.Struct, frozen=True):
    """The card of this visit. ``insertion`` is None while the reader is away and nobody knows what lies there.
    ``pin_tries``: how many the PIN has left for certain. ``photo``: its photograph was read at this insertion, and
    whether its issuer's signature holds. ``no_face``: why this card's holder cannot be compared with it. ``left``:
    monotonic milliseconds at which a phone left the field that had verified its holder."""

    insertion: int | None
    facts: CardFacts | None = None
    last_try_accepted: bool = False
    pin_tries: int = 0
    photo: Literal["", "read", "genuine"] = ""
    no_face: Reason | None = None
    left: int | None = None


class FaceCheck(msgspec.Struct, frozen=True):
    """What the camera said of the person in front: never more than ``authority`` allows. ``purpose``: to verify the
    holder, or to help staff who look themselves. ``doubt`` None, with a ``likeness``: the same person, and alive.
    ``likeness``: 0 to 5 steps, of which 4 and 5 are above the threshold; None where there was no verdict, and
    ``problem`` tells why. ``genuine``: the photograph's own signature holds."""

    authority: Authority
    purpose: Literal["verify", "aid"]
    attempts: int = 0
    doubt: FaceDoubt | None = None
    likeness: int | None = None
    turned: bool | None = None
    genuine: bool = False
    problem: Reason | None = None

    @property
    def confirmed(self) -> bool:
        return self.likeness is not None and self.doubt is None


class PaperCheck(msgspec.Struct, frozen=True):
    """The look-up by the numbers of a ``paper``, or of the file, beside what a person sees. ``answer`` None and
    ``failed`` None: on its way. ``agrees``: what was answered is what stands there."""

    question: str
    paper: Form = Form()
    answer: Answer | None = None
    failed: Reason | None = None
    agrees: bool = False

    @property
    def denied(self) -> bool:
        """The system answered, and what it said is not what stands there."""
        answer = self.answer
        if answer is None or answer.failed or answer.segment is SegmentOfResult.PROCESSING:
            return False
        return not self.agrees


class Fallback(msgspec.Struct, frozen=True):
    """The road on which a visit goes when the electronic check did not come to an end. ``tried``: ways that led
    nowhere. ``form`` and ``paper``: what was written on the declaration, and typed of the paper shown. ``misses``: how
    often the file knew nobody by what was typed. ``covered``: a card came or went since the form was written: nothing
    of it is shown until its writer goes on. ``card``: the fingerprint of the card that lay there last, "" where none
    was read: another card's holder starts with nothing of this."""

    reason: Reason
    cause: str = ""
    companion: bool = False
    changed: bool = False
    tried: tuple[Way, ...] = ()
    known: KnownPatient | None = None
    match: Match | None = None
    matching: str = ""
    form: Form = Form()
    paper: Form = Form()
    check: PaperCheck | None = None
    misses: int = 0
    covered: bool = False
    card: str = ""


class Visit(msgspec.Struct, frozen=True):
    """A terminal and the visit at it. ``id`` is "" between visits. ``camera``: why the face check cannot work now.
    ``verified_by``: by what the holder of ``verified`` proved to be here. ``face_attempts``: how often the face was
    judged in this visit; ``face_check``: what was said last. ``certified``: how a certified reader knew who it is.
    ``asked``: the look-ups that were sent for whoever was verified, none of them answered yet."""

    policy: Policy
    state: AnyState
    preferences: Preferences
    entered: Moment
    id: str = ""
    reader_available: bool = False
    camera: Fault | None = None
    deadline: Deadline | None = None
    warned: bool = False
    card: CardInHand | None = None
    verified: CertificateFacts | None = None
    verified_by: Literal["", "pin", "phone", "face"] = ""
    face_attempts: int = 0
    face_check: FaceCheck | None = None
    certified: Reading | None = None
    registered: bool | None = None
    register_question: str = ""
    birth_date: str = ""
    consents: Consents = ()
    asked: tuple[str, ...] = ()
    answer: Answer | None = None
    notices: tuple[Reason, ...] = ()
    reason: Reason | None = None
    number: str = ""
    ticket: bool = False
    outcome: Outcome | None = None
    fallback: Fallback | None = None
    evidence: Way | None = None
