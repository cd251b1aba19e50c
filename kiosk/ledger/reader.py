"""Reading the SQLite ledger: by the terminal (its own connection) and by the auditor (a read-only one)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from kiosk.ledger.chain import GENESIS, RECEIVED, decode_core, to_record
from kiosk.ledger.errors import LedgerCorrupt, as_ledger_errors
from kiosk.ledger.finding import Stand
from kiosk.ledger.interface import (
    Caches,
    Head,
    Link,
    OpenVisit,
    Purged,
    Record,
    Request,
    Upcasts,
)
from kiosk.ledger.projection import Answered, Requested
from kiosk.ledger.schema import connect
from kiosk.storage.database import Connection, DriverError

PAGE: Final = 256
"""Rows fetched at once: readers hold no transaction open between pages, so the log can be emptied."""


class _Filter(NamedTuple):
    sql: str
    values: tuple[object, ...]


def _page(connection: Connection, since: int, where: _Filter) -> list[Any]:
    rows: list[Any] = connection.execute(
        "SELECT e.position, e.seq, e.core, e.leaf, e.hash, p.body FROM entry e"  # noqa: S608 - fixed texts
        " LEFT JOIN payload p ON p.position = e.position"
        f" WHERE e.position > ?{where.sql} ORDER BY e.position LIMIT {PAGE}",
        (since, *where.values),
    ).fetchall()
    return rows


def page_filter(visit: str | None, chain: str | None) -> _Filter:
    sql, values = "", []
    if visit is not None:
        sql += " AND e.visit = ?"
        values.append(visit)
    if chain is not None:
        sql += " AND e.chain = ?"
        values.append(chain)
    return _Filter(sql, tuple(values))


def records_page(connection: Connection, since: int, where: _Filter, upcasts: Upcasts) -> list[Record]:
    """Up to PAGE records after `since`. LedgerCorrupt if a core cannot be read."""
    try:
        return [
            to_record(position, seq, core.encode(), hash_, Purged(leaf) if body is None else body, upcasts)
            for position, seq, core, leaf, hash_, body in _page(connection, since, where)
        ]
    except (msgspec.MsgspecError, AttributeError):
        raise LedgerCorrupt("an entry's core is not readable") from None


def heads(connection: Connection) -> dict[str, Head]:
    """Steps from chain to chain along the index: there are few chains and many entries."""
    found: dict[str, Head] = {}
    next_chain = "SELECT min(chain) FROM entry WHERE chain > ?"
    while (chain := connection.execute(next_chain, (max(found, default=""),)).fetchone()[0]) is not None:
        found[chain] = head(connection, chain)
    return found


def head(connection: Connection, chain: str) -> Head:
    row = connection.execute(
        "SELECT seq, hash, at FROM entry WHERE chain = ? ORDER BY seq DESC LIMIT 1", (chain,)
    ).fetchone()
    return Head(chain, *row) if row else Head(chain, 0, GENESIS)


def stands(connection: Connection, wanted: Mapping[str, int]) -> dict[str, Stand]:
    """For each chain its link of that `seq`: when it was written, and where it stands."""
    query = "SELECT at, position FROM entry WHERE chain = ? AND seq = ?"
    found = {chain: connection.execute(query, (chain, seq)).fetchone() for chain, seq in wanted.items()}
    return {chain: row for chain, row in found.items() if row is not None}


_VISIT = "SELECT visit, chain, owner_epoch, state, at, simulated FROM visit"


def open_visits(connection: Connection, closed: Collection[str]) -> list[OpenVisit]:
    marks = ", ".join("?" * len(closed))
    rows = connection.execute(f"{_VISIT} WHERE state NOT IN ({marks}) ORDER BY at, visit", tuple(closed))
    return [_visit(row) for row in rows.fetchall()]


def find_visit(connection: Connection, visit: str) -> OpenVisit | None:
    row = connection.execute(f"{_VISIT} WHERE visit = ?", (visit,)).fetchone()
    return _visit(row) if row else None


def _visit(row: Any) -> OpenVisit:
    visit, chain, owner_epoch, state, at, simulated = row
    return OpenVisit(visit, chain, owner_epoch, state, at, bool(simulated))


def requests(connection: Connection, unanswered: bool, visit: str | None) -> list[Request]:
    sql = (
        "SELECT r.id, r.visit, v.chain, e.chain, e.core, e.leaf, p.body, r.accepted, a.body"
        " FROM request r JOIN entry e ON e.position = r.position"
        " LEFT JOIN visit v ON v.visit = r.visit"
        " LEFT JOIN payload p ON p.position = r.position LEFT JOIN payload a ON a.position = r.answer"
        " WHERE true"
    )
    values: list[str] = []
    if unanswered:
        sql += " AND r.answer IS NULL"
    if visit is not None:
        sql += " AND r.visit = ?"
        values.append(visit)
    rows = connection.execute(sql + " ORDER BY r.position", values).fetchall()
    return [
        make_request(
            id_, visit_, owner or "", chain, core.encode(), Purged(leaf) if body is None else body,
            None if accepted is None else bool(accepted), answer,
        )
        for id_, visit_, owner, chain, core, leaf, body, accepted, answer in rows
    ]  # fmt: skip


def make_request(
    id_: str,
    visit: str,
    owner: str,
    chain: str,
    core: bytes,
    body: bytes | Purged,
    accepted: bool | None,
    answer: bytes | None,
) -> Request:
    c = decode_core(core)
    action, payload = "", body
    if isinstance(body, bytes):
        asked = msgspec.json.decode(body, type=Requested)
        action, payload = asked.action, bytes(asked.detail)
    why = msgspec.json.decode(answer, type=Answered).why if answer else ""
    asked_by = c.ref if c.type == RECEIVED else chain
    return Request(id_, visit, owner, asked_by, action, payload, c.actor, c.at, accepted, why)


_LINK = (
    "SELECT e.position, e.chain, e.seq, CAST(e.core AS BLOB), e.leaf, e.hash, p.salt, p.body"
    " FROM entry e LEFT JOIN payload p ON p.position = e.position"
)


def links_after(connection: Connection, chain: str, seq: int, limit: int) -> list[Link]:
    """The next raw rows of one chain, in its own order."""
    rows = connection.execute(
        f"{_LINK} WHERE e.chain = ? AND e.seq > ? ORDER BY e.seq LIMIT ?", (chain, seq, limit)
    )
    return [Link(*row) for row in rows.fetchall()]


def notes_after(connection: Connection, chain: str, seq: int) -> list[tuple[int, str]]:
    rows: list[tuple[int, str]] = connection.execute(
        "SELECT seq, note FROM checkpoint WHERE chain = ? AND seq > ? ORDER BY seq", (chain, seq)
    ).fetchall()
    return rows


class SqliteSnapshot:
    """One moment of the whole database, for the auditor. Reads only; writers are not held up."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def heads(self) -> dict[str, Head]:
        with as_ledger_errors(DriverError):
            return heads(self._connection)

    def links(self, chain: str | None = None, first: int = 1) -> Iterator[Link]:
        # Without a chain the table is read in its own order and no index is believed.
        where = "" if chain is None else " WHERE e.chain = ? AND e.seq >= ?"
        with as_ledger_errors(DriverError):
            cursor = self._connection.execute(
                f"{_LINK}{where} ORDER BY e.position",
                () if chain is None else (chain, first),
            )
            while rows := cursor.fetchmany(PAGE):
                for row in rows:
                    yield Link(*row)

    def damage(self) -> str:
        """What SQLite's own check of pages and indexes says; "" when all is well."""
        rows = self._rows("PRAGMA integrity_check(1)")
        return "" if rows == [("ok",)] else str(rows[0][0])

    def notes(self) -> list[str]:
        return [row[0] for row in self._rows("SELECT note FROM checkpoint ORDER BY chain, seq")]

    def cached(self) -> Caches:
        visits = {row[0]: _visit(row) for row in self._rows(_VISIT)}
        asked = self._rows("SELECT id, accepted FROM request")
        numbers = self._rows("SELECT letter, day, count, visit FROM number")
        return Caches(
            visits,
            {id_: None if accepted is None else bool(accepted) for id_, accepted in asked},
            {(letter, day, count): visit for letter, day, count, visit in numbers},
        )

    def _rows(self, sql: str) -> list[Any]:
        with as_ledger_errors(DriverError):
            rows: list[Any] = self._connection.execute(sql).fetchall()
        return rows


@contextmanager
def snapshot(path: Path, key: bytes) -> Iterator[SqliteSnapshot]:
    """A read-only view of a ledger file, also while terminals write to it. LedgerMissing, WrongKey, …"""
    connection = connect(path, key, write=False)
    try:
        with as_ledger_errors(DriverError):
            connection.execute("BEGIN")
        yield SqliteSnapshot(connection)
    finally:
        connection.close()
