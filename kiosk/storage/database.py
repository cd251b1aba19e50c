"""SQLCipher files: opening them, their tables by versioned steps, and their transactions.

Several processes of one machine may have the same file open: write-ahead log, one writer at a time who holds the pen
from the beginning. What was acknowledged survives a power cut (``synchronous=FULL``: NORMAL loses it), and what was
erased does not stay in free pages (``secure_delete``).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import msgspec
import sqlcipher3
from sqlcipher3 import dbapi2

from kiosk.storage.trouble import StorageError, Trouble, trouble_of

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

BUSY_MS: Final = 5000


class Shape(msgspec.Struct, frozen=True):
    """One kind of file. ``title``: what is said where something else is found; ``name``: of its steps, in the file;
    ``application_id``: four letters that tell it from other kinds under the same key; ``steps``: statements by the
    step's name, in order, each done once for ever; ``wal_limit``: bytes that the log shrinks to."""

    title: str
    name: str
    application_id: int
    steps: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    wal_limit: int = 16 * 1024 * 1024
    foreign_keys: bool = False


def connect(
    path: Path, key: bytes, shape: Shape, *, write: bool = True, make: bool = False, busy_ms: int = BUSY_MS
) -> Connection:
    """A keyed connection without its own transaction handling. ``make``: the file where there is none yet. Raises
    ``StorageError``: MISSING, WRONG_KEY where the key does not open the file or another kind of file is there, …"""
    if not make and not path.exists():
        raise StorageError(Trouble.MISSING, path.name)
    mode = "ro" if not write else "rwc" if make else "rw"
    connection = None
    try:
        connection = dbapi2.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=busy_ms / 1000,
        )
        _configure(connection, key, shape, write=write)
    except BaseException as error:
        if connection is not None:
            connection.close()
        if isinstance(error, DriverError):
            raise trouble_of(error) from None
        raise
    return connection


def _configure(connection: Connection, key: bytes, shape: Shape, *, write: bool) -> None:
    run = connection.execute
    run("PRAGMA cipher_log_level = NONE")  # it would write to stderr by itself
    run(f"PRAGMA key = \"x'{key.hex()}'\"")
    run("PRAGMA trusted_schema = OFF")
    (found,) = run("PRAGMA application_id").fetchone()  # the first read: fails here if the key is wrong
    if found not in (0, shape.application_id):
        raise StorageError(Trouble.WRONG_KEY, f"not {shape.title}")
    if shape.foreign_keys:
        run("PRAGMA foreign_keys = ON")
    if write:
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run("PRAGMA secure_delete = ON")
        run(f"PRAGMA journal_size_limit = {shape.wal_limit}")


def migrate(
    connection: Connection, shape: Shape, also: Callable[[Connection], None] = lambda _connection: None
) -> None:
    """Bring the tables to this program's version in one transaction; ``also`` is called in it where anything changed.
    Raises ``StorageError``, TOO_NEW if a newer program was here."""
    migrations = _migrations(shape)
    try:
        with transaction(connection):
            db = Database(connection, execute_plugins=False)
            if unknown := {applied.name for applied in migrations.applied(db)} - shape.steps.keys():
                raise StorageError(Trouble.TOO_NEW, min(unknown))
            if migrations.pending(db):
                migrations.apply(db)
                connection.execute(f"PRAGMA application_id = {shape.application_id}")
                also(connection)
    except DriverError as error:
        raise trouble_of(error) from None


def _migrations(shape: Shape) -> Migrations:
    migrations = Migrations(shape.name)
    for name, statements in shape.steps.items():

        def step(db: Database, statements: tuple[str, ...] = statements) -> None:
            for statement in statements:
                db.execute(statement)

        migrations(name=name)(step)
    return migrations


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """One writer, all or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk may have rolled back already
            with suppress(DriverError):
                connection.execute("ROLLBACK")
        raise


def clean_log(connection: Connection) -> bool:
    """Old pages still hold what was erased until the log is copied into the file and cut to nothing. False where a
    reader is in the way now."""
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy
