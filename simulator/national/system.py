"""The simulated national system: who is registered, what is answered, what was consented to. All in memory."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from simulator.card import pki
from simulator.card.lifetimes import lifetimes
from simulator.national import answers
from simulator.national.answers import Occasion, Tree
from simulator.national.proofs import FaceProof, Holder, Proof, ProofChecker, Refusal
from simulator.people.persona import Card, Coverage, Persona

INSTITUTION = "1399999999"  # an invented facility

NOT_REGISTERED = Refusal("SIM-NOT-REGISTERED", "健康保険証利用登録がありません")
DEREGISTERED = Refusal("SIM-DEREGISTERED", "健康保険証利用登録は解除されています")
EXPIRED = Refusal("SIM-CERTIFICATE-EXPIRED", "電子証明書の有効期限が切れています")
REVOKED = Refusal("SIM-CERTIFICATE-REVOKED", "電子証明書は失効しています")
NOBODY = Refusal("SIM-CERTIFICATE-UNKNOWN", "この証明書の持ち主は登録されていません")

GRACE_NOTICE = ("SIM-N-GRACE", "電子証明書の有効期限が切れています。医療情報は提供できません")
NEAR_END_NOTICE = ("SIM-N-NEAR-END", "電子証明書の有効期限が近づいています")


@dataclass(frozen=True, slots=True)
class Opened:
    """``registered``: the card can be asked with; also true of public assistance, which needs no registration."""

    registered: bool
    deregistered: bool
    birth_date: date


@dataclass(frozen=True, slots=True)
class Numbers:
    """A question by numbers."""

    insurer_number: str
    insured_card_symbol: str
    insured_identification_number: str
    insured_branch_number: str
    birth_date: date
    limit_consent: bool


@dataclass(frozen=True, slots=True)
class Consented:
    """What the system noted of a patient's decisions."""

    persona: str
    at: datetime
    consents: Mapping[str, str]


