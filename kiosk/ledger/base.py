"""What the SQLite and the memory ledger do alike: the entries they write by themselves, checkpoints."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from threading import RLock

import msgspec
import structlog

from kiosk.ledger.chain import (
    ACCEPTED,
    NUMBER_TAKEN,
    PURGED,
    REFUSED,
    REQUESTED,
    RESERVED,
    canonical_json,
    chain_id,
)
from kiosk.ledger.checkpoint import Checkpoint, CheckpointPolicy, deliver, due, open_checkpoint
from kiosk.ledger.errors import InvalidEntry, LedgerError, SimulatedRefused
from kiosk.ledger.interface import (
    JST,
    CheckpointResult,
    Clock,
    Entry,
    Head,
    RandomBytes,
    ReceptionNumber,
    Upcasts,
    day_start,
    parse_stamp,
    stamp,
    system_clock,
)
from kiosk.ledger.keys import Keys
from kiosk.ledger.note import VerifyKey, sign
from kiosk.ledger.projection import Answered, NumberTaken, PurgeDone

log = structlog.get_logger(__name__)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What a terminal decides about its ledger. `clock` and `random` come from the world the visit runs in."""

    terminal: str = "A"
    process: str = "kiosk"
    letter: str = ""  # of reception numbers; empty: the terminal's name
    checkpoints: Path | None = None
    policy: CheckpointPolicy = CheckpointPolicy()
    refuse_simulated: bool = False
    upcasts: Upcasts = {}
    clock: Clock = system_clock
    random: RandomBytes = os.urandom


class LedgerBase(ABC):
    """One chain: its identity, its own entries, its checkpoints. Storage is the subclass's."""

    def __init__(self, options: Options, instance: str) -> None:
        self.options = options
        self._chain = chain_id(options.terminal, options.process, instance)
        self._letter = options.letter or options.terminal
        self._boot = options.random(8).hex()
        self._lock = RLock()
        self._covered = 0
        self._covered_since: datetime = options.clock().wall

    @property
    def chain(self) -> str:
        return self._chain

    @property
    def covered(self) -> int:
        """The last link of our chain under a checkpoint; 0 if there is none."""
        return self._covered

    @property
    def verify_key(self) -> VerifyKey:
        """The public key that checkpoints of this ledger are checked with."""
        return self._keys().verify_key

    # -- entries of others
    def append(self, entries: Sequence[Entry], *, take_number: date | None = None) -> Head:
        self._check(entries)
        if not entries:
            if take_number is not None:
                raise InvalidEntry("a number needs an entry of its visit")
            return self.head()
        return self._commit(entries, take_number)

    def _check(self, entries: Sequence[Entry]) -> None:
        refuse_simulated = self.options.refuse_simulated
        for entry in entries:
            if entry.type in RESERVED:
                raise InvalidEntry(f"{entry.type} is written by the ledger itself")
            if refuse_simulated and entry.simulated:
                raise SimulatedRefused

    @abstractmethod
    def head(self) -> Head: ...

    @abstractmethod
    def _commit(self, entries: Sequence[Entry], take_number: date | None) -> Head:
        """All entries and the number in one durable transaction, or nothing and an error."""

    # -- entries of the ledger's own
    def _own(
        self, type_: str, visit: str, payload: bytes, actor: str, ref: str = "", simulated: bool = False
    ) -> Entry:
        moment = self.options.clock()
        return Entry(
            visit, self._new_id(), type_, stamp(moment.wall), moment.mono_ms, actor, "",
            simulated=simulated, payload=payload, ref=ref,
        )  # fmt: skip

    def _new_id(self) -> str:
        return self.options.random(16).hex()

    def _requested(self, visit: str, action: str, payload: bytes, actor: str, simulated: bool) -> Entry:
        try:
            detail = msgspec.json.decode(payload)
        except msgspec.MsgspecError:
            raise InvalidEntry("the request's payload is not JSON") from None
        body = canonical_json({"action": action, "detail": detail})
        return self._own(REQUESTED, visit, body, actor, simulated=simulated)

    def _answered(
        self, request: str, visit: str, accepted: bool, why: str, actor: str, simulated: bool
    ) -> Entry:
        body = canonical_json(Answered(why))
        return self._own(ACCEPTED if accepted else REFUSED, visit, body, actor, request, simulated)

    def _numbered(self, number: ReceptionNumber, visit: str, simulated: bool, last: Entry | None) -> Entry:
        """The number belongs to the moment and actor of the entry it was asked for with, if there is one."""
        body = canonical_json(NumberTaken(number.count, number.day.isoformat(), number.letter))
        if last is None:
            return self._own(NUMBER_TAKEN, visit, body, "system", simulated=simulated)
        return Entry(
            visit, self._new_id(), NUMBER_TAKEN, last.at, last.mono_ms, last.actor, "",
            simulated=simulated, payload=body, ref=last.id,
        )  # fmt: skip

    def _purged(self, before: str, erased: int, actor: str) -> Entry:
        return self._own(PURGED, "", canonical_json(PurgeDone(before, erased)), actor)

    def _purge_limit(self, before: date) -> str:
        """A day that is not over cannot be erased: its numbers would be given out twice."""
        if before > self.options.clock().wall.astimezone(JST).date():
            raise InvalidEntry("only days that are over can be purged")
        return day_start(before)

    # -- checkpoints
    @abstractmethod
    def _keys(self) -> Keys: ...

    @abstractmethod
    def _keep_note(self, seq: int, note: str) -> None: ...

    @abstractmethod
    def _waiting_notes(self) -> list[tuple[str, int, str]]:
        """(chain, seq, note) not delivered yet, oldest first."""

    @abstractmethod
    def _note_delivered(self, chain: str, seq: int) -> None: ...

    def checkpoint(self) -> CheckpointResult | None:
        with self._lock:
            return self._checkpoint()

    def _checkpoint(self) -> CheckpointResult | None:
        head = self.head()
        now = self.options.clock().wall
        note = ""
        if head.seq > self._covered:
            keys = self._keys()
            note = sign(
                Checkpoint(head.chain, head.seq, head.hash, stamp(now)).text(), keys.signer, keys.verify_key
            )
            self._keep_note(head.seq, note)
            self._covered, self._covered_since = head.seq, now
            log.info("ledger.checkpoint", chain=head.chain, seq=head.seq)
        waiting, problem = self._deliver()
        if not note and not waiting and problem is None:
            return None
        return CheckpointResult(head.chain, self._covered, note, waiting, problem)

    def _deliver(self) -> tuple[int, LedgerError | None]:
        """Bring what waits into the folder, each note on its own: a conflict must not stop later ones."""
        waiting = self._waiting_notes()
        folder = self.options.checkpoints
        if folder is None:
            return len(waiting), None
        problem: LedgerError | None = None
        left = 0
        for chain, seq, note in waiting:
            try:
                deliver(folder, chain, seq, note)
            except LedgerError as error:
                left += 1
                problem = error
                log.warning("ledger.checkpoint_undelivered", chain=chain, seq=seq, error=error.code)
            else:
                self._note_delivered(chain, seq)
        return left, problem

    def checkpoint_if_due(self) -> CheckpointResult | None:
        now = self.options.clock().wall
        reason = due(self.options.policy, self._covered, self._covered_since, self.head().seq, now)
        return self.checkpoint() if reason else None

    def _resume_checkpoints(self, covered: int, note: str) -> None:
        """Go on after the last checkpoint of an earlier run."""
        self._covered = covered
        with suppress(ValueError):
            self._covered_since = parse_stamp(open_checkpoint(note, self._keys().verify_key).at)
