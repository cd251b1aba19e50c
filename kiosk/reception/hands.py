"""The hands of a reception: execute effects on their lanes and post what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, assert_never

import structlog

from drivers.interface import (
    CardApplication,
    CardPhoto,
    CardText,
    FaceMatcher,
    Failure,
    PinRefused,
    Printer,
    Speaker,
    TextKey,
    VerifiedCard,
)
from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.eligibility import port
from kiosk.evidence.reasons import Reason
from kiosk.patients.errors import PatientFileError
from kiosk.patients.interface import PatientFile
from kiosk.reception.facing import FaceAuthoriser, Facing
from kiosk.reception.lanes import Lane
from kiosk.reception.late_answers import LateAnswer
from kiosk.reception.papers import PaperMade, PaperPrinted
from kiosk.reception.proof import ProofVault
from kiosk.reception.secrets import SecretSlots
from kiosk.reception.world import World
from kiosk.visit import events as e
from kiosk.visit.effects import (
    Ask,
    AskByNumbers,
    AskPhotoTries,
    AskTextTries,
    CheckCamera,
    DiscardSecret,
    FindPatient,
    ForgetCard,
    ForgetFace,
    LookAtFace,
    MakePaper,
    MatchFace,
    OpenCard,
    PlaySound,
    ReadCard,
    ReadCardText,
    ReadPhoto,
    Register,
    RestFace,
    VerifyOnPhone,
    VerifyPin,
)
from kiosk.visit.form import Form, FormField
from kiosk.visit.known import KnownPatient, Match

CHALLENGE_BYTES = 32
NO_PROOF = "no proof at hand"
_log = structlog.get_logger(__name__)


class Post(Protocol):
    def __call__(self, kind: type[e.Event], /, **fields: Any) -> None:
        """Gives an event its id and moment and puts it into the visit's inbox. Any thread."""


TicketMaker = Callable[[str, str], bytes]
"""(number, language) → PDF."""
CardEffect = ReadCard | VerifyPin | VerifyOnPhone | AskTextTries | ReadCardText | AskPhotoTries | ReadPhoto
FaceEffect = CheckCamera | LookAtFace | MatchFace | RestFace | ForgetFace
Handed = (
    CardEffect
    | FaceEffect
    | DiscardSecret
    | ForgetCard
    | OpenCard
    | Ask
    | AskByNumbers
    | FindPatient
    | Register
    | PlaySound
)
"""What is done by hands alone; the others need the visit."""
PaperMaker = Callable[[MakePaper], bytes]


@dataclass(frozen=True)
class Devices:
    """``printer`` is for tickets: without one the number stands on the screen alone. ``forms`` prints what the patient
    takes or signs, on A4 and A5; ``desk`` what is for staff; what has no printer is only kept. ``patients``: the
    facility's own file, if it is used here. ``face``: the camera and what compares; ``authoriser``: who may say that a
    match verifies."""

    card: CardApplication
    service: port.EligibilityService
    printer: Printer | None
    speaker: Speaker
    ticket: TicketMaker
    papers: PaperMaker
    patients: PatientFile | None = None
    forms: Printer | None = None
    desk: Printer | None = None
    face: FaceMatcher | None = None
    authoriser: FaceAuthoriser | None = None


@dataclass(frozen=True)
class Lanes:
    card: Lane
    service: Lane
    paper: Lane
    file: Lane
    face: Lane

    def close(self) -> None:
        for lane in (self.card, self.service, self.paper, self.file, self.face):
            lane.close()


