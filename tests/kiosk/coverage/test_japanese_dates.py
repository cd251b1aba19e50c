"""Eras to Gregorian days and back: every day of life is one day in both counts."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.coverage.japanese_dates import (
    ERAS,
    GREGORIAN_SINCE,
    HEISEI,
    MEIJI,
    REIWA,
    SHOWA,
    EraDay,
    Flaw,
    by_era,
    gregorian,
    parse,
)
from kiosk.wording.dates import era_year

DAYS = st.dates(GREGORIAN_SINCE, date(2117, 12, 31))


@given(DAYS)
def test_a_day_survives_the_way_there_and_back(day: date) -> None:
    era_day = by_era(day)
    assert isinstance(era_day, EraDay)
    assert gregorian(era_day.era, era_day.year, era_day.month, era_day.day) == day
    for written in (era_day.written, era_day.short, day.isoformat(), day.strftime("%Y%m%d")):
        assert parse(written) == day


@given(DAYS)
def test_sentences_and_forms_count_the_same_years(day: date) -> None:
    era_day = by_era(day)
    assert isinstance(era_day, EraDay)
    assert era_day.written.startswith(era_year(day))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("令和元年5月1日", date(2019, 5, 1)), ("平成31年4月30日", date(2019, 4, 30)),
        ("平成元年1月8日", date(1989, 1, 8)), ("昭和64年1月7日", date(1989, 1, 7)),
        ("昭和元年12月25日", date(1926, 12, 25)), ("大正15年12月24日", date(1926, 12, 24)),
        ("大正元年7月30日", date(1912, 7, 30)), ("明治45年7月29日", date(1912, 7, 29)),
        ("明治6年1月1日", date(1873, 1, 1)),
    ],
)  # fmt: skip
def test_an_era_ends_the_day_before_the_next_begins(written: str, day: date) -> None:
    assert parse(written) == day
    era_day = by_era(day)
    assert isinstance(era_day, EraDay)
    assert era_day.written == written


def test_eras_follow_each_other_without_a_gap() -> None:
    for earlier, later in pairwise(ERAS):
        assert earlier.last is not None
        assert earlier.last + timedelta(days=1) == later.first


@pytest.mark.parametrize(
    ("written", "flaw"),
    [
        ("", Flaw.EMPTY), ("　 ", Flaw.EMPTY), ("きょう", Flaw.UNREADABLE), ("8.2.3", Flaw.UNREADABLE),
        ("令和2026年1月1日", Flaw.UNREADABLE), ("2026-02", Flaw.UNREADABLE), ("2026--02-03", Flaw.UNREADABLE),
        ("平成31年5月1日", Flaw.NOT_IN_ERA), ("昭和64年1月8日", Flaw.NOT_IN_ERA),
        ("平成元年1月7日", Flaw.NOT_IN_ERA), ("大正元年7月29日", Flaw.NOT_IN_ERA),
        ("令和元年4月30日", Flaw.NOT_IN_ERA), ("明治5年12月2日", Flaw.BEFORE_GREGORIAN),
        ("1872-12-31", Flaw.BEFORE_GREGORIAN), ("令和0年5月1日", Flaw.NO_SUCH_DAY),
        ("令和7年2月29日", Flaw.NO_SUCH_DAY), ("2026-13-01", Flaw.NO_SUCH_DAY), ("令和8年0月1日", Flaw.NO_SUCH_DAY),
    ],
)  # fmt: skip
def test_what_is_no_day_says_why(written: str, flaw: Flaw) -> None:
    assert parse(written) is flaw


def test_S3_3_days_are_read_as_papers_and_forms_print_them() -> None:
    for written in (
        "R7.12.1",
        "令和７年１２月１日",
        "令和 7 年 12月 1日",
        "Ｒ７/１２/０１",
        "㋿7年12月1日",
        "2025年12月1日",
    ):
        assert parse(written) == date(2025, 12, 1), written


def test_a_paper_printed_before_an_era_ended_counts_on() -> None:
    assert parse("平成35年3月31日") is Flaw.NOT_IN_ERA
    assert parse("平成35年3月31日", counted_on=True) == date(2023, 3, 31)
    assert parse("平成元年1月7日", counted_on=True) is Flaw.NOT_IN_ERA  # nobody counts back


@given(
    st.sampled_from(ERAS), st.integers(-5, 10_000), st.integers(-1, 14), st.integers(-1, 33), st.booleans()
)
def test_three_numbers_are_a_day_or_a_flaw_and_never_break(
    era: object, year: int, month: int, day: int, on: bool
) -> None:
    found = gregorian(era, year, month, day, counted_on=on)  # type: ignore[arg-type]
    assert isinstance(found, date | Flaw)


@given(st.text(max_size=12) | st.text("明大昭平令和成正治元年月日MTSHR0123456789./- ", max_size=14))
def test_whatever_is_typed_is_a_day_or_a_flaw(text: str) -> None:
    assert isinstance(parse(text), date | Flaw)


def test_the_present_era_has_no_end() -> None:
    assert gregorian(REIWA, 99, 1, 1) == date(2117, 1, 1)
    assert gregorian(SHOWA, 50, 4, 1) == date(1975, 4, 1)
    assert by_era(date(1872, 12, 31)) is Flaw.BEFORE_GREGORIAN
    assert gregorian(MEIJI, 45, 7, 30) is Flaw.NOT_IN_ERA
    assert gregorian(HEISEI, 1, 1, 8) == date(1989, 1, 8)
