"""The share by age, to the day. Sources: S4#3 (3割, from 70 perhaps 2割), S2 (the ratio is printed at 70 to 74), and
the words of 健康保険法 74条 and 110条."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.coverage.ages import age_on
from kiosk.coverage.share import (
    SHARES,
    Band,
    band_on,
    first_day_from_70,
    first_day_from_75,
    last_day_before_school,
    reached,
    share_at_age,
    share_on,
)

BIRTHS = st.dates(date(1900, 1, 1), date(2040, 12, 31))
LIVES = st.tuples(BIRTHS, st.integers(0, 110 * 366)).map(lambda pair: (pair[0], pair[0] + timedelta(pair[1])))
ORDER = list(Band)


@pytest.mark.parametrize(
    ("birth", "last"),
    [
        (date(2020, 4, 1), date(2026, 3, 31)),  # reaches 6 on 2026-03-31 itself
        (date(2020, 4, 2), date(2027, 3, 31)),
        (date(2020, 3, 31), date(2026, 3, 31)),
        (date(2020, 1, 1), date(2026, 3, 31)),
        (date(2020, 12, 31), date(2027, 3, 31)),
        (date(2020, 2, 29), date(2026, 3, 31)),
    ],
)
def test_before_school_ends_on_the_first_31_march_from_the_day_before_the_sixth_birthday(
    birth: date, last: date
) -> None:
    assert last_day_before_school(birth) == last
    assert share_on(birth, last).tenths == 2
    assert share_on(birth, last + timedelta(days=1)).tenths == 3


@pytest.mark.parametrize(
    ("birth", "first"),
    [
        (date(1956, 5, 2), date(2026, 6, 1)),
        (date(1956, 5, 1), date(2026, 5, 1)),  # a birthday on the 1st: that month
        (date(1956, 5, 31), date(2026, 6, 1)),
        (date(1956, 12, 2), date(2027, 1, 1)),
        (date(1956, 1, 1), date(2026, 1, 1)),
        (date(1956, 12, 1), date(2026, 12, 1)),
        (date(1956, 2, 29), date(2026, 3, 1)),  # reached at the end of 28 February
    ],
)
def test_seventy_begins_on_the_first_of_the_month_after_the_birthday(birth: date, first: date) -> None:
    assert first_day_from_70(birth) == first
    assert band_on(birth, first - timedelta(days=1)) is Band.STANDARD
    assert band_on(birth, first) is Band.FROM_70


@pytest.mark.parametrize(
    ("birth", "first"),
    [
        (date(1951, 11, 24), date(2026, 11, 24)),
        (date(1951, 11, 1), date(2026, 11, 1)),
        (date(1952, 2, 29), date(2027, 3, 1)),
    ],
)
def test_seventy_five_begins_on_the_birthday_itself(birth: date, first: date) -> None:
    assert first_day_from_75(birth) == first
    assert band_on(birth, first - timedelta(days=1)) is Band.FROM_70
    assert band_on(birth, first) is Band.FROM_75


def test_S4_3_the_share_is_three_tenths_and_from_70_perhaps_two() -> None:
    assert share_on(date(1986, 11, 24), date(2026, 11, 24)).tenths == 3
    assert share_on(date(1954, 11, 24), date(2026, 11, 24)).tenths == 2


def test_S2_at_70_to_74_there_are_two_and_three_tenths_and_from_75_three_ratios() -> None:
    assert (SHARES[Band.FROM_70].tenths, SHARES[Band.FROM_70].alternatives) == (2, (3,))
    assert (SHARES[Band.FROM_75].tenths, SHARES[Band.FROM_75].alternatives) == (1, (2, 3))


@given(LIVES)
def test_bands_follow_each_other_and_never_go_back(life: tuple[date, date]) -> None:
    birth, day = life
    before, here = band_on(birth, day - timedelta(days=1)), band_on(birth, day)
    assert 0 <= ORDER.index(here) - ORDER.index(before) <= 1


@given(LIVES)
def test_whole_years_give_the_same_share_or_name_it_among_the_alternatives(life: tuple[date, date]) -> None:
    birth, day = life
    exact, rough = share_on(birth, day), share_at_age(age_on(birth, day))
    if exact.band is not rough.band:
        assert age_on(birth, day) in (6, 70)
    assert exact.tenths in (rough.tenths, *rough.alternatives)


@given(BIRTHS)
def test_an_age_is_reached_the_day_before_the_birthday(birth: date) -> None:
    for age in (6, 70):
        assert age_on(birth, reached(birth, age)) == age - 1
        assert age_on(birth, reached(birth, age) + timedelta(days=1)) == age


def test_a_birth_date_of_a_damaged_answer_breaks_nothing() -> None:
    assert band_on(date(9999, 12, 31), date(2026, 11, 24)) is Band.PRESCHOOL
