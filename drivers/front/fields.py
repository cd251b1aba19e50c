"""What the lines of a card's front say: all of 照合番号B, or nothing. Sources and limits: README.md.

Nothing is guessed: a field that could be read in two ways, that its own rules contradict, or of which a character is
unsure, is not read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import TypeVar

from drivers.front.lines import UNSPELT, Line, rows, runs, slant
from drivers.interface import CardFront

_T = TypeVar("_T")

SURE = 0.80
"""Of each character of a field."""

_ERAS = {
    "明治": (date(1868, 1, 25), date(1912, 7, 29)),
    "大正": (date(1912, 7, 30), date(1926, 12, 24)),
    "昭和": (date(1926, 12, 25), date(1989, 1, 7)),
    "平成": (date(1989, 1, 8), date(2019, 4, 30)),
    "令和": (date(2019, 5, 1), date.max),
}
_DAY = r"(\d{1,2})月(\d{1,2})日"
_ANY_DAY = re.compile(rf"年{_DAY}")
_ERA_DATE = re.compile(rf"({'|'.join(_ERAS)})(元|\d{{1,2}})年{_DAY}生")
_WESTERN_DATE = re.compile(rf"(?<!\d)(?:18|19|20)\d\d年{_DAY}生")
_FRONT_ONLY = "まで有効"
_EXPIRY = re.compile(rf"(?<!\d)(20\d\d)年{_DAY}{_FRONT_ONLY}")
_FIRST_EXPIRY = 2020  # cards are issued since January 2016, and last to the fifth birthday at least
_LONGEST, _SHORTEST = 10, 5  # birthdays
_LEAP_DAY = (2, 29)

_CODE = re.compile(r"\d{4}")
_SERIAL = re.compile(r"\d{14,18}")  # 16, give or take what a reader may lose
_SERIAL_AND_CODE = re.compile(r"\d{14,18}\s+(\d{4})")
_INDIVIDUAL_NUMBER = re.compile(
    r"(?<!\d)(?<!\d[ \-])\d(?:[ \-]?\d){10,12}(?![ \-]?\d)"
)  # 12, give or take one
_BACK = re.compile(rf"個人番号(?![カ{UNSPELT}])")  # the front's title goes on: カード
_SEVERAL = 4
_NEAR = 3.0  # times the height of the serial number's digits


class Never(Enum):
    """Why a picture is not read."""

    OTHER_SIDE = "other_side"  # an individual number may be in it
    COVERED = "covered"  # the same, but on a front: a thumb may lie on its serial number
    WESTERN_BIRTH = "western_birth"  # of which nobody says how 照合番号B spells it


@dataclass(frozen=True, slots=True)
class _Born:
    day: date = field(repr=False)
    digits: str = field(repr=False)


def read(lines: Sequence[Line], today: date) -> CardFront | Never | None:
    """All fields of one picture, or None where one is missing. ``today``: no card of this day is younger."""
    beside = rows(lines)
    if shows_other_side(beside):
        return Never.COVERED if any(_FRONT_ONLY in line.plain for line in lines) else Never.OTHER_SIDE
    together = [run for row in beside for run in runs(row)]
    texts = ["".join(line.plain for line in run) for run in together if _sure(run)]
    born = _only(one for text in texts for one in _births(text, today))
    expiry = _only(one for text in texts for one in _expiries(text, today))
    if born is None and any(_WESTERN_DATE.search(text) for text in texts):
        return Never.WESTERN_BIRTH
    code = _code(beside, slant(lines))
    if born is None or expiry is None or code is None or not _fits(born.day, expiry):
        return None
    return CardFront(born.digits, f"{expiry.year:04d}", code)


def dateless(lines: Sequence[Line]) -> bool:
    """Whether several lines have no date, which every front has and every back: as when they are read from the wrong
    end."""
    return len(lines) >= _SEVERAL and not any(_ANY_DAY.search(line.plain) for line in lines)


def shows_other_side(beside: Iterable[Sequence[Line]]) -> bool:
    """Whether anything looks like twelve digits, however unsure, or like the word that stands before them."""
    for row in beside:
        texts = [line.text for line in row]
        for text in (*texts, " ".join(texts)):
            if _INDIVIDUAL_NUMBER.search(text) or _BACK.search(text.replace(" ", "")):
                return True
    return False


def _sure(run: Iterable[Line]) -> bool:
    return all(line.sureness >= SURE for line in run)


def _births(text: str, today: date) -> Iterable[_Born]:
    for era, year, month, day in _ERA_DATE.findall(text):
        number = 1 if year == "元" else int(year)
        begins, ends = _ERAS[era]
        born = _day(begins.year + number - 1, month, day)
        if born is not None and begins <= born <= min(ends, today):
            yield _Born(born, f"{number:02d}{born:%m%d}")


def _expiries(text: str, today: date) -> Iterable[date]:
    for year, month, day in _EXPIRY.findall(text):
        expiry = _day(int(year), month, day)
        if expiry is not None and _FIRST_EXPIRY <= expiry.year <= today.year + _LONGEST:
            yield expiry


def _day(year: int, month: str, day: str) -> date | None:
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None


def _only(found: Iterable[_T]) -> _T | None:
    """The one thing that was found, however often; None where there are several."""
    several = set(found)
    return several.pop() if len(several) == 1 else None


def _fits(born: date, expiry: date) -> bool:
    """A card ends on a birthday, the fifth or the tenth after its issue (番号利用法施行規則): so day and month are
    there twice. Where a year has no 29 February, nobody says which day stands for it."""
    days = {(born.month, born.day)}
    if (born.month, born.day) == _LEAP_DAY:
        days |= {(2, 28), (3, 1)}
    return (expiry.month, expiry.day) in days and expiry.year >= born.year + _SHORTEST


def _code(beside: Sequence[Sequence[Line]], angle: float) -> str | None:
    """The four digits that stand alone. Where the card's serial number is seen, they are beside or below it."""
    alone = [line for row in beside for line in row if _CODE.fullmatch(line.plain) and line.sureness >= SURE]
    serials = [line for row in beside for line in row if _SERIAL.fullmatch(line.plain)]
    if len(serials) > 1:
        return None
    behind = [
        match.group(1)
        for row in beside
        for line in row
        if line.sureness >= SURE and (match := _SERIAL_AND_CODE.fullmatch(line.text))
    ]
    near = [line.plain for line in alone if not serials or _adjoin(serials[0], line, angle)]
    found = behind + near
    return found[0] if len(found) == 1 else None


def _adjoin(serial: Line, code: Line, angle: float) -> bool:
    """Whether the code stands beside the serial number, or not far above or below it."""
    turned = math.radians(angle)
    across, down = code.x - serial.x, code.y - serial.y
    along = across * math.cos(turned) + down * math.sin(turned)
    below = down * math.cos(turned) - across * math.sin(turned)
    near = _NEAR * max(serial.height, code.height)
    return abs(below) <= near and abs(along) <= (serial.width + code.width) / 2 + near
