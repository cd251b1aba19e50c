"""The encrypted file: opening it, its one table, and its migrations."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import msgspec
import sqlcipher3
from sqlcipher3 import dbapi2

from kiosk.patients.entry import Entry
from kiosk.patients.errors import FileTooNew, WrongKey, as_patient_errors
from kiosk.visit.known import KnownPatient

# sqlite-utils prefers pysqlite3 where it finds it: this way it works with SQLCipher's exceptions and limits.
_SHIM: dict[str, ModuleType] = {"pysqlite3": sqlcipher3, "pysqlite3.dbapi2": dbapi2}
for _name, _module in _SHIM.items():
    sys.modules.setdefault(_name, _module)

from sqlite_utils import Database  # noqa: E402
from sqlite_utils.migrations import Migrations  # noqa: E402

Connection = Any  # sqlcipher3 has no types; it follows the DB-API like sqlite3.Connection
DriverError: Final[type[Exception]] = dbapi2.Error

APPLICATION_ID: Final = 0x554B5031  # "UKP1"
BUSY_MS: Final = 5000
WAL_LIMIT: Final = 16 * 1024 * 1024

migrations = Migrations("patients")
KNOWN: Final = {"0001 patients"}

_PATIENT: Final = KnownPatient.__struct_fields__
FIELDS: Final = ("number_key", *_PATIENT, "reference_number", "seen", "reference_key", "numbers_key")
TABLE: Final = """CREATE TABLE {} (
    number_key TEXT PRIMARY KEY,
    patient_number TEXT NOT NULL,
    name_kana TEXT NOT NULL,
    birth_date TEXT NOT NULL,
    name TEXT NOT NULL,
    insurer_number TEXT NOT NULL,
    insurer_name TEXT NOT NULL,
    insured_card_symbol TEXT NOT NULL,
    insured_identification_number TEXT NOT NULL,
    insured_branch_number TEXT NOT NULL,
    partial_contribution_ratio INTEGER,
    last_visit TEXT NOT NULL,
    reference_number TEXT NOT NULL,
    seen TEXT NOT NULL,
    reference_key TEXT NOT NULL,
    numbers_key TEXT NOT NULL
) STRICT, WITHOUT ROWID"""
INDEXES: Final = (
    "CREATE INDEX patient_reference ON patient (reference_key)",
    "CREATE INDEX patient_numbers ON patient (birth_date, numbers_key) WHERE numbers_key <> ''",
)


@migrations(name="0001 patients")
def _first(db: Database) -> None:
    for statement in (TABLE.format("patient"), *INDEXES):
        db.execute(statement)


def values(entry: Entry) -> tuple[object, ...]:
    """A row of the table: the entry, and the keys by which it is found."""
    patient = (getattr(entry.patient, field) for field in _PATIENT)
    return (
        entry.number_key,
        *patient,
        entry.reference_number,
        entry.seen,
        entry.reference_key,
        entry.numbers_key,
    )


def entry(row: tuple[Any, ...]) -> Entry:
    """The entry of a row that was selected by ``FIELDS``."""
    named = dict(zip(FIELDS, row, strict=True))
    return Entry(
        patient=msgspec.convert({field: named[field] for field in _PATIENT}, KnownPatient),
        reference_number=named["reference_number"],
        seen=named["seen"],
    )


def connect(path: Path, key: bytes, *, busy_ms: int = BUSY_MS) -> Connection:
    """A keyed connection without its own transaction handling. WrongKey if the key does not open the file."""
    with as_patient_errors(DriverError):
        connection = dbapi2.connect(
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=busy_ms / 1000,
        )
    try:
        with as_patient_errors(DriverError):
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
        raise WrongKey("not a patient file")
    run("PRAGMA journal_mode = WAL")
    run("PRAGMA synchronous = FULL")
    run("PRAGMA secure_delete = ON")  # who is erased must not stay in free pages
    run(f"PRAGMA journal_size_limit = {WAL_LIMIT}")


def migrate(connection: Connection) -> None:
    """Bring the table to this version in one transaction. FileTooNew if a newer program was here."""
    with as_patient_errors(DriverError):
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
