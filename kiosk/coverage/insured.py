"""Symbol (記号), number (番号) and branch (枝番) of an insured person: how papers and the exchange write them. Pure.

The symbol may hold kanji or kana, or be empty (国保, 後期). Symbol and number travel in full width, as papers print
them; the branch is two ASCII digits, and may be missing. Source: ``kiosk/eligibility/README.md``.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from kiosk.coverage.insurer import InsurerNumber
from kiosk.coverage.kana import full_width

_LATE_ELDERLY_DIGITS = 8
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_DASHES = re.compile("[-\u2010-\u2015\u2212\u2500\uff0d]")
_LONG_SOUND_FOR_A_DASH = re.compile("(?<=[0-9])[\u30fc](?=[0-9])")


class Flaw(StrEnum):
    """Why a text is none of these; the order is the order of checking."""

    EMPTY = "empty"
    NOT_DIGITS = "not_digits"
    LENGTH = "length"


def as_printed(text: str) -> str:
    """A symbol or number as papers print it and the exchange carries it: ``12-34`` and ``１２―３４`` are both
    ``１２－３４``, ``ｱｲ`` is ``アイ``. Blanks are dropped; kanji, kana and capitals stay as they are; "" stays ""."""
    plain = "".join(unicodedata.normalize("NFKC", full_width(text)).split())
    dashed = _LONG_SOUND_FOR_A_DASH.sub("-", _DASHES.sub("-", plain))
    return dashed.translate(_WIDE)


def same(one: str, other: str) -> bool:
    """Whether two notations are one symbol, or one number. Width, blanks and the kind of dash tell nothing apart;
    leading zeros do: they are part of it."""
    return as_printed(one) == as_printed(other)


def branch(text: str) -> str | Flaw:
    """A branch number in two digits; "" where there is none, which is tolerated."""
    digits = "".join(unicodedata.normalize("NFKC", text).split())
    if not digits:
        return ""
    if not (digits.isascii() and digits.isdigit()):
        return Flaw.NOT_DIGITS
    return digits.zfill(2) if len(digits) <= 2 else Flaw.LENGTH


def number(text: str, insurer: InsurerNumber | None = None) -> str | Flaw:
    """An identification number as printed. That of the late elderly (後期) has eight digits; of other insurers no
    public rule is known, so any text will do."""
    printed = as_printed(text)
    if not printed:
        return Flaw.EMPTY
    if insurer is not None and insurer.late_elderly:
        digits = unicodedata.normalize("NFKC", printed)
        if not (digits.isascii() and digits.isdigit()):
            return Flaw.NOT_DIGITS
        if len(digits) != _LATE_ELDERLY_DIGITS:
            return Flaw.LENGTH
    return printed


def has_symbol(insurer: InsurerNumber) -> bool | None:
    """False for the late elderly, who have none; None where only the paper can tell."""
    return False if insurer.late_elderly else None
