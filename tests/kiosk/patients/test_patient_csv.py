"""What a CSV of patients may look like, and that what is refused is told by its place alone."""

from __future__ import annotations

import csv
import io
import os
import re
import traceback
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kiosk.patients
from kiosk.patients import csv_file
from kiosk.patients.columns import COLUMNS, column_of
from kiosk.patients.csv_file import Sheet, read_sheet
from kiosk.patients.errors import CsvRefused
from kiosk.patients.findings import MOST, Doubt, Finding, Wrong
from tests.support.patients import HEADER, LINE, TODAY, individual_number, with_cell, write_csv

CANARY = "カナリア"
SNAKE = (
    "patient_number,name_kana,name,birth_date,insurer_number,insurer_name,insured_card_symbol,"
    "insured_identification_number,insured_branch_number,partial_contribution_ratio,last_visit,reference_number"
)

OTHER = with_cell("患者番号", "2", with_cell("カナ氏名", "ベツジン"))

# All that code page 932 holds and gives back; a number would now and then be an individual one.
WRITTEN = st.characters(codec="cp932", categories=["L", "P", "Zs"], exclude_characters="‖〜")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "patients.csv"


def refusal(path: Path) -> tuple[Finding, ...]:
    with pytest.raises(CsvRefused) as caught:
        read_sheet(path, TODAY)
    assert caught.value.remedy
    return caught.value.problems


def only(problems: tuple[Finding, ...]) -> tuple[int, str, Wrong | Doubt]:
    (found,) = problems
    assert len(found.remedy) > 20
    return found.line, found.column, found.problem


def cells(sheet: Sheet, row: int = 0) -> dict[str, object]:
    return dict(sheet.rows[row].cells)


HANAKO = {
    "patient_number": "001234", "name_kana": "ミホン　ハナコ", "name": "見本　花子", "birth_date": "1985-04-01",
    "insurer_number": "06319917", "insurer_name": "見本健康保険組合", "insured_card_symbol": "１２－３４",
    "insured_identification_number": "0056789", "insured_branch_number": "02", "partial_contribution_ratio": 3,
    "last_visit": "2026-01-15", "reference_number": "",
}  # fmt: skip


# -- encodings and headers -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("encoding", "told"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp932", "cp932")]
)
@pytest.mark.parametrize("header", [HEADER, SNAKE])
def test_both_encodings_and_both_kinds_of_names_are_taken(
    path: Path, header: str, encoding: str, told: str
) -> None:
    sheet = read_sheet(write_csv(path, [LINE], header=header, encoding=encoding), TODAY)
    assert sheet.encoding == told
    assert cells(sheet) == HANAKO
    assert (sheet.columns_not_taken, sheet.warned) == ((), 0)


def test_characters_that_only_code_page_932_has_survive(path: Path) -> None:
    rare = "髙﨑　①～"
    sheet = read_sheet(write_csv(path, [with_cell("氏名", rare)], encoding="cp932"), TODAY)
    assert cells(sheet)["name"] == rare
    own = write_csv(path, [with_cell("氏名", "*")], encoding="cp932").read_bytes()
    path.write_bytes(own.replace(b"*", b"\xf0\x40"))  # a character of the facility's own
    assert cells(read_sheet(path, TODAY))["name"] == "\ue000"


@pytest.mark.parametrize("column", COLUMNS)
def test_every_documented_name_of_a_column_is_known_in_any_width(column: str) -> None:
    for name in (column, *COLUMNS[column], f" {column.upper()} "):
        assert column_of(name) == column
        assert column_of(name.translate({ord("カ"): "ｶ", ord("ナ"): "ﾅ"})) == column
        assert column_of(f"{name[:2]}　{name[2:]}") == column


def test_the_documents_list_the_columns_that_are_known() -> None:
    documents = (Path(kiosk.patients.__file__).parent / "README.md").read_text(encoding="utf-8")
    listed = {
        name: tuple(re.split("[、 ]+", names.strip()))
        for name, names in re.findall(r"^\| `(\w+)`[^|]*\| ([^|]+) \|", documents, re.MULTILINE)
    }
    assert listed == COLUMNS


