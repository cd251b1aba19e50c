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

from kiosk.handoff.notes import How
from kiosk.handoff.parcel import Parcel
from kiosk.ledger.interface import JST

State = Literal["waiting", "sending", "taken", "needs_person", "superseded", "refused", "by_hand"]
OPEN: Final = frozenset({"waiting", "sending", "needs_person"})
LATE: Final = timedelta(minutes=15)
"""After so long without being taken a letter is shown to people, though it goes on being tried."""
Heeded = Literal["done", "moved_on", "unknown"]
"""What became of a wish: done now or before; the letter does not need it any more; there is no such letter here."""


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


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to be done about a letter. ``id``: of the ledger's entry that says so; ``request``: that
    entry is a request, which must be answered. ``actor`` as there."""

    id: str
    visit: str
    receiver: str
    key: str
    how: How
    actor: str
    why: str = ""
    request: bool = False

    def __repr__(self) -> str:
        return f"<Wish {self.how}>"


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """``parcel`` is only there for who claimed it. ``since``: when it was posted; ``closed``: when it was done with.
    ``told``: what the ledger knows of it (``to_tell``); ``wish``: was done, and the ledger does not know it yet."""

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
    closed: datetime | None = None
    told: str = ""
    wish: Wish | None = None
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


def to_tell(letter: Letter, now: datetime) -> str:
    """What the ledger must know of a letter as it stands: ``taken``, ``delayed``, ``needs_person`` with the Japanese
    day, on which it is told again; "" for nothing."""
    if letter.state == "taken":
        return "taken"
    if letter.state == "needs_person" or is_late(letter, now):
        return f"needs_person {now.astimezone(JST).date()}"
    tried = letter.state in ("waiting", "sending") and letter.attempts > 0 and letter.problem
    return "delayed" if tried else ""


def may_be_wanted(letter: Letter, wish: Wish) -> bool:
    """Whether it still stands as who wants something has seen it."""
    if wish.how == "after_all":
        return letter.state == "by_hand"
    return letter.state == "needs_person" or (letter.state in OPEN and letter.attempts > 0)


def is_late(letter: Letter, now: datetime) -> bool:
    """It goes on being tried, and people are told."""
    return letter.state in ("waiting", "sending") and letter.attempts > 0 and letter.since <= now - LATE


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

    def heed(self, wish: Wish, now: datetime) -> Heeded:
        """Does what a person wants, if the letter is open and has been tried, and keeps the wish to be told. ``again``:
        it is due now; what could not be made is made anew, and so is what was settled by hand (``after_all``), as
        another revision: its visit is looked at again. The same wish twice is done once."""
        ...

    def tell(self, now: datetime, write: Callable[[Letter], None]) -> bool:
        """Lets ``write`` put into the ledger what that does not know yet of one letter: its ``wish``, else ``to_tell``.
        Nobody else tells anything meanwhile. False: there is nothing to tell. What ``write`` raises leaves it untold;
        and it is told once more if the program ends between the two: ``write`` looks whether it stands there."""
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
