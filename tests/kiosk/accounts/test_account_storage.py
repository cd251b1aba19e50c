"""The accounts on the disk: readable by nobody, whole or not at all, and said in words when they cannot be used."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from kiosk.accounts.errors import (
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
    WrongKey,
)
from kiosk.accounts.managing import BY_COMMAND
from kiosk.accounts.outcomes import Changed
from kiosk.accounts.passwords import Password
from kiosk.accounts.records import Account, Failures
from kiosk.accounts.roles import Action, Role
from kiosk.accounts.schema import APPLICATION_ID, SHAPE
from kiosk.accounts.sqlite import SqliteAccountFile
from kiosk.storage.database import connect
from kiosk.storage.trouble import StorageError, error_of
from tests.support.staff import MONDAY, SECRET, WORD, Desk, SqliteAccounts, account


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[SqliteAccounts]:
    kit = SqliteAccounts(tmp_path / "accounts")
    yield kit
    kit.finish()


def raw(kit: SqliteAccounts) -> Any:
    key = bytes.fromhex((kit.folder / "accounts.key").read_text())
    return connect(kit.folder / "accounts.db", key, SHAPE, busy_ms=200)


def put(file: SqliteAccountFile, name: str = "sato") -> None:
    with file.transaction() as records:
        records.put(account(name))


def names(file: SqliteAccountFile) -> list[str]:
    with file.transaction() as records:
        return [one.name for one in records.all(Account)]


# -- nobody reads along ----------------------------------------------------------------------------
def test_nothing_readable_is_on_the_disk(kit: SqliteAccounts) -> None:
    desk = Desk(kit.open())
    desk.hire("sato")
    session = desk.enter("sato")
    desk.sessions.break_glass(session.token, "A", Action.VOID, "KANARIENVOGEL")
    files = {path.name: path.read_bytes() for path in kit.folder.iterdir()}
    assert set(files) == {"accounts.db", "accounts.db-wal", "accounts.db-shm", "accounts.key"}
    assert len(files["accounts.db-wal"]) > 4096
    kit.finish()
    files |= {f"{path.name} closed": path.read_bytes() for path in kit.folder.iterdir()}
    for content in files.values():
        for text in ("sato", SECRET, "KANARIENVOGEL", "argon2", "SQLite format", "CREATE TABLE"):
            assert text.encode() not in content
            assert text.encode("utf-16-le") not in content


def test_even_with_the_key_there_is_no_password_no_token_and_no_recovery_code(kit: SqliteAccounts) -> None:
    desk = Desk(kit.open())
    desk.hire("sato")
    codes = desk.recovery_codes("sato")
    session = desk.enter("sato")
    dumped = "\n".join(map(str, raw_rows(kit)))
    assert "$argon2id$" in dumped  # it is the right file
    for secret in (WORD, *WORD.split(), session.token, *codes, *(code.replace("-", "") for code in codes)):
        assert secret not in dumped
        assert secret.encode().hex() not in dumped


def raw_rows(kit: SqliteAccounts) -> list[Any]:
    with_key = raw(kit)
    tables = [
        row[0] for row in with_key.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    ]
    rows = [row for table in tables for row in with_key.execute(f"SELECT * FROM {table}").fetchall()]
    with_key.close()
    return rows


def test_everything_is_private_whatever_the_umask(kit: SqliteAccounts) -> None:
    before = os.umask(0)
    try:
        put(kit.open())
    finally:
        os.umask(before)
    assert stat.S_IMODE(kit.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in kit.folder.iterdir()} == {0o600}


def test_the_file_is_set_for_safety(kit: SqliteAccounts) -> None:
    file = kit.open()
    for pragma, value in {
        "journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "trusted_schema": 0, "foreign_keys": 1,
        "application_id": APPLICATION_ID,
    }.items():  # fmt: skip
        assert file._db.execute(f"PRAGMA {pragma}").fetchone() == (value,), pragma


def test_a_session_of_nobody_is_refused_by_the_tables(kit: SqliteAccounts) -> None:
    file = kit.open()
    put(file)
    with pytest.raises(Exception, match="FOREIGN KEY"):
        file._db.execute("INSERT INTO session VALUES ('k', 'nobody', 'A', '', '', 0)")


# -- the key ---------------------------------------------------------------------------------------
def test_the_same_key_is_found_again(kit: SqliteAccounts) -> None:
    put(kit.open())
    kit.finish()
    assert names(kit.open()) == ["sato"]


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(kit: SqliteAccounts, bits: int) -> None:
    kit.open()
    (kit.folder / "accounts.key").chmod(bits)
    with pytest.raises(KeyExposed):
        kit.open()


@pytest.mark.parametrize("content", [b"", b"12", b"zz" * 32, b"ab" * 33, b"\xff" * 64])
def test_a_key_file_that_is_not_a_key_is_refused_unquoted(kit: SqliteAccounts, content: bytes) -> None:
    kit.open()
    (kit.folder / "accounts.key").write_bytes(content)
    with pytest.raises(KeyInvalid) as caught:
        kit.open()
    assert str(caught.value) == "key_invalid: accounts.key"
    told = caught.value.__context__
    assert isinstance(told, StorageError)
    assert told.__context__ is None


def test_accounts_whose_key_is_lost_get_no_new_one(kit: SqliteAccounts) -> None:
    kit.open()
    (kit.folder / "accounts.key").unlink()
    with pytest.raises(KeyMissing):
        kit.open()
    assert not (kit.folder / "accounts.key").exists()


def test_a_wrong_key_opens_nothing_and_harms_nothing(kit: SqliteAccounts) -> None:
    put(kit.open())
    kit.finish()
    right = (kit.folder / "accounts.key").read_bytes()
    (kit.folder / "accounts.key").write_bytes(b"00" * 32)
    with pytest.raises(WrongKey):
        kit.open()
    (kit.folder / "accounts.key").write_bytes(right)
    assert names(kit.open()) == ["sato"]


def test_a_systemd_credential_comes_before_the_folder(
    kit: SqliteAccounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "credentials" / "accounts.key"
    secret.parent.mkdir()
    secret.write_text("5a" * 32)
    secret.chmod(0o400)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(secret.parent))
    put(kit.open())
    assert not (kit.folder / "accounts.key").exists()
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(KeyMissing):
        kit.open()


def test_many_first_starts_at_once_agree_on_one_key_and_one_first_account(kit: SqliteAccounts) -> None:
    with ThreadPoolExecutor(4) as pool:
        desks = list(pool.map(lambda _: Desk(kit.open()), range(4)))
        done = list(
            pool.map(lambda n: desks[n].managing.first_setup(f"root{n}", "x", Password(WORD)), range(4))
        )
    assert [isinstance(one, Changed) for one in done].count(True) == 1
    assert len(names(kit.open())) == 1


# -- several programs ------------------------------------------------------------------------------
def test_what_the_command_changes_counts_at_the_desk_at_once(kit: SqliteAccounts) -> None:
    desk, command = Desk(kit.open()), Desk(kit.open())
    desk.hire("sato")
    desk.hire("root", Role.ADMINISTRATOR)
    session = desk.enter("sato")
    command.managing.disable(BY_COMMAND, "sato")
    assert desk.sessions.look(session.token, "A").facts == ()
    assert not hasattr(desk.sessions.look(session.token, "A"), "name")


def test_a_try_that_is_cut_off_has_counted(kit: SqliteAccounts) -> None:
    desk = Desk(kit.open())
    desk.hire("sato")
    kit.finish()
    program = """
