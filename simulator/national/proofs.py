"""How the simulated system convinces itself that a card's holder is here: chain, key, signature, freshness; or the word
of an operator who looked at the face.

Written with ``cryptography`` alone and without the product's card driver, so that each can show the other's
mistakes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from simulator.national.answers import JAPAN
from simulator.national.operators import seal

GRACE_MONTHS = 3
NEAR_END_MONTHS = 3
_CHALLENGE_BYTES = 16
FRESH_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Proof:
    certificate: bytes = field(repr=False)
    challenge: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    @property
    def subject(self) -> str:
        return sha256(self.certificate).hexdigest()


@dataclass(frozen=True, slots=True)
class FaceProof:
    """That an operator recognised the holder of the certificate with this hash. ``subject``: hex."""

    authority: str
    subject: str = field(repr=False)
    challenge: bytes = field(repr=False)
    seal: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """In the simulated system's own vocabulary."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Holder:
    """What a proven certificate says. Days are the last ones, in Japan."""

    serial: int
    last_day: date

    def expired_beyond_grace(self, day: date) -> bool:
        return day > end_of_month(self.last_day, GRACE_MONTHS)

    def expired(self, day: date) -> bool:
        return day > self.last_day

    def near_end(self, day: date) -> bool:
        return end_of_month(day, NEAR_END_MONTHS) >= self.last_day


UNKNOWN = Refusal("SIM-CERTIFICATE-UNKNOWN", "この証明書は確認できません")
WRONG = Refusal("SIM-SIGNATURE-WRONG", "署名が正しくありません")
NO_OPERATOR = Refusal("SIM-FACE-NOT-AUTHORISED", "この照合では本人確認になりません")
STALE = Refusal("SIM-PROOF-TOO-OLD", "本人確認から時間がたっています")


class ProofChecker:
    """``anchors``: DER certificates of the authorities. ``signatures``: False where cards are facts without keys,
    in whole-visit simulation; then the certificate alone is believed. ``issued`` gives the certificate (DER) with a
    hash (hex), of those that this system's people carry today."""

    def __init__(
        self,
        anchors: Sequence[bytes],
        clock: Callable[[], datetime],
        *,
        signatures: bool = True,
        issued: Callable[[str], bytes | None] = lambda _subject: None,
    ) -> None:
        self._issued_with = issued
        self._anchors = [x509.load_der_x509_certificate(anchor) for anchor in anchors]
        self._clock = clock
        self._signatures = signatures
        self._lock = threading.Lock()
        self._seen: dict[bytes, datetime] = {}  # hash of a proof: when it was first shown
        self._holders: dict[bytes, Holder] = {}

    def check(self, proof: Proof | FaceProof) -> Holder | Refusal:
        if isinstance(proof, FaceProof):
            return self._recognised(proof)
        found = self._read(proof.certificate)
        if isinstance(found, Refusal):
            return found
        holder, public = found
        if self._signatures and not _signed(public, proof):
            return WRONG
        return holder if self._fresh(proof) else STALE

    def _recognised(self, proof: FaceProof) -> Holder | Refusal:
        expected = seal(proof.authority, proof.subject, proof.challenge)
        if expected is None or len(proof.challenge) < _CHALLENGE_BYTES:
            return NO_OPERATOR
        if not compare_digest(expected, proof.seal):
            return NO_OPERATOR
        certificate = self._issued_with(proof.subject)
        found = self._read(certificate) if certificate is not None else UNKNOWN
        if isinstance(found, Refusal):
            return found
        return found[0] if self._fresh(proof) else STALE

    def _read(self, der: bytes) -> tuple[Holder, object] | Refusal:
        """Whose certificate it is, and the public key in it."""
        key = sha256(der).digest()
        holder = self._holders.get(key)
        try:
            certificate = x509.load_der_x509_certificate(der)
            if holder is None:
                if not self._issued(certificate):
                    return UNKNOWN
                last = certificate.not_valid_after_utc.astimezone(JAPAN).date()
                holder = self._holders[key] = Holder(certificate.serial_number, last)
            return holder, certificate.public_key()
        except (ValueError, TypeError):
            return UNKNOWN

    def _issued(self, certificate: x509.Certificate) -> bool:
        """By one of the authorities, which all have the same name: only the signature tells."""
        for anchor in self._anchors:
            try:
                certificate.verify_directly_issued_by(anchor)
            except (InvalidSignature, ValueError, TypeError):
                continue
            return True
        return False

    def _fresh(self, proof: Proof | FaceProof) -> bool:
        """A proof serves one visit: for a while after it was first shown."""
        now = self._clock()
        key = sha256(proof.challenge + proof.subject.encode("ascii")).digest()
        with self._lock:
            first = self._seen.setdefault(key, now)
        return now - first <= FRESH_FOR


def _signed(public: object, proof: Proof) -> bool:
    if not isinstance(public, RSAPublicKey) or len(proof.challenge) < _CHALLENGE_BYTES:
        return False
    try:
        public.verify(proof.signature, proof.challenge, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def end_of_month(day: date, months: int) -> date:
    """The last day of the month that many months later."""
    first_of_next = day.year * 12 + day.month + months
    return date(first_of_next // 12, first_of_next % 12 + 1, 1) - timedelta(days=1)
