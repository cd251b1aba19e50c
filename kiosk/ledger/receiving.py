"""What a terminal takes from the hub into its own chain: others' requests, and visits that others have taken over.

Each becomes one entry of the terminal's own, so that its ledger stays whole and verifiable by itself and says what it
was told. Taking the same thing twice changes nothing.
"""

from __future__ import annotations

import msgspec

from kiosk.ledger.interface import OpenVisit
from kiosk.ledger.schema import Connection

_MARK = "hub"


class Wish(msgspec.Struct, frozen=True):
    """A `Requested` entry of another terminal's chain, about a visit of this one. `payload` as it was written."""

    id: str
    visit: str
    chain: str
    actor: str
    simulated: bool
    payload: bytes


class Elsewhere(msgspec.Struct, frozen=True):
    """A visit that a chain of another terminal owns now."""

    visit: str
    chain: str
    epoch: int
    state: str


class Told(msgspec.Struct, frozen=True):
    """One report of the hub. `mark`: how far it goes, in the hub's own words; kept with what was taken."""

    wishes: tuple[Wish, ...] = ()
    moves: tuple[Elsewhere, ...] = ()
    mark: str = ""


def is_news(move: Elsewhere, known: OpenVisit | None) -> bool:
    """With equal epochs the hub's owner is the owner; a higher epoch here will be told to the hub."""
    if known is None or move.epoch < known.owner_epoch:
        return False
    return (move.chain, move.epoch, move.state) != (known.chain, known.owner_epoch, known.state)


def lose(db: Connection, move: Elsewhere, at: str) -> None:
    db.execute(
        "UPDATE visit SET chain = ?, owner_epoch = ?, state = ?, at = ? WHERE visit = ?",
        (move.chain, move.epoch, move.state, at, move.visit),
    )


def request_known(db: Connection, id_: str) -> bool:
    return db.execute("SELECT 1 FROM request WHERE id = ?", (id_,)).fetchone() is not None


def mark(db: Connection) -> str:
    row = db.execute("SELECT value FROM meta WHERE name = ?", (_MARK,)).fetchone()
    return str(row[0]) if row else ""


def set_mark(db: Connection, value: str) -> None:
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_MARK, value))
