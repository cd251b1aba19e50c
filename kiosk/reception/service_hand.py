"""The hands at the national system and at the facility's own file. What waited until its visit was over is not sent
any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import assert_never

import structlog

from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.eligibility import port
from kiosk.evidence.reasons import Reason
from kiosk.patients.errors import PatientFileError
from kiosk.patients.interface import PatientFile
from kiosk.reception.lanes import Lane
from kiosk.reception.late_answers import LateAnswer
from kiosk.reception.posting import Post
from kiosk.reception.proof import ProofVault
from kiosk.visit import events as e
from kiosk.visit.effects import Ask, AskByNumbers, FindPatient, OpenCard, Register
from kiosk.visit.form import Form, FormField
from kiosk.visit.known import KnownPatient, Match

ServiceEffect = OpenCard | Ask | AskByNumbers | FindPatient | Register
NO_PROOF = "no proof at hand"
_log = structlog.get_logger(__name__)


class ServiceHand:
    """``deadline_s``: of one question. The file has a lane of its own: it waits for no slow service."""

    def __init__(
        self,
        service: port.EligibilityService,
        lane: Lane,
        patients: PatientFile | None,
        file_lane: Lane,
        proof: ProofVault,
        post: Post,
        deadline_s: float,
    ) -> None:
        self._service = service
        self._lane = lane
        self._patients = patients
        self._file_lane = file_lane
        self._proof = proof
        self._post = post
        self._deadline_s = deadline_s

    def do(self, effect: ServiceEffect) -> None:
        match effect:
            case OpenCard(question=question):
                self._open_card(question)
            case Ask(question=question, consents=consents):
                self._ask(question, consents)
            case AskByNumbers(question=question, paper=paper):
                self._ask_by_numbers(question, paper)
            case FindPatient(question=question, patient_number=typed, birth_date=birth, answer=answer):
                self._find_patient(question, typed, birth, answer)
            case Register(question=question):
                self._register(question)
            case _:
                assert_never(effect)

    def _open_card(self, question: str) -> None:
        def job(proof: port.Proof) -> None:
            asked = port.OpenByCard(question_id=question, verified=proof)
            match self._service.open(asked, self._deadline_s):
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

        self._proven(question, job)

    def _ask(self, question: str, consents: tuple[tuple[ConsentItem, Choice], ...]) -> None:
        def job(proof: port.Proof) -> None:
            self._look_up(port.AskByCard(question_id=question, verified=proof, consents=consents))

        self._proven(question, job)

    def _ask_by_numbers(self, question: str, paper: Form) -> None:
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

        self._lane.submit(lambda: self._look_up(asked))

    def _look_up(self, asked: port.Question) -> None:
        match self._service.ask(asked, self._deadline_s):
            case Answer() as answer:
                self._post(e.Answered, question=asked.question_id, answer=answer)
            case port.FailedAnswer() as failed:
                self._failed(asked.question_id, failed)

    def _find_patient(
        self, question: str, patient_number: str, birth_date: str, answer: Answer | None
    ) -> None:
        """A file that cannot be read knows nobody; that it could not is in the log."""

        def job() -> None:
            found = self._found(patient_number, birth_date, answer)
            patient, match = found if found is not None else (None, None)
            self._post(e.PatientFound, question=question, patient=patient, match=match)

        self._file_lane.submit(job)

    def _found(
        self, patient_number: str, birth_date: str, answer: Answer | None
    ) -> tuple[KnownPatient, Match] | None:
        file = self._patients
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

    def _register(self, question: str) -> None:
        def job(proof: port.Proof) -> None:
            asked = port.Registration(question_id=question, verified=proof)
            match self._service.register(asked, self._deadline_s):
                case port.Registered():
                    self._post(e.Registered, question=question)
                case port.FailedAnswer() as failed:
                    self._failed(question, failed)

        self._proven(question, job)

    def _proven(self, question: str, job: Callable[[port.Proof], None]) -> None:
        """Done with the proof of now, if that is still wanted when the lane comes to it."""
        proof = self._proof.get()

        def still_wanted() -> None:
            if proof is None or not self._proof.holds(proof):
                self._no_proof(question)
            else:
                job(proof)

        self._lane.submit(still_wanted)

    def look_for_late_answers(self) -> None:
        """Also for visits that are over: whose they are is known by the question."""

        def job() -> None:
            for late in self._service.late_answers():
                self._post(LateAnswer, question=late.question_id, answer=late.answer)

        self._lane.submit(job)

    def _no_proof(self, question: str) -> None:
        self._post(e.AskFailed, question=question, reason=Reason.VERIFICATION_FAILED, message=NO_PROOF)

    def _failed(self, question: str, failed: port.FailedAnswer) -> None:
        self._post(
            e.AskFailed, question=question, reason=failed.reason, code=failed.code, message=failed.message
        )
