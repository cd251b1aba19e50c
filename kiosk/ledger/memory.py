"""The same ledger without a disk, for simulation and tests: same rules, same chain, same errors."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from datetime import date

import msgspec

from kiosk.ledger.base import LedgerBase, Options
from kiosk.ledger.chain import (
    GENESIS,
    NEVER_ERASED,
    SALT_BYTES,
    encode_core,
    leaf,
    link,
    to_record,
)
from kiosk.ledger.errors import ChainInUse, LedgerClosed, UnknownVisit
from kiosk.ledger.interface import (
    Caches,
    Entry,
    Head,
    Link,
    OpenVisit,
    Place,
    Purge,
    Purged,
    ReceptionNumber,
    Record,
    Request,
)
from kiosk.ledger.keys import Keys
from kiosk.ledger.projection import Fact, Projection
from kiosk.ledger.reader import make_request


class _Row(msgspec.Struct, gc=False):
    chain: str
    seq: int
    core: bytes
    leaf: bytes
    hash: bytes
    salt: bytes | None
    payload: bytes | None
    entry: Entry


class MemoryStore:
    """What several `MemoryLedger`s share, as processes share a file."""

    def __init__(self, instance: str = "memory", keys: Keys | None = None) -> None:
        self.instance = instance
        self.rows: list[_Row] = []
        self.heads: dict[str, Head] = {}
        self.checkpoints: dict[tuple[str, int], str] = {}
        self.delivered: set[tuple[str, int]] = set()
        self.open_chains: set[str] = set()
        self.projection = Projection()
        self._keys = keys

    @property
    def keys(self) -> Keys:
        if self._keys is None:  # most simulated visits never sign anything
            self._keys = Keys(os.urandom(32), os.urandom(32))
        return self._keys


class MemoryLedger(LedgerBase):
    def __init__(self, options: Options | None = None, store: MemoryStore | None = None) -> None:
        self.store = store or MemoryStore()
        super().__init__(options or Options(), self.store.instance)
        if self.chain in self.store.open_chains:
            raise ChainInUse(self.chain)
        self.store.open_chains.add(self.chain)
        self._closed = False
        covered = max((seq for chain, seq in self.store.checkpoints if chain == self.chain), default=0)
        if covered:
            self._resume_checkpoints(covered, self.store.checkpoints[self.chain, covered])

    def close(self) -> None:
        with self._lock:
            if not self._closed:
                if self.head().seq > self._covered:
                    self.checkpoint()
                self._closed = True
                self.store.open_chains.discard(self.chain)

    # -- writing
    def _commit(self, entries: Sequence[Entry], take_number: date | None) -> Head:
        with self._lock:
            self._require_open()
            cores = [encode_core(entry, self._chain, self._boot) for entry in entries]
            last = entries[-1]
            if take_number is not None and not any(e.visit == last.visit and e.state for e in entries):
                self._known(last.visit)
            self._move_all(entries)
            for entry, core in zip(entries, cores, strict=True):
                self._write(entry, core)
            if take_number is None:
                return self.head()
            number = self._take_number(last.visit, take_number, last)
            return msgspec.structs.replace(self.head(), number=number)

    def _move_all(self, entries: Sequence[Entry]) -> None:
        """All moves, or none and the error."""
        projection = self.store.projection
        before = {entry.visit: projection.visits.get(entry.visit) for entry in entries}
        try:
            for e in entries:
                if e.state and e.visit:
                    projection.move(e.visit, self._chain, e.owner_epoch, e.state, e.at, e.simulated)
        except BaseException:
            for visit, old in before.items():
                if old is None:
                    projection.visits.pop(visit, None)
                else:
                    projection.visits[visit] = old
            raise

    def _write(self, entry: Entry, core: bytes) -> Head:
        store, chain = self.store, self._chain
        tip = store.heads.get(chain)
        previous, seq = (tip.hash, tip.seq + 1) if tip else (GENESIS, 1)
        salt = self.options.random(SALT_BYTES)
        leaf_ = leaf(salt, entry.payload)
        hash_ = link(previous, seq, core, leaf_)
        store.rows.append(_Row(chain, seq, core, leaf_, hash_, salt, entry.payload, entry))
        head = store.heads[chain] = Head(chain, seq, hash_, entry.at)
        return head

    def _write_own(self, entry: Entry) -> Head:
        head = self._write(entry, encode_core(entry, self._chain, self._boot))
        self.store.projection.apply(
            Fact(
                len(self.store.rows), self._chain, entry.type, entry.visit, entry.id, entry.ref, entry.at,
                entry.state, entry.owner_epoch, entry.simulated, entry.payload,
            )
        )  # fmt: skip
        return head

    def _take_number(self, visit: str, day: date, last: Entry | None) -> ReceptionNumber:
        projection, text = self.store.projection, day.isoformat()
        known = self._known(visit)
        count = projection.number_of.get((visit, self._letter, text))
        if count is not None:
            return ReceptionNumber(self._letter, count, day)
        number = ReceptionNumber(self._letter, projection.last_number.get((self._letter, text), 0) + 1, day)
        self._write_own(self._numbered(number, visit, known.simulated, last))
        return number

    def next_number(self, day: date, visit: str) -> ReceptionNumber:
        with self._lock:
            self._require_open()
            return self._take_number(visit, day, None)

    def request(self, visit: str, action: str, payload: bytes = b"{}", actor: str = "system") -> str:
        with self._lock:
            self._require_open()
            entry = self._requested(visit, action, payload, actor, self._known(visit).simulated)
            self._write_own(entry)
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
        with self._lock:
            self._require_open()
            asked = self.store.projection.check_answer(request, self._chain)
            simulated = self._known(asked.visit).simulated
            cores = [encode_core(entry, self._chain, self._boot) for entry in entries]
            own = self._answered(request, asked.visit, accepted, why, actor, simulated)
            encode_core(own, self._chain, self._boot)  # refuses a bad actor before anything is written
            self._move_all(entries)
            head = self._write_own(own)
            for entry, core in zip(entries, cores, strict=True):
                head = self._write(entry, core)
            if take_number is None:
                return head
            number = self._take_number(asked.visit, take_number, entries[-1] if entries else None)
            return msgspec.structs.replace(self.head(), number=number)

    # -- reading
    def head(self) -> Head:
        self._require_open()
        return self.store.heads.get(self._chain) or Head(self._chain, 0, GENESIS)

    def heads(self) -> dict[str, Head]:
        self._require_open()
        return dict(self.store.heads)

    def entries(
        self, visit: str | None = None, since: int = 0, *, chain: str | None = None
    ) -> Iterator[Record]:
        position = since
        while position < len(self.store.rows):
            self._require_open()
            row = self.store.rows[position]
            position += 1
            if visit in (None, row.entry.visit) and chain in (None, row.chain):
                payload = Purged(row.leaf) if row.payload is None else row.payload
                yield to_record(position, row.seq, row.core, row.hash, payload, self.options.upcasts)

    def place_of(self, at: str) -> Place:
        self._require_open()
        rows = self.store.rows
        start = next((place for place, row in enumerate(rows) if row.entry.at >= at), len(rows))
        behind = (place for place in range(len(rows), start, -1) if rows[place - 1].entry.at < at)
        return Place(start, next(behind, start))

    def open_visits(self, closed: Collection[str]) -> list[OpenVisit]:
        self._require_open()
        found = [v for v in self.store.projection.visits.values() if v.state not in closed]
        return sorted(found, key=lambda v: (v.at, v.visit))

    def requests(self, *, unanswered: bool = True, visit: str | None = None) -> list[Request]:
        self._require_open()
        projection, rows = self.store.projection, self.store.rows
        found = []
        for id_, asked in projection.requests.items():
            if (unanswered and asked.answer is not None) or visit not in (None, asked.visit):
                continue
            row = rows[asked.position - 1]
            owner = projection.visits.get(asked.visit)
            body = Purged(row.leaf) if row.payload is None else row.payload
            answer = None if asked.answer is None else rows[asked.answer - 1].payload
            found.append(
                make_request(
                    id_, asked.visit, owner.chain if owner else "", row.chain, row.core, body,
                    asked.accepted, answer,
                )
            )  # fmt: skip
        return found

    def is_running(self, chain: str) -> bool:
        return chain in self.store.open_chains

    # -- retention
    def purge(self, before: date, actor: str = "system") -> Purge:
        limit = self._purge_limit(before)
        with self._lock:
            self._require_open()
            encode_core(self._purged(limit, 0, actor), self._chain, self._boot)
            erased = self._erase(limit)
            self._write_own(self._purged(limit, erased, actor))
            return Purge(before, erased, True)

    def _erase(self, limit: str) -> int:
        projection = self.store.projection
        if any(done.before >= limit for _, done, _ in projection.purges):
            return 0
        kept = {visit for visit, model in projection.visits.items() if model.at >= limit}
        erased = 0
        for row in self.store.rows:
            e = row.entry
            old = e.at < limit and e.visit not in kept and e.type not in NEVER_ERASED
            if old and row.payload is not None:
                row.salt = row.payload = None
                row.entry = msgspec.structs.replace(e, payload=b"")
                erased += 1
        return erased

    def last_purge(self) -> str | None:
        self._require_open()
        purges = self.store.projection.purges
        return purges[-1][2] if purges else None

    # -- the auditor's view
    def links(self, chain: str | None = None, first: int = 1) -> Iterator[Link]:
        for position, row in enumerate(self.store.rows, 1):
            if chain is None or (row.chain == chain and row.seq >= first):
                yield Link(position, row.chain, row.seq, row.core, row.leaf, row.hash, row.salt, row.payload)

    def notes(self) -> list[str]:
        return [note for _, note in sorted(self.store.checkpoints.items())]

    def cached(self) -> Caches:
        return self.store.projection.caches()

    def damage(self) -> str:
        return ""

    # -- inside
    def _require_open(self) -> None:
        if self._closed:
            raise LedgerClosed

    def _known(self, visit: str) -> OpenVisit:
        found = self.store.projection.visits.get(visit)
        if found is None:
            raise UnknownVisit
        return found

    def _keys(self) -> Keys:
        return self.store.keys

    def _keep_note(self, seq: int, note: str) -> None:
        self.store.checkpoints[self._chain, seq] = note

    def _waiting_notes(self) -> list[tuple[str, int, str]]:
        store = self.store
        return [
            (chain, seq, note)
            for (chain, seq), note in store.checkpoints.items()
            if (chain, seq) not in store.delivered
        ]

    def _note_delivered(self, chain: str, seq: int) -> None:
        self.store.delivered.add((chain, seq))
