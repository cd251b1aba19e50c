"""Ledgers for tests: virtual time, entries by the handful, both kinds behind one face."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from kiosk.ledger import Entry, Ledger, MemoryLedger, MemoryStore, Moment, Options, SqliteLedger, stamp
from kiosk.ledger.audit import AuditReport, verify
from kiosk.ledger.hub.ledger import HubLedger
from kiosk.ledger.interface import Snapshot
from kiosk.ledger.keys import load_keys
from kiosk.ledger.note import VerifyKey

NOON = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)  # 12:00 in Japan, a Monday
CLOSED = frozenset({"Finished", "Abandoned"})
PASSPHRASE = "correct horse battery staple"


class VirtualClock:
    def __init__(self, wall: datetime = NOON) -> None:
        self.wall = wall
        self.mono_ms = 0

    def __call__(self) -> Moment:
        return Moment(self.wall, self.mono_ms)

    def advance(self, **span: float) -> None:
        step = timedelta(**span)
        self.wall += step
        self.mono_ms += int(step.total_seconds() * 1000)


def entry(visit: str, number: int, state: str = "ReadingCard", **changes: Any) -> Entry:
    """A plausible entry; equal arguments give equal entries."""
    values: dict[str, Any] = {
        "visit": visit,
        "id": f"event-{number:04d}",
        "type": "CardInserted",
        "at": stamp(NOON + timedelta(seconds=number)),
        "mono_ms": number * 1000,
        "actor": "patient",
        "state": state,
        "payload": b'{"n":%d}' % number,
    }
    return Entry(**(values | changes))


AnyLedger = SqliteLedger | MemoryLedger | HubLedger


def _all_are_ledgers(
    one: SqliteLedger, other: MemoryLedger, third: HubLedger
) -> tuple[Ledger, Ledger, Ledger]:
    return one, other, third  # for the type checker


class Kit(Protocol):
    """One store and the ways into it."""

    clock: VirtualClock

    def open(self, process: str = "kiosk", **options: Any) -> AnyLedger: ...
    def key(self) -> VerifyKey: ...
    def verify(self, checkpoints: Path | None = None, **options: Any) -> AuditReport: ...
    def finish(self) -> None: ...


class _Kit:
    def __init__(self) -> None:
        self.clock = VirtualClock()
        self._opened: list[AnyLedger] = []

    def _options(self, process: str, options: dict[str, Any]) -> Options:
        return Options(process=process, clock=self.clock, **options)

    def finish(self) -> None:
        for ledger in self._opened:
            ledger.close()


class SqliteKit(_Kit):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def open(self, process: str = "kiosk", **options: Any) -> SqliteLedger:
        ledger = SqliteLedger(self.folder, self._options(process, options), busy_ms=200)
        self._opened.append(ledger)
        return ledger

    def key(self) -> VerifyKey:
        return VerifyKey.parse((self.folder / "ledger-signing.pub").read_text())

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        from kiosk.ledger.reader import snapshot

        with snapshot(self.folder / "ledger.db", self.database_key()) as source:
            yield source

    def verify(self, checkpoints: Path | None = None, **options: Any) -> AuditReport:
        with self.snapshot() as source:
            return verify(source, self.key(), checkpoints, **options)

    def database_key(self) -> bytes:
        from kiosk.ledger.keys import Home

        return load_keys(Home(self.folder)).database


class MemoryKit(_Kit):
    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore()

    def open(self, process: str = "kiosk", **options: Any) -> MemoryLedger:
        ledger = MemoryLedger(self._options(process, options), self.store)
        self._opened.append(ledger)
        return ledger

    def key(self) -> VerifyKey:
        return self.store.keys.verify_key

    def verify(self, checkpoints: Path | None = None, **options: Any) -> AuditReport:
        reader = MemoryLedger(Options(process="auditor", clock=self.clock), self.store)
        try:
            return verify(reader, self.key(), checkpoints, **options)
        finally:
            reader.close()
