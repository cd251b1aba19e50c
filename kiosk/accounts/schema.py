"""The encrypted file: where it lies, its tables and their versions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from kiosk.accounts.errors import ERRORS, FileCorrupt
from kiosk.accounts.interface import Kept, R
from kiosk.storage.companion import Companion
from kiosk.storage.database import Shape, migrate
from kiosk.storage.place import Place

DATABASE: Final = "accounts.db"
KEY: Final = "accounts.key"
APPLICATION_ID: Final = 0x554B4131  # "UKA1"

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


SHAPE: Final = Shape(
    title="an account file",
    name="accounts",
    application_id=APPLICATION_ID,
    steps={"0001 accounts": _TABLES},
    wal_limit=4 * 1024 * 1024,
    foreign_keys=True,
)


def place(folder: Path) -> Place:
    return Place(folder, DATABASE, KEY)


def companion(folder: Path) -> Companion:
    """The accounts as they go into a backup."""
    return Companion("accounts", place(folder), SHAPE, ERRORS, lambda db: migrate(db, SHAPE))


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
