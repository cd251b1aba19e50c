"""How long the card's user-authentication certificate serves at a reception (README.md; S4#5②)."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

JAPAN = timezone(timedelta(hours=9), "Asia/Tokyo")  # no daylight saving time since 1951
_MONTHS = 3


class Life(StrEnum):
    VALID = "valid"
    EXPIRING = "expiring"  # ends within three months: works, the patient is told
    GRACE = "grace"  # ended, but eligibility still works; medical information does not
    EXPIRED = "expired"


def japanese_date(instant: datetime) -> date:
    """The calendar day in Japan. ``instant`` must know its time zone."""
    return instant.astimezone(JAPAN).date()


def _end_of_month(day: date, months_later: int) -> date:
    years, month = divmod(day.month - 1 + months_later, 12)
    year = day.year + years
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def last_day_of_grace(not_after: date) -> date:
    """Three months counted from the end of the month of expiry: 2026-02-10 gives 2026-05-31."""
    return _end_of_month(not_after, _MONTHS)


def first_day_of_warning(not_after: date) -> date:
    """Three months before the last day, or the end of that month where it is shorter."""
    end = _end_of_month(not_after, -_MONTHS)
    return end.replace(day=min(not_after.day, end.day))


def life_on(not_after: date, day: date) -> Life:
    """Where a certificate whose last day is ``not_after`` stands on ``day``."""
    if day > last_day_of_grace(not_after):
        return Life.EXPIRED
    if day > not_after:
        return Life.GRACE
    if day >= first_day_of_warning(not_after):
        return Life.EXPIRING
    return Life.VALID
