"""The hands do a job only if its visit still wants it when the lane comes to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any, Literal

import pytest

from drivers.interface import (
    CardFacts,
    CardPhoto,
    CardText,
    Failure,
    Fault,
    PinRefused,
    Secret,
    TextKey,
    VerifiedCard,
)
from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Capability
from kiosk.eligibility import port
from kiosk.evidence.reasons import Reason
from kiosk.reception.hands import Devices, Handed, Hands, Lanes
from kiosk.reception.lanes import Job
from kiosk.reception.secrets import SecretSlots
from kiosk.reception.world import SystemWorld
from kiosk.visit import events as e
from kiosk.visit.effects import Ask, OpenCard, Register, VerifyOnPhone, VerifyPin
from tests.support.visits import ALL, answer, certificate, facts


class HeldLane:
    """Runs what was submitted only when told to: a lane behind a job that takes long."""

    def __init__(self) -> None:
        self.jobs: deque[Job] = deque()

    def submit(self, job: Job) -> None:
        self.jobs.append(job)

    def run(self) -> None:
        while self.jobs:
            self.jobs.popleft()()

    def close(self) -> None:
        self.jobs.clear()


class Card:
    def __init__(self) -> None:
        self.pins: list[bytes] = []
        self.lost: Literal["", "before the PIN", "with the PIN"] = ""

    def read(self, insertion: int) -> CardFacts | Failure:
        return facts()

    def verify_pin(
        self, insertion: int, secret: Secret, challenge: bytes
    ) -> VerifiedCard | PinRefused | Failure:
        if self.lost == "before the PIN":
            return Failure.of(Fault.CARD_GONE)
        self.pins.append(bytes(secret.take()))
        if self.lost:
            return Failure.of(Fault.CARD_GONE)
        return VerifiedCard(insertion, certificate(), "pin", b"", challenge, b"")

    def verify_on_phone(self, insertion: int, challenge: bytes) -> VerifiedCard | Failure:
        if self.lost:
            return Failure.of(Fault.NOT_CONFIRMED)
        return VerifiedCard(insertion, certificate(), "phone", b"", challenge, b"")

    def text_tries(self, insertion: int, key: TextKey) -> int | Failure:
        return 3

    def read_text(self, insertion: int, key: TextKey, secret: Secret) -> CardText | PinRefused | Failure:
        self.pins.append(bytes(secret.take()))
        return CardText("試験　太郎", "架空市１－２－３", None, "1")

    def photo_tries(self, insertion: int) -> int | Failure:
        return 10

    def read_photo(self, insertion: int, number_b: Secret) -> CardPhoto | PinRefused | Failure:
        self.pins.append(bytes(number_b.take()))
        return CardPhoto(insertion, False, bytearray())

    def forget(self) -> None:
        pass


class Service:
    capabilities: frozenset[Capability] = ALL

    def __init__(self) -> None:
        self.sent: list[str] = []

    def open(self, question: port.OpenByCard, deadline_s: float) -> port.OpenedCard:
        self.sent.append("open")
        return port.OpenedCard(
            question_id=question.question_id, registered=True, deregistered=False, birth_date=None
        )

    def ask(self, question: port.Question, deadline_s: float) -> Answer:
        self.sent.append("ask")
        return answer()

    def register(self, registration: port.Registration, deadline_s: float) -> port.Registered:
        self.sent.append("register")
        return port.Registered(question_id=registration.question_id, registered_at="")

    def face_results(self) -> Iterable[port.FaceResult]:
        return ()

    def late_answers(self) -> Iterable[port.LateAnswer]:
        return ()

    def close(self) -> None:
        pass


SENT: dict[str, Handed] = {
    "open": OpenCard(question="q"),
    "ask": Ask(question="q"),
    "register": Register(question="q"),
}


class Silent:
    def play(self, sound: str) -> None:
        pass


class Bench:
    def __init__(self) -> None:
        self.card, self.service, self.paper = HeldLane(), HeldLane(), HeldLane()
        self.posted: list[tuple[type[e.Event], dict[str, Any]]] = []
        self.slots = SecretSlots()
        self.chip, self.system = Card(), Service()
        self.papers_made = 0
        self.hands = Hands(
            SystemWorld(),
            Devices(self.chip, self.system, None, Silent(), self._paper, lambda _wanted: b"%PDF"),
            Lanes(self.card, self.service, self.paper, self.paper, self.paper),
            self.slots,
            lambda kind, /, **fields: self.posted.append((kind, fields)),
        )

    def _paper(self, number: str, language: str) -> bytes:
        self.papers_made += 1
        return b"%PDF"

    def verify(self) -> None:
        self.hands.do(VerifyPin(insertion=1, slot=self.slots.put(bytearray(b"1234"))))
        self.card.run()

    def send(self, what: str) -> None:
        self.hands.do(SENT[what])


QUESTIONS = pytest.mark.parametrize("what", SENT)


@QUESTIONS
def test_a_question_goes_out_with_the_proof_of_its_visit(what: str) -> None:
    bench = Bench()
    bench.verify()
    bench.send(what)
    bench.service.run()
    assert bench.system.sent == [what]


@QUESTIONS
def test_what_waited_until_its_visit_was_over_is_not_sent_any_more(what: str) -> None:
    bench = Bench()
    bench.verify()
    bench.send(what)
    bench.hands.forget_card()
    bench.service.run()
    assert bench.system.sent == []
    assert bench.posted[-1] == (
        e.AskFailed,
        {"question": "q", "reason": Reason.VERIFICATION_FAILED, "message": "no proof at hand"},
    )


@QUESTIONS
def test_nor_with_the_proof_of_the_next_patient(what: str) -> None:
    bench = Bench()
    bench.verify()
    bench.send(what)
    bench.hands.forget_card()
    bench.verify()
    bench.service.run()
    assert bench.system.sent == []


def test_a_pin_that_waited_until_its_visit_was_over_never_reaches_a_card() -> None:
    bench = Bench()
    bench.hands.do(VerifyPin(insertion=1, slot=bench.slots.put(bytearray(b"1234"))))
    bench.hands.forget_card()
    bench.card.run()
    assert bench.chip.pins == [b""]


def test_a_proof_that_came_after_its_visit_was_over_is_not_kept() -> None:
    bench = Bench()
    bench.hands.do(VerifyPin(insertion=1, slot=bench.slots.put(bytearray(b"1234"))))
    bench.hands.forget_card()
    bench.card.run()
    bench.send("ask")
    bench.service.run()
    assert bench.system.sent == []


def test_digits_for_a_phone_that_was_not_reached_are_kept_and_go_to_it_when_it_is_back() -> None:
    bench = Bench()
    bench.chip.lost = "before the PIN"
    slot = bench.slots.put(bytearray(b"1234"))
    bench.hands.do(VerifyPin(insertion=1, slot=slot))
    bench.card.run()
    assert bench.slots.holds(slot)
    assert [(kind, told["kept"]) for kind, told in bench.posted] == [(e.CardFailed, True)]
    bench.chip.lost = ""
    bench.hands.do(VerifyPin(insertion=2, slot=slot))
    bench.card.run()
    assert bench.chip.pins == [b"1234"]
    assert not bench.slots.holds(slot)


def test_digits_that_were_sent_are_gone_whatever_came_of_it() -> None:
    bench = Bench()
    bench.chip.lost = "with the PIN"
    slot = bench.slots.put(bytearray(b"1234"))
    bench.hands.do(VerifyPin(insertion=1, slot=slot))
    bench.card.run()
    assert [(kind, told["kept"]) for kind, told in bench.posted] == [(e.CardFailed, False)]
    bench.hands.do(VerifyPin(insertion=2, slot=slot))
    bench.card.run()
    assert bench.chip.pins == [b"1234", b""]


def test_digits_that_wait_for_a_phone_are_gone_with_its_visit() -> None:
    bench = Bench()
    bench.chip.lost = "before the PIN"
    slot = bench.slots.put(bytearray(b"1234"))
    bench.hands.do(VerifyPin(insertion=1, slot=slot))
    bench.card.run()
    bench.hands.forget_card()
    assert not bench.slots.holds(slot)


@pytest.mark.parametrize("confirmed", [True, False])
def test_an_iphone_verifies_by_itself_and_its_proof_goes_along_with_the_question(confirmed: bool) -> None:
    bench = Bench()
    bench.chip.lost = "" if confirmed else "with the PIN"
    bench.hands.do(VerifyOnPhone(insertion=1))
    bench.card.run()
    [(kind, told)] = bench.posted
    assert kind is (e.PinVerified if confirmed else e.CardFailed)
    assert told.get("on_phone", False) is confirmed
    bench.send("ask")
    bench.service.run()
    assert bench.system.sent == (["ask"] if confirmed else [])


def test_without_a_printer_no_ticket_is_set() -> None:
    bench = Bench()
    bench.hands.print_ticket("A-1", "ja")
    bench.paper.run()
    assert (bench.papers_made, bench.posted) == (0, [])
