"""The patient file on the disk: readable by nobody, whole or not at all, and said in words when it cannot be used."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import subprocess
import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import structlog.testing

from kiosk.patients.errors import (
    ERRORS,
    FileBusy,
    FileCorrupt,
    FileFull,
    FileIoFault,
    FileReadOnly,
    FileTooNew,
    KeyExposed,
    KeyInvalid,
    KeyMissing,
    PatientFileError,
    WrongKey,
)
from kiosk.patients.schema import APPLICATION_ID, FIELDS, SHAPE, place
from kiosk.patients.sqlite import SqlitePatientFile
from kiosk.storage.database import connect
from kiosk.storage.trouble import StorageError, error_of
from tests.support.patients import (
    HANAKO,
    LINE,
    TODAY,
    SqlitePatients,
    another,
    answer,
    born,
    decrypted_pages,
    result,
    with_cell,
    write_csv,
)

CANARY = "KANARIENVOGEL"
BIRD = another(name=CANARY, insurer_name=CANARY, name_kana="カナリア", insured_card_symbol=CANARY)


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[SqlitePatients]:
    kit = SqlitePatients(tmp_path / "patients")
    yield kit
    kit.finish()


def raw(kit: SqlitePatients) -> Any:
    key = bytes.fromhex((kit.folder / "patients.key").read_text())
    return connect(kit.folder / "patients.db", key, SHAPE)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def many(path: Path, number: int) -> Path:
    return write_csv(path, [with_cell("患者番号", str(n)) for n in range(number)])


# -- nobody reads along ----------------------------------------------------------------------------
def test_nothing_readable_is_on_the_disk(kit: SqlitePatients, tmp_path: Path) -> None:
    patients = kit.open()
    patients.remember(BIRD, TODAY)
    patients.import_csv(
        write_csv(tmp_path / "x.csv", [with_cell("患者番号", "2", with_cell("氏名", CANARY))])
    )
    files = {path.name: path.read_bytes() for path in kit.folder.iterdir()}
    assert set(files) >= {"patients.db", "patients.db-wal", "patients.db-shm", "patients.key"}
    assert len(files["patients.db-wal"]) > 4096
    assert decrypted_pages(kit.folder).count(CANARY.encode()) >= 4  # it is there, for who has the key
    patients.close()
    files |= {f"{path.name} closed": path.read_bytes() for path in kit.folder.iterdir()}
    for content in files.values():
        for text in (CANARY, "カナリア", "0056789", "1985-04-01", "SQLite format", "CREATE TABLE"):
            assert text.encode() not in content
            assert text.encode("utf-16-le") not in content


def test_everything_is_private_whatever_the_umask(kit: SqlitePatients) -> None:
    before = os.umask(0)
    try:
        kit.open().remember(HANAKO, TODAY)
    finally:
        os.umask(before)
    assert mode(kit.folder) == 0o700
    modes = {path.name: mode(path) for path in kit.folder.iterdir()}
    assert set(modes) == {"patients.db", "patients.db-wal", "patients.db-shm", "patients.key"}
    assert set(modes.values()) == {0o600}


def test_the_log_counts_and_names_nobody(kit: SqlitePatients, tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logs:
        patients = kit.open()
        patients.remember(BIRD, TODAY)
        patients.import_csv(write_csv(tmp_path / "x.csv", [with_cell("氏名", CANARY)]))
        patients.purge(TODAY)
    assert [entry["event"] for entry in logs] == ["patients.import", "patients.purge"]
    assert CANARY not in str(logs)
    assert "001234" not in str(logs)


def test_the_file_is_set_for_safety(kit: SqlitePatients) -> None:
    patients = kit.open()
    for pragma, value in {
        "journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "trusted_schema": 0,
        "application_id": APPLICATION_ID,
    }.items():  # fmt: skip
        assert patients._db.execute(f"PRAGMA {pragma}").fetchone() == (value,), pragma
    assert patients._db.execute("PRAGMA cipher_version").fetchone() is not None
    columns = [row[1] for row in patients._db.execute("PRAGMA table_info(patient)")]
    assert tuple(columns) == FIELDS


def test_both_ways_of_searching_go_by_an_index(kit: SqlitePatients) -> None:
    patients = kit.open()
    statements: list[str] = []
    patients._db.set_trace_callback(statements.append)
    patients.by_answer(answer(result(reference_number="5")))
    patients.by_number("5", TODAY)
    patients._db.set_trace_callback(None)
    assert len(statements) == 3
    for statement in statements:
        ((*_, plan),) = patients._db.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
        assert "SEARCH patient USING" in plan


# -- erasing ---------------------------------------------------------------------------------------
def test_who_was_erased_is_nowhere_in_the_decrypted_pages(kit: SqlitePatients) -> None:
    patients = kit.open()
    for n in range(400):
        old = n % 3 != 0
        name = CANARY * (1 + n % 8) if old else "BLEIBT" * (1 + n % 7)
        patients.remember(
            another(patient_number=str(n), name=name, last_visit=""), date(2020 if old else 2026, 1, 1)
        )
    assert decrypted_pages(kit.folder).count(CANARY.encode()) > 1000
    assert patients.purge(date(2025, 1, 1)) == 266
    after = decrypted_pages(kit.folder)
    assert CANARY.encode() not in after
    assert b"BLEIBT" in after
    assert (kit.folder / "patients.db-wal").stat().st_size == 0
    assert patients.by_number("3", born(HANAKO)) is not None
    assert patients.by_number("4", born(HANAKO)) is None
    ((*_, plan),) = patients._db.execute(
        "EXPLAIN QUERY PLAN SELECT 1 FROM patient WHERE reference_key = ''"
    ).fetchall()
    assert "patient_reference" in plan


def test_a_reader_delays_the_cleaning_and_the_next_run_does_it(kit: SqlitePatients) -> None:
    patients = kit.open()
    patients.remember(another(BIRD, last_visit=""), date(2020, 1, 1))
    reader = raw(kit)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM patient").fetchone() == (1,)
    assert patients.purge(date(2025, 1, 1)) == 1
    assert CANARY.encode() in decrypted_pages(kit.folder)
    reader.close()
    assert patients.purge(date(2025, 1, 1)) == 0
    assert CANARY.encode() not in decrypted_pages(kit.folder)


# -- the key ---------------------------------------------------------------------------------------
def test_the_same_key_is_found_again(kit: SqlitePatients) -> None:
    kit.open().remember(HANAKO, TODAY)
    kit.finish()
    key = (kit.folder / "patients.key").read_bytes()
    assert kit.open().count() == 1
    assert (kit.folder / "patients.key").read_bytes() == key
    assert len(bytes.fromhex(key.decode())) == 32


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o660, 0o610])
def test_a_key_that_others_can_read_is_refused(kit: SqlitePatients, bits: int) -> None:
    kit.open()
    (kit.folder / "patients.key").chmod(bits)
    with pytest.raises(KeyExposed) as caught:
        kit.open()
    assert "chmod 600" in caught.value.remedy


@pytest.mark.parametrize("content", [b"", b"12", b"zz" * 32, b"ab" * 33, b"\xff" * 64, b"ab" * 31 + b"\n"])
def test_a_key_file_that_is_not_a_key_is_refused_unquoted(kit: SqlitePatients, content: bytes) -> None:
    kit.open()
    (kit.folder / "patients.key").write_bytes(content)
    with pytest.raises(KeyInvalid) as caught:
        kit.open()
    assert str(caught.value) == "key_invalid: patients.key"
    told = caught.value.__context__
    assert isinstance(told, StorageError)
    assert told.__context__ is None


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_a_key_that_is_no_file_is_refused_without_waiting(kit: SqlitePatients, make: Any) -> None:
    kit.open()
    (kit.folder / "patients.key").unlink()
    make(kit.folder / "patients.key")
    with pytest.raises(KeyExposed):
        kit.open()


def test_patients_whose_key_is_lost_get_no_new_one(kit: SqlitePatients) -> None:
    kit.open()
    (kit.folder / "patients.key").unlink()
    with pytest.raises(KeyMissing) as caught:
        kit.open()
    assert "import anew" in caught.value.remedy
    assert not (kit.folder / "patients.key").exists()


def test_a_wrong_key_opens_nothing_and_harms_nothing(kit: SqlitePatients) -> None:
    kit.open().remember(HANAKO, TODAY)
    kit.finish()
    right = (kit.folder / "patients.key").read_bytes()
    (kit.folder / "patients.key").write_bytes(b"00" * 32)
    with pytest.raises(WrongKey):
        kit.open()
    (kit.folder / "patients.key").write_bytes(right)
    assert kit.open().count() == 1


def test_a_systemd_credential_comes_before_the_folder(
    kit: SqlitePatients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "credentials" / "patients.key"
    secret.parent.mkdir()
    secret.write_text("5a" * 32)
    secret.chmod(0o400)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(secret.parent))
    kit.open().remember(HANAKO, TODAY)
    assert not (kit.folder / "patients.key").exists()
    with place(kit.folder).prepared() as key:
        assert key == b"\x5a" * 32
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(KeyMissing):
        kit.open()


def test_a_first_start_that_was_cut_off_is_made_good(kit: SqlitePatients) -> None:
    kit.folder.mkdir()
    (kit.folder / ".patients.key.17.half").write_text("half")
    kit.open().remember(HANAKO, TODAY)
    assert not (kit.folder / ".patients.key.17.half").exists()


def test_many_first_starts_at_once_agree_on_one_key(kit: SqlitePatients) -> None:
    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: kit.open(), range(6)))
    for n, patients in enumerate(opened):
        patients.remember(another(patient_number=str(n + 1)), TODAY)
    assert {patients.count() for patients in opened} == {6}


def test_a_folder_is_made_ready_by_one_at_a_time(kit: SqlitePatients) -> None:
    with place(kit.folder).prepared():
        other = os.open(kit.folder, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(other)


# -- what gets in the way --------------------------------------------------------------------------
def test_a_full_disk_takes_nothing_of_an_import_and_heals(kit: SqlitePatients, tmp_path: Path) -> None:
    patients = kit.open()
    patients.remember(HANAKO, TODAY)
    (pages,) = patients._db.execute("PRAGMA page_count").fetchone()
    patients._db.execute(f"PRAGMA max_page_count = {pages + 2}")
    csv = many(tmp_path / "x.csv", 300)
    with pytest.raises(FileFull) as caught:
        patients.import_csv(csv)
    assert "Free some space" in caught.value.remedy
    assert patients.count() == 1
    patients._db.execute("PRAGMA max_page_count = 1000000")
    assert patients.import_csv(csv).new == 300


def test_a_process_that_dies_in_an_import_leaves_what_was_there(kit: SqlitePatients, tmp_path: Path) -> None:
    kit.open().remember(HANAKO, TODAY)
    program = """
