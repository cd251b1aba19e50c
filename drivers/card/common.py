"""The common card application (共通カードAP): the card's own last day. Layout: README.md."""

from __future__ import annotations

from datetime import date, datetime

from drivers.card.apdu import Command
from drivers.card.channel import Channel
from drivers.card.errors import CardFinding

AID = bytes.fromhex("D3921000310001010100")

_CARD_INFORMATION = 0x01
_TAG, _DIGITS = 0x01, 28  # serial number 15, municipality 5, last day 8
_READ_FIRST_RECORD = Command(0x00, 0xB2, 0x01, _CARD_INFORMATION << 3 | 0x04, b"", 0x100)


def read_card_expires(channel: Channel) -> date | None:
    """The last day that the card itself is good for; None where it does not tell. Raises ``LinkError`` where the
    link failed. What else the record holds is dropped at once."""
    try:
        channel.open(AID)
        record = channel.demand(_READ_FIRST_RECORD)
    except CardFinding:
        return None
    if len(record) != 2 + _DIGITS or record[0] != _TAG or record[1] != _DIGITS:
        return None
    try:
        return datetime.strptime(record[-8:].decode("ascii"), "%Y%m%d").date()
    except ValueError:
        return None
