"""audit, purge, backup and restore, as an administrator types them."""

from __future__ import annotations

import getpass
import json
import shutil
from pathlib import Path

import pytest

from tests.support.command import refused, uketsuke
from tests.support.patients import LINE, write_csv

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("terminal") / "ledger"
    played = uketsuke("simulate", "main", "--ledger", folder, "--json")
    assert played.returncode == 0, played.stderr
    return folder


def test_a_whole_ledger_verifies_and_says_how_much_was_checked(ledger: Path) -> None:
    result = uketsuke("audit", "verify", "--ledger", ledger, "--json")
    assert result.returncode == 0
    report = json.loads(result.stdout)
    assert report["verdict"] == "ok"
    assert report["chains"][0]["checked"] == 13


def test_an_export_verifies_without_the_ledgers_key_and_holds_nothing_personal(
    ledger: Path, tmp_path: Path
) -> None:
    exported = tmp_path / "export.jsonl"
    assert uketsuke("audit", "export", "--ledger", ledger, exported).returncode == 0
    verified = uketsuke("audit", "verify", "--export", exported, "--key", ledger / "ledger-signing.pub")
    assert verified.returncode == 0, verified.stderr
    text = exported.read_text(encoding="utf-8")
    assert "ConsentAllGiven" in text
    for personal in ("山田", "ﾔﾏﾀﾞ", "ヤマダ", "01319904"):
        assert personal not in text


def test_personal_data_is_exported_only_with_an_entry_that_says_who_did(ledger: Path, tmp_path: Path) -> None:
    copy, exported = tmp_path / "ledger", tmp_path / "export.jsonl"
    shutil.copytree(ledger, copy)
    assert uketsuke("audit", "export", "--ledger", copy, exported).returncode == 0
    assert "PersonalDataExported" not in exported.read_text(encoding="utf-8")
    assert uketsuke("audit", "export", "--ledger", copy, exported, "--with-personal-data").returncode == 0
    text = exported.read_text(encoding="utf-8")
    assert "PersonalDataExported" in text, "it stands there before anything else does"
    assert f"staff:{getpass.getuser()}" in text
    assert uketsuke("audit", "verify", "--ledger", copy).returncode == 0


def test_one_changed_byte_in_an_export_is_found(ledger: Path, tmp_path: Path) -> None:
    exported = tmp_path / "export.jsonl"
    uketsuke("audit", "export", "--ledger", ledger, exported)
    exported.chmod(0o600)
    exported.write_text(
        exported.read_text(encoding="utf-8").replace("ConsentAllGiven", "ConsentAllGivem"), encoding="utf-8"
    )
    verified = uketsuke("audit", "verify", "--export", exported, "--key", ledger / "ledger-signing.pub")
    assert verified.returncode == 1
    assert "broken" in verified.stdout


def test_affected_names_the_visits_of_a_day_with_their_numbers(ledger: Path) -> None:
    result = uketsuke(
        "audit", "affected", "--ledger", ledger, "--since", "2026-11-24", "--until", "2026-11-24", "--json"
    )
    visits = json.loads(result.stdout)
    assert [visit["numbers"] for visit in visits] == [["A001"]]
    other = uketsuke(
        "audit", "affected", "--ledger", ledger, "--since", "2026-11-25", "--until", "2026-11-26", "--json"
    )
    assert json.loads(other.stdout) == []


def test_a_backup_comes_back_and_verifies_and_nothing_is_overwritten_by_mistake(
    ledger: Path, tmp_path: Path
) -> None:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("eleven quiet otters count stamps\n", encoding="utf-8")
    archive, restored = tmp_path / "ledger.backup", tmp_path / "restored"
    assert uketsuke("backup", "--ledger", ledger, archive, "--passphrase-file", passphrase).returncode == 0
    assert uketsuke("restore", "--ledger", restored, archive, "--passphrase-file", passphrase).returncode == 0
    assert uketsuke("audit", "verify", "--ledger", restored).returncode == 0
    again = uketsuke("restore", "--ledger", restored, archive, "--passphrase-file", passphrase)
    assert "restored" in refused(again) or "empty" in refused(again)
    passphrase.write_text("another passphrase than that one\n", encoding="utf-8")
    assert "passphrase" in refused(
        uketsuke("restore", "--ledger", tmp_path / "x", archive, "--passphrase-file", passphrase)
    )


