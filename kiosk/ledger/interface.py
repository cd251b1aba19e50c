"""The ledger's values and what every ledger can do. No storage here."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final, Protocol

import msgspec

JST: Final = timezone(timedelta(hours=9), "JST")
"""Days (reception numbers, day-end checkpoints, retention) are Japanese calendar days."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """What the reception appends: one event and the state it caused.

    Everything but `payload` is kept for ever and must hold nothing personal; `payload` is erased at the
    end of retention. An entry with an empty `state` is a note: it does not move the visit.
    """

    visit: str  # "" for what belongs to no visit
    id: str
    type: str
    at: str  # UTC, ISO 8601 with milliseconds: 2026-03-01T00:12:33.123Z
    mono_ms: int  # monotonic clock, comparable only within one `Record.boot`
    actor: str  # "patient", "staff:NAME", "reader", "service", "clock", "system"
    state: str  # name of the visit's state after the event
    owner_epoch: int = 0  # grows by one with each take-over of the visit
    simulated: bool = False
    payload: bytes = b"{}"  # JSON; see `canonical_json`
    version: int = 1  # of this type's payload, for upcasting
    ref: str = ""  # id of the entry or request this one answers


class Purged(msgspec.Struct, frozen=True, gc=False):
    """Stands where an erased payload stood. The digest still proves a copy kept elsewhere, with its salt."""

    digest: bytes


class Record(msgspec.Struct, frozen=True, gc=False):
    """An entry as it stands in the ledger, upcast to the newest version of its type."""

    position: int  # order of commit in this file, across chains; what `entries(since=…)` takes
    chain: str
    seq: int  # 1, 2, 3 … within the chain
    boot: str
    hash: bytes
    visit: str
    id: str
    type: str
    at: str
    mono_ms: int
    actor: str
    state: str
    owner_epoch: int
    simulated: bool
    payload: bytes | Purged
    version: int
    ref: str


class ReceptionNumber(msgspec.Struct, frozen=True, gc=False):
    """The number called in the waiting room: the terminal's letter and its own counter of the day."""

    letter: str
    count: int
    day: date

    def __str__(self) -> str:
        return f"{self.letter}{self.count:03d}"


class Head(msgspec.Struct, frozen=True, gc=False):
    """The last link of a chain (`seq` 0 and 32 zero bytes before the first), and the number just taken."""

    chain: str
    seq: int
    hash: bytes
    at: str = ""
    number: ReceptionNumber | None = None


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where an instant lies, in positions: everything of it and later stands after `start`, everything before it not
    after `end`. Between the two stands what came late from a terminal that was away, or was written by a wrong
    clock."""

    start: int
    end: int


class OpenVisit(msgspec.Struct, frozen=True, gc=False):
    """A visit whose last state is not a closed one. `chain` owns it."""

    visit: str
    chain: str
    owner_epoch: int
    state: str
    at: str
    simulated: bool


class Request(msgspec.Struct, frozen=True, gc=False):
    """Somebody else's wish about a visit; only the chain that owns the visit may answer it."""

    id: str
    visit: str
    owner: str  # the chain that owns the visit now; "" once the visit is forgotten
    chain: str  # where the request was made
    action: str  # "" when erased
    payload: bytes | Purged
    actor: str
    at: str
    accepted: bool | None  # None: not answered yet
    why: str


class Moment(msgspec.Struct, frozen=True, gc=False):
    """One reading of both clocks."""

    wall: datetime  # aware
    mono_ms: int


Clock = Callable[[], Moment]
RandomBytes = Callable[[int], bytes]


