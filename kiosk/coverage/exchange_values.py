"""Reading the texts that the eligibility exchange carries: days, times, periods, ratios. Pure."""

from __future__ import annotations

from datetime import date, datetime


def exchange_date(raw: str) -> date | None:
    """``yyyyMMdd`` as a date; None when empty or not a day of the calendar."""
    if len(raw) != 8 or not (raw.isascii() and raw.isdigit()):
        return None
    try:
        return date(int(raw[:4]), int(raw[4:6]), int(raw[6:]))
    except ValueError:
        return None


def exchange_time(raw: str) -> datetime | None:
    """``yyyyMMddHHmmss`` as a naive datetime in Japanese time; None when empty or impossible."""
    day = exchange_date(raw[:8])
    if day is None or len(raw) != 14 or not (raw.isascii() and raw.isdigit()):
        return None
    try:
        return datetime(day.year, day.month, day.day, int(raw[8:10]), int(raw[10:12]), int(raw[12:]))
    except ValueError:
        return None


def covers(start: str, end: str, on: date) -> bool | None:
    """Whether ``on`` lies from ``start`` to ``end``, both days included; None if neither date was sent.
    An open end is unlimited; a date that cannot be read proves nothing and gives False."""
    if not start and not end:
        return None
    first, last = exchange_date(start), exchange_date(end)
    if (start and first is None) or (end and last is None):
        return False
    return (first is None or first <= on) and (last is None or on <= last)


def tenths(raw: str) -> int | None:
    """A ratio in tenths: "010" gives 1; None for anything else than whole tenths in three digits."""
    if len(raw) != 3 or not (raw.isascii() and raw.isdigit()):
        return None
    whole, rest = divmod(int(raw), 10)
    return whole if rest == 0 and whole <= 10 else None
