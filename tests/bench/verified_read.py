"""What is measured of a card: reading it and proving its holder by PIN, which is all that a visit asks of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drivers.card.application import MyNumberCard
from drivers.interface import CardFacts, CardReader, VerifiedCard
from simulator.people.loading import load
from tests.bench.recording import RecordingReader
from tests.support.reading import application
from tests.support.scripted_card import OneShotSecret

PERSONA = "yamada"
CHALLENGE = b"c" * 32
SHORT, EXTENDED = 261, 65_544  # what the reader says that it carries


def verified_read(card: MyNumberCard, insertion: int) -> VerifiedCard:
    """Once the whole way. Raises ``RuntimeError`` where it does not succeed: a failure's time means nothing."""
    facts = card.read(insertion)
    if not isinstance(facts, CardFacts):
        raise RuntimeError(f"read: {facts}")
    verified = card.verify_pin(insertion, OneShotSecret(load(PERSONA).card.pin), CHALLENGE)
    if not isinstance(verified, VerifiedCard):
        raise RuntimeError(f"verify: {verified}")
    return verified


@dataclass(frozen=True)
class Dialogue:
    """The commands that a verified read sends: one list for reading, one for PIN and signature."""

    reading: list[bytes]
    proving: list[bytes]
    result: VerifiedCard

    @property
    def transactions(self) -> tuple[list[bytes], list[bytes]]:
        return self.reading, self.proving

    @property
    def commands(self) -> list[bytes]:
        return [*self.reading, *self.proving]

    def count(self, matches: Callable[[bytes], bool]) -> int:
        return sum(map(matches, self.commands))


def dialogue(reader: CardReader, insertion: int) -> Dialogue:
    """Plays it once and writes down what was sent."""
    recording = RecordingReader(reader)
    result = verified_read(application(recording), insertion)
    reading, proving = recording.transactions
    return Dialogue(reading, proving, result)


def asks_label(apdu: bytes) -> bool:
    """READ BINARY of the token's label."""
    return apdu[:3] == bytes.fromhex("00B086")


def asks_tries(apdu: bytes) -> bool:
    """VERIFY without a body."""
    return apdu[:2] == bytes.fromhex("0020") and len(apdu) == 4
