"""The derived tables of the encrypted file: who owns a visit, open requests, numbers, purges. Never a second truth:
they can be made anew from the entries. Everything here runs inside the caller's transaction."""

from __future__ import annotations

from datetime import date
from typing import Final

from kiosk.ledger.errors import NotOwner
from kiosk.ledger.interface import Entry, ReceptionNumber
from kiosk.ledger.projection import Projection
from kiosk.storage.database import Connection

_MOVE: Final = """INSERT INTO visit VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (visit) DO UPDATE SET chain = excluded.chain, owner_epoch = excluded.owner_epoch,
        state = excluded.state, at = excluded.at, simulated = max(simulated, excluded.simulated)
    WHERE excluded.owner_epoch > visit.owner_epoch
        OR (excluded.owner_epoch = visit.owner_epoch AND excluded.chain = visit.chain)"""


def move(db: Connection, chain: str, entry: Entry) -> None:
    """Only the owner moves a visit. Raises ``NotOwner``."""
    cursor = db.execute(
        _MOVE, (entry.visit, chain, entry.owner_epoch, entry.state, entry.at, int(entry.simulated))
    )
    if cursor.rowcount != 1:
        raise NotOwner(chain)


def number_of(db: Connection, visit: str, letter: str, day: date) -> tuple[ReceptionNumber, bool]:
    """The visit's number, and whether it is new."""
    text = day.isoformat()
    row = db.execute(
        "SELECT count FROM number WHERE visit = ? AND letter = ? AND day = ?", (visit, letter, text)
    ).fetchone()
    if row:
        return ReceptionNumber(letter, row[0], day), False
    (highest,) = db.execute(
        "SELECT max(count) FROM number WHERE letter = ? AND day = ?", (letter, text)
    ).fetchone()
    number = ReceptionNumber(letter, (highest or 0) + 1, day)
    db.execute("INSERT INTO number VALUES (?, ?, ?, ?)", (letter, text, number.count, visit))
    return number, True


def ask(db: Connection, request: str, visit: str, position: int) -> None:
    db.execute("INSERT INTO request (id, visit, position) VALUES (?, ?, ?)", (request, visit, position))


def asked(db: Connection, request: str) -> tuple[str, bool] | None:
    """The visit of a request, and whether it was answered."""
    row = db.execute("SELECT visit, answer FROM request WHERE id = ?", (request,)).fetchone()
    return None if row is None else (row[0], row[1] is not None)


def answer(db: Connection, request: str, position: int, *, accepted: bool) -> None:
    db.execute("UPDATE request SET answer = ?, accepted = ? WHERE id = ?", (position, int(accepted), request))


def forget(db: Connection, limit: str, before: date) -> None:
    """What retention erases here: visits, their requests and numbers, before the stamp ``limit`` of the day
    ``before``."""
    db.execute("DELETE FROM visit WHERE at < ?", (limit,))
    db.execute("DELETE FROM request WHERE visit NOT IN (SELECT visit FROM visit)")
    db.execute(
        "DELETE FROM number WHERE day < ? AND visit NOT IN (SELECT visit FROM visit)", (before.isoformat(),)
    )


def store(db: Connection, projection: Projection) -> None:
    """Everything anew."""
    for table in ("visit", "request", "number", "purge"):
        db.execute(f"DELETE FROM {table}")  # noqa: S608 - names above
    many = db.executemany
    many(
        "INSERT INTO visit VALUES (?, ?, ?, ?, ?, ?)",
        [
            (v.visit, v.chain, v.owner_epoch, v.state, v.at, int(v.simulated))
            for v in projection.visits.values()
        ],
    )
    many(
        "INSERT INTO request VALUES (?, ?, ?, ?, ?)",
        [
            (id_, asked.visit, asked.position, asked.answer, asked.accepted)
            for id_, asked in projection.requests.items()
        ],
    )
    many(
        "INSERT INTO number VALUES (?, ?, ?, ?)",
        [(*number, visit) for number, visit in projection.numbers.items()],
    )
    many(
        "INSERT INTO purge VALUES (?, ?, ?)",
        [(position, done.before, at) for position, done, at in projection.purges],
    )
