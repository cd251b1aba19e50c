"""Days of the Japanese calendar, as papers carry them, to Gregorian days and back. Pure.

Eras change within a year: 昭和64年1月7日 is followed by 平成元年1月8日. 明治 is converted from 1873-01-01 (明治6年) on,
the first day of the Gregorian calendar in Japan; days before it were counted by the moon. How a sentence names a day
is the matter of ``kiosk.wording.dates``.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from enum import StrEnum

import msgspec


class Flaw(StrEnum):
    """Why something is no day; the order is the order of checking."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"  # neither an era nor a Gregorian year, or not three numbers
    NO_SUCH_DAY = "no_such_day"
    BEFORE_GREGORIAN = "before_gregorian"
    NOT_IN_ERA = "not_in_era"  # the era had not begun, or was over


class Era(msgspec.Struct, frozen=True):
    """``first`` and ``last``: Gregorian days, both within the era; the present one has no last day."""

    name: str
    letter: str
    first: date
    last: date | None


MEIJI = Era("明治", "M", date(1868, 1, 25), date(1912, 7, 29))
TAISHO = Era("大正", "T", date(1912, 7, 30), date(1926, 12, 24))
SHOWA = Era("昭和", "S", date(1926, 12, 25), date(1989, 1, 7))
HEISEI = Era("平成", "H", date(1989, 1, 8), date(2019, 4, 30))
REIWA = Era("令和", "R", date(2019, 5, 1), None)
ERAS = (MEIJI, TAISHO, SHOWA, HEISEI, REIWA)
GREGORIAN_SINCE = date(1873, 1, 1)

_NAMES = {spelling: era for era in ERAS for spelling in (era.name, era.name[0], era.letter)}
_WRITTEN = re.compile(
    rf"(?P<era>{'|'.join(_NAMES)})?(?P<year>[0-9]{{1,4}}|元)(?:年|[./-])(?P<month>[0-9]{{1,2}})(?:月|[./-])(?P<day>[0-9]{{1,2}})日?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")


class EraDay(msgspec.Struct, frozen=True):
    """A day by its era. ``year`` counts from 1, which is written 元."""

    era: Era
    year: int
    month: int
    day: int

    @property
    def written(self) -> str:
        """As papers print it: 令和元年5月1日."""
        year = "元" if self.year == 1 else str(self.year)
        return f"{self.era.name}{year}年{self.month}月{self.day}日"

    @property
    def short(self) -> str:
        """As forms print it: R1.5.1."""
        return f"{self.era.letter}{self.year}.{self.month}.{self.day}"


def by_era(day: date) -> EraDay | Flaw:
    """The day in the era's count: 2026-02-10 is 令和8年2月10日."""
    if day < GREGORIAN_SINCE:
        return Flaw.BEFORE_GREGORIAN
    era = next(era for era in reversed(ERAS) if day >= era.first)
    return EraDay(era, day.year - era.first.year + 1, day.month, day.day)


def gregorian(era: Era, year: int, month: int, day: int, *, counted_on: bool = False) -> date | Flaw:
    """The Gregorian day. ``counted_on``: an era may be counted on after its end, as on a paper printed before the
    next one was known (平成35年 for 2023): right for a day of expiry, wrong for a day of birth."""
    try:
        found = date(era.first.year + year - 1, month, day)
    except (ValueError, OverflowError):
        return Flaw.NO_SUCH_DAY
    if year < 1:
        return Flaw.NO_SUCH_DAY
    if found < GREGORIAN_SINCE:
        return Flaw.BEFORE_GREGORIAN
    if found < era.first or (era.last is not None and found > era.last and not counted_on):
        return Flaw.NOT_IN_ERA
    return found


def parse(text: str, *, counted_on: bool = False) -> date | Flaw:
    """A day as typed or printed: 昭和64年1月7日, 令和元.5.1, S64.1.7, R8/2/10, 2026年2月10日, 2026-02-10, 20260210; any
    width, blanks between the parts. A year without an era needs four digits."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if not plain:
        return Flaw.EMPTY
    match = _WRITTEN.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if match is None:
        return Flaw.UNREADABLE
    year, month, day = match["year"], int(match["month"]), int(match["day"])
    era = _NAMES.get((match.groupdict().get("era") or "").upper())
    if era is not None:
        if len(year) > 2:
            return Flaw.UNREADABLE
        return gregorian(era, 1 if year == "元" else int(year), month, day, counted_on=counted_on)
    if len(year) != 4:
        return Flaw.UNREADABLE
    try:
        found = date(int(year), month, day)
    except ValueError:
        return Flaw.NO_SUCH_DAY
    return found if found >= GREGORIAN_SINCE else Flaw.BEFORE_GREGORIAN