class NationalSystem:
    """Thread-safe. ``clock`` gives aware instants. ``people`` may be added and replaced while it runs."""

    def __init__(
        self,
        people: Iterable[Persona],
        clock: Callable[[], datetime],
        *,
        anchors: Sequence[bytes] | None = None,
        signatures: bool = True,
        institution: str = INSTITUTION,
    ) -> None:
        self._clock = clock
        self._proofs = ProofChecker(
            pki.trust_anchors() if anchors is None else anchors,
            clock,
            signatures=signatures,
            issued=self._certificate_with,
        )
        self._institution = institution
        self._lock = threading.Lock()
        self._people: dict[int, Persona] = {}
        self._registered: dict[str, datetime] = {}
        self.consents: list[Consented] = []
        for persona in people:
            self.enrol(persona)

    def enrol(self, persona: Persona) -> None:
        """Adds a person, or replaces what is known of one; a registration made here is forgotten."""
        with self._lock:
            self._people[pki.serial(persona.id, "auth")] = persona
            self._registered.pop(persona.id, None)

    def open(self, proof: Proof | FaceProof) -> Opened | Refusal:
        found = self._holder(proof)
        if isinstance(found, Refusal):
            return found
        persona, _holder = found
        registered = self._may_ask(persona)
        deregistered = persona.eligibility.deregistered and not registered
        return Opened(registered, deregistered, persona.person.birth_date)

    def ask_by_card(self, proof: Proof | FaceProof, consents: Mapping[str, str]) -> Tree | Refusal:
        found = self._holder(proof)
        if isinstance(found, Refusal):
            return found
        persona, holder = found
        if not self._may_ask(persona):
            return DEREGISTERED if persona.eligibility.deregistered else NOT_REGISTERED
        with self._lock:
            self.consents.append(Consented(persona.id, self._clock(), dict(consents)))
        return self._answer(persona, self._occasion(consents, by_card=True), holder)

    def ask_by_numbers(self, numbers: Numbers) -> Tree:
        consents = {"limit": "agreed" if numbers.limit_consent else "declined"}
        occasion = self._occasion(consents, by_card=False)
        with self._lock:
            matching = [persona for persona in self._people.values() if _matches(persona, numbers)]
        if not matching:
            return answers.nobody(occasion)
        return (
            answers.tree(matching[0], occasion) if len(matching) == 1 else answers.several(matching, occasion)
        )

    def face_answer(self, persona_id: str, consents: Mapping[str, str]) -> Tree:
        """What the certified reader's own look-up of this person gives. Raises ``KeyError``."""
        with self._lock:
            persona = self._people[pki.serial(persona_id, "auth")]
        return answers.tree(persona, self._occasion(consents, by_card=True))

    def register(self, proof: Proof | FaceProof) -> datetime | Refusal:
        """Registers the card's insurance use; registering twice is the same registration."""
        found = self._holder(proof)
        if isinstance(found, Refusal):
            return found
        with self._lock:
            return self._registered.setdefault(found[0].id, self._clock())

    def anybody_but(self, subject: Tree) -> Tree:
        """The answer about another person than this answer's, for the fault of that name."""
        named = {result.get("name_kana") for result in subject.get("results", ())}
        occasion = self._occasion({}, by_card=subject["reference_classification"] == "1")
        with self._lock:
            people = list(self._people.values())
        other = next(one for one in people if answers.half_width(one.person.kana) not in named)
        return answers.tree(other, occasion)

    def processing(self) -> Tree:
        return answers.processing(self._occasion({}, by_card=True))

    def failing(self) -> Tree:
        return answers.failing(self._occasion({}, by_card=True))

    # --------------------------------------------------------------------------------------------------

    def _occasion(self, consents: Mapping[str, str], *, by_card: bool) -> Occasion:
        return Occasion(self._clock(), self._institution, by_card, dict(consents))

    def _holder(self, proof: Proof | FaceProof) -> tuple[Persona, Holder] | Refusal:
        holder = self._proofs.check(proof)
        if isinstance(holder, Refusal):
            return holder
        with self._lock:
            persona = self._people.get(holder.serial)
        if persona is None:
            return NOBODY
        if persona.card.revoked:
            return REVOKED
        if holder.expired_beyond_grace(self._clock().astimezone(answers.JAPAN).date()):
            return EXPIRED
        return persona, holder

    def _certificate_with(self, subject: str) -> bytes | None:
        """Of the certificates that these people's cards carry: as of today, or of the day on which a visit began that
        midnight has overtaken."""
        today = self._clock().astimezone(answers.JAPAN).date()
        with self._lock:
            people = list(self._people.values())
        for day in (today, today - timedelta(days=1)):
            for persona in people:
                der = _carried(persona, day)
                if sha256(der).hexdigest() == subject:
                    return der
        return None

    def _may_ask(self, persona: Persona) -> bool:
        own = persona.eligibility
        if persona.id in self._registered or own.qualification_validity == "6":
            return True
        return own.registered and not own.deregistered

    def _answer(self, persona: Persona, occasion: Occasion, holder: Holder) -> Tree:
        medical, notice = True, ("", "")
        if holder.expired(occasion.day):
            medical, notice = False, GRACE_NOTICE
        elif holder.near_end(occasion.day):
            notice = NEAR_END_NOTICE
        told = Occasion(occasion.at, occasion.institution, True, occasion.consents, medical, notice)
        return answers.tree(persona, told)


_CARRIED: dict[tuple[str, Card, date], bytes] = {}


def _carried(persona: Persona, day: date) -> bytes:
    """The certificate for authentication on this person's card that day, made once."""
    key = (persona.id, persona.card, day)
    if key not in _CARRIED:
        _CARRIED[key] = pki.certificate(persona, "auth", lifetimes(persona, day))
    return _CARRIED[key]


def _matches(persona: Persona, numbers: Numbers) -> bool:
    if persona.person.birth_date != numbers.birth_date:
        return False
    return any(_covers(coverage, numbers) for coverage in persona.eligibility.coverages)


def _covers(coverage: Coverage, numbers: Numbers) -> bool:
    """The branch number may be missing on either side."""
    branches = (_plain(coverage.insured_branch_number), _plain(numbers.insured_branch_number))
    return (
        coverage.insurer_number == _plain(numbers.insurer_number)
        and _plain(coverage.insured_card_symbol) == _plain(numbers.insured_card_symbol)
        and _plain(coverage.insured_identification_number) == _plain(numbers.insured_identification_number)
        and ("" in branches or branches[0].zfill(2) == branches[1].zfill(2))
    )


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