import os, signal, sys
from pathlib import Path
from kiosk.accounts.sqlite import SqliteAccountFile
from kiosk.storage.database import connect
from kiosk.storage.trouble import StorageError, error_of
from kiosk.accounts.passwords import Hasher, Parameters, Password
from kiosk.accounts.means import Means
from kiosk.accounts.signing_in import SigningIn

class Dying(Hasher):
    def verify(self, hashed, password):
        os.kill(os.getpid(), signal.SIGKILL)

SigningIn(Means(SqliteAccountFile(Path(sys.argv[1])), hasher=Dying())).sign_in("sato", Password("x" * 12), "A")
"""
    died = subprocess.run([sys.executable, "-c", program, str(kit.folder)], timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL
    with kit.open().transaction() as records:
        assert [(one.key, one.count) for one in records.all(Failures)] == [
            ("account:sato", 1),
            ("terminal:A", 1),
        ]


# -- what gets in the way --------------------------------------------------------------------------
def test_a_full_disk_takes_nothing_and_heals(kit: SqliteAccounts) -> None:
    file = kit.open()
    put(file)
    (pages,) = file._db.execute("PRAGMA page_count").fetchone()
    file._db.execute(f"PRAGMA max_page_count = {pages}")

    def fill() -> None:
        with file.transaction() as records:
            for n in range(300):
                records.put(account(f"sato{n}", display="花" * 40))

    with pytest.raises(FileFull):
        fill()
    assert names(file) == ["sato"]
    file._db.execute("PRAGMA max_page_count = 1000000")
    fill()
    assert len(names(file)) == 301


def test_a_writer_that_does_not_let_go_makes_the_file_busy(kit: SqliteAccounts) -> None:
    file = kit.open()
    put(file)
    other = raw(kit)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(FileBusy):
        put(file, "abe")
    other.execute("ROLLBACK")
    other.close()
    put(file, "abe")


def test_a_newer_programs_accounts_are_left_alone(kit: SqliteAccounts) -> None:
    kit.open()
    other = raw(kit)
    other.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('accounts', '0002 x', '')"
    )
    other.close()
    with pytest.raises(FileTooNew):
        kit.open()


@pytest.mark.parametrize(
    ("column", "value"),
    [("role", "king"), ("totp", "{"), ("keys", "[1]"), ("added", "yesterday"), ("recovery", '{"salt": 1}')],
)
def test_a_row_that_is_no_account_is_told_and_not_guessed(
    kit: SqliteAccounts, column: str, value: str
) -> None:
    file = kit.open()
    put(file)
    file._db.execute(f"UPDATE account SET {column} = ?", (value,))
    with pytest.raises(FileCorrupt) as caught:
        names(file)
    assert value not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileIoFault):
        SqliteAccountFile(Path("/proc/nothing"))
    plain = tmp_path / "file"
    plain.write_text("")
    with pytest.raises(FileIoFault):
        SqliteAccountFile(plain)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, FileFull), (errno.EDQUOT, FileFull), (errno.EACCES, FileReadOnly), (errno.EROFS, FileReadOnly),
        (errno.EIO, FileIoFault), (0, FileIoFault),
    ],
)  # fmt: skip
def test_the_systems_errors_keep_their_name_and_no_text(number: int, kind: type[Exception]) -> None:
    error = error_of(ERRORS, OSError(number, "sato's secret"))
    assert type(error) is kind
    assert "secret" not in str(error)


def test_accounts_are_few_and_found_quickly(kit: SqliteAccounts) -> None:
    file = kit.open()
    put(file)
    ((*_, plan),) = file._db.execute(
        "EXPLAIN QUERY PLAN SELECT * FROM account WHERE name = 'sato'"
    ).fetchall()
    assert "USING PRIMARY KEY" in plan
    with file.transaction() as records:
        records.put(Failures(key="terminal:A", count=1, at=MONDAY))
    ((*_, plan),) = file._db.execute("EXPLAIN QUERY PLAN SELECT * FROM session WHERE key = 'x'").fetchall()
    assert "USING PRIMARY KEY" in plan
