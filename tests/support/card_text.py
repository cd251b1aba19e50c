"""The file of a card's text as it was laid out by hand, and what it says."""

from __future__ import annotations

from datetime import date

from drivers.interface import CardText

# Laid out by hand: 山田　花子, 東京都, 1980-02-17, female; the table has their offsets from the first byte.
BASIC = bytes.fromhex(
    "FF20 38"
    "DF21 08 000E 0020 002C 0037"
    "DF22 0F E5B1B1E794B0E38080E88AB1E5AD90"
    "DF23 09 E69DB1E4BAACE983BD"
    "DF24 08 3139383030323137"
    "DF25 01 32"
)
FACTS = CardText("山田　花子", "東京都", date(1980, 2, 17), "2")