def test_the_order_is_free_and_other_columns_are_not_looked_at(path: Path) -> None:
    write_csv(path, ["1,1985/4/1,東京都\nどこか,ミホン ハナコ,"], header="患者番号,生年月日,住所,カナ氏名,")
    path.write_text(
        '患者番号,生年月日,住所,カナ氏名,\n1,1985/4/1,"東京都\nどこか, 1",ミホン ハナコ,\n', encoding="utf-8"
    )
    sheet = read_sheet(path, TODAY)
    assert cells(sheet) == {"patient_number": "1", "birth_date": "1985-04-01", "name_kana": "ミホン　ハナコ"}
    assert sheet.columns_not_taken == (3, 5)


@pytest.mark.parametrize("column", ["患者番号", "カナ氏名", "生年月日"])
def test_a_file_without_a_needed_column_is_refused(path: Path, column: str) -> None:
    line, name, problem = only(refusal(write_csv(path, [LINE], header=HEADER.replace(column, "x", 1))))
    assert (line, column in COLUMNS[name], problem) == (1, True, Wrong.MISSING_COLUMN)


def test_two_columns_for_the_same_are_refused(path: Path) -> None:
    header = HEADER.replace("保険者名", "patient_number")
    assert only(refusal(write_csv(path, [LINE], header=header))) == (1, "patient_number", Wrong.COLUMN_TWICE)


def test_a_file_without_a_header_is_refused_without_repeating_it(path: Path) -> None:
    problems = refusal(write_csv(path, [LINE], header=LINE))
    assert {found.problem for found in problems} == {Wrong.MISSING_COLUMN}
    assert only(refusal(write_csv(path, [], header=""))) == (0, "", Wrong.NO_HEADER)


def test_lines_are_counted_as_an_editor_counts_them(path: Path) -> None:
    bad = with_cell("生年月日", "x")
    text = f'\n{HEADER},住所\n\n{LINE},"a\nb\nc"\n,,,\n{bad.replace("001234", "2")},"d\ne"\n{bad},f\n'
    path.write_text(text, encoding="utf-8")
    assert [found.line for found in refusal(path)][:2] == [8, 10]


