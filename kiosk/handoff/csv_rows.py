"""A settled visit as CSV (RFC 4180): a header and one row for each coverage. README.md describes the columns."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import Final, Literal

import msgspec

from kiosk.eligibility.oqs.text import in_the_set
from kiosk.handoff.coverages import Coverage, coverages_of
from kiosk.handoff.parcel import Label, Parcel, japanese_time, own_file_name
from kiosk.handoff.settled import SettledVisit, content_of

Header = Literal["ja", "en"]
Encoding = Literal["utf-8", "cp932"]

COLUMNS: Final = {
    "key": "キー",
    "revision": "版",
    "kind": "種別",
    "simulated": "模擬",
    "visit": "受付ID",
    "reception_number": "受付番号",
    "settled_at": "受付日時",
    "outcome": "結果",
    "evidence": "確認方法",
    "reason": "理由",
    "recheck": "再確認",
    "patient_number": "患者番号",
    "name": "氏名",
    "name_kana": "カナ氏名",
    "birth_date": "生年月日",
    "sex": "性別",
    "coverage": "資格連番",
    "coverages": "資格数",
    "coverage_source": "資格の出所",
    "insurer_number": "保険者番号",
    "insurer_name": "保険者名",
    "insured_card_symbol": "記号",
    "insured_identification_number": "番号",
    "insured_branch_number": "枝番",
    "personal_family_classification": "本人家族",
    "valid_from": "資格開始日",
    "valid_until": "資格終了日",
    "share_tenths": "負担割合",
    "share_source": "負担割合の出所",
    "unwritable": "置換文字数",
}
"""English name: Japanese name, in the order of the columns."""

GETA: Final = "〓"
"""Stands for what code page 932 does not have."""
_STARTS_A_FORMULA: Final = frozenset("=+-@")


class CsvRows(msgspec.Struct, frozen=True, kw_only=True):
    header: Header = "ja"
    encoding: Encoding = "utf-8"

    def relevant(self, settled: SettledVisit) -> bytes | None:
        return content_of(settled)

    def make(self, settled: SettledVisit, label: Label) -> Parcel:
        content = table(rows_of(settled, label), header=self.header, encoding=self.encoding)
        charset = "utf-8" if self.encoding == "utf-8" else "Shift_JIS"
        return Parcel(own_file_name(settled, label, "csv"), f"text/csv; charset={charset}", content)


def rows_of(settled: SettledVisit, label: Label) -> list[dict[str, str]]:
    """One for each coverage; one for a visit without any."""
    coverages = coverages_of(settled)
    person = settled.person
    share = settled.share
    visit = {
        "key": label.key,
        "revision": str(label.revision),
        "kind": label.kind,
        "simulated": "1" if settled.simulated else "0",
        "visit": settled.visit,
        "reception_number": settled.reception_number,
        "settled_at": japanese_time(settled.settled_at),
        "outcome": settled.outcome,
        "evidence": settled.evidence or "",
        "reason": settled.reason or "",
        "recheck": settled.recheck,
        "patient_number": settled.patient_number,
        "name": person.name,
        "name_kana": person.kana,
        "birth_date": person.birth_date,
        "sex": person.sex,
        "coverages": str(len(coverages)),
        "share_tenths": str(share.tenths) if share is not None else "",
        "share_source": share.source if share is not None else "",
    }
    if not coverages:
        return [visit]
    return [visit | _coverage(place, coverage) for place, coverage in enumerate(coverages, 1)]


def _coverage(place: int, coverage: Coverage) -> dict[str, str]:
    cells = {
        "coverage": str(place),
        "coverage_source": coverage.source,
        "insurer_number": coverage.insurer_number,
        "insurer_name": coverage.insurer_name,
        "insured_card_symbol": coverage.symbol,
        "insured_identification_number": coverage.number,
        "insured_branch_number": coverage.branch,
        "personal_family_classification": coverage.relation,
        "valid_from": coverage.since,
        "valid_until": coverage.until,
    }
    return cells if coverage.share is None else cells | {"share_tenths": str(coverage.share)}


def table(rows: list[dict[str, str]], *, header: Header = "ja", encoding: Encoding = "utf-8") -> bytes:
    """UTF-8 begins with a byte order mark, without which spreadsheets take it for Shift_JIS."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS.values() if header == "ja" else COLUMNS)
    for row in rows:
        writer.writerow(_cells(row, encoding))
    written = text.getvalue()
    return b"\xef\xbb\xbf" + written.encode() if encoding == "utf-8" else written.encode("cp932")


def _cells(row: dict[str, str], encoding: Encoding) -> list[str]:
    cells = {column: harmless(row.get(column, "")) for column in COLUMNS}
    if encoding == "cp932":
        written = {column: _in_cp932(cell) for column, cell in cells.items()}
        replaced = sum(cell.count(GETA) - cells[column].count(GETA) for column, cell in written.items())
        cells = written | {"unwritable": str(replaced)}
    else:
        cells["unwritable"] = "0"
    return list(cells.values())


def harmless(cell: str) -> str:
    """One line, and nothing that a spreadsheet would carry out: what begins like a formula, in any width, gets an
    apostrophe before it."""
    plain = "".join(" " if unicodedata.category(character) == "Cc" else character for character in cell)
    first = unicodedata.normalize("NFKC", plain.strip()[:1])
    return f"'{plain}" if first and first[0] in _STARTS_A_FORMULA else plain


def _in_cp932(cell: str) -> str:
    return "".join(_character(character) for character in in_the_set(cell))


def _character(character: str) -> str:
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        return GETA
    return character
