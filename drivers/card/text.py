"""The text application (券面事項入力補助AP): the four basic facts printed on the card.

It has a PIN of its own with its own three tries, so nothing here is ever tried with the JPKI PIN. 照合番号B, which the
card's front spells, opens the basic facts too. File 0001 holds the individual number and has no name in this program.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

from drivers.card import tlv
from drivers.card.channel import Channel
from drivers.card.errors import Nonsense
from drivers.card.pin import unlock
from drivers.interface import CardText, Failure, PinRefused, Secret, TextKey

AID = bytes.fromhex("D3921000310001010408")

BASIC_FOUR = 0x02
PIN = 0x11
NUMBER_B = 0x15

_DIGITS = frozenset("0123456789")
_FILLER = 2  # some cards of 2023 are reported to put two bytes before the template
_TRIES_IF_UNTOLD = 1


@dataclass(frozen=True, slots=True)
class Key:
    """Where a secret is kept, and how many digits it has."""

    short_id: int
    length: int


KEYS: dict[TextKey, Key] = {"pin": Key(PIN, 4), "number_b": Key(NUMBER_B, 14)}


def tries_left(channel: Channel, key: TextKey) -> int:
    """Selects the application and asks; spends nothing. A card that does not tell is taken to be at its last try.

    Raises ``LinkError``.
    """
    channel.open(AID)
    told = channel.tries_left(KEYS[key].short_id)
    return _TRIES_IF_UNTOLD if told is None else told


def read_text(channel: Channel, key: TextKey, secret: Secret) -> CardText | PinRefused | Failure:
    """Selects the application, presents the secret once and reads. The secret is wiped. Raises ``LinkError``."""
    refused = unlock(channel, AID, KEYS[key].short_id, secret, KEYS[key].length)
    return refused or parse_text(channel.read_personal(BASIC_FOUR, 0xFF20, skip=_FILLER))


def parse_text(data: bytes) -> CardText:
    """Raises ``LinkError`` (CARD_DAMAGED) on anything else than the known layout."""
    try:
        found = tlv.fields(tlv.first(data).value)
        name, address, sex = (found[tag].decode() for tag in (0xDF22, 0xDF23, 0xDF25))
        text = CardText(name, address, _day(found[0xDF24]), sex)
    except (tlv.TlvError, KeyError, UnicodeDecodeError) as error:
        reason = type(error).__name__
    else:
        if name and address and _is_plain(name + address) and sex in _DIGITS:
            return text
        reason = "not as a card spells them"
    raise Nonsense(f"basic facts: {reason}")  # out here: an exception's context would hold the card's bytes


def _day(digits: bytes) -> date | None:
    """How a chip spells a day that is not known is not documented, so whatever is no YYYYMMDD is no day."""
    if len(digits) != 8 or not digits.isdigit():
        return None
    try:
        return date.fromisoformat(digits.decode("ascii"))
    except ValueError:
        return None


def _is_plain(text: str) -> bool:
    """Without control characters, which no form could take. Characters for private use stand for real ones."""
    return not any(unicodedata.category(character) == "Cc" for character in text)
