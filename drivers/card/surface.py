"""The surface application (券面事項確認AP): the card's face, unlocked with 照合番号B.

That number is spelt by the card's front, and what is read is what is printed there, and the photograph.
照合番号A, the individual number itself, would open more and has no name in this program.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from drivers.card import tlv
from drivers.card.channel import Channel
from drivers.card.errors import Nonsense
from drivers.card.pin import unlock
from drivers.interface import Failure, PinRefused, Secret

AID = bytes.fromhex("D3921000310001010402")

FACE = 0x02
NUMBER_B = 0x12
NUMBER_B_LENGTH = 14

_ERAS = (
    (date(2019, 5, 1), 2018),
    (date(1989, 1, 8), 1988),
    (date(1926, 12, 25), 1925),
    (date(1912, 7, 30), 1911),
    (date(1873, 1, 1), 1867),
)


@dataclass(frozen=True, slots=True)
class CardFace:
    """The printed side. ``photo`` is a grey JPEG 2000 picture (JP2); name and address are one-bit PNGs.

    ``birth_date`` and ``expires`` are the chip's YYYYMMDD, ``sex`` its code. ``expires`` lies outside of the
    chip's signature; this program does not check that signature.
    """

    photo: bytes = field(repr=False)
    name_picture: bytes = field(repr=False)
    address_picture: bytes = field(repr=False)
    birth_date: str = field(repr=False)
    sex: str = field(repr=False)
    expires: str = field(repr=False)


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


def read_face(channel: Channel, number_b: Secret) -> CardFace | PinRefused | Failure:
    """Selects the application, presents 照合番号B (ten tries) and reads. The secret is wiped.

    Raises ``LinkError``.
    """
    refused = unlock(channel, AID, NUMBER_B, number_b, NUMBER_B_LENGTH)
    return refused or parse_face(channel.read_object(FACE, 0xFF20))


def parse_face(data: bytes) -> CardFace:
    """Raises ``LinkError`` (CARD_DAMAGED) on anything else than the known layout."""
    try:
        found = tlv.fields(tlv.first(data).value)
        birth_date, sex, expires = (found[tag].decode("ascii") for tag in (0xDF22, 0xDF23, 0xDF29))
        if not all(len(day) == 8 and day.isdigit() for day in (birth_date, expires)):
            raise Nonsense("card face: date malformed")
        return CardFace(found[0xDF27], found[0xDF25], found[0xDF26], birth_date, sex, expires)
    except (tlv.TlvError, KeyError, UnicodeDecodeError) as error:
        raise Nonsense(f"card face: {type(error).__name__}") from None
