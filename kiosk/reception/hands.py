"""The hands of a reception: execute effects on their lanes and post what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from drivers.interface import CardApplication, FaceMatcher, Printer, Speaker
from kiosk.eligibility import port
from kiosk.patients.interface import PatientFile
from kiosk.reception.card_hand import CardEffect, CardHand
from kiosk.reception.facing import FaceAuthoriser, FaceEffect, Facing
from kiosk.reception.lanes import Lane
from kiosk.reception.papers import PaperMade, PaperPrinted
from kiosk.reception.posting import Post
from kiosk.reception.proof import ProofVault
from kiosk.reception.secrets import SecretSlots
from kiosk.reception.service_hand import ServiceEffect, ServiceHand
from kiosk.reception.world import World
from kiosk.visit import events as e
from kiosk.visit.effects import (
    Ask,
    AskByNumbers,
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
    Register,
    RestFace,
)

_log = structlog.get_logger(__name__)

TicketMaker = Callable[[str, str], bytes]
"""(number, language) → PDF."""
Handed = CardEffect | FaceEffect | ServiceEffect | DiscardSecret | ForgetCard | PlaySound
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
        self._devices = devices
        self._lanes = lanes
        self._secrets = secrets
        self._post = post
        self._proof = proof = ProofVault()
        self._facing = Facing(devices.face, devices.authoriser, lanes.face, proof, post, world.random_bytes)
        self._card = CardHand(
            devices.card, lanes.card, secrets, proof, self._facing, post, world.random_bytes
        )
        self._services = ServiceHand(
            devices.service, lanes.service, devices.patients, lanes.file, proof, post, deadline_s
        )

    def do(self, effect: Handed) -> None:
        match effect:
            case CheckCamera() | LookAtFace() | MatchFace() | RestFace() | ForgetFace():
                self._facing.do(effect)
            case OpenCard() | Ask() | AskByNumbers() | FindPatient() | Register():
                self._services.do(effect)
            case DiscardSecret(slot=slot):
                self.discard(slot)
            case ForgetCard():
                self.forget_card()
            case PlaySound(sound=sound):
                self.play(sound)
            case _:
                self._card.do(effect)

    def discard(self, slot: str) -> None:
        self._secrets.discard(slot)

    def forget_card(self) -> None:
        """At once for the proof, digits and photograph; the lanes forget after what they are doing now."""
        self._proof.forget()
        self._secrets.discard_all()
        self._facing.forget()
        self._card.forget()

    def look_for_late_answers(self) -> None:
        self._services.look_for_late_answers()

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
