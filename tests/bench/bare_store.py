"""The floor beneath the ledger: one row of bytes and one durable commit, and nothing else."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

_KEY = "PRAGMA key = \"x'" + "5a" * 32 + "'\""


class BareStore:
    """WAL and ``synchronous=FULL``, as the ledger has. ``encrypted``: SQLCipher in place of SQLite."""

    def __init__(self, path: Path, *, encrypted: bool = False) -> None:
        connect: Any = sqlcipher.connect if encrypted else sqlite3.connect
        self._db = connect(str(path), isolation_level=None)
        for statement in (
            *((_KEY,) if encrypted else ()),
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "CREATE TABLE stored (position INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
        ):
            self._db.execute(statement)

    def commit(self, size: int) -> None:
        run = self._db.execute
        run("BEGIN IMMEDIATE")
        run("INSERT INTO stored (bytes) VALUES (?)", (os.urandom(size),))
        run("COMMIT")

    def close(self) -> None:
        self._db.close()
