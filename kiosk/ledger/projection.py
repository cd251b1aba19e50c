"""What follows from the entries: owners and last states of visits, requests, numbers. Pure.

The memory ledger lives on it, `audit` holds the stored caches against it, `rebuild` writes it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from kiosk.ledger.chain import (
    ACCEPTED,
    MOVED_ELSEWHERE,
    NUMBER_TAKEN,
    PURGED,
    RECEIVED,
    REFUSED,
    REQUESTED,
    Core,
    decode_core,
)
from kiosk.ledger.errors import AlreadyAnswered, NotOwner, UnknownRequest, UnknownVisit
from kiosk.ledger.interface import JST, Caches, Link, OpenVisit, parse_stamp


class NumberTaken(msgspec.Struct, frozen=True):
    """Payload of a `NumberTaken` entry."""

    count: int
    day: str  # ISO date, Japanese calendar day
    letter: str


class PurgeDone(msgspec.Struct, frozen=True):
    """Payload of a `LedgerPurged` entry. `before` is an instant: payloads older than it may be missing."""

    before: str
    erased: int


class Restored(msgspec.Struct, frozen=True):
    """Payload of a `LedgerRestored` entry: what the restored copy held, so that what it lacks can be told."""

    heads: dict[str, tuple[int, str]]  # chain -> seq, hash in hex
    instance: str  # the database's name before; chains of that name not listed were begun after the copy
    made: str  # when the backup was made


class MovedElsewhere(msgspec.Struct, frozen=True):
    """Payload of a `MovedElsewhere` entry: the hub says that another terminal's chain owns the visit now."""

    chain: str
    epoch: int
    state: str


class Requested(msgspec.Struct, frozen=True):
    """Payload of a `Requested` entry, and of the `RequestReceived` that copies it from another terminal."""

    action: str
    detail: msgspec.Raw


class Answered(msgspec.Struct, frozen=True):
    """Payload of an `Accepted` or `Refused` entry."""

    why: str


class Fact(msgspec.Struct, frozen=True, gc=False):
    """The part of an entry that derived state depends on."""

    position: int
    chain: str
    type: str
    visit: str
    id: str
    ref: str
    at: str
    state: str
    epoch: int
    sim: bool
    payload: bytes | None


class Asked(msgspec.Struct, gc=False):
    """A request's place and answer."""

    visit: str
    position: int
    answer: int | None = None
    accepted: bool | None = None


class Projection:
    """Folds entries in order of commit."""

    def __init__(self) -> None:
        self.visits: dict[str, OpenVisit] = {}
        self.requests: dict[str, Asked] = {}
        self.numbers: dict[tuple[str, str, int], str] = {}
        self.number_of: dict[tuple[str, str, str], int] = {}  # (visit, letter, day)
        self.last_number: dict[tuple[str, str], int] = {}
        self.purges: list[tuple[int, PurgeDone, str]] = []

    def move(self, visit: str, chain: str, epoch: int, state: str, at: str, simulated: bool) -> None:
        """One visit's new state. NotOwner unless the chain owns it or takes it over with a higher epoch."""
        old = self.visits.get(visit)
        if old is not None:
            if epoch < old.owner_epoch or (chain != old.chain and epoch == old.owner_epoch):
                raise NotOwner
            simulated = simulated or old.simulated
        self.visits[visit] = OpenVisit(visit, chain, epoch, state, at, simulated)

    def check_answer(self, request: str, chain: str) -> Asked:
        """The request, if this chain may answer it now."""
        asked = self.requests.get(request)
        if asked is None:
            raise UnknownRequest
        if asked.answer is not None:
            raise AlreadyAnswered
        owner = self.visits.get(asked.visit)
        if owner is None:
            raise UnknownVisit
        if owner.chain != chain:
            raise NotOwner
        return asked

    def apply(self, fact: Fact) -> None:
        if fact.state and fact.visit:
            self.move(fact.visit, fact.chain, fact.epoch, fact.state, fact.at, fact.sim)
        elif fact.type in (REQUESTED, RECEIVED):
            self.requests[fact.id] = Asked(fact.visit, fact.position)
        elif fact.type in (ACCEPTED, REFUSED):
            asked = self.check_answer(fact.ref, fact.chain)
            asked.answer, asked.accepted = fact.position, fact.type == ACCEPTED
        elif fact.type == NUMBER_TAKEN and fact.payload is not None:
            self._number(fact.visit, msgspec.json.decode(fact.payload, type=NumberTaken))
        elif fact.type == PURGED and fact.payload is not None:
            self._purge(fact, msgspec.json.decode(fact.payload, type=PurgeDone))
        elif fact.type == MOVED_ELSEWHERE and fact.payload is not None:
            self._lose(fact, msgspec.json.decode(fact.payload, type=MovedElsewhere))

    def _number(self, visit: str, taken: NumberTaken) -> None:
        self.numbers[taken.letter, taken.day, taken.count] = visit
        self.number_of[visit, taken.letter, taken.day] = taken.count
        self.last_number[taken.letter, taken.day] = taken.count

    def _lose(self, fact: Fact, moved: MovedElsewhere) -> None:
        """Of two owners with the same epoch the hub's is the owner."""
        old = self.visits.get(fact.visit)
        if old is not None and moved.epoch >= old.owner_epoch:
            self.visits[fact.visit] = OpenVisit(
                fact.visit, moved.chain, moved.epoch, moved.state, fact.at, old.simulated
            )

    def _purge(self, fact: Fact, done: PurgeDone) -> None:
        self.purges.append((fact.position, done, fact.at))
        self.visits = {name: visit for name, visit in self.visits.items() if visit.at >= done.before}
        self.requests = {name: asked for name, asked in self.requests.items() if asked.visit in self.visits}
        day = parse_stamp(done.before).astimezone(JST).date().isoformat()
        for number, visit in list(self.numbers.items()):
            if number[1] < day and visit not in self.visits:  # a counter still running must not go back
                del self.numbers[number], self.number_of[visit, number[0], number[1]]

    def caches(self) -> Caches:
        return Caches(
            dict(self.visits),
            {name: asked.accepted for name, asked in self.requests.items()},
            dict(self.numbers),
        )


def fact_of(core: Core, row: Link) -> Fact:
    payload = row.payload if core.type in (NUMBER_TAKEN, PURGED, MOVED_ELSEWHERE) else None
    return Fact(
        row.position, core.chain, core.type, core.visit, core.id, core.ref, core.at, core.state,
        core.epoch, core.sim, payload,
    )  # fmt: skip


def facts(links: Iterable[Link]) -> Iterator[Fact]:
    """What the links say; ValueError if a core is not of the format."""
    for row in links:
        yield fact_of(decode_core(row.core), row)
