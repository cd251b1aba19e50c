"""What every patient file promises, proven on both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.patients.errors import CsvRefused, FileClosed, NumberTaken, PatientFileError, PatientRefused
from kiosk.patients.findings import Doubt, Wrong
from kiosk.patients.retention import oldest_kept, purge_overdue
from kiosk.visit.known import KnownPatient
from tests.support.patients import (
    HANAKO,
    HEADER,
    LINE,
    TODAY,
    MemoryPatients,
    PatientKit,
    SqlitePatients,
    another,
    answer,
    born,
    individual_number,
    result,
    with_cell,
    write_csv,
)


@pytest.fixture(params=["sqlite", "memory"])
def kit(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PatientKit]:
    kit: PatientKit = SqlitePatients(tmp_path / "patients") if request.param == "sqlite" else MemoryPatients()
    yield kit
    kit.finish()


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return tmp_path / "patients.csv"


# -- by the number that was typed ------------------------------------------------------------------
def test_number_and_birth_date_together_find_the_patient(kit: PatientKit) -> None:
    patients = kit.open()
    patients.remember(HANAKO, date(2026, 1, 15))
    assert patients.by_number("001234", born(HANAKO)) == HANAKO
    for typed in ("1234", "００１２３４", " 00 12-34 ", "0000001234", "12ー34"):
        assert patients.by_number(typed, born(HANAKO)) == HANAKO


def test_a_wrong_number_and_a_wrong_birth_date_are_told_alike(kit: PatientKit) -> None:
    patients = kit.open()
    patients.remember(HANAKO, TODAY)
    assert patients.by_number("001234", date(1985, 4, 2)) is None
    assert patients.by_number("001235", born(HANAKO)) is None
    assert patients.by_number("", born(HANAKO)) is None
    assert patients.by_number("' OR 1=1 --", born(HANAKO)) is None


# -- by an answer ----------------------------------------------------------------------------------
def test_the_number_that_the_national_system_knows_us_by_finds_the_patient(kit: PatientKit) -> None:
    patients = kit.open()
    patients.remember(HANAKO, TODAY)
    moved = result(insurer_number="01130012", name_kana="スズキ　ハナコ", reference_number="1234")
    assert found(patients.by_answer(answer(moved))) == ("001234", "reference")


def test_a_reference_of_its_own_stands_instead_of_the_patient_number(kit: PatientKit, csv: Path) -> None:
    patients = kit.open()
    patients.import_csv(write_csv(csv, [with_cell("照会番号", "R-77")]))
    stranger = {"insurer_number": "", "reference_number": "r77"}
    assert found(patients.by_answer(answer(result(**stranger)))) == ("001234", "reference")
    stranger["reference_number"] = "1234"
    assert patients.by_answer(answer(result(**stranger))) is None
    patients.remember(HANAKO, TODAY)  # which knows nothing of references and forgets none
    assert found(patients.by_answer(answer(result(reference_number="R77")))) == ("001234", "reference")


def test_a_reference_to_somebody_born_on_another_day_is_no_match(kit: PatientKit) -> None:
    patients = kit.open()
    patients.remember(HANAKO, TODAY)
    for birthdate in ("19850402", "not-sent"):
        claimed = result(reference_number="1234", birthdate=birthdate)
        assert patients.by_answer(answer(claimed)) is None
    assert found(patients.by_answer(answer(result(reference_number="1234", birthdate=""))))


def test_a_reference_that_is_not_ours_leaves_it_to_the_numbers(kit: PatientKit) -> None:
    patients = kit.open()
    patients.remember(HANAKO, TODAY)
    assert found(patients.by_answer(answer(result(reference_number="999")))) == ("001234", "numbers")


def test_a_reference_that_leads_to_two_patients_leads_to_none(kit: PatientKit, csv: Path) -> None:
    patients = kit.open()
    other = with_cell("患者番号", "77", with_cell("照会番号", "1234"))
    patients.import_csv(write_csv(csv, [LINE, other]))
    assert patients.by_answer(answer(result(reference_number="1234"))) is None


def test_kana_birth_date_and_insurance_numbers_find_the_patient(kit: PatientKit) -> None:
    patients = kit.open()
    patients.remember(HANAKO, TODAY)
    assert found(patients.by_answer(answer(result()))) == ("001234", "numbers")
    as_sent = result(
        name="見本　●子", name_kana="ﾐﾎﾝ ﾊﾅｺ", insured_card_symbol="12-34",
        insured_identification_number="００５６７８９", insured_branch_number="２",
    )  # fmt: skip
    assert found(patients.by_answer(answer(as_sent))) == ("001234", "numbers")
    other_name = result(name_kana="スズキ　ハナコ", name_of_other_kana="ﾐﾎﾝ ﾊﾅｺ")
    assert found(patients.by_answer(answer(other_name))) == ("001234", "numbers")


@pytest.mark.parametrize(
    "changes",
    [
        {"name_kana": "ミホン　ハナエ"},
        {"name_kana": ""},
        {"birthdate": "19850402"},
        {"birthdate": ""},
        {"birthdate": "1985"},
        {"insurer_number": "06319918"},
        {"insurer_number": ""},
        {"insured_card_symbol": "12-35"},
        {"insured_card_symbol": ""},
        {"insured_identification_number": "0056780"},
        {"insured_identification_number": ""},
        {"insured_branch_number": "03"},
    ],
)
def test_one_thing_that_differs_is_no_match(kit: PatientKit, changes: dict[str, str]) -> None:
    patients = kit.open()
    patients.remember(HANAKO, TODAY)
    assert patients.by_answer(answer(result(**changes))) is None


@pytest.mark.parametrize(("kept", "sent"), [("", "02"), ("02", ""), ("", "")])
def test_a_branch_number_that_one_side_lacks_decides_nothing(kit: PatientKit, kept: str, sent: str) -> None:
    patients = kit.open()
    patients.remember(another(insured_branch_number=kept), TODAY)
    assert found(patients.by_answer(answer(result(insured_branch_number=sent)))) == ("001234", "numbers")


def test_twins_are_told_apart_by_their_names(kit: PatientKit) -> None:
    patients = kit.open()
    twin = another(patient_number="1235", name_kana="ミホン　ハナエ", insured_branch_number="")
    patients.remember(another(insured_branch_number=""), TODAY)
    patients.remember(twin, TODAY)
    assert found(patients.by_answer(answer(result(insured_branch_number="")))) == ("001234", "numbers")
    assert found(patients.by_answer(answer(result(twin, insured_branch_number="03")))) == ("1235", "numbers")


def test_one_person_with_two_patient_numbers_is_not_guessed(kit: PatientKit) -> None:
    patients = kit.open()
    patients.remember(HANAKO, TODAY)
    patients.remember(another(patient_number="9"), TODAY)
    assert patients.by_answer(answer(result())) is None


def test_several_coverages_of_one_person_are_one_match(kit: PatientKit) -> None:
    patients = kit.open()
    patients.remember(HANAKO, TODAY)
    former = result(insurer_number="01130012", disqualification_date="20260101")
    assert found(patients.by_answer(answer(former, result()))) == ("001234", "numbers")


def test_an_answer_about_two_people_or_of_an_error_matches_nobody(kit: PatientKit) -> None:
    patients = kit.open()
    patients.remember(HANAKO, TODAY)
    assert patients.by_answer(answer(result(), result(name_kana="ミホン　タロウ"))) is None
    assert patients.by_answer(answer(result(), result(birthdate="19900101"))) is None
    two = answer(result(reference_number="1234"), result(reference_number="5"))
    assert patients.by_answer(two) is None
    assert patients.by_answer(answer()) is None
    assert patients.by_answer(answer(result(), segment_of_result="9", error_code="X")) is None


# -- remembering -----------------------------------------------------------------------------------
def test_who_was_received_is_kept_and_brought_up_to_date(kit: PatientKit) -> None:
    patients = kit.open()
    patients.remember(HANAKO, date(2026, 2, 1))
    later = another(insurer_number="01130012", insured_card_symbol="", partial_contribution_ratio=None)
    patients.remember(later, date(2026, 3, 1))
    patients.remember(later, date(2026, 2, 20))  # told late: the last visit does not go back
    assert patients.by_number("1234", born(HANAKO)) == another(later, last_visit="2026-03-01")
    assert patients.count() == 1


def test_what_a_visit_does_not_know_stays_known(kit: PatientKit) -> None:
    patients = kit.open()
    patients.remember(HANAKO, TODAY)
    bare = KnownPatient(patient_number="1234", name_kana="ミホン　ハナコ", birth_date="1985-04-01")
    patients.remember(bare, TODAY)
    assert patients.by_number("1234", born(HANAKO)) == another(last_visit=TODAY.isoformat())
    patients.remember(another(name="見本　●子"), TODAY)
    assert patients.by_number("1234", born(HANAKO)) == another(last_visit=TODAY.isoformat())
    patients.remember(another(name="見本　華子"), TODAY)
    kept = patients.by_number("1234", born(HANAKO))
    assert kept is not None
    assert kept.name == "見本　華子"


def test_a_number_is_not_taken_from_somebody_with_another_birth_date(kit: PatientKit) -> None:
    patients = kit.open()
    patients.remember(HANAKO, date(2026, 1, 15))
    with pytest.raises(NumberTaken) as caught:
        patients.remember(another(birth_date="1990-01-01"), TODAY)
    assert "chart" in caught.value.remedy
    assert patients.by_number("1234", born(HANAKO)) == HANAKO


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("patient_number", " "), ("patient_number", "12;34"), ("name_kana", " "), ("birth_date", "19850401"),
        ("birth_date", ""), ("birth_date", "1985-02-30"), ("last_visit", "yesterday"), ("name", "花" * 121),
        ("name", "花\0子"), ("insurer_name", "a\nb"),
    ],
)  # fmt: skip
def test_what_no_patient_has_is_not_remembered(kit: PatientKit, field: str, value: str) -> None:
    patients = kit.open()
    with pytest.raises(PatientRefused) as caught:
        patients.remember(another(**{field: value}), TODAY)
    assert caught.value.detail == field
    assert patients.count() == 0


@pytest.mark.parametrize(
    "field",
    ["patient_number", "name", "name_kana", "insurer_name", "insured_card_symbol",
     "insured_identification_number"],
)  # fmt: skip
def test_an_individual_number_is_never_remembered(kit: PatientKit, field: str) -> None:
    patients = kit.open()
    with pytest.raises(PatientRefused) as caught:
        patients.remember(another(**{field: individual_number()}), TODAY)
    assert str(caught.value) == f"patient_refused: {field}"
    assert patients.count() == 0


# -- importing -------------------------------------------------------------------------------------
def test_an_import_tells_new_changed_and_unchanged_patients(kit: PatientKit, csv: Path) -> None:
    patients = kit.open()
    second = with_cell("患者番号", "2", with_cell("カナ氏名", "ﾐﾎﾝ ﾀﾛｳ"))
    first = patients.import_csv(write_csv(csv, [LINE, second]))
    assert (first.new, first.changed, first.same) == (2, 0, 0)
    assert patients.by_number("1234", born(HANAKO)) == HANAKO
    again = patients.import_csv(csv)
    assert (again.new, again.changed, again.same) == (0, 0, 2)
    third = with_cell("患者番号", "3", with_cell("カナ氏名", "ミホン　ジロウ"))
    mixed = patients.import_csv(write_csv(csv, [with_cell("負担割合", "1割"), second, third]))
    assert (mixed.new, mixed.changed, mixed.same) == (1, 1, 1)
    assert patients.count() == 3
    assert patients.by_number("1234", born(HANAKO)) == another(partial_contribution_ratio=1)


def test_one_bad_line_and_nothing_is_taken(kit: PatientKit, csv: Path) -> None:
    patients = kit.open()
    patients.remember(HANAKO, date(2026, 1, 15))
    lines = [with_cell("氏名", "別名"), with_cell("患者番号", "2", with_cell("生年月日", "1985-02-30"))]
    with pytest.raises(CsvRefused) as caught:
        patients.import_csv(write_csv(csv, lines))
    assert [(found.line, found.column, found.problem) for found in caught.value.problems] == [
        (3, "birth_date", Wrong.DAY)
    ]
    assert patients.count() == 1
    assert patients.by_number("1234", born(HANAKO)) == HANAKO


def test_a_dry_run_tells_the_same_and_keeps_nothing(kit: PatientKit, csv: Path) -> None:
    patients = kit.open()
    report = patients.import_csv(write_csv(csv, [LINE]), dry_run=True)
    assert (report.new, report.dry_run) == (1, True)
    assert patients.count() == 0
    assert patients.import_csv(csv).new == 1


def test_columns_that_a_file_does_not_have_stay_and_empty_cells_empty(kit: PatientKit, csv: Path) -> None:
    patients = kit.open()
    patients.import_csv(write_csv(csv, [LINE]))
    bare = "患者番号,カナ氏名,生年月日"
    report = patients.import_csv(write_csv(csv, ["1234,みほん はなこ,S60.4.1"], header=bare))
    assert (report.changed, report.same) == (1, 0)  # only how the number is written
    assert patients.by_number("1234", born(HANAKO)) == another(patient_number="1234")
    patients.import_csv(write_csv(csv, ["1234,ミホン　ハナコ,S60.4.1,"], header=f"{bare},記号"))
    assert patients.by_number("1234", born(HANAKO)) == another(patient_number="1234", insured_card_symbol="")


def test_a_file_without_references_forgets_none_and_one_with_an_empty_one_does(
    kit: PatientKit, csv: Path
) -> None:
    patients = kit.open()
    patients.import_csv(write_csv(csv, [with_cell("照会番号", "R77")]))
    referred = answer(result(reference_number="R77", insurer_number=""))
    line, header = (text.rsplit(",", 1)[0] for text in (LINE, HEADER))
    assert patients.import_csv(write_csv(csv, [line], header=header)).same == 1
    assert patients.by_answer(referred) is not None
    assert patients.import_csv(write_csv(csv, [LINE])).changed == 1
    assert patients.by_answer(referred) is None


def test_a_number_that_has_gone_to_somebody_else_brings_nothing_along(kit: PatientKit, csv: Path) -> None:
    patients = kit.open()
    patients.import_csv(write_csv(csv, [with_cell("照会番号", "R77")]))
    bare = "患者番号,カナ氏名,生年月日"
    patients.import_csv(write_csv(csv, ["1234,ミホン　タロウ,1990-01-01"], header=bare))
    assert patients.by_number("1234", date(1990, 1, 1)) == KnownPatient(
        patient_number="1234", name_kana="ミホン　タロウ", birth_date="1990-01-01"
    )
    assert patients.by_answer(answer(result(reference_number="R77", birthdate=""))) is None


def test_a_last_visit_never_goes_back(kit: PatientKit, csv: Path) -> None:
    patients = kit.open()
    patients.remember(HANAKO, date(2026, 2, 28))
    assert patients.import_csv(write_csv(csv, [LINE])).same == 1
    assert patients.import_csv(write_csv(csv, [with_cell("最終来院日", "")])).same == 1
    assert patients.by_number("1234", born(HANAKO)) == another(last_visit="2026-02-28")


def test_who_is_not_in_the_file_stays(kit: PatientKit, csv: Path) -> None:
    patients = kit.open()
    patients.remember(HANAKO, TODAY)
    patients.import_csv(write_csv(csv, [with_cell("患者番号", "2")]))
    assert patients.count() == 2


def test_a_person_with_two_numbers_is_taken_with_a_warning(kit: PatientKit, csv: Path) -> None:
    patients = kit.open()
    report = patients.import_csv(write_csv(csv, [LINE, with_cell("患者番号", "2")]))
    assert report.new == 2
    assert [(found.line, found.other_line, found.problem) for found in report.warnings] == [
        (3, 2, Doubt.ENTERED_TWICE)
    ]


# -- retention -------------------------------------------------------------------------------------
def test_who_has_not_been_seen_since_is_erased(kit: PatientKit) -> None:
    patients = kit.open()
    patients.remember(another(last_visit=""), date(2025, 12, 31))
    patients.remember(another(patient_number="2", last_visit=""), date(2026, 1, 1))
    assert patients.purge(date(2026, 1, 1)) == 1
    assert patients.purge(date(2026, 1, 1)) == 0
    assert patients.by_number("1234", born(HANAKO)) is None
    assert patients.by_answer(answer(result())) is not None
    assert patients.count() == 1


def test_a_patient_of_whom_no_visit_is_known_counts_from_the_last_import(kit: PatientKit, csv: Path) -> None:
    patients = kit.open()
    write_csv(csv, [with_cell("最終来院日", "")])
    patients.import_csv(csv)
    kit.today = TODAY + timedelta(days=10)
    assert patients.import_csv(csv).same == 1
    assert patients.purge(kit.today) == 0
    assert patients.purge(kit.today + timedelta(days=1)) == 1


def test_an_import_of_long_past_visits_is_purged_by_them(kit: PatientKit, csv: Path) -> None:
    patients = kit.open()
    patients.import_csv(write_csv(csv, [with_cell("最終来院日", "2020-03-01")]))
    assert purge_overdue(patients, 5, TODAY) == 1


def test_five_years_end_on_the_same_day() -> None:
    assert oldest_kept(5, date(2026, 3, 2)) == date(2021, 3, 2)
    assert oldest_kept(1, date(2024, 2, 29)) == date(2023, 3, 1)


# -- the rest --------------------------------------------------------------------------------------
def test_a_closed_file_says_so_and_closes_twice(kit: PatientKit, csv: Path) -> None:
    patients = kit.open()
    patients.close()
    patients.close()
    uses: list[Any] = [
        patients.count,
        lambda: patients.by_number("1", TODAY),
        lambda: patients.by_answer(answer(result())),
        lambda: patients.remember(HANAKO, TODAY),
        lambda: patients.import_csv(write_csv(csv, [LINE])),
        lambda: patients.purge(TODAY),
    ]
    for use in uses:
        with pytest.raises(FileClosed):
            use()


def test_every_error_has_its_own_code_and_a_remedy() -> None:
    def kinds(kind: type[PatientFileError]) -> list[type[PatientFileError]]:
        return [kind, *(sub for direct in kind.__subclasses__() for sub in kinds(direct))]

    every = kinds(PatientFileError)
    assert len({kind.code for kind in every}) == len(every) > 12
    assert all(len(kind.remedy) > 20 for kind in every)


def test_the_example_line_has_every_column() -> None:
    assert HEADER.count(",") == LINE.count(",")


def found(match: tuple[KnownPatient, str] | None) -> tuple[str, str]:
    assert match is not None
    return match[0].patient_number, match[1]
