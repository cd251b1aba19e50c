"""An outbox without a disk: for simulation and tests; same rules."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from kiosk.handoff.outbox import (
    OPEN,
    Draft,
    Heeded,
    Letter,
    Place,
    State,
    Status,
    Wish,
    is_late,
    may_be_wanted,
    to_tell,
)
from kiosk.ledger.errors import LedgerClosed
from kiosk.ledger.interface import day_start, parse_stamp


class MemoryOutbox:
    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._letters: dict[int, Letter] | None = {}
        self._leases: dict[int, datetime] = {}
        self._since: dict[str, datetime] = {}
        self._place = Place()

    def close(self) -> None:
        with self._lock:
            self._letters = None

    def last(self, visit: str, receiver: str) -> Letter | None:
        with self._open() as letters:
            return _without_parcel(self._last(letters, visit, receiver))

    def post(self, draft: Draft, now: datetime) -> bool:
        with self._open() as letters:
            last = self._last(letters, draft.visit, draft.receiver)
            if last is not None and last.revision >= draft.revision:
                return False
            for id, letter in letters.items():
                mine = (letter.visit, letter.receiver) == (draft.visit, draft.receiver)
                if mine and letter.state in ("waiting", "needs_person"):
                    self._finish(letters, id, "superseded", now)
            id = max(letters, default=0) + 1
            letters[id] = Letter(
                id=id,
                visit=draft.visit,
                number=draft.number,
                receiver=draft.receiver,
                revision=draft.revision,
                key=draft.key,
                digest=draft.digest,
                state=draft.state,
                attempts=0,
                since=now,
                next_at=now,
                problem=draft.problem,
                parcel=draft.parcel,
            )
            if draft.state == "refused":
                self._finish(letters, id, "refused", now)
            return True

    def claim(self, now: datetime, lease: timedelta, *, but: Collection[str] = ()) -> Letter | None:
        with self._open() as letters:
            for letter in list(letters.values()):
                newer = self._last(letters, letter.visit, letter.receiver)
                if letter.state == "sending" and self._leases[letter.id] <= now and newer != letter:
                    self._finish(letters, letter.id, "superseded", now)
            due = [letter for letter in letters.values() if self._due(letters, letter, now, but)]
            if not due:
                return None
            first = min(due, key=lambda letter: (letter.next_at, letter.id))
            letters[first.id] = claimed = replace(first, state="sending", attempts=first.attempts + 1)
            self._leases[first.id] = now + lease
            return claimed

    def _due(self, letters: dict[int, Letter], letter: Letter, now: datetime, but: Collection[str]) -> bool:
        if letter.receiver in but:
            return False
        if letter.state == "sending":
            return self._leases[letter.id] <= now
        return (
            letter.state == "waiting"
            and letter.next_at <= now
            and not any(
                (one.visit, one.receiver, one.state) == (letter.visit, letter.receiver, "sending")
                for one in letters.values()
            )
        )

    def settle(self, letter: Letter, state: State, now: datetime, *, problem: str = "") -> None:
        with self._open() as letters:
            if not self._mine(letters, letter) and state != "taken":
                return
            if (
                state == "needs_person"
                and self._last(letters, letter.visit, letter.receiver) != letters[letter.id]
            ):
                state = "superseded"
            if state == "needs_person":
                letters[letter.id] = replace(letters[letter.id], state=state, problem=problem)
            else:
                self._finish(letters, letter.id, state, now)

    def retry(self, letter: Letter, next_at: datetime, problem: str) -> None:
        with self._open() as letters:
            if not self._mine(letters, letter):
                return
            if self._last(letters, letter.visit, letter.receiver) != letters[letter.id]:
                self._finish(letters, letter.id, "superseded", next_at)
                return
            letters[letter.id] = replace(
                letters[letter.id], state="waiting", next_at=next_at, problem=problem
            )

    def heed(self, wish: Wish, now: datetime) -> Heeded:
        with self._open() as letters:
            letter = max(
                (one for one in letters.values() if one.key == wish.key), key=lambda one: one.id, default=None
            )
            if letter is None:
                return "unknown"
            if letter.wish is not None:
                return "done" if letter.wish.id == wish.id else "moved_on"
            if not may_be_wanted(letter, wish):
                return "moved_on"
            digest = b"" if letter.state == "by_hand" else letter.digest
            letters[letter.id] = replace(letter, wish=wish, told="", digest=digest)
            if wish.how == "by_hand":
                self._finish(letters, letter.id, "by_hand", now)
            elif letter.parcel is None:
                place = self._place
                self._place = place.moved(place.ledger, place.position, {letter.visit}, ())
            elif letter.state != "sending":
                letters[letter.id] = replace(
                    letters[letter.id], state="waiting", next_at=now, attempts=0, problem=""
                )
            return "done"

    def tell(self, now: datetime, write: Callable[[Letter], None]) -> bool:
        with self._open() as letters:
            wishes = (letter for letter in letters.values() if letter.wish is not None)
            news = (letter for letter in letters.values() if to_tell(letter, now) not in ("", letter.told))
            letter = next(wishes, None) or next(news, None)
            if letter is None:
                return False
            write(letter)
            told = letter.told if letter.wish is not None else to_tell(letter, now)
            letters[letter.id] = replace(letters[letter.id], wish=None, told=told)
            return True

    def status(self, visit: str) -> tuple[Status, ...]:
        with self._open() as letters:
            receivers = sorted({letter.receiver for letter in letters.values() if letter.visit == visit})
            found = (self._last(letters, visit, receiver) for receiver in receivers)
            return tuple(letter.status for letter in found if letter is not None)

    def needing_person(self, now: datetime) -> tuple[Status, ...]:
        with self._open() as letters:
            return tuple(
                letter.status
                for letter in sorted(letters.values(), key=lambda letter: (letter.since, letter.id))
                if letter.state == "needs_person" or is_late(letter, now)
            )

    def open_letters(self) -> int:
        with self._open() as letters:
            return sum(letter.state in OPEN for letter in letters.values())

    def since(self, receiver: str, now: datetime) -> datetime:
        with self._open():
            return self._since.setdefault(receiver, now)

    def place(self) -> Place:
        with self._open():
            return self._place

    def move(self, ledger: str, position: int, *, pending: Collection[str], done: Collection[str]) -> None:
        with self._open():
            self._place = self._place.moved(ledger, position, pending, done)

    def purge(self, before: date) -> int:
        limit = parse_stamp(day_start(before))
        with self._open() as letters:
            old = [
                id for id, letter in letters.items() if letter.closed is not None and letter.closed < limit
            ]
            for id in old:
                del letters[id]
            return len(old)

    # -- inside
    @contextmanager
    def _open(self) -> Iterator[dict[int, Letter]]:
        with self._lock:
            if self._letters is None:
                raise LedgerClosed
            yield self._letters

    @staticmethod
    def _last(letters: dict[int, Letter], visit: str, receiver: str) -> Letter | None:
        mine = (letter for letter in letters.values() if (letter.visit, letter.receiver) == (visit, receiver))
        return max(mine, key=lambda letter: letter.revision, default=None)

    @staticmethod
    def _mine(letters: dict[int, Letter], letter: Letter) -> bool:
        """Nobody else has claimed it since."""
        now = letters.get(letter.id)
        return now is not None and now.state == "sending" and now.attempts == letter.attempts

    def _finish(self, letters: dict[int, Letter], id: int, state: State, now: datetime) -> None:
        letter = letters.get(id)
        if letter is not None:
            problem = "" if state == "taken" else letter.problem
            letters[id] = replace(letter, state=state, parcel=None, problem=problem, closed=now)


def _without_parcel(letter: Letter | None) -> Letter | None:
    return None if letter is None else replace(letter, parcel=None)
