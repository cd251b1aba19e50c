"""Reading a CSV file of patients: hostile until every cell has been looked at. README.md has the format.

All of it is read before anything is kept, and what is refused is told by line and column only: no exception that
leaves here, nor its context, holds a piece of the file.
"""

from __future__ import annotations

import csv
import io
import os
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final, Literal

import msgspec

from kiosk.coverage.kana import same_kana
from kiosk.patients.columns import (
    REQUIRED,
    Refused,
    Value,
    column_of,
    holds_number,
    names_individual_number,
    read_cell,
)
from kiosk.patients.entry import Plan, Row
from kiosk.patients.errors import CsvRefused
from kiosk.patients.findings import MOST, Doubt, Finding, Wrong
from kiosk.patients.interface import ImportReport
from kiosk.patients.matching import number_key, numbers_key

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_ROWS: Final = 200_000
MAX_COLUMNS: Final = 256

Encoding = Literal["utf-8", "cp932"]
_Record = tuple[int, list[str]]


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A file that may be taken. ``warnings``: the first of ``warned``."""

    encoding: Encoding
    columns: tuple[str, ...]
    columns_not_taken: tuple[int, ...]
    rows: tuple[Row, ...]
    warned: int
    warnings: tuple[Finding, ...]

    def __repr__(self) -> str:
        return f"<Sheet: {len(self.rows)} rows>"


def read_sheet(path: Path, today: date) -> Sheet:
    """Raises ``CsvRefused``."""
    text, encoding = _decoded(_content(path))
    records = _records(text)
    header = next(records, None)
    if header is None:
        raise _refused(Wrong.NO_HEADER)
    reading = _Reading(header, today)
    for record in records:
        reading.take(record)
    return reading.sheet(encoding)


def report(sheet: Sheet, planned: Plan, *, dry_run: bool) -> ImportReport:
    return ImportReport(
        new=planned.new,
        changed=planned.changed,
        same=planned.same,
        encoding=sheet.encoding,
        columns=sheet.columns,
        columns_not_taken=sheet.columns_not_taken,
        warned=sheet.warned,
        warnings=sheet.warnings,
        dry_run=dry_run,
    )


def _refused(problem: Wrong, line: int = 0, column: str = "") -> CsvRefused:
    return CsvRefused([Finding(line=line, column=column, problem=problem)])


# ------------------------------------------------------------------------------------- bytes to records


def _content(path: Path) -> bytes:
    """No more than the limit, and of a regular file only: a pipe would keep us waiting."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError):  # ValueError: a NUL in the name
        raise _refused(Wrong.NO_FILE) from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _refused(Wrong.NO_FILE)
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(MAX_BYTES + 1)
    except OSError:
        raise _refused(Wrong.NO_FILE) from None
    finally:
        os.close(descriptor)
    if len(content) > MAX_BYTES:
        raise _refused(Wrong.FILE_SIZE)
    return content


def _decoded(content: bytes) -> tuple[str, Encoding]:
    """UTF-8 where it is that, else code page 932: Japanese in the one is hardly ever right in the other."""
    if (nul := content.find(b"\0")) >= 0:
        raise _refused(Wrong.NUL, _line(content, nul))
    encodings: tuple[Encoding, ...] = ("utf-8", "cp932")
    wrong_at = 0
    for encoding in encodings:
        try:
            return content.decode("utf-8-sig" if encoding == "utf-8" else encoding), encoding
        except UnicodeDecodeError as error:  # holds the whole file, so nothing may be raised from here
            wrong_at = max(wrong_at, error.start)
    raise _refused(Wrong.ENCODING, _line(content, wrong_at))


