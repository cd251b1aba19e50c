"""The ledger of a terminal: an encrypted SQLite file that several processes of one machine may share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Self

import msgspec

from kiosk.ledger import derived, finding, reader, receiving
from kiosk.ledger.base import LedgerBase, Options, log
from kiosk.ledger.chain import (
    RESTORED,
    SALT_BYTES,
    canonical_json,
    encode_core,
    leaf,
    link,
)
from kiosk.ledger.checkpoint import due
from kiosk.ledger.erasing import erase
from kiosk.ledger.errors import (
    AlreadyAnswered,
    ChainInUse,
    LedgerClosed,
    LedgerError,
    LedgerInUse,
    NotOwner,
    UnknownRequest,
    UnknownVisit,
    as_ledger_errors,
)
from kiosk.ledger.interface import (
    Entry,
    Head,
    Link,
    OpenVisit,
    Place,
    Purge,
    ReceptionNumber,
    Record,
    Request,
)
from kiosk.ledger.keys import Home, Keys, ensure_keys
from kiosk.ledger.projection import Projection, Restored, facts
from kiosk.ledger.receiving import Told
from kiosk.ledger.schema import connect, instance, migrate
from kiosk.storage.database import BUSY_MS, Connection, DriverError, clean_log, transaction
from kiosk.storage.files import FileLock, held

_ENTRY = "INSERT INTO entry (chain, seq, core, leaf, hash) VALUES (?, ?, ?, ?, ?)"
_PAYLOAD = "INSERT INTO payload VALUES (?, ?, ?)"


class SqliteLedger(LedgerBase):
    """Opens (and at first start makes) the ledger in `folder`. Safe to use from several threads.

    Raises at opening: KeyExposed, KeyMissing, KeyInvalid, WrongKey, LedgerTooNew, LedgerReadOnly,
    LedgerInUse (a restore is running), ChainInUse (this terminal's process runs already).
    """

    def __init__(
        self,
        folder: Path,
        options: Options | None = None,
        *,
        keys: Keys | None = None,
        busy_ms: int = BUSY_MS,
    ) -> None:
        options = options or Options()
        self.home = Home(folder)
        self.home.prepare()
        with as_ledger_errors(OSError), held(FileLock(self.home.lock("setup"))), ExitStack() as undo:
            presence = FileLock(self.home.lock("presence"), shared=True)
            undo.callback(presence.release)
            if not presence.acquire():
                raise LedgerInUse
            self._secret = keys or ensure_keys(self.home, options.random)
            self.home.make_database()
            self._db: Connection = connect(
                self.home.database, self._secret.database, write=True, busy_ms=busy_ms
            )
            undo.callback(self._db.close)
            migrate(self._db, options.random(4).hex())
            super().__init__(options, instance(self._db))
            only_one = FileLock(self.home.lock(self.chain))
            undo.callback(only_one.release)
            if not only_one.acquire():
                raise ChainInUse(self.chain)
            self._closed = False
            self._tip: Head | None = None
            self._position = 0
            self._written: Callable[[], None] = _nobody
            self._resume()
            self._parts = undo.pop_all()
        log.info("ledger.open", chain=self.chain, seq=self.head().seq)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Sign the shutdown checkpoint, then let go. A failing checkpoint does not stop the closing."""
        with self._lock:
            if self._closed:
                return
            try:
                now = self.options.clock().wall
                if due(
                    self.options.policy,
                    self._covered,
                    self._covered_since,
                    self.head().seq,
                    now,
                    closing=True,
                ):
                    self.checkpoint()
            except LedgerError as error:
                log.warning("ledger.close", error=error.code)
            finally:
                self._closed = True
                self._parts.close()

    # -- writing
    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One writer, all or nothing. After a failure the head is read again: it may not be what we think."""
        with self._open() as db:
            try:
                with transaction(db):
                    if self._tip is None:
                        self._tip = reader.head(db, self.chain)
                    yield
            except BaseException:
                self._tip = None
                raise
        self._written()

    def _commit(self, entries: Sequence[Entry], take_number: date | None) -> Head:
        chain, boot, salt = self.chain, self._boot, self.options.random
        ready = [(entry, encode_core(entry, chain, boot), salt(SALT_BYTES)) for entry in entries]
        number = None
        with self._transaction():
            for entry, core, salt_ in ready:
                self._write(entry, core, salt_)
                if entry.state and entry.visit:
                    derived.move(self._db, self.chain, entry)
            if take_number is not None:
                number = self._take_number(entries[-1].visit, take_number, entries[-1])
            head = self._require_tip()
        return head if number is None else msgspec.structs.replace(head, number=number)

    def _write(self, entry: Entry, core: bytes, salt: bytes) -> Head:
        """One link at the end of our chain."""
        tip = self._require_tip()
        leaf_ = leaf(salt, entry.payload)
        seq = tip.seq + 1
        hash_ = link(tip.hash, seq, core, leaf_)
        run = self._db.execute
        position = run(_ENTRY, (self.chain, seq, core.decode(), leaf_, hash_)).lastrowid
        run(_PAYLOAD, (position, salt, entry.payload))
        self._tip = Head(self.chain, seq, hash_, entry.at)
        self._position = position
        return self._tip

    def _write_own(self, entry: Entry) -> Head:
        core = encode_core(entry, self.chain, self._boot)
        return self._write(entry, core, self.options.random(SALT_BYTES))

    def _take_number(self, visit: str, day: date, last: Entry | None) -> ReceptionNumber:
        known = self._known(visit)
        number, is_new = derived.number_of(self._db, visit, self._letter, day)
        if is_new:
            self._write_own(self._numbered(number, visit, known.simulated, last))
        return number

    def next_number(self, day: date, visit: str) -> ReceptionNumber:
        with self._transaction():
            return self._take_number(visit, day, None)

    def request(self, visit: str, action: str, payload: bytes = b"{}", actor: str = "system") -> str:
        with self._transaction():
            entry = self._requested(visit, action, payload, actor, self._known(visit).simulated)
            self._write_own(entry)
            derived.ask(self._db, entry.id, visit, self._position)
        return entry.id

    def answer(
        self,
        request: str,
        accepted: bool,
        why: str = "",
        *,
        actor: str = "system",
        entries: Sequence[Entry] = (),
        take_number: date | None = None,
    ) -> Head:
        self._check(entries)
        number = None
        with self._transaction():
            asked = derived.asked(self._db, request)
            if asked is None:
                raise UnknownRequest
            asked_of, answered = asked
            if answered:
                raise AlreadyAnswered
            visit = self._known(asked_of)
            if visit.chain != self.chain:
                raise NotOwner(self.chain)
            self._write_own(self._answered(request, visit.visit, accepted, why, actor, visit.simulated))
            derived.answer(self._db, request, self._position, accepted=accepted)
            for entry in entries:
                self._write_own(entry)
                if entry.state and entry.visit:
                    derived.move(self._db, self.chain, entry)
            if take_number is not None:
                number = self._take_number(visit.visit, take_number, entries[-1] if entries else None)
            head = self._require_tip()
        return head if number is None else msgspec.structs.replace(head, number=number)

    # -- reading
    def head(self) -> Head:
        with self._open() as db:
            if self._tip is None:
                self._tip = reader.head(db, self.chain)
            return self._tip

    def heads(self) -> dict[str, Head]:
        with self._open() as db:
            return reader.heads(db)

    def entries(
        self, visit: str | None = None, since: int = 0, *, chain: str | None = None
    ) -> Iterator[Record]:
        where = reader.page_filter(visit, chain)
        while True:
            with self._open() as db:
                page = reader.records_page(db, since, where, self.options.upcasts)
            yield from page
            if len(page) < reader.PAGE:
                return
            since = page[-1].position

    def place_of(self, at: str) -> Place:
        with self._open() as db:
            return finding.place_of(reader.heads(db), at, lambda wanted: reader.stands(db, wanted))

    def open_visits(self, closed: Collection[str]) -> list[OpenVisit]:
        with self._open() as db:
            return reader.open_visits(db, closed)

    def requests(self, *, unanswered: bool = True, visit: str | None = None) -> list[Request]:
        with self._open() as db:
            return reader.requests(db, unanswered, visit)

    def is_running(self, chain: str) -> bool:
        """Whether the program that writes this chain is there now: it holds a lock as long as it lives."""
        if chain == self.chain:
            return True
        opening, only_one = FileLock(self.home.lock("setup")), FileLock(self.home.lock(chain))
        if not opening.acquire():
            return True  # somebody is just starting, perhaps this very program
        try:
            free = only_one.acquire()
            only_one.release()
        finally:
            opening.release()
        return not free

    # -- retention
    def purge(self, before: date, actor: str = "system") -> Purge:
        limit = self._purge_limit(before)
        with self._transaction():
            erased = erase(self._db, limit)
            derived.forget(self._db, limit, before)
            entry = self._purged(limit, erased, actor)
            self._write_own(entry)
            self._db.execute("INSERT INTO purge VALUES (?, ?, ?)", (self._position, limit, entry.at))
        with self._open() as db:
            clean = clean_log(db)
        log.info("ledger.purge", before=limit, erased=erased, files_clean=clean)
        return Purge(before, erased, clean)

    def last_purge(self) -> str | None:
        with self._open() as db:
            row = db.execute("SELECT at FROM purge ORDER BY position DESC LIMIT 1").fetchone()
        return str(row[0]) if row else None

    def rebuild(self) -> None:
        """Make the derived tables anew from the chains, in one transaction."""
        with self._transaction():
            projection = Projection()
            for fact in facts(reader.SqliteSnapshot(self._db).links()):
                projection.apply(fact)
            derived.store(self._db, projection)

    def record_restore(self, restored: Restored) -> Head:
        """Say in the chain that this database was put back from a copy."""
        with self._transaction():
            return self._write_own(self._own(RESTORED, "", canonical_json(restored), "system"))

    # -- the hub's side; see `kiosk.ledger.hub`
    def when_written(self, call: Callable[[], None]) -> None:
        """Call this after every transaction of this process, in the thread that wrote. It must not raise."""
        self._written = call

    def links_after(self, chain: str, seq: int, limit: int) -> list[Link]:
        """Raw links to ship, of any chain in the file."""
        with self._open() as db:
            return reader.links_after(db, chain, seq, limit)

    def notes_after(self, chain: str, seq: int) -> list[tuple[int, str]]:
        with self._open() as db:
            return reader.notes_after(db, chain, seq)

    def box_seed(self) -> bytes:
        """What the terminal's own key for what is sealed to it alone is made from."""
        return self._secret.signing_seed()

    def told(self) -> str:
        """The mark of what was received last."""
        with self._open() as db:
            return receiving.mark(db)

    def receive(self, told: Told) -> int:
        """Take what the hub tells, in one transaction; what is known already changes nothing. Gives the number of
        entries written."""
        with self._open() as db:
            if not receiving.is_news(db, told):
                return 0
        with self._transaction():
            return receiving.take(self._db, told, self._own, self._write_at)

    def _write_at(self, entry: Entry) -> int:
        self._write_own(entry)
        return self._position

    # -- the auditor's view
    def snapshot(self) -> AbstractContextManager[reader.SqliteSnapshot]:
        """One moment of the whole file, read beside the writers."""
        return reader.snapshot(self.home.database, self._secret.database)

    # -- inside
    @contextmanager
    def _open(self) -> Iterator[Connection]:
        with self._lock, as_ledger_errors(DriverError):
            if self._closed:
                raise LedgerClosed
            yield self._db

    def _known(self, visit: str) -> OpenVisit:
        found = reader.find_visit(self._db, visit)
        if found is None:
            raise UnknownVisit
        return found

    def _require_tip(self) -> Head:
        assert self._tip is not None, "only inside a transaction"
        return self._tip

    def _resume(self) -> None:
        with self._open() as db:
            row = db.execute(
                "SELECT seq, note FROM checkpoint WHERE chain = ? ORDER BY seq DESC LIMIT 1", (self.chain,)
            ).fetchone()
        if row:
            self._resume_checkpoints(*row)

    def _keys(self) -> Keys:
        return self._secret

    def _keep_note(self, seq: int, note: str) -> None:
        with self._transaction():
            self._db.execute(
                "INSERT INTO checkpoint (chain, seq, note) VALUES (?, ?, ?)", (self.chain, seq, note)
            )

    def _waiting_notes(self) -> list[tuple[str, int, str]]:
        with self._open() as db:
            rows: list[tuple[str, int, str]] = db.execute(
                "SELECT chain, seq, note FROM checkpoint WHERE NOT delivered ORDER BY seq, chain"
            ).fetchall()
        return rows

    def _note_delivered(self, chain: str, seq: int) -> None:
        with self._transaction():
            self._db.execute("UPDATE checkpoint SET delivered = 1 WHERE chain = ? AND seq = ?", (chain, seq))


def _nobody() -> None:
    """Who is told of what was written, as long as nobody asked to be."""
