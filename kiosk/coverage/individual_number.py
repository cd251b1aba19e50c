"""Texts that hold an individual number (マイナンバー): no paper of a reception may carry one, and none is kept.

Source of the check digit: ordinance 85 of 2014 of the Ministry of Internal Affairs and Communications, article 5.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import accumulate

import msgspec

_DIGITS = 12
_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_KANJI = {character: str(value) for value, character in enumerate("〇一二三四五六七八九")} | {"零": "0"}
_DASHES = frozenset("ー−‑─━~〜")  # beside what Unicode calls a dash
_POINTS = frozenset(".,/:|_・·、，")
_RUN = re.compile(r"[0-9]+(?:[-.,/:|_·・、 ]{1,3}[0-9]+)*")
_JAPANESE_PHONE = re.compile(r"\+[- ]{0,2}81(?:[- ]{0,2}[0-9]){9,10}(?![0-9])")


class IndividualNumberRefused(Exception):
    """A field holds what is, by its check digit, an individual number. Neither message nor attribute repeats it."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} holds what looks like an individual number")
        self.field = field
        self.remedy = "Take the 12-digit number out. It is never needed at a reception."


def holds_individual_number(text: str) -> bool:
    """Whether twelve digits in the text, in any script and width, together or set apart by blanks, dashes or points,
    end in the check digit of an individual number.

    Digits set apart count where they make up a whole run of digits, or stand in a longer one with the same sign
    between them: two telephone numbers in a row are not cut in the middle. A telephone number with +81 is none.
    """
    folded = _JAPANESE_PHONE.sub("x", "".join(_fold(character) for character in text))
    return any(_checks(twelve) for run in _RUN.findall(folded) for twelve in _twelves(run))


def refuse_individual_numbers(struct: msgspec.Struct) -> None:
    """Raises ``IndividualNumberRefused`` for the first text of the struct that holds one."""
    for field in struct.__struct_fields__:
        value = getattr(struct, field)
        if isinstance(value, str) and holds_individual_number(value):
            raise IndividualNumberRefused(field)


def _fold(character: str) -> str:
    """Digits as ASCII, blanks and dashes as one of each; what is not seen on paper is nothing."""
    if character in _KANJI:
        return _KANJI[character]
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    if character.isspace() or category == "Zs":
        return " "
    if category in {"Cc", "Cf", "Mn", "Me"}:
        return ""
    plain = unicodedata.normalize("NFKC", character)
    if category == "Pd" or character in _DASHES or plain in {"-", "~", "ー"}:
        return "-"
    return plain if plain == "+" or plain in _POINTS else "x"


def _twelves(run: str) -> Iterator[str]:
    """Every twelve digits of the run that may have been meant as one number."""
    groups = re.findall("[0-9]+", run)
    signs = [sign.strip() or " " for sign in re.findall("[^0-9]+", run)]
    for group in groups:
        yield from (group[start : start + _DIGITS] for start in range(len(group) - _DIGITS + 1))
    starts = {start: index for index, start in enumerate([0, *accumulate(map(len, groups))])}
    for start, first in starts.items():
        last = starts.get(start + _DIGITS)
        if last is not None and (last - first == len(groups) or len(set(signs[first : last - 1])) == 1):
            yield "".join(groups[first:last])


def _checks(twelve: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(twelve[:-1], _WEIGHTS, strict=True))
    return int(twelve[-1]) == (11 - total % 11) % 11 % 10
