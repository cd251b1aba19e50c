"""CSV for receipt computers: a row for each coverage, harmless in a spreadsheet, in both encodings."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.handoff.csv_rows import COLUMNS, CsvRows, harmless, rows_of, table
from kiosk.handoff.settled import SettledVisit
from tests.support.handoff import FOUR, HANAKO, TARO, answer, by_certificate, confirmed, label

UTF8 = CsvRows(header="en")


def read(settled: SettledVisit, form: CsvRows = UTF8) -> list[dict[str, str]]:
    content = form.make(settled, label(settled)).content
    text = content.decode("utf-8-sig" if form.encoding == "utf-8" else "cp932")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_visit_is_a_row_with_the_numbers_as_they_are() -> None:
    (row,) = read(confirmed())
    assert list(row) == list(COLUMNS)
    assert row["insurer_number"] == "01319904"
    assert row["insured_card_symbol"] == "２１７０００２３"
    assert row["insured_branch_number"] == "01"
    assert row["patient_number"] == "001234"
    assert (row["share_tenths"], row["share_source"]) == ("3", "answer")
    assert (row["settled_at"], row["valid_from"]) == ("2026-03-02T10:00:00+09:00", "2020-04-01")
    assert (row["kind"], row["simulated"], row["coverages"]) == ("settled", "0", "1")


def test_every_coverage_has_its_row_and_every_visit_has_one() -> None:
    rows = read(confirmed(answer=answer(TARO, HANAKO)))
    assert [(row["coverage"], row["insurer_number"]) for row in rows] == [("1", "01319904"), ("2", "131011")]
    assert {row["key"] for row in rows} == {rows[0]["key"]}
    for made in FOUR.values():
        assert len(read(made())) == 1


def test_a_certificate_gives_what_was_typed() -> None:
    (row,) = read(by_certificate())
    assert (row["coverage_source"], row["insured_identification_number"]) == ("paper", "3456")
    assert (row["valid_until"], row["share_tenths"], row["reason"]) == ("2027-07-31", "2", "network_fault")


def test_a_loss_takes_effect_on_its_day_so_the_day_before_is_the_last() -> None:
    (row,) = read(confirmed(answer=answer(HANAKO)))
    assert row["valid_until"] == "2026-03-31"


def test_the_header_is_japanese_unless_told_otherwise() -> None:
    content = CsvRows().make(confirmed(), label(confirmed())).content
    first = content.removeprefix(b"\xef\xbb\xbf").decode().split("\r\n")[0]
    assert first == ",".join(f'"{name}"' for name in COLUMNS.values())
    assert content.startswith(b"\xef\xbb\xbf")


def test_what_code_page_932_lacks_is_shown_and_counted() -> None:
    settled = confirmed(person=replace(confirmed().person, name="𠮷田〜髙 ●"))
    (row,) = read(settled, CsvRows(header="en", encoding="cp932"))
    assert (row["name"], row["unwritable"]) == ("〓田～髙 ●", "1")
    (row,) = read(settled)
    assert (row["name"], row["unwritable"]) == ("𠮷田〜髙 ●", "0")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"), ("＝1+1", "'＝1+1"), ("-12", "'-12"), ("－１２", "'－１２"),
        ("@SUM(A1)", "'@SUM(A1)"), ("+8190", "'+8190"), ("  =1", "'  =1"), ("\t=1", "' =1"),
        ("a\r\nb", "a  b"), ("12-34", "12-34"), ("", ""), ("山田　太郎", "山田　太郎"), ("0123", "0123"),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula_or_more_than_a_line(cell: str, written: str) -> None:
    assert harmless(cell) == written


@given(
    st.dictionaries(st.sampled_from(sorted(COLUMNS)), st.text(st.characters(codec="utf-8"), max_size=12)),
    st.sampled_from(["utf-8", "cp932"]),
)
def test_any_text_survives_as_one_row_and_runs_nothing(row: dict[str, str], encoding: str) -> None:
    content = table([row], header="en", encoding="utf-8" if encoding == "utf-8" else "cp932")
    text = content.decode("utf-8-sig" if encoding == "utf-8" else "cp932")
    assert text.endswith("\r\n")
    (back,) = csv.DictReader(io.StringIO(text, newline=""))
    assert set(back) == set(COLUMNS)
    for cell in back.values():
        assert "\n" not in cell
        assert not cell.strip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    if encoding == "utf-8":
        for column, cell in row.items():
            if column != "unwritable":
                assert back[column] == harmless(cell)


def test_simulated_visits_say_so_in_row_and_name() -> None:
    settled = confirmed(simulated=True)
    assert read(settled)[0]["simulated"] == "1"
    assert CsvRows().make(settled, label(settled)).file_name.startswith("simulated_uketsuke_")


def test_a_visit_of_several_rows_keeps_its_share_where_a_coverage_has_none() -> None:
    silent = replace(TARO, insured_partial_contribution_ratio="")
    rows = rows_of(confirmed(answer=answer(silent, HANAKO)), label(confirmed()))
    assert [row["share_tenths"] for row in rows] == ["3", "2"]
