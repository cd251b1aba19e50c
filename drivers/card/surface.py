"""The surface application (券面事項確認AP): the card's face, unlocked with 照合番号B.

That number is spelt by the card's front, and what is read is what is printed there, and the photograph.
照合番号A, the individual number itself, would open more and has no name in this program.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from drivers.card import tlv
from drivers.card.channel import Channel
from drivers.card.errors import Nonsense
from drivers.card.pin import unlock
from drivers.interface import Failure, PinRefused, Secret

AID = bytes.fromhex("D3921000310001010402")

FACE = 0x02
CERTIFICATE = 0x04
NUMBER_B = 0x12
NUMBER_B_LENGTH = 14
MAX_FACE, MAX_CERTIFICATE = 0x7000, 0x400
"""Bytes of a file that are read at most. Real ones: a certificate of 568, a face of a few thousand (not published)."""

_TRIES_IF_UNTOLD = 1
_PHOTO, _SIGNATURE = 0xDF27, 0xDF28
_GROUPS = ((0xDF22, 0xDF23, 0xDF24), (0xDF25, 0xDF26), (_PHOTO,))

_ERAS = (
    (date(2019, 5, 1), 2018),
    (date(1989, 1, 8), 1988),
    (date(1926, 12, 25), 1925),
    (date(1912, 7, 30), 1911),
    (date(1873, 1, 1), 1867),
)


@dataclass(frozen=True, slots=True)
class CardFace:
    """The photograph (grey JPEG 2000; empty where the card keeps none), and what its issuer signed: the SHA-256
    hashes of three groups of objects, of which the third is the photograph. What else is printed is not kept."""

    photo: bytes = field(repr=False)
    digests: tuple[bytes, ...] = field(repr=False)
    signature: bytes = field(repr=False)


def compose_number_b(birth: date, expiry_year: int, security_code: str) -> bytearray:
    """照合番号B: birth as YYMMDD in the Japanese era's year, expiry year, security code; the caller wipes it.

    How the number is built for foreign residents, whose cards show a Western birth date, is not documented.
    Raises ``ValueError`` for parts of the wrong form.
    """
    if len(security_code) != 4 or not (security_code.isascii() and security_code.isdigit()):
        raise ValueError("the security code has four digits")
    if not 2000 <= expiry_year <= 9999:
        raise ValueError("the expiry year has four digits")
    for begins, base in _ERAS:
        if birth >= begins:
            digits = f"{birth.year - base:02d}{birth:%m%d}{expiry_year}{security_code}"
            return bytearray(digits.encode("ascii"))
    raise ValueError("birth date before the eras that cards know")


def tries_left(channel: Channel) -> int:
    """Selects the application and asks for 照合番号B's tries; spends none. A card that does not tell is taken to be at
    its last one. Raises ``LinkError``."""
    channel.open(AID)
    told = channel.tries_left(NUMBER_B)
    return _TRIES_IF_UNTOLD if told is None else told


def read_face(channel: Channel, number_b: Secret) -> CardFace | PinRefused | Failure:
    """Selects the application, presents 照合番号B (ten tries) and reads. The secret is wiped.

    Raises ``LinkError``.
    """
    refused = unlock(channel, AID, NUMBER_B, number_b, NUMBER_B_LENGTH)
    return refused or parse_face(channel.read_personal(FACE, 0xFF20, most=MAX_FACE))


def read_certificate(channel: Channel) -> bytes:
    """The card-verifiable certificate of whoever signed the face, which needs no secret. The application must be
    selected. Raises ``LinkError``."""
    return channel.read_object(CERTIFICATE, 0x7F21, most=MAX_CERTIFICATE)


def parse_face(data: bytes) -> CardFace:
    """Raises ``LinkError`` (CARD_DAMAGED) on anything else than the known layout."""
    try:
        found = tlv.members(tlv.first(data).value)
        groups = (b"".join(found[tag].encoded for tag in group) for group in _GROUPS)
        digests = tuple(sha256(group).digest() for group in groups)
        return CardFace(found[_PHOTO].value, digests, found[_SIGNATURE].value)
    except (tlv.TlvError, KeyError) as error:
        reason = type(error).__name__
    raise Nonsense(f"card face: {reason}")  # out here: an exception's context would hold the card's bytes
