"""The outbox's file: its tables, its key, and how it is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kiosk.ledger.errors import ERRORS, LedgerTooNew, as_ledger_errors
from kiosk.storage import database
from kiosk.storage.companion import Companion
from kiosk.storage.database import Connection, Shape
from kiosk.storage.files import PRIVATE_FOLDER, touch_private
from kiosk.storage.place import Place

DATABASE: Final = "handoff.db"
APPLICATION_ID: Final = 0x554B4831  # "UKH1"
VERSION: Final = 2
SHAPE: Final = Shape(title="an outbox", name="handoff", application_id=APPLICATION_ID)
"""Its tables go by ``user_version``."""

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
    path = folder / DATABASE
    with as_ledger_errors(OSError):
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        touch_private(path)
        return database.connect(path, key, SHAPE, busy_ms=busy_ms)


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


def companion(folder: Path) -> Companion:
    """The outbox as it goes into a backup."""
    return Companion("handoff", Place(folder, DATABASE, ""), SHAPE, ERRORS, _brought_on, derived)


def _brought_on(db: Connection) -> None:
    with database.transaction(db):
        prepare(db)
