"""Ages and the certificate's life, to the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.coverage.ages import age_on, birthday_in
from kiosk.coverage.certificate_life import (
    Life,
    first_day_of_warning,
    japanese_date,
    last_day_of_grace,
    life_on,
)

DAYS = st.dates(date(1905, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(1986, 11, 24), date(2026, 11, 23), 39),
        (date(1986, 11, 24), date(2026, 11, 24), 40),
        (date(1988, 2, 29), date(2028, 2, 28), 39),
        (date(1988, 2, 29), date(2028, 2, 29), 40),
        (date(1987, 2, 28), date(2027, 2, 28), 40),
        (date(1988, 2, 29), date(2027, 2, 28), 38),
        (date(1988, 2, 29), date(2027, 3, 1), 39),
        (date(2026, 11, 24), date(2026, 11, 23), -1),
    ],
)
def test_an_age_is_reached_on_the_birthday_and_by_leap_day_children_after_28_february(
    birth: date, day: date, age: int
) -> None:
    assert age_on(birth, day) == age


@given(birth=DAYS, day=DAYS)
def test_an_age_grows_by_one_on_the_birthday_and_never_else(birth: date, day: date) -> None:
    grows = age_on(birth, day) - age_on(birth, day - timedelta(days=1))
    assert grows == (1 if day == birthday_in(birth, day.year) else 0)


@pytest.mark.parametrize(
    ("end", "last"),
    [
        (date(2026, 2, 10), date(2026, 5, 31)),  # S4#5②
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 1), date(2028, 2, 29)),
        (date(2026, 8, 31), date(2026, 11, 30)),
    ],
)
def test_grace_counts_three_months_from_the_end_of_the_month_of_expiry(end: date, last: date) -> None:
    assert last_day_of_grace(end) == last


@pytest.mark.parametrize(
    ("day", "life"),
    [
        (date(2025, 11, 9), Life.VALID),
        (date(2025, 11, 10), Life.EXPIRING),
        (date(2026, 2, 10), Life.EXPIRING),
        (date(2026, 2, 11), Life.GRACE),
        (date(2026, 5, 31), Life.GRACE),
        (date(2026, 6, 1), Life.EXPIRED),
    ],
)
def test_a_certificate_goes_from_valid_to_expired_in_order(day: date, life: Life) -> None:
    assert life_on(date(2026, 2, 10), day) is life


@given(end=DAYS)
def test_the_four_lives_follow_each_other_without_a_gap(end: date) -> None:
    assert life_on(end, first_day_of_warning(end) - timedelta(days=1)) is Life.VALID
    assert life_on(end, first_day_of_warning(end)) is Life.EXPIRING
    assert life_on(end, end + timedelta(days=1)) is Life.GRACE
    assert life_on(end, last_day_of_grace(end) + timedelta(days=1)) is Life.EXPIRED


def test_the_last_day_is_a_japanese_day_wherever_the_machine_stands() -> None:
    assert japanese_date(datetime(2030, 2, 17, 14, 59, 59, tzinfo=UTC)) == date(2030, 2, 17)
    assert japanese_date(datetime(2030, 2, 17, 15, 0, 0, tzinfo=UTC)) == date(2030, 2, 18)
