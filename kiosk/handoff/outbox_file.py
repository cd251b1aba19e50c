"""The outbox's file: its tables, its key, and how it is opened."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlcipher3 import dbapi2

from kiosk.ledger.errors import LedgerTooNew, WrongKey, as_ledger_errors
from kiosk.storage.files import PRIVATE_FILE, PRIVATE_FOLDER

DATABASE: Final = "handoff.db"
APPLICATION_ID: Final = 0x554B4831  # "UKH1"
VERSION: Final = 2
BUSY_MS: Final = 5000
WAL_LIMIT: Final = 16 * 1024 * 1024

Connection = Any  # sqlcipher3 has no types; it follows the DB-API like sqlite3.Connection
DriverError: Final[type[Exception]] = dbapi2.Error

LETTER: Final = """CREATE TABLE {} (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    visit TEXT NOT NULL,
    number TEXT NOT NULL,
    receiver TEXT NOT NULL,
    revision INTEGER NOT NULL,
    key TEXT NOT NULL,
    digest BLOB NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    since TEXT NOT NULL,
    next_at TEXT NOT NULL,
    lease TEXT NOT NULL DEFAULT '',
    closed TEXT NOT NULL DEFAULT '',
    problem TEXT NOT NULL,
    told TEXT NOT NULL DEFAULT '',
    wish TEXT NOT NULL DEFAULT ''
) STRICT"""
PARCEL: Final = """CREATE TABLE {} (
    letter INTEGER PRIMARY KEY, file_name TEXT NOT NULL, media_type TEXT NOT NULL, content BLOB NOT NULL
) STRICT"""
INDEXES: Final = (
    "CREATE UNIQUE INDEX letter_revision ON letter (visit, receiver, revision)",
    "CREATE INDEX letter_key ON letter (key)",
    "CREATE INDEX letter_open ON letter (next_at) WHERE state IN ('waiting', 'sending', 'needs_person')",
    "CREATE INDEX letter_untold ON letter (id) WHERE state = 'taken' AND told <> 'taken'",
    "CREATE INDEX letter_wish ON letter (id) WHERE wish <> ''",
)
_SINCE_1: Final = (
    "ALTER TABLE letter ADD COLUMN told TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE letter ADD COLUMN wish TEXT NOT NULL DEFAULT ''",
    "UPDATE letter SET told = 'taken' WHERE state = 'taken'",
    *INDEXES[-2:],
)
"""What was taken before notes were written is not told of any more."""
_META: Final = "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID"


def derived(ledger_key: bytes) -> bytes:
    """The outbox's key."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"uketsuke hand-off outbox").derive(ledger_key)


def connect(folder: Path, key: bytes, busy_ms: int) -> Connection:
    """Opens the file, made empty where there is none. Raises ``LedgerError``."""
    with as_ledger_errors(OSError):
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        path = folder / DATABASE
        # The empty file first, so that neither it nor SQLite's log beside it is ever readable by others.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE_FILE))
    with as_ledger_errors(DriverError):
        connection = dbapi2.connect(
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=busy_ms / 1000,
        )
        run = connection.execute
        try:
            run("PRAGMA cipher_log_level = NONE")  # it would write to stderr by itself
            run(f"PRAGMA key = \"x'{key.hex()}'\"")
            run("PRAGMA trusted_schema = OFF")
            (found,) = run(
                "PRAGMA application_id"
            ).fetchone()  # the first read: fails here if the key is wrong
            if found not in (0, APPLICATION_ID):
                raise WrongKey("not an outbox")
            run("PRAGMA journal_mode = WAL")
            run("PRAGMA synchronous = FULL")
            run("PRAGMA secure_delete = ON")  # what was taken must not stay in free pages
            run(f"PRAGMA journal_size_limit = {WAL_LIMIT}")
        except BaseException:
            connection.close()
            raise
    return connection


def prepare(db: Connection) -> None:
    """Inside a transaction: the tables of this version. Raises ``LedgerTooNew``."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise LedgerTooNew(DATABASE)
    if version == 0:
        for statement in (LETTER.format("letter"), PARCEL.format("parcel"), *INDEXES, _META):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    elif version == 1:
        for statement in _SINCE_1:
            db.execute(statement)
    if version < VERSION:
        db.execute(f"PRAGMA user_version = {VERSION}")
