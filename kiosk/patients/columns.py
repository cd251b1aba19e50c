"""The columns of a patient CSV and what their cells may hold. README.md shows the table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Final

from kiosk.coverage import insurer, japanese_dates
from kiosk.coverage.individual_number import holds_individual_number
from kiosk.coverage.kana import katakana
from kiosk.patients.entry import LONGEST, holds_control
from kiosk.patients.findings import Doubt, Wrong
from kiosk.patients.matching import number_key

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "patient_number": ("患者番号", "診察券番号", "カルテ番号", "患者ID"),
    "name_kana": ("カナ氏名", "氏名カナ", "患者カナ氏名", "フリガナ", "ふりがな", "カナ"),
    "birth_date": ("生年月日",),
    "name": ("氏名", "患者氏名", "漢字氏名", "患者名"),
    "insurer_number": ("保険者番号",),
    "insurer_name": ("保険者名", "保険者名称"),
    "insured_card_symbol": ("記号", "保険証記号", "被保険者証記号", "被保険者証等記号"),
    "insured_identification_number": ("保険証番号", "被保険者番号", "被保険者証番号", "被保険者証等番号"),
    "insured_branch_number": ("枝番", "保険証枝番", "被保険者証枝番", "被保険者証等枝番"),
    "partial_contribution_ratio": ("負担割合", "一部負担金の割合", "一部負担金割合"),
    "last_visit": ("最終来院日", "最終受診日", "最終診療日"),
    "reference_number": ("照会番号",),
}
"""Names of the exchange in snake_case, and what receipt computers call them. Widths, blanks and kana do not matter."""

REQUIRED: Final = ("patient_number", "name_kana", "birth_date")

Value = str | int | None
_ABOUT_THE_CARD: Final = re.compile("(マイナンバー|個人番号|mynumber)(カード|card)")
_NUMBER_ITSELF: Final = re.compile("マイナンバー|個人番号|mynumber|individualnumber")
_TEXT_FORMULA: Final = re.compile('="([^"]*)"')
_CLOCK: Final = re.compile(r"[ T　]+[0-9０-９]{1,2}[:：][0-9０-９]{2}([:：][0-9０-９]{2})?(\.[0-9]+)?\Z")
_RATIOS: Final = {
    form: tenths
    for tenths in (1, 2, 3)
    for form in (f"{tenths}", f"{tenths}割", f"{tenths}0%", f"0.{tenths}", f"0{tenths}0")
} | {"20": 2, "30": 3}
_OTHER_RATIOS: Final = frozenset({"0", "0割", "0%", "000", "10", "10割", "100", "100%"})
"""None of the patient's, all of it, and 10, which some write for a tenth and others for the whole."""


class Refused(Exception):
    """A cell cannot be taken; the text is not in it."""

    def __init__(self, problem: Wrong) -> None:
        super().__init__(problem)
        self.problem = problem


def column_of(header: str) -> str | None:
    """The column that a header's cell names, None for one that is not taken."""
    return _BY_NAME.get(_folded(header))


def names_individual_number(header: str) -> bool:
    """Whether the header announces the 12-digit number; whether somebody has the card may well be said."""
    plain = re.sub(r"[_-]", "", _folded(header))
    return _NUMBER_ITSELF.search(_ABOUT_THE_CARD.sub("", plain)) is not None


def holds_number(cell: str) -> bool:
    """``holds_individual_number``, quick where there is no room for twelve digits."""
    return len(cell) >= 12 and holds_individual_number(cell)


def read_cell(column: str, cell: str, today: date) -> tuple[Value, Doubt | None]:
    """The value as kept, and what is doubtful about it. Raises ``Refused``."""
    if holds_number(cell):
        raise Refused(Wrong.INDIVIDUAL_NUMBER)
    text = _plain(cell)
    if not text:
        if column in REQUIRED:
            raise Refused(Wrong.EMPTY)
        return (None if column == "partial_contribution_ratio" else ""), None
    if len(text) > LONGEST[column]:
        raise Refused(Wrong.TOO_LONG)
    reader = _READERS.get(column)
    return reader(text, today) if reader else (text, None)


