"""The simulated system's own messages: JSON, described in README.md, plainly not the exchange's."""

from __future__ import annotations

from base64 import b64decode
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import msgspec

from simulator.national.answers import Tree
from simulator.national.faults import Fault
from simulator.national.proofs import FaceProof, Proof, Refusal
from simulator.national.system import NationalSystem, Numbers

PREFIX = "/simulated-national-system/v1/"
_MAINTENANCE = Refusal("SIM-MAINTENANCE", "模擬システムは点検中です")


class _Proof(msgspec.Struct, tag_field="kind", tag="card"):
    certificate: str
    challenge: str
    signature: str

    def decoded(self) -> Proof:
        parts = (self.certificate, self.challenge, self.signature)
        return Proof(*(b64decode(part, validate=True) for part in parts))


class _FaceProof(msgspec.Struct, tag_field="kind", tag="face"):
    authority: str
    certificate_sha256: str
    challenge: str
    seal: str

    def decoded(self) -> FaceProof:
        challenge, sealed = (b64decode(part, validate=True) for part in (self.challenge, self.seal))
        return FaceProof(self.authority, self.certificate_sha256, challenge, sealed)


class _Numbers(msgspec.Struct):
    insurer_number: str
    insured_card_symbol: str
    insured_identification_number: str
    insured_branch_number: str
    birth_date: date
    limit_consent: bool

    @property
    def subject(self) -> str:
        texts = (
            self.insurer_number,
            self.insured_card_symbol,
            self.insured_identification_number,
            self.insured_branch_number,
            self.birth_date.isoformat(),
        )
        return sha256("\n".join(texts).encode()).hexdigest()

    def question(self) -> Numbers:
        return Numbers(**msgspec.structs.asdict(self))


class _Question(msgspec.Struct):
    question_id: str
    proof: _Proof | _FaceProof | None = None
    numbers: _Numbers | None = None
    consents: dict[str, str] = {}


_DECODER = msgspec.json.Decoder(_Question)


class BadRequest(Exception):
    """A body or path that this service does not know."""


def respond(system: NationalSystem, path: str, body: bytes, fault: Fault | None = None) -> bytes:
    """Carries out one question and returns the reply's body; only faults of content play here.
    Raises ``BadRequest``."""
    try:
        question = _DECODER.decode(body)
        reply = _carry_out(system, path.removeprefix(PREFIX), question, fault)
    except (msgspec.DecodeError, ValueError) as error:
        raise BadRequest from error
    return msgspec.json.encode(reply)


def _carry_out(system: NationalSystem, verb: str, question: _Question, fault: Fault | None) -> dict[str, Any]:
    reply: dict[str, Any] = {"question_id": question.question_id}
    proof = question.proof.decoded() if question.proof else None
    if proof is not None:
        reply["subject"] = proof.subject
    if fault is Fault.MAINTENANCE:
        subject = question.numbers.subject if question.numbers else reply["subject"]
        return {**reply, "subject": subject, **_refused(_MAINTENANCE)}
    if verb == "ask-by-numbers" and question.numbers is not None:
        answer = system.ask_by_numbers(question.numbers.question())
        return {**reply, "subject": question.numbers.subject, **_answered(system, answer, fault)}
    if proof is None:
        raise ValueError(verb)
    if verb == "open":
        reply |= _opened(system, proof)
    elif verb == "ask-by-card":
        found = system.ask_by_card(proof, question.consents)
        reply |= _refused(found) if isinstance(found, Refusal) else _answered(system, found, fault)
    elif verb == "register":
        done = system.register(proof)
        reply |= {"registered_at": done.isoformat()} if isinstance(done, datetime) else _refused(done)
    else:
        raise ValueError(verb)
    if fault is Fault.WRONG_PERSON:
        reply["subject"] = sha256(b"somebody else").hexdigest()
    return reply


def _opened(system: NationalSystem, proof: Proof | FaceProof) -> dict[str, Any]:
    found = system.open(proof)
    if isinstance(found, Refusal):
        return _refused(found)
    return {
        "registered": found.registered,
        "deregistered": found.deregistered,
        "birth_date": found.birth_date,
    }


def _answered(system: NationalSystem, answer: Tree, fault: Fault | None) -> dict[str, Any]:
    match fault:
        case Fault.WRONG_PERSON:
            return {"answer": system.anybody_but(answer), "subject": sha256(b"somebody else").hexdigest()}
        case Fault.STILL_PROCESSING:
            return {"answer": system.processing()}
        case Fault.SERVICE_ERROR:
            return {"answer": system.failing()}
        case _:
            return {"answer": answer}


def _refused(refusal: Refusal) -> dict[str, Any]:
    return {"refused": refusal.code, "message": refusal.message}
