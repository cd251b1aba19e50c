"""Virtual time, and proofs of cards as the eligibility services take them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from drivers.interface import CertificateFacts, VerifiedCard
from kiosk.eligibility.port import AskByNumbers
from simulator.card import keys, pki
from simulator.card.lifetimes import lifetimes
from simulator.people import Persona, load

DAY = date(2026, 6, 1)
MORNING = datetime(2026, 6, 1, 0, 30, tzinfo=UTC)  # 09:30 in Japan


class VirtualWorld:
    """Time passes only when somebody sleeps; ``neighbours`` are called after each bit of it."""

    def __init__(self, start: datetime = MORNING) -> None:
        self._now = start
        self._seconds = 0.0
        self._tokens = 0
        self.neighbours: list[Callable[[], None]] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._seconds

    def sleep(self, seconds: float) -> None:
        assert seconds > 0, "a loop that does not wait"
        self._seconds += seconds
        self._now += timedelta(seconds=seconds)
        for neighbour in list(self.neighbours):
            neighbour()

    def token(self) -> str:
        self._tokens += 1
        return sha256(f"token {self._tokens}".encode()).hexdigest()[:32]


def proof_of(persona: Persona | str, challenge: bytes = b"c" * 32, day: date = DAY) -> VerifiedCard:
    """What a verified card of this persona gives: certificate, challenge, and a real signature."""
    person = load(persona) if isinstance(persona, str) else persona
    life = lifetimes(person, day)
    certificate = pki.certificate(person, "auth", life)
    facts = CertificateFacts(
        sha256=sha256(certificate).hexdigest(),
        not_before=datetime.combine(life.issued, datetime.min.time(), UTC),
        not_after=datetime.combine(life.certificate_until, datetime.min.time(), UTC),
    )
    signature = keys.persona_key(person.id, "auth").sign(challenge, PKCS1v15(), SHA256())
    return VerifiedCard(1, facts, "pin", certificate, challenge, signature)


def numbers_of(
    persona: Persona | str, question_id: str = "q", *, limit: bool = False, coverage: int = 0
) -> AskByNumbers:
    """The question that somebody with this persona's paper would ask."""
    person = load(persona) if isinstance(persona, str) else persona
    held = person.eligibility.coverages[coverage]
    return AskByNumbers(
        question_id=question_id,
        insurer_number=held.insurer_number,
        insured_card_symbol=held.insured_card_symbol,
        insured_identification_number=held.insured_identification_number,
        insured_branch_number=held.insured_branch_number,
        birth_date=person.person.birth_date,
        limit_consent=limit,
    )
