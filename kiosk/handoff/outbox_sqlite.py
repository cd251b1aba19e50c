"""The outbox in an encrypted SQLite file that several processes of one machine may share.

Its key is derived from the ledger's: what leaves the house is a copy of what stands there, and needs no secret of its
own. If the file is lost it is filled again from the ledger, with the same keys.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from kiosk.handoff.outbox import (
    LATE,
    Draft,
    Heeded,
    Letter,
    Place,
    State,
    Status,
    Wish,
    may_be_wanted,
    to_tell,
)
from kiosk.handoff.outbox_file import INDEXES, LETTER, PARCEL, connect, derived, prepare
from kiosk.handoff.parcel import Parcel
from kiosk.ledger.errors import ERRORS
from kiosk.ledger.interface import JST, day_start, parse_stamp, stamp
from kiosk.ledger.keys import Home, load_keys
from kiosk.storage.database import BUSY_MS, Connection, clean_log
from kiosk.storage.store import Store

_FIELDS: Final = (
    "id, visit, number, receiver, revision, key, digest, state, attempts, since, next_at, problem, closed,"
    " told, wish"
)
_UNTOLD: Final = (
    "wish <> ''",
    "state = 'taken' AND told <> 'taken'",
    "state IN ('waiting', 'sending', 'needs_person') AND told <> CASE"
    " WHEN state = 'needs_person' OR (attempts > 0 AND since <= :late) THEN :person"
    " WHEN attempts > 0 AND problem <> '' THEN 'delayed' ELSE told END",
)
"""As ``to_tell`` says it; each by an index of its own."""
_IS_LAST: Final = """NOT EXISTS (SELECT 1 FROM letter newer WHERE newer.visit = letter.visit
    AND newer.receiver = letter.receiver AND newer.revision > letter.revision)"""


class SqliteOutbox(Store):
    """Opens (and at first use makes) the outbox in ``folder``; ``ledger`` is the folder of the ledger whose key it
    uses, which must be there. Raises ``LedgerError``."""

    def __init__(self, folder: Path, ledger: Path, *, busy_ms: int = BUSY_MS) -> None:
        super().__init__(connect(folder, derived(load_keys(Home(ledger)).database), busy_ms), ERRORS)
        try:
            with self._transaction() as db:
                prepare(db)
        except BaseException:
            self._db.close()
            raise

    # -- letters
    def last(self, visit: str, receiver: str) -> Letter | None:
        with self._open() as db:
            row = db.execute(
                f"SELECT {_FIELDS} FROM letter WHERE visit = ? AND receiver = ? ORDER BY revision DESC LIMIT 1",  # noqa: S608
                (visit, receiver),
            ).fetchone()
        return None if row is None else _letter(row)

    def post(self, draft: Draft, now: datetime) -> bool:
        at = stamp(now)
        closed = at if draft.state == "refused" else ""
        with self._transaction() as db:
            (last,) = db.execute(
                "SELECT ifnull(max(revision), 0) FROM letter WHERE visit = ? AND receiver = ?",
                (draft.visit, draft.receiver),
            ).fetchone()
            if last >= draft.revision:
                return False
            older = "visit = ? AND receiver = ? AND state IN ('waiting', 'needs_person')"
            _finish(db, older, (draft.visit, draft.receiver), "superseded", at)
            cursor = db.execute(
                "INSERT INTO letter (visit, number, receiver, revision, key, digest, state, since, next_at, closed,"
                " problem) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    draft.visit, draft.number, draft.receiver, draft.revision, draft.key, draft.digest, draft.state,
                    at, at, closed, draft.problem,
                ),
            )  # fmt: skip
            parcel = draft.parcel
            if parcel is not None and draft.state != "refused":
                values = (cursor.lastrowid, parcel.file_name, parcel.media_type, parcel.content)
                db.execute("INSERT INTO parcel VALUES (?, ?, ?, ?)", values)
        return True

    def claim(self, now: datetime, lease: timedelta, *, but: Collection[str] = ()) -> Letter | None:
        at = stamp(now)
        with self._transaction() as db:
            _finish(db, f"state = 'sending' AND lease <= ? AND NOT ({_IS_LAST})", (at,), "superseded", at)
            row = db.execute(
                f"SELECT {_FIELDS} FROM letter WHERE receiver NOT IN ({', '.join('?' * len(but))}) AND ("  # noqa: S608
                "  (state = 'sending' AND lease <= ?)"
                "  OR (state = 'waiting' AND next_at <= ? AND NOT EXISTS (SELECT 1 FROM letter busy"
                "      WHERE busy.visit = letter.visit AND busy.receiver = letter.receiver"
                "      AND busy.state = 'sending')))"
                " ORDER BY next_at, id LIMIT 1",
                (*but, at, at),
            ).fetchone()
            if row is None:
                return None
            found = _letter(row)
            db.execute(
                "UPDATE letter SET state = 'sending', attempts = attempts + 1, lease = ? WHERE id = ?",
                (stamp(now + lease), found.id),
            )
            parcel = db.execute(
                "SELECT file_name, media_type, content FROM parcel WHERE letter = ?", (found.id,)
            ).fetchone()
        return msgspec.structs.replace(
            found,
            state="sending",
            attempts=found.attempts + 1,
            parcel=None if parcel is None else Parcel(*parcel),
        )

    def settle(self, letter: Letter, state: State, now: datetime, *, problem: str = "") -> None:
        at = stamp(now)
        mine, which = "id = ? AND state = 'sending' AND attempts = ?", (letter.id, letter.attempts)
        with self._transaction() as db:
            if state == "taken":
                _finish(db, "id = ?", (letter.id,), "taken", at)
            elif state == "needs_person":
                _finish(db, f"{mine} AND NOT ({_IS_LAST})", which, "superseded", at)
                db.execute(
                    f"UPDATE letter SET state = 'needs_person', problem = ? WHERE {mine}",  # noqa: S608
                    (problem, *which),
                )
            else:
                _finish(db, mine, which, state, at)

    def retry(self, letter: Letter, next_at: datetime, problem: str) -> None:
        at = stamp(next_at)
        mine, which = "id = ? AND state = 'sending' AND attempts = ?", (letter.id, letter.attempts)
        with self._transaction() as db:
            _finish(db, f"{mine} AND NOT ({_IS_LAST})", which, "superseded", at)
            db.execute(
                f"UPDATE letter SET state = 'waiting', next_at = ?, problem = ? WHERE {mine}",  # noqa: S608
                (at, problem, *which),
            )

    def heed(self, wish: Wish, now: datetime) -> Heeded:
        at = stamp(now)
        with self._transaction() as db:
            row = db.execute(
                f"SELECT {_FIELDS} FROM letter WHERE key = ? ORDER BY id DESC LIMIT 1",  # noqa: S608
                (wish.key,),
            ).fetchone()
            if row is None:
                return "unknown"
            letter = _letter(row)
            if letter.wish is not None:
                return "done" if letter.wish.id == wish.id else "moved_on"
            if not may_be_wanted(letter, wish):
                return "moved_on"
            kept = msgspec.json.encode(wish).decode()
            digest = b"" if letter.state == "by_hand" else letter.digest
            db.execute(
                "UPDATE letter SET wish = ?, told = '', digest = ? WHERE id = ?", (kept, digest, letter.id)
            )
            if wish.how == "by_hand":
                _finish(db, "id = ?", (letter.id,), "by_hand", at)
            elif db.execute("SELECT 1 FROM parcel WHERE letter = ?", (letter.id,)).fetchone() is None:
                place = _place(db)
                _move(db, place.moved(place.ledger, place.position, [letter.visit], ()))
            elif letter.state != "sending":
                db.execute(
                    "UPDATE letter SET state = 'waiting', next_at = ?, attempts = 0, problem = '' WHERE id = ?",
                    (at, letter.id),
                )
        return "done"

    # -- what the ledger must know
    def tell(self, now: datetime, write: Callable[[Letter], None]) -> bool:
        with self._transaction() as db:
            letter = self._untold(db, now)
            if letter is None:
                return False
            write(letter)
            told = letter.told if letter.wish is not None else to_tell(letter, now)
            db.execute("UPDATE letter SET wish = '', told = ? WHERE id = ?", (told, letter.id))
        return True

    @staticmethod
    def _untold(db: Connection, now: datetime) -> Letter | None:
        times = {"late": stamp(now - LATE), "person": f"needs_person {now.astimezone(JST).date()}"}
        for where in _UNTOLD:
            row = db.execute(
                f"SELECT {_FIELDS} FROM letter WHERE {where} ORDER BY id LIMIT 1",  # noqa: S608
                times,
            ).fetchone()
            if row is not None:
                return _letter(row)
        return None

    # -- the board
    def status(self, visit: str) -> tuple[Status, ...]:
        return self._statuses(f"visit = ? AND {_IS_LAST} ORDER BY receiver", (visit,))

    def needing_person(self, now: datetime) -> tuple[Status, ...]:
        late = "state IN ('waiting', 'sending') AND attempts > 0 AND since <= ?"
        where = f"(state = 'needs_person' OR ({late})) ORDER BY since, id"
        return self._statuses(where, (stamp(now - LATE),))

    def open_letters(self) -> int:
        with self._open() as db:
            (count,) = db.execute(
                "SELECT count(*) FROM letter WHERE state IN ('waiting', 'sending', 'needs_person')"
            ).fetchone()
        return int(count)

    def _statuses(self, where: str, values: tuple[object, ...]) -> tuple[Status, ...]:
        with self._open() as db:
            rows = db.execute(f"SELECT {_FIELDS} FROM letter WHERE {where}", values).fetchall()  # noqa: S608
        return tuple(_letter(row).status for row in rows)

    # -- how far the ledger has been read
    def since(self, receiver: str, now: datetime) -> datetime:
        name, wanted = f"since {receiver}", "SELECT value FROM meta WHERE name = ?"
        with self._open() as db:
            row = db.execute(wanted, (name,)).fetchone()
        if row is None:
            with self._transaction() as db:
                db.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (name, stamp(now)))
                row = db.execute(wanted, (name,)).fetchone()
        return parse_stamp(row[0])

    def place(self) -> Place:
        with self._open() as db:
            return _place(db)

    def move(self, ledger: str, position: int, *, pending: Collection[str], done: Collection[str]) -> None:
        with self._transaction() as db:
            _move(db, _place(db).moved(ledger, position, pending, done))

    # -- retention
    def purge(self, before: date) -> int:
        """Who stays is copied to new tables and the old ones are dropped, whose pages ``secure_delete`` overwrites:
        deleting rows would leave copies of them in the unused parts of pages."""
        limit = day_start(before)
        with self._transaction() as db:
            old = "closed <> '' AND closed < ?"
            (count,) = db.execute(f"SELECT count(*) FROM letter WHERE {old}", (limit,)).fetchone()  # noqa: S608
            if count:
                db.execute(LETTER.format("kept_letter"))
                db.execute(f"INSERT INTO kept_letter SELECT * FROM letter WHERE NOT ({old})", (limit,))  # noqa: S608
                db.execute(PARCEL.format("kept_parcel"))
                db.execute(
                    "INSERT INTO kept_parcel SELECT * FROM parcel WHERE letter IN (SELECT id FROM kept_letter)"
                )
                for table in ("letter", "parcel"):
                    db.execute(f"DROP TABLE {table}")
                    db.execute(f"ALTER TABLE kept_{table} RENAME TO {table}")
                for statement in INDEXES:
                    db.execute(statement)
        with self._open() as db:
            clean_log(db)
        return int(count)


def _finish(db: Connection, where: str, values: tuple[object, ...], state: State, at: str) -> int:
    """Closes letters and erases what they carried: nobody needs it any more."""
    db.execute(f"DELETE FROM parcel WHERE letter IN (SELECT id FROM letter WHERE {where})", values)  # noqa: S608
    cursor = db.execute(
        "UPDATE letter SET state = ?, closed = ?, problem = iif(?, '', problem)"  # noqa: S608
        f" WHERE {where}",
        (state, at, state == "taken", *values),
    )
    return int(cursor.rowcount)


def _place(db: Connection) -> Place:
    row = db.execute("SELECT value FROM meta WHERE name = 'place'").fetchone()
    return Place() if row is None else msgspec.json.decode(row[0], type=Place)


def _move(db: Connection, place: Place) -> None:
    text = msgspec.json.encode(place).decode()
    db.execute("INSERT OR REPLACE INTO meta VALUES ('place', ?)", (text,))


def _letter(row: tuple[Any, ...]) -> Letter:
    (
        id, visit, number, receiver, revision, key, digest, state, attempts, since, next_at, problem, closed, told,
        wish,
    ) = row  # fmt: skip
    return Letter(
        id=id,
        visit=visit,
        number=number,
        receiver=receiver,
        revision=revision,
        key=key,
        digest=digest,
        state=state,
        attempts=attempts,
        since=parse_stamp(since),
        next_at=parse_stamp(next_at),
        problem=problem,
        closed=parse_stamp(closed) if closed else None,
        told=told,
        wish=msgspec.json.decode(wish, type=Wish) if wish else None,
    )
