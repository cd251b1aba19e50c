"""What the reception asks of a national-system service, and what it gets back.

A call runs on a worker thread, blocks at most until its deadline, and answers with a value; it never raises
for what the network, the other side or a file does.

What may have happened at the other side when nothing came back in time, and what we do:

================  ==========================  ================================================================
call              at the server               here
================  ==========================  ================================================================
open, ask: read   never arrived               ``NETWORK_FAULT``; the queue asks again with a new identifier
open, ask: read   arrived, answer lost, late  the same; a late answer is given once by ``late_answers``
register: write   certainly never sent (no    ``NETWORK_FAULT``; may be offered again
                  connection, TLS refused)
register: write   sent, not carried out       ``ANSWER_UNKNOWN``: these two cannot be told apart: it is never
register: write   carried out, answer lost    repeated by us; staff look, or the patient asks anew
================  ==========================  ================================================================

A refusal that was received is an answer and not a lost one: it has its own cause, with code and message as
received.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

import msgspec

from drivers.interface import Authority, VerifiedCard
from kiosk.coverage.face_result import FaceResult as FaceResult
from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Capability, Choice, ConsentItem
from kiosk.evidence.reasons import Reason


@dataclass(frozen=True, slots=True)
class FaceProof:
    """That the holder of a card was recognised by the face, by the word of ``authority``. Only the simulated service
    takes one: what an authorised operator's own service wants is not public. ``certificate_sha256`` (hex): of the
    card's certificate for authentication. ``seal``: by the authority's key, over all of it. In memory only."""

    insertion: int
    authority: Authority
    certificate_sha256: str = field(repr=False)
    challenge: bytes = field(repr=False)
    seal: bytes = field(repr=False)


Proof = VerifiedCard | FaceProof
"""By what somebody was verified: the card's own key, unlocked with the PIN; or the face."""


class OpenByCard(msgspec.Struct, frozen=True, kw_only=True):
    """Who is this card, and is its insurance use registered? Asked before any choice of the patient."""

    question_id: str
    verified: Proof


class AskByCard(msgspec.Struct, frozen=True, kw_only=True):
    """``consents`` has the decided items only; what is not in it was not asked and is not sent as agreed."""

    question_id: str
    verified: Proof
    consents: tuple[tuple[ConsentItem, Choice], ...] = ()


class AskByNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers as they stand on the paper or on file; ``insured_card_symbol`` and branch may be empty."""

    question_id: str
    insurer_number: str
    insured_card_symbol: str
    insured_identification_number: str
    insured_branch_number: str
    birth_date: date
    limit_consent: bool

    def __repr__(self) -> str:
        return f"<AskByNumbers {self.question_id}>"


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """The patient wants the insurance use of this card registered."""

    question_id: str
    verified: Proof


class OpenedCard(msgspec.Struct, frozen=True, kw_only=True):
    """``birth_date`` decides what may be asked of this person; None where the service does not tell."""

    question_id: str
    registered: bool
    deregistered: bool
    birth_date: date | None

    def __repr__(self) -> str:
        return f"<OpenedCard {self.question_id}>"


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    question_id: str
    registered_at: str  # ISO 8601, of the service


class LateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to a question whose deadline had passed. Whichever answer comes first counts."""

    question_id: str
    answer: Answer


class Cause(StrEnum):
    """Why there is no answer, as seen by an adapter. The visit knows ``FailedAnswer.reason``."""

    NETWORK_FAULT = "network_fault"  # nothing came within the deadline, or no connection
    SERVICE_FAULT = "service_fault"  # the other side is there and broken
    MAINTENANCE = "maintenance"  # it says that it is closed for maintenance
    SERVICE_ERROR = "service_error"  # it answered with an error code
    STILL_PROCESSING = "still_processing"
    ANSWER_UNREADABLE = "answer_unreadable"  # bytes that are no answer
    FOREIGN_ANSWER = "foreign_answer"  # our identifier, somebody else's numbers
    ANSWER_UNKNOWN = "answer_unknown"  # a write was sent; whether it was carried out is not known
    NOT_TRUSTED = "not_trusted"  # TLS: either side refused the other's certificate
    FOLDER_UNUSABLE = "folder_unusable"  # the exchange folder cannot be written or read
    NOT_SUPPORTED = "not_supported"  # this service does not carry this question
    INVALID_QUESTION = "invalid_question"  # cannot be asked so: a number that no system can hold
    NOT_REGISTERED = "not_registered"
    DEREGISTERED = "deregistered"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_REVOKED = "certificate_revoked"
    VERIFICATION_FAILED = "verification_failed"  # the service did not accept certificate or signature


