"""The hands of a reception: execute effects on their lanes and post what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from drivers.interface import CardApplication, Failure, PinRefused, Printer, Speaker, VerifiedCard
from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.eligibility import port
from kiosk.evidence.reasons import Reason
from kiosk.reception.lanes import Lane
from kiosk.reception.proof import ProofVault
from kiosk.reception.secrets import SecretSlots
from kiosk.reception.world import World
from kiosk.visit import events as e

CHALLENGE_BYTES = 32
NO_PROOF = "no proof at hand"


class Post(Protocol):
    def __call__(self, kind: type[e.Event], /, **fields: Any) -> None:
        """Gives an event its id and moment and puts it into the visit's inbox. Any thread."""


TicketMaker = Callable[[str, str], bytes]
"""(number, language) → PDF."""


@dataclass(frozen=True)
class Devices:
    """Without a printer the number stands on the screen alone."""

    card: CardApplication
    service: port.EligibilityService
    printer: Printer | None
    speaker: Speaker
    ticket: TicketMaker


@dataclass(frozen=True)
class Lanes:
    card: Lane
    service: Lane
    paper: Lane

    def close(self) -> None:
        for lane in (self.card, self.service, self.paper):
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
        self._deadline_s = deadline_s

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
            try:
                outcome = self._devices.card.verify_pin(insertion, self._secrets.slot(slot), challenge)
            finally:
                self._secrets.discard(slot)
            match outcome:
                case VerifiedCard():
                    self._proof.keep(outcome, epoch)
                    self._post(e.PinVerified, insertion=insertion, certificate=outcome.facts)
                case PinRefused(tries_left=tries):
                    self._post(e.PinRefused, insertion=insertion, tries_left=tries)
                case Failure():
                    self._post(e.CardFailed, insertion=insertion, failure=outcome)

        self._lanes.card.submit(job)

    def discard(self, slot: str) -> None:
        self._secrets.discard(slot)

    def forget_card(self) -> None:
        """At once for the proof and digits; the card lane forgets after what it is doing now."""
        self._proof.forget()
        self._secrets.discard_all()
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

    def play(self, sound: str) -> None:
        self._devices.speaker.play(sound)

    def close(self) -> None:
        self._proof.forget()
        self._secrets.discard_all()
        self._lanes.close()
