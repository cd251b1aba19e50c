"""What is on a card, for the person who installs or repairs: no name, no number, no serial, no secret asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from drivers.card import jpki, surface, text
from drivers.card.certificates import Anchor, TrustedCertificate, check
from drivers.card.channel import Channel
from drivers.card.errors import CardFinding, Nonsense, Refused
from drivers.card.revocation import RevocationSource
from drivers.interface import CardReader, CertificateFacts, Failure, LinkError, Token


@dataclass(frozen=True, slots=True)
class CardReport:
    """``..._tries``: remaining tries, None where the card does not say or lacks the application.

    ``issuer``: the year in which the issuing CA's life begins, "" where no certificate is believed.
    ``problem``: why there is no certificate to show. ``extended_length``: what the reader says it carries.
    """

    token: Token
    availability: jpki.Availability | None
    auth_pin_tries: int | None
    sign_password_tries: int | None
    text_pin_tries: int | None
    number_b_tries: int | None
    certificate: CertificateFacts | None
    issuer: str
    problem: Failure | None
    extended_length: int
    apdus: int


def read_report(
    reader: CardReader, insertion: int, anchors: Iterable[Anchor], revocation: RevocationSource, now: datetime
) -> CardReport | Failure:
    """Reads everything that is free to read. ``now`` is an aware instant."""
    try:
        with reader.connect(insertion) as connection:
            channel = Channel(connection)
            channel.open(jpki.AID)
            token = jpki.read_token(channel)
            availability = _availability(channel)
            auth_tries = channel.tries_left(jpki.AUTH_PIN)
            sign_tries = channel.tries_left(jpki.SIGN_PASSWORD)
            found = _certificate(channel, anchors, revocation, now)
            trusted = found if isinstance(found, TrustedCertificate) else None
            return CardReport(
                token=token,
                availability=availability,
                auth_pin_tries=auth_tries,
                sign_password_tries=sign_tries,
                text_pin_tries=_tries_elsewhere(channel, text.AID, text.PIN),
                number_b_tries=_tries_elsewhere(channel, surface.AID, surface.NUMBER_B),
                certificate=trusted.facts if trusted else None,
                issuer=trusted.issuer.generation if trusted else "",
                problem=found if isinstance(found, Failure) else None,
                extended_length=connection.extended_length,
                apdus=channel.apdus,
            )
    except LinkError as error:
        return error.failure


def _certificate(
    channel: Channel, anchors: Iterable[Anchor], revocation: RevocationSource, now: datetime
) -> TrustedCertificate | Failure:
    try:
        return check(jpki.read_certificate(channel), anchors, revocation, now)
    except CardFinding as finding:
        return finding.failure


def _availability(channel: Channel) -> jpki.Availability | None:
    try:
        return jpki.read_availability(channel)
    except (Refused, Nonsense):
        return None


def _tries_elsewhere(channel: Channel, aid: bytes, short_id: int) -> int | None:
    try:
        channel.open(aid)
    except CardFinding:
        return None
    return channel.tries_left(short_id)
