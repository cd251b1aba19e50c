"""The accounts in an encrypted SQLite file that several processes of one machine may share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.accounts.errors import ERRORS
from kiosk.accounts.interface import Kept, R
from kiosk.accounts.schema import SHAPE, place, record, values
from kiosk.storage.database import BUSY_MS, Connection
from kiosk.storage.store import Store, opened


class SqliteRecords:
    """Of each kind of record one table, whose first column is the record's key."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, kind: type[R], key: str) -> R | None:
        found = self._select(kind, f"WHERE {_key(kind)} = ?", key)
        return found[0] if found else None

    def all(self, kind: type[R]) -> list[R]:
        return self._select(kind, f"ORDER BY {_key(kind)}")

    def put(self, record: Kept) -> None:
        # An upsert: REPLACE would delete the row first, which others may refer to.
        fields = record.__struct_fields__
        kept = ", ".join(f"{field} = excluded.{field}" for field in fields[1:])
        self._db.execute(
            f"INSERT INTO {record.KIND} ({', '.join(fields)}) VALUES ({', '.join('?' * len(fields))}) "  # noqa: S608
            f"ON CONFLICT ({fields[0]}) DO UPDATE SET {kept}",
            values(record),
        )

    def drop(self, record: Kept) -> None:
        self._db.execute(f"DELETE FROM {record.KIND} WHERE {_key(type(record))} = ?", (record.key,))  # noqa: S608

    def _select(self, kind: type[R], rest: str, *arguments: str) -> list[R]:
        columns = ", ".join(kind.__struct_fields__)
        rows = self._db.execute(f"SELECT {columns} FROM {kind.KIND} {rest}", arguments).fetchall()  # noqa: S608
        return [record(kind, row) for row in rows]


def _key(kind: type[Kept]) -> str:
    return kind.__struct_fields__[0]


class SqliteAccountFile(Store):
    """Opens (and at first use makes) the accounts in ``folder``. Safe to use from several threads.

    Raises at opening: KeyExposed, KeyMissing, KeyInvalid, WrongKey, FileTooNew, FileReadOnly, FileBusy.
    """

    def __init__(self, folder: Path, *, busy_ms: int = BUSY_MS) -> None:
        super().__init__(opened(place(folder), SHAPE, ERRORS, busy_ms=busy_ms), ERRORS)

    @contextmanager
    def transaction(self) -> Iterator[SqliteRecords]:
        with self._transaction() as db:
            yield SqliteRecords(db)