def test_a_terminal_comes_back_on_a_new_machine_with_all_that_it_kept(tmp_path: Path) -> None:
    def settings(name: str) -> Path:
        path = tmp_path / f"{name}.toml"
        path.write_text(f'data = "{name}"\n', encoding="utf-8")
        return path

    old, new, archive = settings("old"), settings("new"), tmp_path / "terminal.backup"
    passphrase, word = tmp_path / "passphrase", tmp_path / "word"
    passphrase.write_text("eleven quiet otters count stamps\n", encoding="utf-8")
    word.write_text("horse staple battery\n", encoding="utf-8")
    csv = write_csv(tmp_path / "patients.csv", [LINE])
    for command in (
        ("accounts", "setup", "hanako", "--display", "見本 花子", "--password-file", word),
        ("patients", "import", csv),
    ):
        done = uketsuke("--settings", old, *command)
        assert done.returncode == 0, done.stderr
    made = uketsuke("--settings", old, "backup", archive, "--passphrase-file", passphrase, "--json")
    assert json.loads(made.stdout) == {"file": str(archive), "holds": ["ledger", "patients", "accounts"]}
    restore = ("--settings", new, "restore", archive, "--passphrase-file", passphrase)
    back = json.loads(uketsuke(*restore, "--json").stdout)
    data = tmp_path / "new"
    assert back == {
        "folder": str(data / "ledger"),
        "folders": {"patients": str(data / "patients"), "accounts": str(data / "accounts")},
    }
    assert uketsuke("--settings", new, "audit", "verify").returncode == 0
    assert "hanako" in uketsuke("--settings", new, "accounts", "list").stdout
    assert uketsuke("--settings", new, "patients", "count").stdout == "1 patients on file\n"
    assert "say explicitly to replace it" in refused(uketsuke(*restore))
    again = uketsuke(*restore, "--replace")
    assert again.stdout.splitlines()[0] == f"restored to {data / 'ledger'}"
    assert len(list(data.glob("*.replaced-*"))) == 3


def test_a_purge_erases_what_is_older_and_the_chain_still_verifies(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    scenario = tmp_path / "long_ago.toml"
    scenario.write_text('title = "Years ago"\n[visit]\ndate = 2024-01-10\n', encoding="utf-8")
    assert uketsuke("simulate", scenario, "--ledger", folder).returncode == 0
    purged = uketsuke("purge", "--ledger", folder, "--before", "2024-06-01", "--json")
    assert json.loads(purged.stdout)["erased"] > 0
    verified = uketsuke("audit", "verify", "--ledger", folder, "--json")
    assert verified.returncode == 0
    assert json.loads(verified.stdout)["erased"] > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("audit", "verify", "--ledger", "/no/such/folder"), "no ledger in /no/such/folder"),
        (("purge", "--before", "soon"), "not a day"),
        (("restore", "/no/such/file"), "no backup file /no/such/file"),
        (("audit", "export", "--ledger", "/no/such/folder", "x"), "no ledger in /no/such/folder"),
        (("simulate", "main", "--shots", "/proc/nothing"), "/proc/nothing"),
        (("simulate", "main", "--ledger", "/proc/nothing"), "/proc"),
        (("--settings", "/no/such/file", "audit", "verify"), "no such settings file"),
        (("audit", "nonsense"), "invalid choice"),
        (("nonsense",), "invalid choice"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line_and_exit_2(arguments: tuple[str, ...], said: str) -> None:
    assert said in refused(uketsuke(*arguments))


def test_a_day_that_is_not_over_is_not_purged(ledger: Path) -> None:
    assert "only days that are over" in refused(
        uketsuke("purge", "--ledger", ledger, "--before", "2999-01-01")
    )


def test_what_a_ledger_refuses_comes_with_its_remedy(ledger: Path, tmp_path: Path) -> None:
    weak = tmp_path / "passphrase"
    weak.write_text("short\n", encoding="utf-8")
    said = refused(uketsuke("backup", "--ledger", ledger, tmp_path / "b", "--passphrase-file", weak))
    assert "12" in said


def test_the_version_is_told() -> None:
    result = uketsuke("--version")
    assert result.returncode == 0
    assert result.stdout.startswith("uketsuke ")