import os, signal, sys
from pathlib import Path
from kiosk.patients.sqlite import SqlitePatientFile

class Dying(SqlitePatientFile):
    def _write(self, entries):
        super()._write(entries)
        assert self.count() > 200
        os.kill(os.getpid(), signal.SIGKILL)

Dying(Path(sys.argv[1])).import_csv(Path(sys.argv[2]))
"""
    csv = many(tmp_path / "x.csv", 300)
    died = subprocess.run([sys.executable, "-c", program, str(kit.folder), str(csv)], timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL
    patients = kit.open()
    assert patients.count() == 1
    assert patients.by_number("1234", born(HANAKO)) is not None
    assert patients._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_writer_that_does_not_let_go_makes_the_file_busy_for_writing_only(kit: SqlitePatients) -> None:
    patients = kit.open()
    patients.remember(HANAKO, TODAY)
    other = raw(kit)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(FileBusy):
        patients.remember(HANAKO, TODAY)
    assert patients.by_number("1234", born(HANAKO)) is not None
    other.execute("ROLLBACK")
    other.close()
    patients.remember(HANAKO, TODAY)


def test_who_changes_something_holds_the_pen_from_the_beginning(kit: SqlitePatients) -> None:
    """What was read must still be true when it is written."""
    one, other = kit.open(), kit.open()
    with one._transaction(), pytest.raises(FileBusy):
        other.remember(HANAKO, TODAY)
    other.remember(HANAKO, TODAY)


def test_another_process_sees_what_was_kept(kit: SqlitePatients) -> None:
    one, other = kit.open(), kit.open()
    one.remember(HANAKO, TODAY)
    assert other.by_number("1234", born(HANAKO)) is not None
    assert other.purge(date(2027, 1, 1)) == 1
    assert one.count() == 0
    one.remember(HANAKO, TODAY)
    assert other.count() == 1


def test_several_threads_share_one_file(kit: SqlitePatients) -> None:
    patients = kit.open()

    def work(thread: int) -> None:
        for n in range(20):
            patients.remember(another(patient_number=f"{thread}A{n}"), TODAY)
            assert patients.by_number(f"{thread}A{n}", born(HANAKO)) is not None

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert patients.count() == 80


def test_a_file_of_a_newer_program_is_left_alone(kit: SqlitePatients) -> None:
    kit.open()
    connection = raw(kit)
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('patients', '9999 future', '')"
    )
    connection.close()
    with pytest.raises(FileTooNew):
        kit.open()


def test_another_database_under_our_key_is_not_ours(kit: SqlitePatients) -> None:
    kit.open()
    connection = raw(kit)
    connection.execute("PRAGMA application_id = 7")
    connection.close()
    with pytest.raises(WrongKey):
        kit.open()


def test_a_damaged_file_is_told_and_no_crash(kit: SqlitePatients, tmp_path: Path) -> None:
    patients = kit.open()
    patients.import_csv(many(tmp_path / "x.csv", 500))
    patients.close()
    path = kit.folder / "patients.db"
    damaged = bytearray(path.read_bytes())
    for page in range(2, len(damaged) // 4096):
        damaged[page * 4096 + 100] ^= 1
    path.write_bytes(damaged)

    def use() -> None:
        patients = kit.open()
        for n in range(500):
            patients.by_number(str(n), born(HANAKO))

    with pytest.raises(PatientFileError) as caught:
        use()
    assert isinstance(caught.value, FileCorrupt | WrongKey)
    assert "import the patients anew" in caught.value.remedy or "import anew" in caught.value.remedy


def test_a_folder_that_cannot_be_made_is_told() -> None:
    with pytest.raises(PatientFileError) as caught:
        SqlitePatientFile(Path("/proc/nothing/here"))
    assert "/proc" not in str(caught.value)


def test_a_link_in_the_databases_place_is_not_followed(kit: SqlitePatients, tmp_path: Path) -> None:
    kit.folder.mkdir()
    (kit.folder / "patients.db").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileIoFault):
        kit.open()
    assert not (tmp_path / "elsewhere").exists()


def test_errors_carry_no_text_of_the_system(kit: SqlitePatients) -> None:
    error = error_of(ERRORS, OSError(28, "No space left on device: /home/yamada"))
    assert (type(error), str(error)) == (FileFull, "full: ENOSPC")
    patients = kit.open()
    patients._db.execute("PRAGMA query_only = ON")
    with pytest.raises(FileReadOnly) as caught:
        patients.remember(BIRD, TODAY)
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_what_is_kept_shows_nothing_where_it_is_logged(kit: SqlitePatients) -> None:
    patients = kit.open()
    patients.remember(BIRD, TODAY)
    assert repr(patients._entries("1 = 1")) == "[<Entry>]"
    assert repr(patients.by_number("1234", born(HANAKO))) == "<KnownPatient>"


def test_a_line_that_changed_nothing_writes_nothing(kit: SqlitePatients, tmp_path: Path) -> None:
    patients = kit.open()
    csv = write_csv(tmp_path / "x.csv", [LINE])
    patients.import_csv(csv)
    before = patients._db.total_changes
    assert patients.import_csv(csv).same == 1
    assert patients._db.total_changes == before
