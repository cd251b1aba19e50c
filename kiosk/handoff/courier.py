"""Reads the ledger, posts a letter for each visit and receiver, delivers what is due, and tells the ledger of it.

All of it may be cut off anywhere: reading again posts nothing twice, since a letter's key follows from its content; a
delivery that was cut off is made again with the same key and the same bytes; and what the ledger was not told is told
at the next look.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Final

import msgspec

from kiosk.handoff.carrier import Later, Outcome, Refused, Taken
from kiosk.handoff.folding import Identify, Unreadable, settled_of
from kiosk.handoff.notes import NOTES
from kiosk.handoff.outbox import Backoff, Chance, Draft, Letter, Outbox, Status, Wish
from kiosk.handoff.parcel import NAMESPACE
from kiosk.handoff.receiver import Receiver
from kiosk.handoff.settled import SettledVisit
from kiosk.handoff.teller import Teller
from kiosk.ledger import Ledger, LedgerError, Record
from kiosk.ledger.interface import parse_stamp, stamp

LEASE: Final = timedelta(minutes=3)
"""Longer than any attempt takes: a letter that somebody is at is not taken from them."""
_RECORDS: Final = 2000
"""Read at once: between two readings others have their turn."""


class Run(msgspec.Struct, frozen=True):
    """What a run did."""

    posted: int = 0
    taken: int = 0
    later: int = 0
    refused: int = 0


def _utc() -> datetime:
    return datetime.now(UTC)


class Courier:
    """One for each process that hands over; several at one outbox do not disturb each other."""

    def __init__(
        self,
        ledger: Ledger,
        outbox: Outbox,
        receivers: Sequence[Receiver],
        *,
        now: Callable[[], datetime] = _utc,
        chance: Chance = random.random,
        identify: Identify = lambda _answer: "",
        backoff: Backoff | None = None,
    ) -> None:
        self._ledger = ledger
        self.outbox = outbox
        self._receivers = {receiver.name: receiver for receiver in receivers}
        self._now = now
        self._chance = chance
        self._identify = identify
        self._backoff = backoff or Backoff()
        self._teller = Teller(ledger, now)

    def run(self) -> Run:
        """Everything that can be done now. Raises ``LedgerError``: the next run goes on where this one stopped. What is
        due is delivered also while the ledger cannot be read."""
        posted, unread = 0, None
        try:
            self.listen()
            while (more := self.feed()) is not None:
                posted += more
        except LedgerError as error:
            unread = error
        done = msgspec.structs.replace(self.deliver_due(), posted=posted)
        self._tell()
        if unread is not None:
            raise unread
        return done

    def close(self) -> None:
        for receiver in self._receivers.values():
            receiver.carrier.close()
        self.outbox.close()

    # -- what people see and do
    def status(self, visit: str) -> tuple[Status, ...]:
        return self.outbox.status(visit)

    def needing_person(self) -> tuple[Status, ...]:
        return self.outbox.needing_person(self._now())

    def listen(self) -> None:
        """Answers what staff have asked for."""
        for wish in self._teller.requests():
            self._heed(wish)

    def _heed(self, wish: Wish) -> None:
        match self.outbox.heed(wish, self._now()):
            case "done":
                self.outbox.tell(self._now(), self._teller.tell)  # a wish is told before anything else
            case "moved_on":
                self._teller.refuse(wish)
            case "unknown":  # another courier's, or retention has taken it
                if wish.request:
                    self._teller.refuse(wish)

    def _tell(self) -> None:
        while self.outbox.tell(self._now(), self._teller.tell):
            pass

    def purge(self, before: date) -> int:
        return self.outbox.purge(before)

    # -- from the ledger into the outbox
    def feed(self) -> int | None:
        """Reads a stretch of the ledger; how many letters it posted, None when it had read everything before."""
        now = self._now()
        since = {name: self.outbox.since(name, now) for name in self._receivers}
        place = self.outbox.place()
        name = self._ledger.chain.rpartition(".")[2]
        position = place.position if place.ledger == name else 0
        records = list(islice(self._ledger.entries(since=position), _RECORDS))
        for record in records:
            if (wish := self._teller.wish(record)) is not None:
                self._heed(wish)
        place = self.outbox.place()  # what could not be made is to be looked at again
        touched = dict.fromkeys((*place.pending, *_visits(records, min(since.values(), default=now))))
        posted, waiting = 0, []
        for visit in touched:
            letters = self._feed_visit(visit, since, now)
            if letters is None:
                waiting.append(visit)
            else:
                posted += letters
        if records or set(waiting) != set(place.pending):
            read = records[-1].position if records else position
            done = set(touched) - set(waiting)
            self.outbox.move(name, read, pending=waiting, done=done)
        return posted if records or posted else None

    def _feed_visit(self, visit: str, since: dict[str, datetime], now: datetime) -> int | None:
        """Letters posted; None if the visit will say more by the mere passing of time."""
        records = list(self._ledger.entries(visit))
        try:
            settled = settled_of(records, now=now, identify=self._identify)
        except Unreadable as error:
            return sum(self._unreadable(visit, receiver, str(error), now) for receiver in self._receivers)
        if settled is None:
            return None if _may_settle_later(records, now) else 0
        at = parse_stamp(settled.settled_at)
        wanted = (one for name, one in self._receivers.items() if at >= since[name])
        return sum(self._post(settled, receiver, now) for receiver in wanted)

    def _post(self, settled: SettledVisit, receiver: Receiver, now: datetime) -> bool:
        digest = receiver.digest(settled)
        last = self.outbox.last(settled.visit, receiver.name)
        if digest is None or (last is not None and last.digest == digest and not _not_made(last)):
            return False
        if last is None and settled.void:
            return False  # nobody was told of it
        revision, replaces = (last.revision + 1, last.key) if last is not None else (1, "")
        draft = receiver.draft(settled, revision, replaces, digest)
        if last is not None and _not_made(last) and draft.parcel is None and last.problem == draft.problem:
            return False
        return self.outbox.post(draft, now)

    def _unreadable(self, visit: str, receiver: str, problem: str, now: datetime) -> bool:
        digest = sha256(f"unreadable {problem}".encode()).digest()
        last = self.outbox.last(visit, receiver)
        if last is not None and last.digest == digest:
            return False
        draft = Draft(
            visit=visit,
            number="",
            receiver=receiver,
            revision=1 if last is None else last.revision + 1,
            key=f"{NAMESPACE}/{visit}/{receiver}/{problem}",
            digest=digest,
            state="needs_person",
            problem=f"unreadable_{problem}",
        )
        return self.outbox.post(draft, now)

    # -- from the outbox to the receivers
    def deliver_due(self) -> Run:
        """Delivers until nothing is due. A receiver that does not answer is left alone until the next run, so that it
        holds up no other."""
        done = Run()
        silent: set[str] = set()
        while (letter := self.outbox.claim(self._now(), LEASE, but=silent)) is not None:
            outcome = self._deliver(letter)
            match outcome:
                case Taken():
                    self.outbox.settle(letter, "taken", self._now())
                    done = msgspec.structs.replace(done, taken=done.taken + 1)
                case Later(problem):
                    wait = self._backoff.wait(letter.attempts, self._chance())
                    self.outbox.retry(letter, self._now() + wait, problem)
                    silent.add(letter.receiver)
                    done = msgspec.structs.replace(done, later=done.later + 1)
                case Refused(problem):
                    self.outbox.settle(letter, "needs_person", self._now(), problem=problem)
                    done = msgspec.structs.replace(done, refused=done.refused + 1)
            self._tell()
            self.listen()
        return done

    def _deliver(self, letter: Letter) -> Outcome:
        receiver = self._receivers.get(letter.receiver)
        if receiver is None:
            return Refused("no_such_receiver")
        if letter.parcel is None:
            return Refused("no_content")
        return receiver.carrier.deliver(letter.parcel, letter.key, self._now())


def _visits(records: Iterable[Record], since: datetime) -> list[str]:
    """Of whom something was written since anybody is told of them; what couriers write is not about the visit."""
    first = stamp(since)
    return [
        record.visit for record in records if record.visit and record.at >= first and record.type not in NOTES
    ]


def _not_made(letter: Letter) -> bool:
    """It could not be made then; another version of the program may be able to."""
    return letter.state == "needs_person" and letter.problem.startswith(
        ("not_made_", "invalid_", "unreadable_")
    )


def _may_settle_later(records: Sequence[Record], now: datetime) -> bool:
    """It has its result, and only waits for a paper that a crash may have prevented."""
    far_later = now + timedelta(days=1)
    return settled_of(records, now=far_later) is not None
