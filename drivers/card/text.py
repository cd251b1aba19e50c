"""The text application (券面事項入力補助AP): the four basic facts printed on the card.

It has a PIN of its own with its own three tries, so nothing here is ever tried with the JPKI PIN. File 0001
holds the individual number and has no name in this program.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from drivers.card import tlv
from drivers.card.channel import Channel
from drivers.card.errors import Nonsense
from drivers.card.pin import unlock
from drivers.interface import Failure, PinRefused, Secret

AID = bytes.fromhex("D3921000310001010408")

BASIC_FOUR = 0x02
PIN = 0x11
PIN_LENGTH = 4

_FILLER = 2  # some cards of 2023 are reported to put two bytes before the template


@dataclass(frozen=True, slots=True)
class BasicFour:
    """Name, address, birth date and sex as the chip has them. ``birth_date`` is the chip's YYYYMMDD and
    ``sex`` its code (JIS X 0303: 1 male, 2 female, 9 not applicable, 0 unknown)."""

    name: str = field(repr=False)
    address: str = field(repr=False)
    birth_date: str = field(repr=False)
    sex: str = field(repr=False)


def read_basic_four(channel: Channel, pin: Secret) -> BasicFour | PinRefused | Failure:
    """Selects the application, presents its PIN and reads. The secret is wiped. Raises ``LinkError``."""
    refused = unlock(channel, AID, PIN, pin, PIN_LENGTH)
    return refused or parse_basic_four(channel.read_object(BASIC_FOUR, 0xFF20, skip=_FILLER))


def parse_basic_four(data: bytes) -> BasicFour:
    """Raises ``LinkError`` (CARD_DAMAGED) on anything else than the known layout."""
    try:
        found = tlv.fields(tlv.first(data).value)
        birth_date, sex = found[0xDF24].decode("ascii"), found[0xDF25].decode("ascii")
        if not (len(birth_date) == 8 and birth_date.isdigit() and len(sex) == 1 and sex.isdigit()):
            raise Nonsense("basic facts: birth date or sex malformed")
        return BasicFour(found[0xDF22].decode(), found[0xDF23].decode(), birth_date, sex)
    except (tlv.TlvError, KeyError, UnicodeDecodeError) as error:
        raise Nonsense(f"basic facts: {type(error).__name__}") from None
