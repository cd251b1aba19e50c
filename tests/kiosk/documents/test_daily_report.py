"""日報 as paper and spreadsheet (kiosk/documents/daily_report.py)."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from kiosk.documents.daily_report import DailyReportPaper, Table, daily_report_csv, daily_report_pdf
from tests.support.papers import needs_poppler, page_sizes, squeezed, text_of

AT = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
PAPER = DailyReportPaper(
    facility="見本診療所",
    day=date(2026, 11, 24),
    tables=(
        Table(
            title="結果", columns=("項目", "件数"), rows=(("確認", "12"), ("全額", "1")), note="件数です。"
        ),
        Table(title="時間", columns=("区間", "回数", "秒"), rows=(("全体", "12", "35.1"),)),
        Table(title="空の表", columns=("項目", "件数"), rows=()),
    ),
)


@needs_poppler
def test_the_paper_holds_every_figure_the_day_and_the_hour_it_was_made() -> None:
    pdf = daily_report_pdf(PAPER, made_at=AT)
    said = squeezed(text_of(pdf))
    for words in (
        "受付日報",
        "見本診療所",
        "令和8年11月24日",
        "結果",
        "確認",
        "12",
        "件数です。",
        "35.1",
        "18:05",
        "1/1",
    ):
        assert words in said
    assert "空の表" not in said
    assert "途中経過" not in said
    assert "模擬" not in said
    assert page_sizes(pdf) == [(210, 297)]


@needs_poppler
def test_a_running_day_and_a_trial_are_marked() -> None:
    said = squeezed(text_of(daily_report_pdf(replace(PAPER, provisional=True, simulated=True), made_at=AT)))
    assert "途中経過" in said
    assert "模擬" in said
    nothing = squeezed(text_of(daily_report_pdf(replace(PAPER, tables=()), made_at=AT)))
    assert "この日の受付はありません" in nothing


@needs_poppler
def test_a_long_day_takes_as_many_pages_as_it_needs() -> None:
    rows = tuple((f"項目{number}", str(number)) for number in range(200))
    long = replace(PAPER, tables=(Table(title="長い表", columns=("項目", "件数"), rows=rows),))
    pdf = daily_report_pdf(long, made_at=AT)
    assert len(page_sizes(pdf)) > 1
    said = squeezed(text_of(pdf))
    assert all(f"項目{number}" in said for number in range(200))


def test_equal_figures_give_equal_papers() -> None:
    assert daily_report_pdf(PAPER, made_at=AT) == daily_report_pdf(PAPER, made_at=AT)


def test_the_spreadsheet_has_one_figure_a_line() -> None:
    raw = daily_report_csv(replace(PAPER, provisional=True))
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert rows == [
        ["表", "項目", "列", "値"],
        ["日報", "日付", "", "2026-11-24"],
        ["日報", "途中経過", "", "1"],
        ["結果", "確認", "件数", "12"],
        ["結果", "全額", "件数", "1"],
        ["時間", "全体", "回数", "12"],
        ["時間", "全体", "秒", "35.1"],
    ]


def test_a_row_that_does_not_fit_its_columns_is_a_bug() -> None:
    table = Table(title="x", columns=("a", "b"), rows=(("1",),))
    with pytest.raises(ValueError, match="shorter"):
        daily_report_csv(replace(PAPER, tables=(table,)))


def test_letters_that_no_font_holds_do_not_stop_the_report() -> None:
    odd = replace(PAPER, facility="田診療所")
    assert daily_report_pdf(odd, made_at=AT).startswith(b"%PDF")
