"""How far a terminal's chains have come in the hub, asked without changing anything there or here."""

from __future__ import annotations

import msgspec

from kiosk.ledger import reader
from kiosk.ledger.chain import decode_core
from kiosk.ledger.errors import as_ledger_errors
from kiosk.ledger.hub.endpoint import Connection as Hub
from kiosk.ledger.hub.errors import as_hub_errors
from kiosk.ledger.interface import Head, Link
from kiosk.storage.database import Connection, DriverError


class Reach(msgspec.Struct, frozen=True):
    """behind: events of this file that are not in the hub. last: stamp of the newest event that is, "" for none.
    forked: chains whose last common event is another one there."""

    behind: int
    last: str
    forked: tuple[str, ...] = ()


def reach(hub: Hub, db: Connection, terminal: str) -> Reach:
    """db: the ledger's file, only read. terminal: whose login asks; it sees no other terminal's chains. LedgerError."""
    behind, last, forked = 0, "", []
    with as_ledger_errors(DriverError), as_hub_errors():
        for chain, head in reader.heads(db).items():
            if chain.partition(".")[0] != terminal:
                continue
            there = _newest_there(hub, head)
            behind += head.seq - there
            if there == 0:
                continue
            link = _link(db, chain, there)
            last = max(last, decode_core(link.core).at)
            if _hash_at(hub, chain, there) != link.hash:
                forked.append(chain)
    return Reach(behind, last, tuple(forked))


def _newest_there(hub: Hub, head: Head) -> int:
    """By halving: a chain has no holes in the hub."""
    low, high = 0, head.seq + 1
    if _hash_at(hub, head.chain, head.seq) is not None:
        return head.seq
    while high - low > 1:
        middle = (low + high) // 2
        if _hash_at(hub, head.chain, middle) is None:
            high = middle
        else:
            low = middle
    return low


def _hash_at(hub: Hub, chain: str, seq: int) -> bytes | None:
    row = hub.execute("SELECT hash_at(%s, %s)", (chain, seq)).fetchone()
    return row[0] if row else None


def _link(db: Connection, chain: str, seq: int) -> Link:
    (link,) = reader.links_after(db, chain, seq - 1, 1)
    return link
