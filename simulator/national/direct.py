"""The simulated national system in the same process: the same messages and faults, no network, virtual time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Capability
from kiosk.eligibility import simulated_system as client
from kiosk.eligibility.https import Lost, Reply
from kiosk.eligibility.judging import askable
from kiosk.eligibility.port import (
    AskByCard,
    AskByNumbers,
    Cause,
    FaceResult,
    FailedAnswer,
    LateAnswer,
    OpenByCard,
    OpenedCard,
    Question,
    Registered,
    Registration,
)
from kiosk.eligibility.world import SystemWorld, World
from simulator.national.faults import Fault, Faults
from simulator.national.messages import PREFIX, respond
from simulator.national.service import GARBAGE
from simulator.national.system import NationalSystem


class DirectService:
    """An ``EligibilityService`` that must not be told from the one over HTTPS."""

    capabilities: ClassVar[frozenset[Capability]] = client.CAPABILITIES

    def __init__(
        self, system: NationalSystem, faults: Faults | None = None, world: World | None = None
    ) -> None:
        self.faults = faults or Faults()
        self._system = system
        self._world = world or SystemWorld()
        self._too_late: tuple[float, Reply] | None = None  # of the question that is asked now
        self._late: list[tuple[float, LateAnswer]] = []

    def open(self, question: OpenByCard, deadline_s: float) -> OpenedCard | FailedAnswer:
        reply = self._post("open", client.encode(question), deadline_s)
        return reply.as_read() if isinstance(reply, Lost) else client.read_opened(reply, question)

    def ask(self, question: Question, deadline_s: float) -> Answer | FailedAnswer:
        if isinstance(question, AskByNumbers) and not askable(question):
            return FailedAnswer(cause=Cause.INVALID_QUESTION)
        asked_at = self._world.now().isoformat()
        verb = "ask-by-card" if isinstance(question, AskByCard) else "ask-by-numbers"
        reply = self._post(verb, client.encode(question), deadline_s)
        if not isinstance(reply, Lost):
            return client.read_answer(reply, question, asked_at)
        self._expect_answer_to(question, asked_at)
        return reply.as_read()

    def register(self, registration: Registration, deadline_s: float) -> Registered | FailedAnswer:
        reply = self._post("register", client.encode(registration), deadline_s)
        return reply.as_write() if isinstance(reply, Lost) else client.read_registered(reply, registration)

    def face_results(self) -> Iterable[FaceResult]:
        return ()

    def late_answers(self) -> Iterable[LateAnswer]:
        now = self._world.monotonic()
        there = [late for due, late in self._late if due <= now]
        self._late = [(due, late) for due, late in self._late if due > now]
        return there

    def close(self) -> None:
        """Nothing is held."""

    def _post(self, verb: str, body: bytes, deadline_s: float) -> Reply | Lost:
        planned = self.faults.take()
        fault = planned.fault if planned else None
        match fault:
            case Fault.SERVER_ERROR:
                return Reply(500, b"")
            case Fault.GARBAGE:
                return Reply(200, GARBAGE)
            case Fault.NO_ANSWER:
                return self._lost(deadline_s)
            case Fault.DELAY if planned is not None and planned.delay_s > deadline_s:
                reply = respond(self._system, PREFIX + verb, body)  # carried out, too late
                if planned.comes:
                    self._too_late = (self._world.monotonic() + planned.delay_s, Reply(200, reply))
                return self._lost(deadline_s)
            case Fault.DELAY if planned is not None:
                self._world.sleep(planned.delay_s)
        reply = respond(self._system, PREFIX + verb, body, fault)
        if fault in (Fault.DROP_AFTER_COMMIT, Fault.CLOSE_MIDWAY):
            return Lost(Cause.NETWORK_FAULT, sent=True, detail=fault or "")
        return Reply(200, reply)

    def _expect_answer_to(self, question: Question, asked_at: str) -> None:
        if self._too_late is None:
            return
        (due, reply), self._too_late = self._too_late, None
        answer = client.read_answer(reply, question, asked_at)
        if isinstance(answer, Answer):
            self._late.append((due, LateAnswer(question_id=question.question_id, answer=answer)))

    def _lost(self, deadline_s: float) -> Lost:
        self._world.sleep(deadline_s)
        return Lost(Cause.NETWORK_FAULT, sent=True, detail="deadline")
