"""日報, for the facility: tables of figures as PDF and CSV. In Japanese only; what stands in them is the caller's."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from kiosk.documents.days import japanese_day
from kiosk.documents.render import render
from kiosk.wording.glyphs import safe_text

_TOKYO = ZoneInfo("Asia/Tokyo")


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """``columns`` are the headings, the first of what a row is; each row is as long as they are."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


class DailyReportPaper(msgspec.Struct, frozen=True, kw_only=True):
    """``provisional``: the day is not over. ``simulated``: made with simulated devices."""

    facility: str
    day: date
    tables: tuple[Table, ...]
    provisional: bool = False
    simulated: bool = False


def daily_report_pdf(report: DailyReportPaper, *, made_at: datetime, fonts: Path | None = None) -> bytes:
    """On as many A4 pages as it needs; ``made_at`` has a time zone. Raises as ``render``."""
    at = made_at.astimezone(_TOKYO)
    data = {
        "facility": safe_text(report.facility).text,
        "day": japanese_day(report.day),
        "made": f"{japanese_day(at.date())} {at.hour}:{at.minute:02}",
        "tables": [msgspec.to_builtins(_safe(table)) for table in report.tables if table.rows],
        "provisional": report.provisional,
        "simulated": report.simulated,
    }
    return render("daily_report", data, "ja", made_at=made_at, fonts=fonts)


def daily_report_csv(report: DailyReportPaper) -> bytes:
    """One figure a line: table, row, column, value. UTF-8 with a mark, as spreadsheets want it."""
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\r\n").writerow
    write(("表", "項目", "列", "値"))
    write(("日報", "日付", "", report.day.isoformat()))
    for name, marked in (("途中経過", report.provisional), ("模擬", report.simulated)):
        if marked:
            write(("日報", name, "", "1"))
    for table in report.tables:
        for row in table.rows:
            for column, value in zip(table.columns[1:], row[1:], strict=True):
                write((table.title, row[0], column, value))
    return text.getvalue().encode("utf-8-sig")


def _safe(table: Table) -> Table:
    rows = tuple(tuple(safe_text(cell).text for cell in row) for row in table.rows)
    return msgspec.structs.replace(table, rows=rows)
