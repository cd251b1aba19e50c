"""Client of the project's own simulated national system. Not the real one, and nothing of it is OQS.

No public document describes how the real system is asked with a card, so only this one can be. Its messages are
plain JSON of our own making (``simulator/national/README.md``); every answer is marked ``simulated`` for ever.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from typing import Any, ClassVar

import msgspec

from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Capability, Choice, ConsentItem
from kiosk.eligibility.https import HttpsClient, Lost, Reply, TlsSettings, tls_context
from kiosk.eligibility.judging import askable, failed, judge
from kiosk.eligibility.port import (
    AskByCard,
    AskByNumbers,
    Cause,
    FaceProof,
    FaceResult,
    FailedAnswer,
    LateAnswer,
    OpenByCard,
    OpenedCard,
    Proof,
    Question,
    Registered,
    Registration,
)
from kiosk.eligibility.world import SystemWorld, World

PREFIX = "/simulated-national-system/v1/"
CAPABILITIES = frozenset(
    {Capability.BY_CARD, Capability.BY_NUMBERS, Capability.REGISTER, Capability.MEDICAL_CONSENT}
)

# The simulated system's own vocabulary of refusals.
REFUSALS: dict[str, Cause] = {
    "SIM-NOT-REGISTERED": Cause.NOT_REGISTERED,
    "SIM-DEREGISTERED": Cause.DEREGISTERED,
    "SIM-CERTIFICATE-EXPIRED": Cause.CERTIFICATE_EXPIRED,
    "SIM-CERTIFICATE-REVOKED": Cause.CERTIFICATE_REVOKED,
    "SIM-CERTIFICATE-UNKNOWN": Cause.VERIFICATION_FAILED,
    "SIM-SIGNATURE-WRONG": Cause.VERIFICATION_FAILED,
    "SIM-FACE-NOT-AUTHORISED": Cause.VERIFICATION_FAILED,
    "SIM-PROOF-TOO-OLD": Cause.VERIFICATION_FAILED,
    "SIM-STILL-PROCESSING": Cause.STILL_PROCESSING,
    "SIM-MAINTENANCE": Cause.MAINTENANCE,
}


class _Outcome(msgspec.Struct, frozen=True):
    """Every reply. ``subject``: the hash of the certificate, or what identifies a question by numbers."""

    question_id: str
    subject: str
    refused: str = ""
    message: str = ""
    answer: dict[str, Any] | None = None
    registered: bool | None = None
    deregistered: bool = False
    birth_date: date | None = None
    registered_at: str = ""


_DECODER = msgspec.json.Decoder(_Outcome)


class SimulatedSystemService:
    """The simulated national system as an ``EligibilityService``, over HTTPS with mutual TLS.

    Raises ``TlsSettingsError`` when made with unusable certificate files.
    """

    capabilities: ClassVar[frozenset[Capability]] = CAPABILITIES

    def __init__(self, base_url: str, tls: TlsSettings, world: World | None = None) -> None:
        self._world = world or SystemWorld()
        self._client = HttpsClient(base_url, tls_context(tls))

    def open(self, question: OpenByCard, deadline_s: float) -> OpenedCard | FailedAnswer:
        reply = self._client.post(PREFIX + "open", encode(question), deadline_s)
        return reply.as_read() if isinstance(reply, Lost) else read_opened(reply, question)

    def ask(self, question: Question, deadline_s: float) -> Answer | FailedAnswer:
        if isinstance(question, AskByNumbers) and not askable(question):
            return FailedAnswer(cause=Cause.INVALID_QUESTION)
        asked_at = self._world.now().isoformat()
        path = "ask-by-card" if isinstance(question, AskByCard) else "ask-by-numbers"
        reply = self._client.post(PREFIX + path, encode(question), deadline_s)
        return reply.as_read() if isinstance(reply, Lost) else read_answer(reply, question, asked_at)

    def register(self, registration: Registration, deadline_s: float) -> Registered | FailedAnswer:
        reply = self._client.post(PREFIX + "register", encode(registration), deadline_s)
        return reply.as_write() if isinstance(reply, Lost) else read_registered(reply, registration)

    def face_results(self) -> Iterable[FaceResult]:
        return ()

    def late_answers(self) -> Iterable[LateAnswer]:
        return ()

    def close(self) -> None:
        self._client.close()


# ------------------------------------------------------------------------------------------ messages


def encode(message: OpenByCard | AskByCard | AskByNumbers | Registration) -> bytes:
    """The body of a request."""
    body: dict[str, Any] = {"question_id": message.question_id}
    if isinstance(message, AskByNumbers):
        body["numbers"] = {
            "insurer_number": message.insurer_number,
            "insured_card_symbol": message.insured_card_symbol,
            "insured_identification_number": message.insured_identification_number,
            "insured_branch_number": message.insured_branch_number,
            "birth_date": message.birth_date,
            "limit_consent": message.limit_consent,
        }
    else:
        body["proof"] = _proof(message.verified)
    if isinstance(message, AskByCard):
        body["consents"] = _consents(message.consents)
    return msgspec.json.encode(body)


def _proof(verified: Proof) -> dict[str, str]:
    """Of the two kinds, each told by its name; a face is never presented as a signature of the card."""
    if isinstance(verified, FaceProof):
        return {
            "kind": "face",
            "authority": verified.authority,
            "certificate_sha256": verified.certificate_sha256,
            "challenge": b64encode(verified.challenge).decode("ascii"),
            "seal": b64encode(verified.seal).decode("ascii"),
        }
    parts = {
        "certificate": verified.certificate,
        "challenge": verified.challenge,
        "signature": verified.signature,
    }
    return {"kind": "card"} | {name: b64encode(data).decode("ascii") for name, data in parts.items()}


def _consents(consents: tuple[tuple[ConsentItem, Choice], ...]) -> dict[str, str]:
    return {item.value: choice.value for item, choice in consents}


def subject_of(message: OpenByCard | AskByCard | AskByNumbers | Registration) -> str:
    """Whom a question is about, as the reply must repeat it."""
    if isinstance(message, AskByNumbers):
        numbers = (
            message.insurer_number,
            message.insured_card_symbol,
            message.insured_identification_number,
            message.insured_branch_number,
            message.birth_date.isoformat(),
        )
        return sha256("\n".join(numbers).encode()).hexdigest()
    if isinstance(message.verified, FaceProof):
        return message.verified.certificate_sha256
    return sha256(message.verified.certificate).hexdigest()


def read_opened(reply: Reply, question: OpenByCard) -> OpenedCard | FailedAnswer:
    outcome = _read(reply, question)
    if isinstance(outcome, FailedAnswer):
        return outcome
    if outcome.registered is None:
        return _unreadable("registered")
    return OpenedCard(
        question_id=question.question_id,
        registered=outcome.registered,
        deregistered=outcome.deregistered,
        birth_date=outcome.birth_date,
    )


def read_answer(reply: Reply, question: Question, asked_at: str) -> Answer | FailedAnswer:
    outcome = _read(reply, question)
    if isinstance(outcome, FailedAnswer):
        return outcome
    if outcome.answer is None:
        return _unreadable("answer")
    marks = {"asked_at": asked_at, "offline": False, "simulated": True}
    try:
        return judge(msgspec.convert({**outcome.answer, **marks}, Answer))
    except msgspec.ValidationError:
        return _unreadable("answer")


def read_registered(reply: Reply, registration: Registration) -> Registered | FailedAnswer:
    """A refusal that was received says that nothing was written; anything senseless leaves it unknown."""
    outcome = _read(reply, registration)
    if isinstance(outcome, FailedAnswer):
        refused = reply.status == 200 and outcome.cause not in (Cause.ANSWER_UNREADABLE, Cause.FOREIGN_ANSWER)
        return outcome if refused else FailedAnswer(cause=Cause.ANSWER_UNKNOWN, code=outcome.code)
    if not outcome.registered_at:
        return FailedAnswer(cause=Cause.ANSWER_UNKNOWN, code="registered_at")
    return Registered(question_id=registration.question_id, registered_at=outcome.registered_at)


def _read(
    reply: Reply, message: OpenByCard | AskByCard | AskByNumbers | Registration
) -> _Outcome | FailedAnswer:
    if reply.status != 200:
        cause = Cause.SERVICE_FAULT if reply.status >= 500 else Cause.SERVICE_ERROR
        return FailedAnswer(cause=cause, code=f"HTTP {reply.status}")
    try:
        outcome = _DECODER.decode(reply.body)
    except (msgspec.DecodeError, RecursionError):
        return _unreadable("json")
    if outcome.question_id != message.question_id or outcome.subject != subject_of(message):
        return FailedAnswer(cause=Cause.FOREIGN_ANSWER, code="subject")
    if outcome.refused:
        return failed(REFUSALS.get(outcome.refused, Cause.SERVICE_ERROR), outcome.refused, outcome.message)
    return outcome


def _unreadable(where: str) -> FailedAnswer:
    return FailedAnswer(cause=Cause.ANSWER_UNREADABLE, code=where)
