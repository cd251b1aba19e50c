"""What is on its way out: letters that are delivered until they are taken, or a person is told.

A letter is one revision of one visit for one receiver. Its states:

waiting        to be delivered at ``next_at``
sending        somebody is at it, until the lease ends; after that it is delivered again (at least once)
taken          the receiver has it; its content is erased here
needs_person   the receiver will not take it, or it could not be made
superseded     a later revision goes instead
refused        simulated, and the receiver takes no simulated visits
by_hand        people have told the receiver otherwise
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from typing import Final, Literal, Protocol

import msgspec

from kiosk.handoff.parcel import Parcel

State = Literal["waiting", "sending", "taken", "needs_person", "superseded", "refused", "by_hand"]
OPEN: Final = frozenset({"waiting", "sending", "needs_person"})
LATE: Final = timedelta(minutes=15)
"""After so long without being taken a letter is shown to people, though it goes on being tried."""


class Backoff(msgspec.Struct, frozen=True, kw_only=True):
    """Waits between attempts: doubling from ``first`` to ``most``, of which chance leaves at least half, so that
    letters that failed together do not come back together."""

    first: timedelta = timedelta(seconds=5)
    most: timedelta = timedelta(minutes=15)

    def wait(self, attempts: int, chance: float) -> timedelta:
        """After so many attempts (1 or more). ``chance``: from 0 up to 1."""
        longest = min(self.first * float(2 ** min(attempts - 1, 30)), self.most)
        return longest * (0.5 + chance / 2)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A letter to be posted. ``number``: the reception number, for the board. ``digest``: of what the receiver learns.
    ``problem``: why there is no parcel."""

    visit: str
    number: str
    receiver: str
    revision: int
    key: str
    digest: bytes
    state: Literal["waiting", "needs_person", "refused"] = "waiting"
    problem: str = ""
    parcel: Parcel | None = None


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """``parcel`` is only there for who claimed it. ``since``: when it was posted."""

    id: int
    visit: str
    number: str
    receiver: str
    revision: int
    key: str
    digest: bytes
    state: State
    attempts: int
    since: datetime
    next_at: datetime
    problem: str = ""
    parcel: Parcel | None = None

    @property
    def status(self) -> Status:
        return Status(
            visit=self.visit,
            number=self.number,
            receiver=self.receiver,
            state=self.state,
            revision=self.revision,
            key=self.key,
            attempts=self.attempts,
            since=self.since,
            next_at=self.next_at,
            problem=self.problem,
        )


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What the board shows of a letter; nothing personal. ``problem``: a code, "" while there is none."""

    visit: str
    number: str
    receiver: str
    state: State
    revision: int
    key: str
    attempts: int
    since: datetime
    next_at: datetime
    problem: str = ""


class Place(msgspec.Struct, frozen=True):
    """How far the ledger has been read. ``ledger``: the database's own name: a restored copy counts anew. ``pending``:
    visits to be looked at again though nothing new is written of them."""

    ledger: str = ""
    position: int = 0
    pending: tuple[str, ...] = ()

    def moved(self, ledger: str, position: int, pending: Collection[str], done: Collection[str]) -> Place:
        further = max(self.position, position) if ledger == self.ledger else position
        return Place(ledger, further, tuple(sorted((set(self.pending) - set(done)) | set(pending))))


class Outbox(Protocol):
    """Every call is one durable step, or nothing. Errors: ``LedgerError``. Safe to use from several threads, and by
    several processes of one machine."""

    def last(self, visit: str, receiver: str) -> Letter | None:
        """The highest revision; without its parcel."""
        ...

    def post(self, draft: Draft, now: datetime) -> bool:
        """Puts a letter in; older revisions that were not taken are superseded. False if its revision is there
        already: somebody else was first."""
        ...

    def claim(self, now: datetime, lease: timedelta, *, but: Collection[str] = ()) -> Letter | None:
        """The letter that has been due longest, not for the receivers in ``but``; it is ``sending`` until the lease
        ends. None while nothing is due. No letter is given while an older revision of it is being sent."""
        ...

    def settle(self, letter: Letter, state: State, now: datetime, *, problem: str = "") -> None:
        """What became of an attempt; ``waiting`` goes through ``retry``. Somebody who claimed it after the lease keeps
        it, unless it was taken."""
        ...

    def retry(self, letter: Letter, next_at: datetime, problem: str) -> None: ...

    def again(self, now: datetime, *, receiver: str = "", visit: str = "") -> int:
        """A person wants what needed one to be tried again; how many. What could not be made is made anew: its visit
        is looked at again."""
        ...

    def by_hand(self, key: str, now: datetime) -> bool:
        """A person has told the receiver otherwise. False if the letter is not open any more."""
        ...

    def status(self, visit: str) -> tuple[Status, ...]:
        """The highest revision for each receiver, by receiver."""
        ...

    def needing_person(self, now: datetime) -> tuple[Status, ...]:
        """What people must look at: refused by a receiver, not made, or not taken for ``LATE``; oldest first."""
        ...

    def open_letters(self) -> int: ...

    def since(self, receiver: str, now: datetime) -> datetime:
        """From when on this receiver is served: the moment of the first call."""
        ...

    def place(self) -> Place: ...

    def move(self, ledger: str, position: int, *, pending: Collection[str], done: Collection[str]) -> None:
        """Reading has come so far; it never goes back within one ledger. ``pending``: visits to be looked at again;
        ``done``: those that need not be any more."""
        ...

    def purge(self, before: date) -> int:
        """Forgets letters that were closed before that (Japanese) day; how many. Open ones stay."""
        ...

    def close(self) -> None: ...


Chance = Callable[[], float]
"""A number from 0 up to 1."""