def system_clock() -> Moment:
    return Moment(datetime.now(UTC), time.monotonic_ns() // 1_000_000)


def stamp(wall: datetime) -> str:
    """The one spelling of an instant in the ledger; equal lengths make text order time order."""
    return wall.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def parse_stamp(at: str) -> datetime:
    return datetime.fromisoformat(at)


def day_start(day: date) -> str:
    """The instant at which a Japanese calendar day begins."""
    return stamp(datetime(day.year, day.month, day.day, tzinfo=JST))


class Link(msgspec.Struct, frozen=True, gc=False):
    """One raw row of a chain: what verification, export and shipping see. Nothing is decoded."""

    position: int
    chain: str
    seq: int
    core: bytes
    leaf: bytes
    hash: bytes
    salt: bytes | None
    payload: bytes | None


class Snapshot(Protocol):
    """A consistent view of a whole ledger for the auditor."""

    def heads(self) -> dict[str, Head]: ...

    def links(self, chain: str | None = None, first: int = 1) -> Iterator[Link]:
        """One chain from link `first` on, or all chains from the start; in order of commit."""
        ...

    def notes(self) -> list[str]:
        """Every signed checkpoint kept in the ledger itself."""
        ...

    def cached(self) -> Caches | None:
        """The derived tables, to be held against the chains; None where there are none."""
        ...

    def damage(self) -> str:
        """What the store itself finds wrong; "" if nothing."""
        ...


class Caches(msgspec.Struct):
    """Derived state. Never a second truth: `audit.verify` reports where it differs from the chains."""

    visits: dict[str, OpenVisit]
    requests: dict[str, bool | None]
    numbers: dict[tuple[str, str, int], str]  # (letter, day, count) -> visit


class Purge(msgspec.Struct, frozen=True):
    """What a purge did. `files_clean` is False while a reader kept the log from being emptied: run again."""

    before: date
    erased: int
    files_clean: bool


class CheckpointResult(msgspec.Struct, frozen=True):
    """A checkpoint stands in the ledger at once; `problem` tells why it is not in the folder yet."""

    chain: str
    seq: int
    note: str
    waiting: int
    problem: Exception | None = None


class Ledger(Protocol):
    """One process's own chain, and sight of all chains in the same store. Errors: `errors.LedgerError`."""

    @property
    def chain(self) -> str: ...

    def append(self, entries: Sequence[Entry], *, take_number: date | None = None) -> Head:
        """Write all entries in one durable transaction, or none.

        `take_number` also gives the last entry's visit its reception number of that day (the same one if
        it has one) as an entry `NumberTaken`, in the same transaction; it is in `Head.number`.
        """
        ...

    def head(self) -> Head: ...

    def heads(self) -> dict[str, Head]:
        """The last link of every chain in the store."""
        ...

    def entries(
        self, visit: str | None = None, since: int = 0, *, chain: str | None = None
    ) -> Iterator[Record]:
        """Records after position `since`, in order of commit."""
        ...

    def place_of(self, at: str) -> Place:
        """Where the instant `at` (`stamp`) lies."""
        ...

    def open_visits(self, closed: Collection[str]) -> list[OpenVisit]:
        """Visits whose last state is not among `closed`, oldest first."""
        ...

    def next_number(self, day: date, visit: str) -> ReceptionNumber:
        """The visit's reception number of that day, taken now if it has none."""
        ...

    def request(self, visit: str, action: str, payload: bytes = b"{}", actor: str = "system") -> str:
        """Ask the visit's owner for something; gives the request's id."""
        ...

    def requests(self, *, unanswered: bool = True, visit: str | None = None) -> list[Request]: ...

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
        """Accept or refuse, once; what acceptance caused (`entries`, and the visit's number as in `append`) is in
        the same transaction."""
        ...

    def checkpoint(self) -> CheckpointResult | None:
        """Sign the head now and deliver every waiting checkpoint; None if there is nothing new or waiting."""
        ...

    def checkpoint_if_due(self) -> CheckpointResult | None: ...

    def purge(self, before: date, actor: str = "system") -> Purge:
        """Erase what retention no longer allows; see `retention`."""
        ...

    def last_purge(self) -> str | None:
        """When retention last ran (`stamp`)."""
        ...

    def close(self) -> None: ...


Upcast = Callable[["Old"], "Old"]


class Old(msgspec.Struct, frozen=True):
    """A payload on its way to the newest version: type, version, and the decoded JSON."""

    type: str
    version: int
    payload: object


Upcasts = Mapping[tuple[str, int], Upcast]
"""(type, version) -> function giving the next version, or another type."""
