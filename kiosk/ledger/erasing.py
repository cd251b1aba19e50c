"""Retention in the encrypted file: payloads go, the chain stays whole."""

from __future__ import annotations

from typing import Final

from kiosk.ledger.chain import NEVER_ERASED
from kiosk.ledger.schema import PAYLOAD_TABLE
from kiosk.storage.database import Connection

_KEPT: Final = f"""INSERT INTO kept SELECT p.* FROM payload p JOIN entry e ON e.position = p.position
    WHERE e.at >= :before OR e.core ->> '$.type' IN ({", ".join(repr(name) for name in sorted(NEVER_ERASED))})
        OR EXISTS (SELECT 1 FROM visit v WHERE v.visit = e.visit AND v.at >= :before)
    ORDER BY p.position"""  # noqa: S608 - fixed names


def erase(db: Connection, limit: str) -> int:
    """Copy what is kept to a new table and drop the old one, whose pages `secure_delete` overwrites; inside a
    transaction. Gives the number of payloads that went.

    Deleting rows would not do: SQLite then moves neighbouring rows between pages and leaves copies of
    them in unused parts of pages, where a later purge cannot reach them.
    """
    run = db.execute
    (last,) = run("SELECT max(before) FROM purge").fetchone()
    if last is not None and limit <= last:
        return 0  # done before; this saves the daily run a scan of everything
    (before,) = run("SELECT count(*) FROM payload").fetchone()
    run(PAYLOAD_TABLE.format("kept"))
    run(_KEPT, {"before": limit})
    (after,) = run("SELECT count(*) FROM kept").fetchone()
    if after == before:
        run("DROP TABLE kept")
        return 0
    run("DROP TABLE payload")
    run("ALTER TABLE kept RENAME TO payload")
    return int(before - after)
