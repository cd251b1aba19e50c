"""Ages to the day. Pure; every date is a Japanese calendar day."""

from __future__ import annotations

from datetime import date

CHECKUP_AGE = 40  # the specific health checkups are for people of 40 and over (S3 §2)


def birthday_in(birth: date, year: int) -> date:
    """The day in ``year`` on which somebody born on ``birth`` is a year older. Whoever was born on 29 February
    reaches an age at the end of 28 February: in other years the first day at that age is 1 March."""
    try:
        return birth.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def age_on(birth: date, day: date) -> int:
    """Whole years on ``day``; negative before birth."""
    return day.year - birth.year - (day < birthday_in(birth, day.year))