# -- what the cells say ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("column", "written", "kept"),
    [
        ("患者番号", " ００１２３４ ", "001234"),
        ("患者番号", "A-12", "A-12"),
        ("患者番号", '"=""001234"""', "001234"),
        ("カナ氏名", "ﾐﾎﾝ ﾊﾅｺ", "ミホン　ハナコ"),
        ("カナ氏名", "みほん  はなこ", "ミホン　ハナコ"),
        ("カナ氏名", "Smith Anna・ﾏﾘｱ", "Smith　Anna・マリア"),
        ("氏名", "見本\u200b　花子", "見本　花子"),
        ("氏名", "葛\U000e0100城", "葛\U000e0100城"),
        ("生年月日", "昭和60年4月1日", "1985-04-01"),
        ("生年月日", "Ｓ６０．４．１", "1985-04-01"),
        ("生年月日", "19850401", "1985-04-01"),
        ("生年月日", "1985/4/1 0:00:00", "1985-04-01"),
        ("最終来院日", "令和8年3月2日", "2026-03-02"),
        ("最終来院日", "2026/03/01 09:15", "2026-03-01"),
        ("最終来院日", "", ""),
        ("保険者番号", "０６３１９９１７", "06319917"),
        ("保険者番号", "6319917", "06319917"),
        ("保険者番号", "00138057", "138057"),
        ("保険者番号", "", ""),
        ("記号", "－", ""),
        ("記号", "らけ", "らけ"),
        ("枝番", "2", "02"),
        ("枝番", "０２", "02"),
        ("負担割合", "３割", 3),
        ("負担割合", "20%", 2),
        ("負担割合", "030", 3),
        ("負担割合", "0.1", 1),
        ("負担割合", "", None),
    ],
)
def test_a_cell_is_read_as_it_was_meant(
    path: Path, column: str, written: str, kept: str | int | None
) -> None:
    sheet = read_sheet(write_csv(path, [with_cell(column, written)]), TODAY)
    assert sheet.warned == 0
    assert cells(sheet)[column_of(column) or ""] == kept


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("患者番号", "", Wrong.EMPTY),
        ("患者番号", "-", Wrong.EMPTY),
        ("患者番号", "12;34", Wrong.PATIENT_NUMBER),
        ("患者番号", "1" * 31, Wrong.TOO_LONG),
        ("カナ氏名", "　", Wrong.EMPTY),
        ("カナ氏名", "見本　花子", Wrong.KANA),
        ("カナ氏名", "123", Wrong.KANA),
        ("氏名", "花" * 121, Wrong.TOO_LONG),
        ("生年月日", "", Wrong.EMPTY),
        ("生年月日", "1985-02-29", Wrong.DAY),
        ("生年月日", "85/4/1", Wrong.DAY),
        ("生年月日", "31138", Wrong.DAY),
        ("生年月日", "2026-03-03", Wrong.FUTURE_DAY),
        ("最終来院日", "2026-03-03", Wrong.FUTURE_DAY),
        ("最終来院日", "きのう", Wrong.DAY),
        ("保険者番号", "自費", Wrong.INSURER_NUMBER),
        ("保険者番号", "6.32E+06", Wrong.INSURER_NUMBER),
        ("保険者番号", "123456789", Wrong.INSURER_NUMBER),
        ("枝番", "123", Wrong.BRANCH),
        ("枝番", "a", Wrong.BRANCH),
        ("負担割合", "4", Wrong.RATIO),
        ("負担割合", "30割", Wrong.RATIO),
        ("負担割合", "半分", Wrong.RATIO),
        ("照会番号", "?", Wrong.PATIENT_NUMBER),
        ("氏名", "=HYPERLINK(1)", Wrong.FORMULA),
        ("氏名", "＝1＋1", Wrong.FORMULA),
        ("氏名", "@SUM(A1)", Wrong.FORMULA),
        ("保険者名", "+1", Wrong.FORMULA),
        ("保険者名", "-1+1", Wrong.FORMULA),
        ("保険者名", '"="&"1"', Wrong.NOT_CSV),
        ("保険者名", '"=""1""&A1"', Wrong.FORMULA),
        ("保険者名", '"=""=1"""', Wrong.FORMULA),
        ("氏名", "見本\x07", Wrong.CONTROL_CHARACTER),
        ("氏名", "見\t本", Wrong.CONTROL_CHARACTER),
        ("氏名", '"見\n本"', Wrong.CONTROL_CHARACTER),
        ("氏名", "見\u2028本", Wrong.CONTROL_CHARACTER),
        ("氏名", "見\x85本", Wrong.CONTROL_CHARACTER),
    ],
)
def test_a_cell_that_cannot_be_so_is_named_by_line_and_column(
    path: Path, column: str, cell: str, problem: Wrong
) -> None:
    line, name, told = only(refusal(write_csv(path, [LINE, with_cell(column, cell, OTHER)])))
    assert (line, told) == (3, problem)
    assert name == ("" if problem is Wrong.NOT_CSV else column_of(column))


def test_a_wrong_check_digit_and_an_odd_share_are_taken_with_a_warning(path: Path) -> None:
    lines = [
        with_cell("保険者番号", "06319918"),
        with_cell("負担割合", "0割", OTHER),
    ]
    sheet = read_sheet(write_csv(path, lines), TODAY)
    assert [(found.line, found.column, found.problem) for found in sheet.warnings] == [
        (2, "insurer_number", Doubt.CHECK_DIGIT),
        (3, "partial_contribution_ratio", Doubt.RATIO_NOT_KEPT),
    ]
    assert cells(sheet)["insurer_number"] == "06319918"
    assert cells(sheet, 1)["partial_contribution_ratio"] is None


def test_a_zero_is_put_back_only_where_the_check_digit_proves_it(path: Path) -> None:
    problem = only(refusal(write_csv(path, [with_cell("保険者番号", "6319918")])))
    assert problem == (2, "insurer_number", Wrong.INSURER_NUMBER)


@pytest.mark.parametrize(
    ("column", "one", "other"), [("患者番号", "1234", "０1234"), ("照会番号", "R-7", "r7")]
)
def test_a_number_that_comes_twice_is_refused_with_both_lines(
    path: Path, column: str, one: str, other: str
) -> None:
    second = with_cell(column, other, with_cell("カナ氏名", "ベツジン", with_cell("患者番号", "9")))
    (found,) = refusal(write_csv(path, [with_cell(column, one), second]))
    assert (found.line, found.other_line, found.problem) == (3, 2, Wrong.TWICE)
    assert found.text.endswith("(as line 2)")


