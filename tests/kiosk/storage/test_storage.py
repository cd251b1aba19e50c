"""What every encrypted file of the kiosk has in common: its key, its opening, its versions, its transactions."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.accounts import errors as accounts
from kiosk.ledger import errors as ledger
from kiosk.patients import errors as patients
from kiosk.storage.database import Connection, DriverError, Shape, clean_log, connect, migrate, transaction
from kiosk.storage.files import touch_private
from kiosk.storage.keyfile import CREDENTIALS, KEY_BYTES, find_key, load_key, write_key
from kiosk.storage.place import Place
from kiosk.storage.store import Store, opened
from kiosk.storage.trouble import Errors, StorageError, Trouble, error_of, told_as, trouble_of

KEY = bytes(range(32))
FIRST = Shape(
    "a notebook", "notes", 0x554B4E31, {"0001 lines": ("CREATE TABLE line (text TEXT NOT NULL) STRICT",)}
)
SECOND = Shape(
    "a notebook",
    "notes",
    0x554B4E31,
    {
        **FIRST.steps,
        "0002 days": ("ALTER TABLE line ADD COLUMN day TEXT", "CREATE INDEX line_day ON line (day)"),
    },
)
OTHER = Shape("a diary", "diary", 0x554B4E32)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "notes.db"
    touch_private(path)
    return path


@pytest.fixture
def db(file: Path) -> Iterator[Connection]:
    connection = connect(file, KEY, FIRST)
    migrate(connection, FIRST)
    yield connection
    connection.close()


def trouble(call: Any) -> Trouble:
    with pytest.raises(StorageError) as caught:
        call()
    return caught.value.trouble


def lines(db: Connection) -> list[str]:
    return [text for (text,) in db.execute("SELECT text FROM line")]


# -- troubles ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("errors", [accounts.ERRORS, ledger.ERRORS, patients.ERRORS])
def test_every_room_has_an_error_of_its_own_with_a_remedy_for_every_trouble(errors: Errors) -> None:
    for kind in Trouble:
        error: Any = errors[kind]("name")
        assert error.detail == "name"
        assert len(error.remedy) > 20


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, Trouble.FULL), (errno.EDQUOT, Trouble.FULL), (errno.EACCES, Trouble.READ_ONLY),
        (errno.EROFS, Trouble.READ_ONLY), (errno.EIO, Trouble.IO_FAULT), (0, Trouble.IO_FAULT),
    ],
)  # fmt: skip
def test_of_the_systems_errors_only_their_name_is_kept(number: int, kind: Trouble) -> None:
    found = trouble_of(OSError(number, "/home/yamada"))
    assert found.trouble is kind
    assert "yamada" not in str(found)


def test_a_room_tells_troubles_as_its_own_and_lets_other_errors_pass() -> None:
    with pytest.raises(patients.FileFull), told_as(patients.ERRORS, OSError):
        raise OSError(errno.ENOSPC, "x")
    with pytest.raises(patients.KeyExposed), told_as(patients.ERRORS):
        raise StorageError(Trouble.KEY_EXPOSED, "x")
    with pytest.raises(OSError, match="x"), told_as(patients.ERRORS):
        raise OSError("x")
    assert type(error_of(ledger.ERRORS, StorageError(Trouble.GONE))) is ledger.LedgerClosed


# -- keys --------------------------------------------------------------------------------------------
def test_a_key_is_private_and_the_first_one_stays(tmp_path: Path) -> None:
    write_key(tmp_path, "a.key", KEY)
    write_key(tmp_path, "a.key", bytes(32))
    assert load_key(tmp_path, "a.key") == KEY
    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["a.key"]


def test_a_credential_comes_before_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_key(tmp_path, "a.key", KEY)
    (tmp_path / "handed").mkdir()
    monkeypatch.setenv(CREDENTIALS, str(tmp_path / "handed"))
    assert load_key(tmp_path, "a.key") == KEY
    write_key(tmp_path / "handed", "a.key", bytes(KEY_BYTES))
    assert load_key(tmp_path, "a.key") == bytes(KEY_BYTES)
    assert find_key(tmp_path, "b.key") is None


def test_what_is_no_key_or_no_secret_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    assert trouble(lambda: load_key(tmp_path, "a.key")) is Trouble.KEY_MISSING
    os.mkfifo(tmp_path / "fifo", 0o600)
    assert trouble(lambda: load_key(tmp_path, "fifo")) is Trouble.KEY_EXPOSED
    write_key(tmp_path, "a.key", KEY)
    for content in (b"", b"12", b"zz" * 32, b"ab" * 33):
        (tmp_path / "a.key").write_bytes(content)
        assert trouble(lambda: load_key(tmp_path, "a.key")) is Trouble.KEY_INVALID
    (tmp_path / "a.key").chmod(0o640)
    assert trouble(lambda: load_key(tmp_path, "a.key")) is Trouble.KEY_EXPOSED


def test_a_place_makes_both_files_once_and_never_a_second_key(tmp_path: Path) -> None:
    place = Place(tmp_path / "new", "notes.db", "notes.key")
    with place.prepared() as key:
        assert len(key) == KEY_BYTES
    with place.prepared() as again:
        assert again == key
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in place.folder.iterdir()} == {
        "notes.db": 0o600, "notes.key": 0o600,
    }  # fmt: skip
    (place.folder / "notes.key").unlink()
    with pytest.raises(StorageError) as caught, place.prepared():
        pass
    assert caught.value.trouble is Trouble.KEY_MISSING
    assert not (place.folder / "notes.key").exists()


# -- files -------------------------------------------------------------------------------------------
def test_a_file_opens_only_with_its_key_and_as_what_it_is(db: Connection, file: Path) -> None:
    assert trouble(lambda: connect(file, bytes(32), FIRST)) is Trouble.WRONG_KEY
    with pytest.raises(StorageError, match="wrong_key: not a diary"):
        connect(file, KEY, OTHER)
    assert trouble(lambda: connect(file.with_name("none.db"), KEY, FIRST)) is Trouble.MISSING
    assert not file.with_name("none.db").exists()


def test_a_reader_changes_nothing(db: Connection, file: Path) -> None:
    reader = connect(file, KEY, FIRST, write=False)
    with pytest.raises(DriverError) as caught:
        reader.execute("INSERT INTO line VALUES ('x')")
    assert trouble_of(caught.value).trouble is Trouble.READ_ONLY
    reader.close()


def test_an_older_file_is_brought_on_and_an_older_program_leaves_a_newer_one_alone(
    db: Connection, file: Path
) -> None:
    db.execute("INSERT INTO line VALUES ('kept')")
    changed: list[Connection] = []
    for _ in range(2):
        migrate(db, SECOND, changed.append)
    assert changed == [db]
    assert db.execute("SELECT text, day FROM line").fetchall() == [("kept", None)]
    with pytest.raises(StorageError, match="too_new: 0002 days"):
        migrate(db, FIRST)
    assert not db.in_transaction


def test_a_step_that_fails_leaves_the_file_as_it_was(db: Connection) -> None:
    broken = Shape(
        "a notebook", "notes", FIRST.application_id,
        {**FIRST.steps, "0002 broken": ("CREATE TABLE half (x)", "CREATE TABLE line (x)")},
    )  # fmt: skip
    with pytest.raises(StorageError):
        migrate(db, broken)
    assert db.execute("SELECT name FROM sqlite_master WHERE name = 'half'").fetchone() is None
    migrate(db, SECOND)


def test_a_transaction_is_all_or_nothing(db: Connection) -> None:
    def fails() -> None:
        with transaction(db):
            db.execute("INSERT INTO line VALUES ('lost')")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fails()
    with transaction(db):
        db.execute("INSERT INTO line VALUES ('kept')")
    assert lines(db) == ["kept"]


def test_a_reader_in_the_way_of_the_cleaning_is_told(db: Connection, file: Path) -> None:
    db.execute("INSERT INTO line VALUES ('x')")
    db.execute("PRAGMA busy_timeout = 0")
    reader = connect(file, KEY, FIRST, write=False)
    reader.execute("BEGIN")
    assert lines(reader) == ["x"]
    db.execute("INSERT INTO line VALUES ('y')")
    assert not clean_log(db)
    reader.execute("COMMIT")
    assert clean_log(db)
    assert file.with_name("notes.db-wal").stat().st_size == 0
    reader.close()


def test_a_store_tells_what_fails_as_its_room_does_and_ends_once(tmp_path: Path) -> None:
    class Notes(Store):
        def __init__(self) -> None:
            place = Place(tmp_path, "notes.db", "notes.key")
            super().__init__(opened(place, FIRST, patients.ERRORS), patients.ERRORS)

        def put(self, text: str | None) -> None:
            with self._transaction() as db:
                db.execute("INSERT INTO line VALUES (?)", (text,))

    with Notes() as notes:
        notes.put("x")
        with pytest.raises(patients.FileCorrupt):
            notes.put(None)
        notes.put("y")
        with Notes() as other:
            assert lines(other._db) == ["x", "y"]
    notes.close()
    with pytest.raises(patients.FileClosed):
        notes.put("z")
