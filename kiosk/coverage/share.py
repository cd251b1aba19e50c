"""The patient's share of the cost (一部負担金の割合) by age, where no answer states it. Pure.

A desk that accepts evidence instead of an answer preselects this and staff confirm it. The days follow the words of
健康保険法 74条 and 110条: an age is *reached* (達する日) on the day before the birthday, for somebody born on
29 February on 28 February; the share of before school age ends on the first 31 March on or after the day on which 6
is reached, that of 70 begins in the month after the one in which 70 is reached. 75 begins on the birthday.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

import msgspec

from kiosk.coverage.ages import birthday_in


class Band(StrEnum):
    """The ages between which the share differs, in order."""

    PRESCHOOL = "preschool"
    STANDARD = "standard"
    FROM_70 = "from_70"
    FROM_75 = "from_75"


class Share(msgspec.Struct, frozen=True):
    """``tenths``: what is preselected, 3 for 3割. ``alternatives``: what else it may be for that age, by income, or
    because only whole years are known."""

    tenths: int
    alternatives: tuple[int, ...]
    band: Band


SHARES: dict[Band, Share] = {
    Band.PRESCHOOL: Share(2, (), Band.PRESCHOOL),
    Band.STANDARD: Share(3, (), Band.STANDARD),
    Band.FROM_70: Share(2, (3,), Band.FROM_70),  # 3 with the income of active workers (S4#3)
    Band.FROM_75: Share(1, (2, 3), Band.FROM_75),
}


def reached(birth: date, age: int) -> date:
    """The day (達する日) at whose end somebody born on ``birth`` has lived ``age`` years."""
    return birthday_in(birth, birth.year + age) - timedelta(days=1)


def last_day_before_school(birth: date) -> date:
    """The first 31 March on or after the day on which 6 is reached: born 2020-04-01 gives 2026-03-31."""
    six = reached(birth, 6)
    end = date(six.year, 3, 31)
    return end if six <= end else date(six.year + 1, 3, 31)


def first_day_from_70(birth: date) -> date:
    """The 1st of the month after the 70th birthday; of that very month where the birthday is the 1st."""
    seventy = reached(birth, 70)
    return date(seventy.year + seventy.month // 12, seventy.month % 12 + 1, 1)


def first_day_from_75(birth: date) -> date:
    return birthday_in(birth, birth.year + 75)


def band_on(birth: date, day: date) -> Band:
    """Total: a birth date after ``day``, as a damaged answer may carry, is that of a child before school."""
    if birth > day:
        return Band.PRESCHOOL
    if day >= first_day_from_75(birth):
        return Band.FROM_75
    if day >= first_day_from_70(birth):
        return Band.FROM_70
    return Band.PRESCHOOL if day <= last_day_before_school(birth) else Band.STANDARD


def share_on(birth: date, day: date) -> Share:
    return SHARES[band_on(birth, day)]


def share_at_age(age: int) -> Share:
    """For whole years only. Six and seventy may lie on either side of their day: the other side's share is among the
    alternatives."""
    if age == 6:
        return Share(3, (2,), Band.STANDARD)
    if age < 6:
        return SHARES[Band.PRESCHOOL]
    if age < 70:
        return SHARES[Band.STANDARD]
    return SHARES[Band.FROM_70 if age < 75 else Band.FROM_75]
