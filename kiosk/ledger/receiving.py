"""What a terminal takes from the hub into its own chain: others' requests, and visits that others have taken over.

Each becomes one entry of the terminal's own, so that its ledger stays whole and verifiable by itself and says what it
was told. Taking the same thing twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

import msgspec
import structlog
from msgspec.structs import replace

from kiosk.ledger import derived, reader
from kiosk.ledger.chain import MOVED_ELSEWHERE, RECEIVED, canonical_json
from kiosk.ledger.interface import Entry
from kiosk.ledger.projection import MovedElsewhere
from kiosk.storage.database import Connection

_MARK: Final = "hub"
_log = structlog.get_logger(__name__)


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


class Own(Protocol):
    """Makes an entry of the terminal's own."""

    def __call__(
        self, type_: str, visit: str, payload: bytes, actor: str, ref: str = "", simulated: bool = False
    ) -> Entry: ...


def is_news(db: Connection, told: Told) -> bool:
    """Whether there is anything to write: the hub tells the same again and again."""
    return mark(db) != told.mark or any(not _known(db, wish.id) for wish in told.wishes)


def take(db: Connection, told: Told, own: Own, write: Callable[[Entry], int]) -> int:
    """Inside a transaction. `write` gives the entry's position. Gives the number of entries written."""
    taken = sum(_take_wish(db, wish, own, write) for wish in told.wishes)
    taken += sum(_take_move(db, move, own, write) for move in told.moves)
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_MARK, told.mark))
    return taken


def mark(db: Connection) -> str:
    row = db.execute("SELECT value FROM meta WHERE name = ?", (_MARK,)).fetchone()
    return str(row[0]) if row else ""


def _take_wish(db: Connection, wish: Wish, own: Own, write: Callable[[Entry], int]) -> bool:
    if _known(db, wish.id) or reader.find_visit(db, wish.visit) is None:
        return False
    entry = own(RECEIVED, wish.visit, wish.payload, wish.actor, wish.chain, wish.simulated)
    position = write(replace(entry, id=wish.id))
    derived.ask(db, wish.id, wish.visit, position)
    return True


def _take_move(db: Connection, move: Elsewhere, own: Own, write: Callable[[Entry], int]) -> bool:
    """With equal epochs the hub's owner is the owner; a higher epoch here will be told to the hub."""
    known = reader.find_visit(db, move.visit)
    if known is None or move.epoch < known.owner_epoch:
        return False
    if (move.chain, move.epoch, move.state) == (known.chain, known.owner_epoch, known.state):
        return False
    body = canonical_json(MovedElsewhere(move.chain, move.epoch, move.state))
    entry = own(MOVED_ELSEWHERE, move.visit, body, "system", simulated=known.simulated)
    write(entry)
    db.execute(
        "UPDATE visit SET chain = ?, owner_epoch = ?, state = ?, at = ? WHERE visit = ?",
        (move.chain, move.epoch, move.state, entry.at, move.visit),
    )
    _log.warning("ledger.visit_lost", chain=move.chain, epoch=move.epoch)
    return True


def _known(db: Connection, request: str) -> bool:
    return db.execute("SELECT 1 FROM request WHERE id = ?", (request,)).fetchone() is not None