def _line(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1


def _records(text: str) -> Iterator[_Record]:
    """Each record that is not blank, with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:  # tells of the form only
            raise _refused(Wrong.NOT_CSV, line) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


# ------------------------------------------------------------------------------------- records to rows


class _Reading:
    """A sheet as far as it has been read."""

    def __init__(self, header: _Record, today: date) -> None:
        self._today = today
        self._problems: list[Finding] = []
        self._warnings: list[Finding] = []
        self._warned = 0
        self._rows: list[Row] = []
        self._width = len(header[1])
        self._columns = self._understood(header)
        self._not_taken = [at for at in range(self._width) if at not in self._columns]
        self._suspects: dict[
            int, int
        ] = {}  # columns not taken that have held nothing but individual numbers: line
        self._cleared: set[int] = set()
        self._numbers: dict[tuple[str, str], int] = {}  # (column, key): line
        self._people: dict[tuple[Value, str], list[tuple[str, int]]] = {}

    def sheet(self, encoding: Encoding) -> Sheet:
        for at, line in sorted(self._suspects.items()):
            self._problem(line, Wrong.INDIVIDUAL_NUMBER, f"#{at + 1}")
        if self._problems:
            raise CsvRefused(self._problems)
        return Sheet(
            encoding=encoding,
            columns=tuple(self._columns.values()),
            columns_not_taken=tuple(at + 1 for at in self._not_taken),
            rows=tuple(self._rows),
            warned=self._warned,
            warnings=tuple(self._warnings),
        )

    def take(self, record: _Record) -> None:
        line, cells = record
        if len(self._rows) == MAX_ROWS:
            raise _refused(Wrong.TOO_MANY_ROWS, line)
        if len(cells) < self._width or any(cell.strip() for cell in cells[self._width :]):
            self._problem(line, Wrong.FIELD_COUNT)
            return
        self._suspect(line, cells)
        values = {column: self._value(line, column, cells[at]) for at, column in self._columns.items()}
        row = Row(line=line, cells=values)
        self._compare(row)
        self._rows.append(row)

    def _understood(self, header: _Record) -> dict[int, str]:
        """Position and name of each column that is taken."""
        line, cells = header
        if self._width > MAX_COLUMNS:
            raise _refused(Wrong.TOO_MANY_COLUMNS, line)
        columns: dict[int, str] = {}
        for at, cell in enumerate(cells):
            if names_individual_number(cell):
                raise _refused(Wrong.INDIVIDUAL_NUMBER, line, f"#{at + 1}")
            column = column_of(cell)
            if column is None:
                continue
            if column in columns.values():
                self._problem(line, Wrong.COLUMN_TWICE, column)
            columns[at] = column
        for column in REQUIRED:
            if column not in columns.values():
                self._problem(line, Wrong.MISSING_COLUMN, column)
        if self._problems:
            raise CsvRefused(self._problems)
        return columns

    def _suspect(self, line: int, cells: list[str]) -> None:
        """One cell of a column that is not taken may fit by chance (a time stamp in twelve digits does so once in
        ten); a whole column does not."""
        for at in self._not_taken:
            cell = cells[at]
            if at in self._cleared or not cell.strip():
                continue
            if holds_number(cell):
                self._suspects.setdefault(at, line)
            else:
                self._cleared.add(at)
                self._suspects.pop(at, None)

    def _value(self, line: int, column: str, cell: str) -> Value:
        try:
            value, doubt = read_cell(column, cell, self._today)
        except Refused as refused:
            self._problem(line, refused.problem, column)
            return ""
        if doubt is not None:
            self._doubt(line, doubt, column)
        return value

    def _compare(self, row: Row) -> None:
        """With the rows before it."""
        for column in ("patient_number", "reference_number"):
            key = number_key(str(row.cells.get(column, "")))
            earlier = self._numbers.setdefault((column, key), row.line) if key else row.line
            if earlier != row.line:
                self._problem(row.line, Wrong.TWICE, column, earlier)
        cells = {column: str(value) for column, value in row.cells.items()}
        key = numbers_key(
            cells.get("insurer_number", ""),
            cells.get("insured_card_symbol", ""),
            cells.get("insured_identification_number", ""),
        )
        if not key:
            return
        alike = self._people.setdefault((cells["birth_date"], key), [])
        for kana, line in alike:
            if same_kana(kana, cells["name_kana"]):
                self._doubt(row.line, Doubt.ENTERED_TWICE, "name_kana", line)
                return
        alike.append((cells["name_kana"], row.line))

    def _problem(self, line: int, problem: Wrong, column: str = "", other_line: int = 0) -> None:
        self._problems.append(Finding(line=line, column=column, problem=problem, other_line=other_line))
        if len(self._problems) == MOST:
            raise CsvRefused(self._problems)

    def _doubt(self, line: int, doubt: Doubt, column: str, other_line: int = 0) -> None:
        self._warned += 1
        if len(self._warnings) < MOST:
            self._warnings.append(Finding(line=line, column=column, problem=doubt, other_line=other_line))
