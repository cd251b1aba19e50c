"""What is said of a place in a CSV file: where it is, what is wrong, what to do. Never what stands there."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

MOST: Final = 100
"""More problems are not looked for, and more warnings not listed."""


class Wrong(StrEnum):
    """Why a file is refused."""

    NO_FILE = "no_file"
    FILE_SIZE = "file_size"
    ENCODING = "encoding"
    NUL = "nul"
    NOT_CSV = "not_csv"
    NO_HEADER = "no_header"
    MISSING_COLUMN = "missing_column"
    COLUMN_TWICE = "column_twice"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MANY_ROWS = "too_many_rows"
    FIELD_COUNT = "field_count"
    INDIVIDUAL_NUMBER = "individual_number"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    CONTROL_CHARACTER = "control_character"
    FORMULA = "formula"
    PATIENT_NUMBER = "patient_number"
    KANA = "kana"
    DAY = "day"
    FUTURE_DAY = "future_day"
    INSURER_NUMBER = "insurer_number"
    BRANCH = "branch"
    RATIO = "ratio"
    TWICE = "twice"


class Doubt(StrEnum):
    """What is taken all the same, and should be looked at."""

    CHECK_DIGIT = "check_digit"
    RATIO_NOT_KEPT = "ratio_not_kept"
    ENTERED_TWICE = "entered_twice"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """``line``: where the record begins, the header being 1; 0 is the file as a whole. ``column``: a name of
    ``columns.COLUMNS``, ``"#7"`` for the seventh column where it has no such name, or "". ``other_line``: the
    earlier one of two that are alike, else 0."""

    line: int
    problem: Wrong | Doubt
    column: str = ""
    other_line: int = 0

    @property
    def remedy(self) -> str:
        return _REMEDIES[self.problem]

    @property
    def text(self) -> str:
        """``line 12, birth_date: day``."""
        place = ", ".join(part for part in (f"line {self.line}" if self.line else "", self.column) if part)
        other = f" (as line {self.other_line})" if self.other_line else ""
        return f"{place}: {self.problem}{other}" if place else f"{self.problem}{other}"


_REMEDIES: Final[dict[Wrong | Doubt, str]] = {
    Wrong.NO_FILE: "Name a CSV file that this user can read.",
    Wrong.FILE_SIZE: "64 MiB are the most. Split the patients over several files, imported one by one.",
    Wrong.ENCODING: "Save the file as UTF-8 or as Shift_JIS (code page 932).",
    Wrong.NUL: "The file holds NUL bytes. Save it as CSV in UTF-8 or Shift_JIS, not as UTF-16 or a workbook.",
    Wrong.NOT_CSV: "Separate by commas, and put a cell that holds a comma, a quote or a line's end in quotes.",
    Wrong.NO_HEADER: "Begin the file with one line that names its columns.",
    Wrong.MISSING_COLUMN: (
        "The first line must name this column, such as 患者番号, カナ氏名, 生年月日; the documents list the names."
    ),
    Wrong.COLUMN_TWICE: "Two columns have names for the same. Leave one of them out of the export.",
    Wrong.TOO_MANY_COLUMNS: "256 columns are the most. Export only those that are listed.",
    Wrong.TOO_MANY_ROWS: "200,000 patients are the most. Split them over several files, imported one by one.",
    Wrong.FIELD_COUNT: "The line has more or fewer cells than the header. Look for a comma that is not in quotes.",
    Wrong.INDIVIDUAL_NUMBER: (
        "Take the 12-digit individual number out of the file, also of columns that are not taken: a reception "
        "must not hold it."
    ),
    Wrong.EMPTY: "This cell must be filled in.",
    Wrong.TOO_LONG: "The cell is longer than anything of its kind. Look for a missing quote or a shifted column.",
    Wrong.CONTROL_CHARACTER: "Take tabs, line ends and other control characters out of the cell.",
    Wrong.FORMULA: "The cell begins like a formula of a spreadsheet. Take the first sign out.",
    Wrong.PATIENT_NUMBER: "A patient number has letters and digits, set apart by no more than - . / _ and blanks.",
    Wrong.KANA: "Write the name in katakana or hiragana; Latin letters are taken too.",
    Wrong.DAY: "Write a day of the calendar like 1985-04-01, 19850401 or 昭和60年4月1日, the year in full.",
    Wrong.FUTURE_DAY: "The day has not come yet. Look at the year, and at this machine's clock.",
    Wrong.INSURER_NUMBER: "An insurer number has 8 digits, or 6 for 国民健康保険. Empty the cell if there is none.",
    Wrong.BRANCH: "A branch number has two digits. Empty the cell if there is none.",
    Wrong.RATIO: "Write 1, 2 or 3 (tenths), such as 3, 3割 or 30%, or leave the cell empty.",
    Wrong.TWICE: "Two lines have the same number. Leave one of them out.",
    Doubt.CHECK_DIGIT: "The insurer number's check digit is wrong: compare it with the patient's papers.",
    Doubt.RATIO_NOT_KEPT: "Only 1, 2 or 3 tenths are kept; the share is left open.",
    Doubt.ENTERED_TWICE: "One person has two patient numbers: neither is found by an answer until one is gone.",
}