def test_twins_and_families_in_one_file_are_no_doubt(path: Path) -> None:
    twin = with_cell("患者番号", "2", with_cell("カナ氏名", "ミホン　ハナエ"))
    parent = with_cell("患者番号", "3", with_cell("生年月日", "1955-04-01"))
    assert read_sheet(write_csv(path, [LINE, twin, parent]), TODAY).warned == 0


# -- individual numbers ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name",
    [
        "個人番号",
        "マイナンバー",
        "ﾏｲﾅﾝﾊﾞｰ",
        "患者個人番号（12桁）",
        "my_number",
        "MyNumber",
        "individual_number",
    ],
)
def test_a_column_of_individual_numbers_is_refused_by_its_name(path: Path, name: str) -> None:
    problem = only(refusal(write_csv(path, [], header=f"{HEADER},{name}")))
    assert problem == (1, "#13", Wrong.INDIVIDUAL_NUMBER)


@pytest.mark.parametrize("name", ["マイナンバーカード有無", "個人番号カード", "電話番号"])
def test_a_column_about_the_card_is_just_not_taken(path: Path, name: str) -> None:
    assert read_sheet(
        write_csv(path, [f"{LINE},有"], header=f"{HEADER},{name}"), TODAY
    ).columns_not_taken == (13,)


@pytest.mark.parametrize("column", HEADER.split(","))
def test_no_cell_that_is_taken_may_hold_one(path: Path, column: str) -> None:
    digits = individual_number()
    for written in (digits, f"{digits[:4]}-{digits[4:8]}-{digits[8:]}", f"番号{digits}"):
        with pytest.raises(CsvRefused) as caught:
            read_sheet(write_csv(path, [with_cell(column, written)]), TODAY)
        assert only(caught.value.problems) == (2, column_of(column), Wrong.INDIVIDUAL_NUMBER)
        assert digits[:4] not in told(caught.value)


def test_a_column_that_is_not_taken_and_holds_nothing_else_is_refused(path: Path) -> None:
    lines = [f"{LINE},", f"{OTHER},{individual_number()}"]
    assert only(refusal(write_csv(path, lines, header=f"{HEADER},備考"))) == (
        3,
        "#13",
        Wrong.INDIVIDUAL_NUMBER,
    )


def test_a_time_stamp_that_fits_by_chance_does_not_stop_an_import(path: Path) -> None:
    for stamps in ((individual_number(), "2026-03-01"), ("2026-03-01", individual_number())):
        lines = [f"{line},{stamp}" for line, stamp in zip((LINE, OTHER), stamps, strict=True)]
        sheet = read_sheet(write_csv(path, lines, header=f"{HEADER},更新"), TODAY)
        assert len(sheet.rows) == 2
        assert not any(stamps[0] in str(row.cells) or stamps[1] in str(row.cells) for row in sheet.rows)


# -- hostile files ---------------------------------------------------------------------------------
def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, tmp_path / "nothing", Path("/dev/zero"), Path("a\0b")):
        assert only(refusal(path)) == (0, "", Wrong.NO_FILE)


def test_a_file_that_is_too_large_is_not_read_to_its_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_csv(path, [LINE])
    monkeypatch.setattr(csv_file, "MAX_BYTES", path.stat().st_size)
    assert len(read_sheet(path, TODAY).rows) == 1
    monkeypatch.setattr(csv_file, "MAX_BYTES", path.stat().st_size - 1)
    assert only(refusal(path)) == (0, "", Wrong.FILE_SIZE)


def test_too_many_rows_and_columns_are_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "MAX_ROWS", 1)
    second = with_cell("患者番号", "2")
    assert only(refusal(write_csv(path, [LINE, second]))) == (3, "", Wrong.TOO_MANY_ROWS)
    assert only(refusal(write_csv(path, [], header=HEADER + "," * 300))) == (1, "", Wrong.TOO_MANY_COLUMNS)


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        (b"\xff\xfea\0b\0", 1, Wrong.NUL),
        (b"a,b\nc\0,d\n", 2, Wrong.NUL),
        (b"a,b\nc,\x81\n", 2, Wrong.ENCODING),
        (b"a,b\n\n\x81\xff,\n", 3, Wrong.ENCODING),
        (b"", 0, Wrong.NO_HEADER),
        (b"\n \n", 0, Wrong.NO_HEADER),
        (b'"a,b\nc', 1, Wrong.NOT_CSV),
        (b'"a"b,c\n', 1, Wrong.NOT_CSV),
        (b"a," + b"x" * 200_000, 1, Wrong.NOT_CSV),
    ],
)  # fmt: skip
def test_bytes_that_are_no_csv_are_refused_by_line(
    path: Path, content: bytes, line: int, problem: Wrong
) -> None:
    path.write_bytes(content)
    assert only(refusal(path)) == (line, "", problem)


