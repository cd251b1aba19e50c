"""A card that is only what it says: no APDU, no key. For whole visits without the cost of a chip."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

from drivers.interface import CardFacts, CertificateFacts, Failure, PinRefused, Secret, Token, VerifiedCard
from simulator.card import pki
from simulator.card.lifetimes import lifetimes
from simulator.people.loading import load
from tests.bench.stages import DAY, PERSONA
from tests.support.reading import NOW


class FactCard:
    """A ``drivers.interface.CardApplication`` whose every PIN is right."""

    def __init__(self) -> None:
        persona = load(PERSONA)
        self._certificate = pki.certificate(persona, "auth", lifetimes(persona, DAY))
        digest = sha256(self._certificate).hexdigest()
        self._facts = CertificateFacts(
            digest, NOW - timedelta(days=900), NOW + timedelta(days=900), test=True
        )

    def read(self, insertion: int) -> CardFacts | Failure:
        return CardFacts(Token.CARD, self._facts, 3)

    def verify_pin(
        self, insertion: int, secret: Secret, challenge: bytes
    ) -> VerifiedCard | PinRefused | Failure:
        secret.take().clear()
        return VerifiedCard(insertion, self._facts, "pin", self._certificate, challenge, b"")

    def forget(self) -> None:
        """Nothing is kept."""