def _folded(header: str) -> str:
    return "".join(unicodedata.normalize("NFKC", katakana(header)).split()).lower()


_BY_NAME: Final = {_folded(name): column for column, names in COLUMNS.items() for name in (column, *names)}


def _plain(cell: str) -> str:
    """Without outer blanks and what nobody sees. ``="00123"`` is how spreadsheets are told to keep zeros; a lone dash
    says that there is nothing."""
    text = cell.strip()
    if wrapped := _TEXT_FORMULA.fullmatch(text):
        text = wrapped[1].strip()
    if not text.replace("\u3000", "").isprintable():
        text = "".join(character for character in text if unicodedata.category(character) != "Cf").strip()
        if holds_control(text):
            raise Refused(Wrong.CONTROL_CHARACTER)
    first = unicodedata.normalize("NFKC", text[:1])
    if first == "-" and not re.sub("[-－‐―─ー]", "", text):
        return ""
    if first and first in "=+-@":
        raise Refused(Wrong.FORMULA)
    return text


def _patient_number(text: str, _today: date) -> tuple[Value, None]:
    if not number_key(text):
        raise Refused(Wrong.PATIENT_NUMBER)
    return unicodedata.normalize("NFKC", text), None


def _kana(text: str, _today: date) -> tuple[Value, None]:
    """Full-width katakana, one wide blank between the parts."""
    kana = "\u3000".join(katakana(text).split())
    letters = [character for character in unicodedata.normalize("NFKC", kana) if character.isalpha()]
    if not letters or not all("ァ" <= letter <= "ヿ" or _latin(letter) for letter in letters):
        raise Refused(Wrong.KANA)
    return kana, None


def _latin(letter: str) -> bool:
    return letter < "\u0250"


def _day(text: str, today: date) -> tuple[Value, None]:
    day = japanese_dates.parse(_CLOCK.sub("", text))
    if not isinstance(day, date):
        raise Refused(Wrong.DAY)
    if day > today:
        raise Refused(Wrong.FUTURE_DAY)
    return day.isoformat(), None


def _insurer_number(text: str, _today: date) -> tuple[Value, Doubt | None]:
    """Spreadsheets take a leading zero away; it is put back where the check digit then proves it."""
    digits = insurer.normalise(text)
    if len(digits) in (5, 7) and isinstance(insurer.parse(f"0{digits}"), insurer.InsurerNumber):
        digits = f"0{digits}"
    found = insurer.parse(digits)
    if isinstance(found, insurer.InsurerNumber):
        return found.digits, None
    if found is not insurer.Flaw.CHECK_DIGIT:
        raise Refused(Wrong.INSURER_NUMBER)
    return digits, Doubt.CHECK_DIGIT


def _branch(text: str, _today: date) -> tuple[Value, None]:
    digits = unicodedata.normalize("NFKC", text)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 2):
        raise Refused(Wrong.BRANCH)
    return digits.zfill(2), None


def _ratio(text: str, _today: date) -> tuple[Value, Doubt | None]:
    form = unicodedata.normalize("NFKC", text)
    if form in _OTHER_RATIOS:
        return None, Doubt.RATIO_NOT_KEPT
    if form not in _RATIOS:
        raise Refused(Wrong.RATIO)
    return _RATIOS[form], None


_READERS: Final[dict[str, Callable[[str, date], tuple[Value, Doubt | None]]]] = {
    "patient_number": _patient_number,
    "name_kana": _kana,
    "birth_date": _day,
    "insurer_number": _insurer_number,
    "insured_branch_number": _branch,
    "partial_contribution_ratio": _ratio,
    "last_visit": _day,
    "reference_number": _patient_number,
}