_REASONS: dict[Cause, tuple[Reason, bool]] = {
    Cause.NETWORK_FAULT: (Reason.NETWORK_FAULT, True),
    Cause.SERVICE_FAULT: (Reason.SERVICE_FAULT, True),
    Cause.MAINTENANCE: (Reason.MAINTENANCE, False),
    Cause.SERVICE_ERROR: (Reason.SERVICE_ERROR, False),
    Cause.STILL_PROCESSING: (Reason.STILL_PROCESSING, True),
    Cause.ANSWER_UNREADABLE: (Reason.SERVICE_FAULT, True),
    Cause.FOREIGN_ANSWER: (Reason.IDENTITY_MISMATCH, False),
    Cause.ANSWER_UNKNOWN: (Reason.ANSWER_UNKNOWN, False),
    Cause.NOT_TRUSTED: (Reason.SERVICE_FAULT, False),
    Cause.FOLDER_UNUSABLE: (Reason.TERMINAL_FAULT, True),
    Cause.NOT_SUPPORTED: (Reason.NO_LOOKUP_BY_CARD, False),
    Cause.INVALID_QUESTION: (Reason.SERVICE_ERROR, False),
    Cause.NOT_REGISTERED: (Reason.NOT_REGISTERED, False),
    Cause.DEREGISTERED: (Reason.DEREGISTERED, False),
    Cause.CERTIFICATE_EXPIRED: (Reason.CERTIFICATE_EXPIRED, False),
    Cause.CERTIFICATE_REVOKED: (Reason.CERTIFICATE_REVOKED, False),
    Cause.VERIFICATION_FAILED: (Reason.VERIFICATION_FAILED, True),
}


class FailedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """No usable answer. ``code`` and ``message`` are as received, for staff; never personal."""

    cause: Cause
    code: str = ""
    message: str = ""

    @property
    def reason(self) -> Reason:
        """What the rule book and the patient's page know of it."""
        return _REASONS[self.cause][0]

    @property
    def retriable(self) -> bool:
        """The same question, asked again with a new id, may succeed. Never true of a write that was sent."""
        return _REASONS[self.cause][1]


Question = AskByCard | AskByNumbers


class EligibilityService(Protocol):
    """One way to the national system. What it does not declare, it refuses with ``NOT_SUPPORTED``."""

    @property
    def capabilities(self) -> frozenset[Capability]: ...

    def open(self, question: OpenByCard, deadline_s: float) -> OpenedCard | FailedAnswer:
        """A read; needs ``BY_CARD``."""

    def ask(self, question: Question, deadline_s: float) -> Answer | FailedAnswer:
        """A read. A look-up past its deadline is ``NETWORK_FAULT``."""

    def register(self, registration: Registration, deadline_s: float) -> Registered | FailedAnswer:
        """A write; an outcome that we do not know is ``ANSWER_UNKNOWN`` and is never repeated here."""

    def face_results(self) -> Iterable[FaceResult]:
        """What arrived since the last call; only with ``FACE_RESULT``. Looks once and returns."""

    def late_answers(self) -> Iterable[LateAnswer]:
        """What arrived since the last call for questions that were over. Looks once and returns."""

    def close(self) -> None:
        """Releases everything. Idempotent."""


def refuse() -> FailedAnswer:
    """The answer to a question that a service does not carry."""
    return FailedAnswer(cause=Cause.NOT_SUPPORTED)