class Hands:
    """Every method returns at once; results come as events."""

    def __init__(
        self,
        world: World,
        devices: Devices,
        lanes: Lanes,
        secrets: SecretSlots,
        post: Post,
        *,
        deadline_s: float = 20.0,
    ) -> None:
        self._world = world
        self._devices = devices
        self._lanes = lanes
        self._secrets = secrets
        self._proof = ProofVault()
        self._post = post
        self._facing = Facing(
            devices.face, devices.authoriser, lanes.face, self._proof, post, world.random_bytes
        )
        self._deadline_s = deadline_s

    def do(self, effect: Handed) -> None:
        match effect:
            case CheckCamera() | LookAtFace() | MatchFace() | RestFace() | ForgetFace():
                self._face(effect)
            case DiscardSecret(slot=slot):
                self.discard(slot)
            case ForgetCard():
                self.forget_card()
            case OpenCard(question=question):
                self.open_card(question)
            case Ask(question=question, consents=consents):
                self.ask(question, consents)
            case AskByNumbers(question=question, paper=paper):
                self.ask_by_numbers(question, paper)
            case FindPatient(question=question, patient_number=typed, birth_date=birth, answer=answer):
                self.find_patient(question, typed, birth, answer)
            case Register(question=question):
                self.register(question)
            case PlaySound(sound=sound):
                self.play(sound)
            case _:
                self._card(effect)

    def _card(self, effect: CardEffect) -> None:
        match effect:
            case ReadCard(insertion=insertion):
                self.read_card(insertion)
            case VerifyPin(insertion=insertion, slot=slot):
                self.verify_pin(insertion, slot)
            case VerifyOnPhone(insertion=insertion):
                self.verify_on_phone(insertion)
            case AskTextTries(insertion=insertion, key=key):
                self.ask_text_tries(insertion, key)
            case ReadCardText(insertion=insertion, key=key, slot=slot):
                self.read_card_text(insertion, key, slot)
            case AskPhotoTries(insertion=insertion):
                self.ask_photo_tries(insertion)
            case ReadPhoto(insertion=insertion, slot=slot):
                self.read_photo(insertion, slot)
            case _:
                assert_never(effect)

    # ------------------------------------------------------------------------------------------ card

    def read_card(self, insertion: int) -> None:
        def job() -> None:
            outcome = self._devices.card.read(insertion)
            if isinstance(outcome, Failure):
                self._post(e.CardFailed, insertion=insertion, failure=outcome)
            else:
                self._post(e.CardRead, insertion=insertion, facts=outcome)

        self._lanes.card.submit(job)

    def verify_pin(self, insertion: int, slot: str) -> None:
        epoch = self._proof.epoch

        def job() -> None:
            challenge = self._world.random_bytes(CHALLENGE_BYTES)
            outcome: VerifiedCard | PinRefused | Failure | None = None
            try:
                outcome = self._devices.card.verify_pin(insertion, self._secrets.slot(slot), challenge)
            finally:
                if not isinstance(outcome, Failure):
                    self._secrets.discard(slot)
            match outcome:
                case VerifiedCard():
                    self._proof.keep(outcome, epoch)
                    self._post(e.PinVerified, insertion=insertion, certificate=outcome.facts)
                case PinRefused(tries_left=tries):
                    self._post(e.PinRefused, insertion=insertion, tries_left=tries)
                case Failure():
                    kept = self._secrets.holds(
                        slot
                    )  # a phone was not reached; else the driver has taken them
                    self._post(e.CardFailed, insertion=insertion, failure=outcome, kept=kept)

        self._lanes.card.submit(job)

    def verify_on_phone(self, insertion: int) -> None:
        epoch = self._proof.epoch

        def job() -> None:
            challenge = self._world.random_bytes(CHALLENGE_BYTES)
            match self._devices.card.verify_on_phone(insertion, challenge):
                case VerifiedCard() as proof:
                    self._proof.keep(proof, epoch)
                    self._post(e.PinVerified, insertion=insertion, certificate=proof.facts, on_phone=True)
                case Failure() as failure:
                    self._post(e.CardFailed, insertion=insertion, failure=failure)

        self._lanes.card.submit(job)

    def ask_text_tries(self, insertion: int, key: TextKey) -> None:
        def job() -> None:
            match self._devices.card.text_tries(insertion, key):
                case Failure() as failure:
                    self._post(e.CardFailed, insertion=insertion, failure=failure)
                case tries:
                    self._post(e.TextTriesTold, insertion=insertion, key=key, tries_left=tries)

        self._lanes.card.submit(job)

    def read_card_text(self, insertion: int, key: TextKey, slot: str) -> None:
        def job() -> None:
            try:
                outcome = self._devices.card.read_text(insertion, key, self._secrets.slot(slot))
            finally:
                self._secrets.discard(slot)
            match outcome:
                case CardText():
                    self._post(e.CardTextRead, insertion=insertion, text=outcome)
                case PinRefused(tries_left=tries):
                    self._post(e.TextRefused, insertion=insertion, tries_left=tries)
                case Failure():
                    self._post(e.CardFailed, insertion=insertion, failure=outcome)

        self._lanes.card.submit(job)

    def ask_photo_tries(self, insertion: int) -> None:
        def job() -> None:
            match self._devices.card.photo_tries(insertion):
                case Failure() as failure:
                    self._post(e.CardFailed, insertion=insertion, failure=failure)
                case tries:
                    self._post(e.PhotoTriesTold, insertion=insertion, tries_left=tries)

        self._lanes.card.submit(job)

    def read_photo(self, insertion: int, slot: str) -> None:
        epoch = self._facing.epoch

        def job() -> None:
            try:
                outcome = self._devices.card.read_photo(insertion, self._secrets.slot(slot))
            finally:
                self._secrets.discard(slot)
            match outcome:
                case CardPhoto(genuine=genuine):
                    if self._facing.keep(outcome, epoch):
                        self._post(e.PhotoRead, insertion=insertion, genuine=genuine)
                case PinRefused(tries_left=tries):
                    self._post(e.PhotoRefused, insertion=insertion, tries_left=tries)
                case Failure():
                    self._post(e.CardFailed, insertion=insertion, failure=outcome)

        self._lanes.card.submit(job)

    def _face(self, effect: FaceEffect) -> None:
        match effect:
            case CheckCamera():
                self._facing.check()
            case LookAtFace(question=question):
                self._facing.look(question)
            case MatchFace(question=question, insertion=insertion, proves=proves):
                self._facing.match(question, insertion, proves)
            case RestFace():
                self._facing.rest()
            case ForgetFace():
                self._facing.forget()
            case _:
                assert_never(effect)

    def discard(self, slot: str) -> None:
        self._secrets.discard(slot)

    def forget_card(self) -> None:
        """At once for the proof, digits and photograph; the lanes forget after what they are doing now."""
        self._proof.forget()
        self._secrets.discard_all()
        self._facing.forget()
        self._lanes.card.submit(self._devices.card.forget)

    # ---------------------------------- services: what waited until its visit was over is not sent any more

    def open_card(self, question: str) -> None:
        proof = self._proof.get()

        def job() -> None:
            if proof is None or not self._proof.holds(proof):
                self._no_proof(question)
                return
            asked = port.OpenByCard(question_id=question, verified=proof)
            match self._devices.service.open(asked, self._deadline_s):
                case port.OpenedCard() as opened:
                    birth = opened.birth_date.isoformat() if opened.birth_date is not None else ""
                    self._post(
                        e.CardOpened,
                        question=question,
                        registered=opened.registered,
                        deregistered=opened.deregistered,
                        birth_date=birth,
                    )
                case port.FailedAnswer() as failed:
                    self._failed(question, failed)

        self._lanes.service.submit(job)

    def ask(self, question: str, consents: tuple[tuple[ConsentItem, Choice], ...]) -> None:
        proof = self._proof.get()

        def job() -> None:
            if proof is None or not self._proof.holds(proof):
                self._no_proof(question)
                return
            asked = port.AskByCard(question_id=question, verified=proof, consents=consents)
            match self._devices.service.ask(asked, self._deadline_s):
                case Answer() as answer:
                    self._post(e.Answered, question=question, answer=answer)
                case port.FailedAnswer() as failed:
                    self._failed(question, failed)

        self._lanes.service.submit(job)

    def ask_by_numbers(self, question: str, paper: Form) -> None:
        """A look-up without the card: by what stands on a paper or in the facility's file."""
        asked = port.AskByNumbers(
            question_id=question,
            insurer_number=paper.get(FormField.INSURER_NUMBER) or "",
            insured_card_symbol=paper.get(FormField.SYMBOL) or "",
            insured_identification_number=paper.get(FormField.NUMBER) or "",
            insured_branch_number=paper.get(FormField.BRANCH) or "",
            birth_date=date.fromisoformat(paper.get(FormField.BIRTH_DATE) or ""),
            limit_consent=False,
        )

        def job() -> None:
            match self._devices.service.ask(asked, self._deadline_s):
                case Answer() as answer:
                    self._post(e.Answered, question=question, answer=answer)
                case port.FailedAnswer() as failed:
                    self._failed(question, failed)

        self._lanes.service.submit(job)

    def find_patient(
        self, question: str, patient_number: str, birth_date: str, answer: Answer | None
    ) -> None:
        """A file that cannot be read knows nobody; that it could not is in the log."""

        def job() -> None:
            found = self._look_up(patient_number, birth_date, answer)
            patient, match = found if found is not None else (None, None)
            self._post(e.PatientFound, question=question, patient=patient, match=match)

        self._lanes.file.submit(job)

    def _look_up(
        self, patient_number: str, birth_date: str, answer: Answer | None
    ) -> tuple[KnownPatient, Match] | None:
        file = self._devices.patients
        if file is None:
            return None
        try:
            if answer is not None:
                return file.by_answer(answer)
            patient = file.by_number(patient_number, date.fromisoformat(birth_date))
        except PatientFileError as error:
            _log.error("patients.unusable", error=error.code)
            return None
        return (patient, "card_number") if patient is not None else None

    def register(self, question: str) -> None:
        proof = self._proof.get()

        def job() -> None:
            if proof is None or not self._proof.holds(proof):
                self._no_proof(question)
                return
            asked = port.Registration(question_id=question, verified=proof)
            match self._devices.service.register(asked, self._deadline_s):
                case port.Registered():
                    self._post(e.Registered, question=question)
                case port.FailedAnswer() as failed:
                    self._failed(question, failed)

        self._lanes.service.submit(job)

    def look_for_late_answers(self) -> None:
        """Also for visits that are over: whose they are is known by the question."""

        def job() -> None:
            for late in self._devices.service.late_answers():
                self._post(LateAnswer, question=late.question_id, answer=late.answer)

        self._lanes.service.submit(job)

    def _no_proof(self, question: str) -> None:
        self._post(e.AskFailed, question=question, reason=Reason.VERIFICATION_FAILED, message=NO_PROOF)

    def _failed(self, question: str, failed: port.FailedAnswer) -> None:
        self._post(
            e.AskFailed, question=question, reason=failed.reason, code=failed.code, message=failed.message
        )

    # ------------------------------------------------------------------------------------- the rest

    def print_ticket(self, number: str, language: str) -> None:
        printer = self._devices.printer
        if printer is None:
            return

        def job() -> None:
            failure = printer.print_pdf(f"ticket-{number}", self._devices.ticket(number, language))
            detail = failure.detail if failure is not None else ""
            self._post(e.TicketPrinted, number=number, ok=failure is None, detail=detail)

        self._lanes.paper.submit(job)

    def make_paper(self, wanted: MakePaper, visit: str) -> None:
        def job() -> None:
            try:
                pdf, detail = self._devices.papers(wanted), ""
            except Exception as error:  # whatever a document cannot hold must not cost the visit its end
                pdf, detail = b"", type(error).__name__
                _log.error("paper.not_made", kind=wanted.kind, error=detail)
            self._post(PaperMade, visit=visit, kind=wanted.kind, number=wanted.number, pdf=pdf, detail=detail)

        self._lanes.paper.submit(job)

    def print_paper(self, made: PaperMade) -> None:
        devices = self._devices
        printer = devices.desk if made.kind == "claim_note" else devices.forms
        if printer is None:
            return

        def job() -> None:
            title = f"{made.kind}-{made.number}" if made.number else made.kind
            failure = printer.print_pdf(title, made.pdf)
            detail = failure.detail if failure is not None else ""
            self._post(PaperPrinted, visit=made.visit, kind=made.kind, ok=failure is None, detail=detail)

        self._lanes.paper.submit(job)

    def play(self, sound: str) -> None:
        self._devices.speaker.play(sound)

    def close(self) -> None:
        self._proof.forget()
        self._secrets.discard_all()
        self._facing.close()
        self._lanes.close()
