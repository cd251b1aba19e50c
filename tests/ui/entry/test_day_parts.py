"""A day written part by part: every real day can be written, and what is none is told as early as it can be known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.coverage.japanese_dates import GREGORIAN_SINCE, SHOWA, EraDay, by_era
from ui.entry.day_parts import GREGORIAN, NUMBERS, DayFlaw, DayParts

DAYS = st.dates(GREGORIAN_SINCE, date(2099, 12, 31))


def parts(calendar: str, *numbers: str, counted_on: bool = False) -> DayParts:
    return DayParts(counted_on, calendar, dict(zip(NUMBERS, numbers, strict=False)))


@given(DAYS, st.booleans())
def test_every_day_can_be_written_in_both_calendars_without_a_word_against_it(
    day: date, gregorian: bool
) -> None:
    known = by_era(day)
    assert isinstance(known, EraDay)
    calendar = GREGORIAN if gregorian else known.era.letter
    year = day.year if gregorian else known.year
    written = DayParts(calendar=calendar)
    for part, number in zip(NUMBERS, (year, day.month, day.day), strict=True):
        for digits in (str(number)[: more + 1] for more in range(len(str(number)))):
            written.numbers[part] = digits
        assert written.flaw() is None
    assert written.day() == day


@given(DAYS)
def test_a_day_that_is_known_is_written_as_it_is(day: date) -> None:
    written = DayParts()
    written.set_day(day)
    assert (written.day(), written.flaw(), written.missing()) == (day, None, None)


@given(DAYS)
def test_no_part_waits_for_a_digit_that_could_not_follow_nor_goes_on_before_one_that_could(day: date) -> None:
    known = by_era(day)
    assert isinstance(known, EraDay)
    written = DayParts(calendar=known.era.letter)
    for part, number in zip(NUMBERS, (known.year, known.month, known.day), strict=True):
        digits = str(number)
        written.numbers[part] = digits[0]
        assert not (written.complete(part) and len(digits) == 2)
        written.numbers[part] = digits.zfill(2)
        assert written.complete(part)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        (parts("S", "64", "1", "8"), "until"),
        (parts("S", "64", "2"), "until"),
        (parts("S", "65"), "until"),
        (parts("H", "1", "1", "7"), "since"),
        (parts("R", "1", "4", "30"), "since"),
        (parts("T", "15", "12", "25"), "until"),
        (parts("M", "5", "12", "3"), "before_gregorian"),
        (parts("M", "5"), "before_gregorian"),
        (parts(GREGORIAN, "1872"), "before_gregorian"),
        (parts("S", "28", "13"), "no_such_month"),
        (parts("S", "28", "0"), "no_such_month"),
        (parts("S", "28", "2", "30"), "no_such_day"),
        (parts("R", "7", "2", "29"), "no_such_day"),
        (parts("R", "7", "4", "31"), "no_such_day"),
        (parts("R", "7", "5", "32"), "no_such_day"),
        (parts("R", "7", "5", "0"), "no_such_day"),
        (parts("R", "0", "5", "1"), "no_such_day"),
    ],
)
def test_impossible_days_are_told_as_early_as_they_can_be_known(written: DayParts, kind: str) -> None:
    flaw = written.flaw()
    assert flaw is not None
    assert flaw.kind == kind
    assert written.day() is None


@pytest.mark.parametrize(
    "written",
    [
        parts("S", "64"), parts("S", "64", "1"), parts("S", "64", "1", "7"), parts("R", "1"), parts("R", "1", "5"),
        parts("H", "1", "1"), parts("H", "31", "4", "30"), parts("T", "1", "7"), parts("M", "6", "1", "1"),
        parts("", "65"), parts("S", "63", "2", "29"), parts("R", "08", "02", "09"),
    ],
)  # fmt: skip
def test_nothing_is_said_against_what_can_still_be_a_day(written: DayParts) -> None:
    assert written.flaw() is None


def test_the_last_day_of_an_era_is_named() -> None:
    assert parts("S", "64", "1", "8").flaw() == DayFlaw("until", SHOWA)
    assert DayFlaw("until", SHOWA).bound == date(1989, 1, 7)
    assert DayFlaw("since", SHOWA).bound == date(1926, 12, 25)
    assert DayFlaw("no_such_day").bound is None


def test_a_paper_may_count_an_era_on() -> None:
    assert parts("H", "35", "3", "31", counted_on=True).day() == date(2023, 3, 31)
    assert parts("H", "35", "3", "31").day() is None


@given(DAYS)
def test_a_day_after_the_end_of_its_era_is_never_taken_for_a_birth(day: date) -> None:
    after = SHOWA.last
    assert after is not None
    beyond = after + timedelta(days=1 + (day - GREGORIAN_SINCE).days % 2000)
    written = parts("S", str(beyond.year - SHOWA.first.year + 1), str(beyond.month), str(beyond.day))
    assert written.day() is None
