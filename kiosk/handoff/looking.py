"""A look into the outbox that changes nothing, not even its version."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

import msgspec

from kiosk.handoff.outbox import LATE
from kiosk.handoff.outbox_file import DATABASE, SHAPE, derived
from kiosk.ledger.errors import as_ledger_errors
from kiosk.ledger.interface import parse_stamp, stamp
from kiosk.ledger.keys import Home, load_keys
from kiosk.storage.database import DriverError, connect


class Waiting(msgspec.Struct, frozen=True):
    """Letters on their way. ``needs_person``: of these, those that do not go on by themselves; ``late``: that go on
    being tried, for longer than ``LATE``; ``oldest``: since when the oldest of all waits."""

    open: int = 0
    needs_person: int = 0
    late: int = 0
    oldest: datetime | None = None


def look(folder: Path, ledger: Path, now: datetime) -> Waiting | None:
    """``folder`` and ``ledger`` as ``SqliteOutbox`` takes them. None where there is no outbox yet. ``LedgerError``."""
    path = folder / DATABASE
    if not path.exists():
        return None
    key = derived(load_keys(Home(ledger)).database)
    with as_ledger_errors(DriverError), closing(connect(path, key, SHAPE, write=False)) as db:
        if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'letter'").fetchone() is None:
            return Waiting()
        row = db.execute(
            "SELECT count(*), count(*) FILTER (WHERE state = 'needs_person'),"
            " count(*) FILTER (WHERE state <> 'needs_person' AND attempts > 0 AND since <= ?), min(since)"
            " FROM letter WHERE state IN ('waiting', 'sending', 'needs_person')",
            (stamp(now - LATE),),
        ).fetchone()
    count, needs_person, late, oldest = row
    return Waiting(count, needs_person, late, parse_stamp(oldest) if oldest else None)
