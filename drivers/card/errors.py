"""Failures that a card's own answers are. They travel as ``LinkError`` and end as values."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from drivers.card.apdu import Command, describe, fault_of
from drivers.interface import Failure, Fault, LinkError

# All that the X.509 parser raises on bytes that a stranger chose. It parses lazily: any access may raise.
PARSER_ERRORS = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


class CardFinding(LinkError):
    """The connection works; what the card answered is the failure."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(Failure.of(fault, detail))


class Refused(CardFinding):
    """The card answered with a status word that ends what was being done."""

    def __init__(self, command: Command, sw: int) -> None:
        super().__init__(fault_of(sw), f"{command.header}: {describe(sw)}")
        self.sw = sw


class Nonsense(CardFinding):
    """The card answered, but not with what this file or command must hold."""

    def __init__(self, what: str) -> None:
        super().__init__(Fault.CARD_DAMAGED, what)
