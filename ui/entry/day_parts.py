"""A day that is being written part by part, and what is wrong with it as early as that can be known. Pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from kiosk.coverage.japanese_dates import ERAS, Era, Flaw, by_era, gregorian

DayPart = Literal["era", "year", "month", "day"]
PARTS: tuple[DayPart, ...] = ("era", "year", "month", "day")
NUMBERS = PARTS[1:]

GREGORIAN = "gregorian"
ERAS_BY_LETTER: dict[str, Era] = {era.letter: era for era in reversed(ERAS)}
CALENDARS = (*ERAS_BY_LETTER, GREGORIAN)
"""What a year can be counted by, newest first."""


@dataclass(frozen=True)
class DayFlaw:
    """``kind``: the sentence ``entry.date.<kind>``. ``era`` and its bound, where the day lies beyond it."""

    kind: Literal["no_such_month", "no_such_day", "before_gregorian", "since", "until"]
    era: Era | None = None

    @property
    def bound(self) -> date | None:
        if self.era is None:
            return None
        return self.era.first if self.kind == "since" else self.era.last


@dataclass
class DayParts:
    """``calendar``: one of ``CALENDARS``, "" for none yet. ``counted_on``: an era may be counted on after its end."""

    counted_on: bool = False
    calendar: str = ""
    numbers: dict[DayPart, str] = field(default_factory=dict)

    def set_day(self, day: date) -> None:
        """Writes a day by its era; by the Gregorian calendar where it has none."""
        known = by_era(day)
        year = day.year if isinstance(known, Flaw) else known.year
        self.calendar = GREGORIAN if isinstance(known, Flaw) else known.era.letter
        self.numbers = {"year": str(year), "month": str(day.month), "day": str(day.day)}

    def clear(self) -> None:
        self.calendar, self.numbers = "", {}

    def written(self, part: DayPart) -> str:
        return self.calendar if part == "era" else self.numbers.get(part, "")

    def missing(self) -> DayPart | None:
        """The first part that is not there."""
        return next((part for part in PARTS if not self.written(part)), None)

    def day(self) -> date | None:
        """The day, if all is there and it is one."""
        if self.missing() is not None:
            return None
        found = self._judged(*(int(self.numbers[part]) for part in NUMBERS))
        return found if isinstance(found, date) else None

    def longest(self, part: DayPart) -> int:
        """How many digits the part can have."""
        return 4 if part == "year" and self.calendar == GREGORIAN else 2

    def complete(self, part: DayPart) -> bool:
        """Whether no further digit can follow: 8 for a month, 7 for a year of 昭和, but not 1."""
        digits = self.written(part)
        if part == "year" and self.calendar == GREGORIAN:
            return len(digits) == 4
        beyond = {"year": self._last_year() // 10, "month": 1, "day": 3}[part]
        return len(digits) == 2 or (digits != "" and int(digits) > beyond)

    def flaw(self) -> DayFlaw | None:
        """The first thing that is wrong with what is there."""
        year, month, day = (int(self.written(part)) if self.written(part) else None for part in NUMBERS)
        if month is not None and not 1 <= month <= 12:
            return DayFlaw("no_such_month")
        if day is not None and not 1 <= day <= 31:
            return DayFlaw("no_such_day")
        if not self.calendar or year is None:
            return None
        if month is not None and day is not None:
            return self._flaw_of(year, month, day)
        first, last = (
            self._flaw_of(year, month or 1, 1),
            self._flaw_of(year, month or 12, self._last_day(year, month)),
        )
        return last if first is not None and last is not None else None

    def _last_day(self, year: int, month: int | None) -> int:
        if month is None or not 1 <= (first := self._first_year() + year) <= date.max.year:
            return 31
        return monthrange(first, month)[1]

    def _first_year(self) -> int:
        """The Gregorian year before the first of the calendar."""
        era = ERAS_BY_LETTER.get(self.calendar)
        return era.first.year - 1 if era else 0

    def _flaw_of(self, year: int, month: int, day: int) -> DayFlaw | None:
        found = self._judged(year, month, day)
        match found:
            case Flaw.NOT_IN_ERA:
                era = ERAS_BY_LETTER[self.calendar]
                early = date(self._first_year() + year, month, day) < era.first
                return DayFlaw("since" if early else "until", era)
            case Flaw.BEFORE_GREGORIAN:
                return DayFlaw("before_gregorian")
            case Flaw():
                return DayFlaw("no_such_day")
            case _:
                return None

    def _judged(self, year: int, month: int, day: int) -> date | Flaw:
        if self.calendar != GREGORIAN:
            return gregorian(ERAS_BY_LETTER[self.calendar], year, month, day, counted_on=self.counted_on)
        try:
            found = date(year, month, day)
        except ValueError:
            return Flaw.NO_SUCH_DAY
        return Flaw.BEFORE_GREGORIAN if isinstance(by_era(found), Flaw) else found

    def _last_year(self) -> int:
        era = ERAS_BY_LETTER.get(self.calendar)
        if era is None or era.last is None or self.counted_on:
            return 99
        return era.last.year - era.first.year + 1
