"""What may be shown of a code that was read from a paper. Pure.

No public layout of the QR on a 資格確認書 is known: insurers decide what is in it (README.md). So nothing is taken from
a code into any field: what it says is shown, and people type or compare. A code that holds an individual number
(マイナンバー) is refused as a whole: nothing of it is shown, and its text goes no further than this function.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum

import msgspec

from kiosk.coverage.individual_number import holds_individual_number

MOST_LINES = 12
MOST_OF_A_LINE = 80
UNSHOWABLE = "〓"
_PICTURES_OF_CONTROLS = dict.fromkeys((*range(0x2400, 0x2421), 0x2421))


class Refused(StrEnum):
    """Why nothing is shown."""

    EMPTY = "empty"  # nothing that can be read: blank, or binary content
    INDIVIDUAL_NUMBER = "individual_number"


class Scanned(msgspec.Struct, frozen=True, kw_only=True):
    """``lines``: what may be shown, every character of it printable. ``cut``: there was more. ``refused``: then there
    are no lines. The repr shows nothing of it."""

    lines: tuple[str, ...] = ()
    cut: bool = False
    refused: Refused | None = None

    def __repr__(self) -> str:
        return f"<Scanned: {self.refused or f'{len(self.lines)} lines'}>"


def shown(text: str) -> Scanned:
    """What may be shown of a code's text, in lines of at most 80 characters.

    The whole text is searched for an individual number, also with control characters between its digits. In a long run
    of digits any twelve may be meant: 13 digits without a sign between them are refused by chance in 19 of 100 cases,
    which is right, for the numbers of a 資格確認書 are shorter.
    """
    if holds_individual_number(text.translate(_PICTURES_OF_CONTROLS)):
        return Scanned(refused=Refused.INDIVIDUAL_NUMBER)
    whole = [line for line in map(_printable, text.expandtabs(1).splitlines()) if line.strip()]
    if not any(line.replace(UNSHOWABLE, "").strip() for line in whole):
        return Scanned(refused=Refused.EMPTY)
    lines = [part for line in whole for part in _parts(line)]
    return Scanned(lines=tuple(lines[:MOST_LINES]), cut=len(lines) > MOST_LINES)


def _parts(line: str) -> list[str]:
    return [line[start : start + MOST_OF_A_LINE] for start in range(0, len(line), MOST_OF_A_LINE)]


def _printable(line: str) -> str:
    return "".join(
        one if one.isprintable() or unicodedata.category(one) == "Zs" else UNSHOWABLE for one in line
    ).rstrip()
