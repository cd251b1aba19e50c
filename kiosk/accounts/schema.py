"""The encrypted file: opening it, its tables, and its migrations."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import msgspec
import sqlcipher3
from sqlcipher3 import dbapi2

from kiosk.accounts.errors import FileCorrupt, FileTooNew, WrongKey, as_account_errors
from kiosk.accounts.interface import Kept, R

# sqlite-utils prefers pysqlite3 where it finds it: this way it works with SQLCipher's exceptions and limits.
_SHIM: dict[str, ModuleType] = {"pysqlite3": sqlcipher3, "pysqlite3.dbapi2": dbapi2}
for _name, _module in _SHIM.items():
    sys.modules.setdefault(_name, _module)

from sqlite_utils import Database  # noqa: E402
from sqlite_utils.migrations import Migrations  # noqa: E402

Connection = Any  # sqlcipher3 has no types; it follows the DB-API like sqlite3.Connection
DriverError: Final[type[Exception]] = dbapi2.Error

APPLICATION_ID: Final = 0x554B4131  # "UKA1"
BUSY_MS: Final = 5000
WAL_LIMIT: Final = 4 * 1024 * 1024

migrations = Migrations("accounts")
KNOWN: Final = {"0001 accounts"}

_TABLES: Final = (
    """CREATE TABLE account (
    name TEXT PRIMARY KEY,
    display TEXT NOT NULL,
    role TEXT NOT NULL,
    password TEXT NOT NULL,
    temporary INTEGER NOT NULL,
    disabled INTEGER NOT NULL,
    totp TEXT NOT NULL,
    recovery TEXT NOT NULL,
    keys TEXT NOT NULL,
    added TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE session (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL REFERENCES account,
    terminal TEXT NOT NULL,
    began TEXT NOT NULL,
    seen TEXT NOT NULL,
    locked INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE failures (
    key TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE broken_glass (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL REFERENCES account,
    terminal TEXT NOT NULL,
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL,
    until TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
)
_JSON: Final = frozenset({"totp", "recovery", "keys"})  # columns that hold a structure


@migrations(name="0001 accounts")
def _first(db: Database) -> None:
    for statement in _TABLES:
        db.execute(statement)


def values(record: Kept) -> list[object]:
    """A row of the record's table, in the order of its fields."""
    plain = msgspec.to_builtins(record)
    return [_column(field, plain[field]) for field in record.__struct_fields__]


def _column(field: str, value: object) -> object:
    if field in _JSON:
        return msgspec.json.encode(value).decode()
    return int(value) if isinstance(value, bool) else value


def record(kind: type[R], row: Sequence[Any]) -> R:
    """The record of a row; FileCorrupt if it is none."""
    named = dict(zip(kind.__struct_fields__, row, strict=True))
    try:
        for field in _JSON & named.keys():
            named[field] = msgspec.json.decode(named[field])
        return msgspec.convert(named, kind, strict=False)
    except msgspec.MsgspecError:
        raise FileCorrupt(kind.KIND) from None


def connect(path: Path, key: bytes, *, busy_ms: int = BUSY_MS) -> Connection:
    """A keyed connection without its own transaction handling. WrongKey if the key does not open the file."""
    with as_account_errors(DriverError):
        connection = dbapi2.connect(
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=busy_ms / 1000,
        )
    try:
        with as_account_errors(DriverError):
            _configure(connection, key)
    except BaseException:
        connection.close()
        raise
    return connection


def _configure(connection: Connection, key: bytes) -> None:
    run = connection.execute
    run("PRAGMA cipher_log_level = NONE")  # it would write to stderr by itself
    run(f"PRAGMA key = \"x'{key.hex()}'\"")
    run("PRAGMA trusted_schema = OFF")
    (found,) = run("PRAGMA application_id").fetchone()  # the first read: fails here if the key is wrong
    if found not in (0, APPLICATION_ID):
        raise WrongKey("not an account file")
    run("PRAGMA foreign_keys = ON")
    run("PRAGMA journal_mode = WAL")
    run("PRAGMA synchronous = FULL")
    run("PRAGMA secure_delete = ON")
    run(f"PRAGMA journal_size_limit = {WAL_LIMIT}")


def migrate(connection: Connection) -> None:
    """Bring the tables to this version in one transaction. FileTooNew if a newer program was here."""
    with as_account_errors(DriverError):
        connection.execute("BEGIN IMMEDIATE")
        try:
            db = Database(connection, execute_plugins=False)
            if unknown := {applied.name for applied in migrations.applied(db)} - KNOWN:
                raise FileTooNew(min(unknown))
            if migrations.pending(db):
                migrations.apply(db)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
