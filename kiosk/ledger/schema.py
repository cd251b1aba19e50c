"""The encrypted file: opening it, its tables, and their migrations.

entry    what happened; the only truth. Append-only (triggers guard against our own mistakes)
payload  personal data and salts; retention deletes rows here
checkpoint  signed notes, and whether each has reached the folder
visit, request, number, purge   derived from entries; `projection` writes them, `rebuild` makes them anew
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import sqlcipher3
from sqlcipher3 import dbapi2

from kiosk.ledger.errors import LedgerMissing, LedgerTooNew, WrongKey, as_ledger_errors

# sqlite-utils prefers pysqlite3 where it finds it: this way it works with SQLCipher's exceptions and limits.
_SHIM: dict[str, ModuleType] = {"pysqlite3": sqlcipher3, "pysqlite3.dbapi2": dbapi2}
for _name, _module in _SHIM.items():
    sys.modules.setdefault(_name, _module)

# It loads numpy where that is installed, for kinds of columns that are not used here: 50 ms and 14 MiB at every start.
_hidden = "numpy" not in sys.modules
if _hidden:
    sys.modules["numpy"] = None  # type: ignore[assignment]

from sqlite_utils import Database  # noqa: E402
from sqlite_utils.migrations import Migrations  # noqa: E402

if _hidden:
    del sys.modules["numpy"]

Connection = Any  # sqlcipher3 has no types; it follows the DB-API like sqlite3.Connection
DriverError: Final[type[Exception]] = dbapi2.Error

APPLICATION_ID: Final = 0x554B4C31  # "UKL1"
BUSY_MS: Final = 5000
WAL_LIMIT: Final = 16 * 1024 * 1024

migrations = Migrations("ledger")
KNOWN: Final = {"0001 entries, payloads, derived state"}


@migrations(name="0001 entries, payloads, derived state")
def _first(db: Database) -> None:
    for statement in _SCHEMA_1:
        db.execute(statement)


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


def connect(path: Path, key: bytes, *, write: bool, busy_ms: int = BUSY_MS) -> Connection:
    """A keyed connection without its own transaction handling. WrongKey if the key does not open the file."""
    if not write and not path.exists():
        raise LedgerMissing(path.name)
    with as_ledger_errors(DriverError):
        connection = dbapi2.connect(
            f"{path.absolute().as_uri()}?mode={'rwc' if write else 'ro'}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=busy_ms / 1000,
        )
    try:
        with as_ledger_errors(DriverError):
            _configure(connection, key, write=write)
    except BaseException:
        connection.close()
        raise
    return connection


def _configure(connection: Connection, key: bytes, *, write: bool) -> None:
    run = connection.execute
    run("PRAGMA cipher_log_level = NONE")  # it would write to stderr by itself
    run(f"PRAGMA key = \"x'{key.hex()}'\"")
    run("PRAGMA trusted_schema = OFF")
    (found,) = run("PRAGMA application_id").fetchone()  # the first read: fails here if the key is wrong
    if found not in (0, APPLICATION_ID):
        raise WrongKey("not a ledger")
    if write:
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")  # NORMAL loses acknowledged entries at a power cut
        run("PRAGMA secure_delete = ON")  # purged text must not stay in free pages
        run(f"PRAGMA journal_size_limit = {WAL_LIMIT}")


def migrate(connection: Connection, instance: str) -> None:
    """Bring the tables to this version in one transaction. LedgerTooNew if a newer program was here."""
    with as_ledger_errors(DriverError):
        connection.execute("BEGIN IMMEDIATE")
        try:
            db = Database(connection, execute_plugins=False)
            if unknown := {applied.name for applied in migrations.applied(db)} - KNOWN:
                raise LedgerTooNew(min(unknown))
            if migrations.pending(db):
                migrations.apply(db)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute("INSERT OR IGNORE INTO meta VALUES ('instance', ?)", (instance,))
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def instance(connection: Connection) -> str:
    """The database's own random name; a restored copy gets another one."""
    with as_ledger_errors(DriverError):
        row = connection.execute("SELECT value FROM meta WHERE name = 'instance'").fetchone()
    return str(row[0])


def set_instance(connection: Connection, name: str) -> None:
    with as_ledger_errors(DriverError):
        connection.execute("UPDATE meta SET value = ? WHERE name = 'instance'", (name,))
