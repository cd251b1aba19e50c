"""``uketsuke patients``, as the facility's administrator types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kiosk.patients.interface import PatientFile
from tests.support.command import refused, uketsuke
from tests.support.patients import HANAKO, LINE, born, individual_number, with_cell, write_csv
from ui.composing.files import patient_file
from ui.settings import Settings, SettingsError, read_settings

pytestmark = pytest.mark.e2e

PERSONAL = ("見本", "ミホン", "1985-13", "0056789", "001234")


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text('data = "kept"\n', encoding="utf-8")
    return path


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "患者.csv", [LINE, with_cell("患者番号", "2")], encoding="cp932")


def test_patients_are_imported_counted_and_purged(settings: Path, csv: Path) -> None:
    imported = uketsuke("patients", "import", csv, "--settings", settings, "--json")
    assert imported.returncode == 0, imported.stderr
    report = json.loads(imported.stdout)
    assert (report["new"], report["changed"], report["same"]) == (2, 0, 0)
    assert (report["encoding"], report["dry_run"], report["warned"]) == ("cp932", False, 1)
    assert report["warnings"][0]["line"] == 3
    assert report["warnings"][0]["problem"] == "entered_twice"
    assert report["warnings"][0]["remedy"]
    again = uketsuke("--settings", settings, "patients", "import", csv)
    assert "0 new, 0 changed, 2 unchanged" in again.stdout
    counted = uketsuke("patients", "count", "--settings", settings, "--json")
    assert json.loads(counted.stdout) == {"patients": 2}
    assert (settings.parent / "kept/patients/patients.db").is_file()
    purged = uketsuke("patients", "purge", "--before", "2026-01-16", "--settings", settings, "--json")
    assert json.loads(purged.stdout) == {"erased": 2, "before": "2026-01-16"}
    assert uketsuke("patients", "count", "--settings", settings).stdout == "0 patients on file\n"
    for said in (imported, again, counted, purged):
        assert not any(text in said.stdout + said.stderr for text in PERSONAL)


def test_a_dry_run_makes_nothing(settings: Path, csv: Path) -> None:
    tried = uketsuke("patients", "import", csv, "--settings", settings, "--dry-run")
    assert tried.returncode == 0, tried.stderr
    assert "2 new, 0 changed, 0 unchanged patients would be taken; nothing was kept" in tried.stdout
    assert not (settings.parent / "kept").exists()


def test_what_cannot_be_taken_is_told_by_line_with_its_remedy_and_not_repeated(tmp_path: Path) -> None:
    bad = [with_cell("生年月日", "1985-13-01"), with_cell("患者番号", "9", with_cell("氏名", "=見本"))]
    csv, folder = write_csv(tmp_path / "p.csv", [LINE, *bad]), tmp_path / "patients"
    said = uketsuke("patients", "import", csv, "--folder", folder)
    last = refused(said)
    assert "nothing was taken (3 problems): line 3, birth_date: day. Write a day" in last
    assert "line 3, patient_number: twice (as line 2)" in said.stderr
    assert "line 4, name: formula" in said.stderr
    as_json = uketsuke("patients", "import", csv, "--folder", folder, "--json")
    refused(as_json)
    problems = json.loads(as_json.stdout)["problems"]
    assert [(one["line"], one["column"], one["problem"]) for one in problems] == [
        (3, "birth_date", "day"), (3, "patient_number", "twice"), (4, "name", "formula"),
    ]  # fmt: skip
    assert all(one["remedy"] for one in problems)
    assert not any(text in said.stderr + as_json.stdout + as_json.stderr for text in PERSONAL)
    assert json.loads(uketsuke("patients", "count", "--folder", folder, "--json").stdout) == {"patients": 0}


def test_an_individual_number_is_refused_and_said_nowhere(tmp_path: Path) -> None:
    digits = individual_number()
    csv = write_csv(tmp_path / "p.csv", [with_cell("記号", digits)])
    said = uketsuke("patients", "import", csv, "--folder", tmp_path / "patients", "--json")
    assert "line 2, insured_card_symbol: individual_number. Take the 12-digit" in refused(said)
    assert digits not in said.stdout + said.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("patients", "count", "--folder", "/no/such/folder"), "no patient file in /no/such/folder"),
        (
            ("patients", "purge", "--before", "2026-01-01", "--folder", "/no/such"),
            "no patient file in /no/such",
        ),
        (("patients", "purge", "--before", "soon"), "not a day"),
        (("patients", "purge", "--before", "2999-01-01"), "today or an earlier day"),
        (
            ("patients", "import", "/no/such.csv", "--dry-run", "--folder", "/no/such"),
            "no_file. Name a CSV file",
        ),
        (("patients", "import", "x.csv", "--folder", "/proc/nothing"), "io_fault"),
        (("patients", "count", "--settings", "/no/such/file"), "no such settings file"),
        (("patients", "nonsense"), "invalid choice"),
        (("patients",), "VERB"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line_and_exit_2(arguments: tuple[str, ...], said: str) -> None:
    assert said in refused(uketsuke(*arguments))


def test_a_lost_key_is_told_with_its_remedy(tmp_path: Path, csv: Path) -> None:
    folder = tmp_path / "patients"
    assert uketsuke("patients", "import", csv, "--folder", folder).returncode == 0
    (folder / "patients.key").unlink()
    assert "Put the key back" in refused(uketsuke("patients", "count", "--folder", folder))


# -- the settings ----------------------------------------------------------------------------------
def test_the_settings_say_where_the_patients_are_and_for_how_long(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('[patients]\nfolder = "p"\nretention_years = 3\n', encoding="utf-8")
    settings = read_settings(path)
    assert (settings.patients_folder, settings.patients.retention_years) == (tmp_path / "p", 3)
    assert Settings(data=tmp_path).patients_folder == tmp_path / "patients"
    assert Settings().patients.retention_years == 5
    path.write_text("[patients]\nretention_years = 0\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"patients\.retention_years"):
        read_settings(path)


def test_the_program_opens_the_patients_of_the_settings(tmp_path: Path, csv: Path) -> None:
    patients: PatientFile = patient_file(Settings(data=tmp_path))
    try:
        patients.import_csv(csv)
        assert patients.by_number("1234", born(HANAKO)) == HANAKO
    finally:
        patients.close()
    assert (tmp_path / "patients" / "patients.db").is_file()