@pytest.mark.parametrize(
    ("line", "problem"), [(f"{LINE},x", Wrong.FIELD_COUNT), (LINE.rsplit(",", 1)[0], Wrong.FIELD_COUNT)]
)
def test_a_line_with_too_many_or_too_few_cells_is_refused(path: Path, line: str, problem: Wrong) -> None:
    assert only(refusal(write_csv(path, [LINE, line]))) == (3, "", problem)
    assert len(read_sheet(write_csv(path, [f"{LINE},,"]), TODAY).rows) == 1


def test_a_quote_that_never_ends_is_told_where_it_begins(path: Path) -> None:
    second = with_cell("氏名", '"見本')
    assert only(refusal(write_csv(path, [LINE, second, LINE, LINE]))) == (3, "", Wrong.NOT_CSV)


def test_no_more_problems_are_looked_for_than_anybody_reads(path: Path) -> None:
    lines = [with_cell("生年月日", "x", with_cell("患者番号", str(n))) for n in range(3 * MOST)]
    with pytest.raises(CsvRefused) as caught:
        read_sheet(write_csv(path, lines), TODAY)
    assert len(caught.value.problems) == MOST
    assert str(caught.value) == "csv_refused: line 2, birth_date: day, and 99 more"


def answered(path: Path) -> str:
    """All that is said of a file, whether it is taken or not."""
    try:
        sheet = read_sheet(path, TODAY)
    except CsvRefused as error:
        return told(error)
    return repr(sheet) + repr(sheet.rows) + repr(sheet.warnings)


def told(error: BaseException) -> str:
    """Everything that an error could say, also of what led to it."""
    said = "".join(traceback.format_exception(error)) + repr(error) + str(vars(error))
    return said + (told(error.__context__) if error.__context__ else "")


@pytest.mark.parametrize("column", HEADER.split(","))
@pytest.mark.parametrize("trap", ["={}", "{}\x07", "{}" * 60, "{}★12;", '"{}'])
def test_no_refusal_repeats_what_stands_there(path: Path, column: str, trap: str) -> None:
    lines = [LINE, with_cell(column, trap.replace("{}", CANARY))]
    for encoding in ("utf-8", "cp932"):
        write_csv(path, lines, encoding=encoding)
        said = answered(path)
        assert said
        assert CANARY not in said


def test_bytes_that_no_encoding_reads_are_not_repeated(path: Path) -> None:
    path.write_bytes(CANARY.encode() + b"\n\xff\x81\n")
    with pytest.raises(CsvRefused) as caught:
        read_sheet(path, TODAY)
    assert CANARY not in told(caught.value)
    assert CANARY.encode() not in told(caught.value).encode()
    assert caught.value.__context__ is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=300) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "ignore"))
)
def test_any_bytes_are_a_sheet_or_a_refusal(path: Path, content: bytes) -> None:
    for start in (b"", HEADER.encode() + b"\n", HEADER.encode("cp932") + b"\n"):
        path.write_bytes(start + content)
        assert answered(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.text(WRITTEN, max_size=20), min_size=1, max_size=5),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp932"]),
)
def test_names_come_through_as_they_were_written(path: Path, names: list[str], encoding: str) -> None:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["patient_number", "name_kana", "birth_date", "name"])
    writer.writerows([str(n), "ミホン", date(2000, 1, 1), f"名{name}名"] for n, name in enumerate(names))
    path.write_bytes(written.getvalue().encode(encoding))
    sheet = read_sheet(path, TODAY)
    assert [row.cells["name"] for row in sheet.rows] == [f"名{name}名" for name in names]
    assert sheet.encoding == encoding.removesuffix("-sig")
