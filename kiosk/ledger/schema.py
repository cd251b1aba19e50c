"""The encrypted file: its tables and their versions.

entry    what happened; the only truth. Append-only (triggers guard against our own mistakes)
payload  personal data and salts; retention deletes rows here
checkpoint  signed notes, and whether each has reached the folder
visit, request, number, purge   derived from entries; `projection` writes them, `rebuild` makes them anew
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kiosk.ledger.errors import as_ledger_errors
from kiosk.storage import database
from kiosk.storage.database import BUSY_MS, Connection, DriverError, Shape

APPLICATION_ID: Final = 0x554B4C31  # "UKL1"

PAYLOAD_TABLE: Final = (
    "CREATE TABLE {} (position INTEGER PRIMARY KEY, salt BLOB NOT NULL, body BLOB NOT NULL) STRICT"
)
_SCHEMA_1: Final = (
    """CREATE TABLE entry (
        position INTEGER PRIMARY KEY,
        chain TEXT NOT NULL,
        seq INTEGER NOT NULL,
        core TEXT NOT NULL,
        leaf BLOB NOT NULL,
        hash BLOB NOT NULL,
        visit TEXT AS (core ->> '$.visit') VIRTUAL,
        at TEXT AS (core ->> '$.at') VIRTUAL
    ) STRICT""",
    "CREATE UNIQUE INDEX entry_chain ON entry (chain, seq)",
    "CREATE INDEX entry_visit ON entry (visit)",
    """CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    PAYLOAD_TABLE.format("payload"),
    """CREATE TABLE checkpoint (
        chain TEXT NOT NULL, seq INTEGER NOT NULL, note TEXT NOT NULL,
        delivered INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (chain, seq)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE visit (
        visit TEXT PRIMARY KEY, chain TEXT NOT NULL, owner_epoch INTEGER NOT NULL,
        state TEXT NOT NULL, at TEXT NOT NULL, simulated INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE request (
        id TEXT PRIMARY KEY, visit TEXT NOT NULL, position INTEGER NOT NULL,
        answer INTEGER, accepted INTEGER
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX request_open ON request (position) WHERE answer IS NULL",
    "CREATE INDEX request_visit ON request (visit)",
    """CREATE TABLE number (
        letter TEXT NOT NULL, day TEXT NOT NULL, count INTEGER NOT NULL, visit TEXT NOT NULL,
        PRIMARY KEY (letter, day, count)
    ) STRICT, WITHOUT ROWID""",
    "CREATE UNIQUE INDEX number_visit ON number (visit, letter, day)",
    """CREATE TABLE purge (
        position INTEGER PRIMARY KEY, before TEXT NOT NULL, at TEXT NOT NULL
    ) STRICT""",
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
)


SHAPE: Final = Shape(
    title="a ledger",
    name="ledger",
    application_id=APPLICATION_ID,
    steps={"0001 entries, payloads, derived state": _SCHEMA_1},
)


def connect(path: Path, key: bytes, *, write: bool, busy_ms: int = BUSY_MS) -> Connection:
    """A keyed connection without its own transaction handling; a writer makes the file. WrongKey if the key does not
    open it, LedgerMissing for a reader where there is none."""
    with as_ledger_errors():
        return database.connect(path, key, SHAPE, write=write, make=write, busy_ms=busy_ms)


def migrate(connection: Connection, instance: str) -> None:
    """Bring the tables to this version in one transaction. LedgerTooNew if a newer program was here."""
    with as_ledger_errors():
        database.migrate(
            connection,
            SHAPE,
            lambda db: db.execute("INSERT OR IGNORE INTO meta VALUES ('instance', ?)", (instance,)),
        )


def instance(connection: Connection) -> str:
    """The database's own random name; a restored copy gets another one."""
    with as_ledger_errors(DriverError):
        row = connection.execute("SELECT value FROM meta WHERE name = 'instance'").fetchone()
    return str(row[0])


def set_instance(connection: Connection, name: str) -> None:
    with as_ledger_errors(DriverError):
        connection.execute("UPDATE meta SET value = ? WHERE name = 'instance'", (name,))
