"""Tells the ledger what became of letters, and hears what staff want of them.

A note is written once, however often the program ends between writing it and knowing that it did: before writing it
looks at what stands there of the letter. Who answers a request writes what followed from it in the same transaction.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import msgspec

from kiosk.handoff.notes import (
    ACTIONS,
    NOTES,
    DeliveryNote,
    HandedOver,
    HandoffByHand,
    HandoffDelayed,
    HandoffNeedsPerson,
    HandoffNotDone,
    HandoffTriedAgain,
    HandoffWanted,
    Wanted,
)
from kiosk.handoff.outbox import Letter, Wish, is_late, to_tell
from kiosk.ledger import Entry, Ledger, Record
from kiosk.ledger.errors import AlreadyAnswered, NotOwner, UnknownRequest, UnknownVisit
from kiosk.ledger.interface import JST, Request, parse_stamp, stamp

MOVED_ON = "moved_on"
SYSTEM = "system"


def _monotonic() -> int:
    return time.monotonic_ns() // 1_000_000


def _new_id() -> str:
    return uuid.uuid4().hex


class Teller:
    """Writes into the courier's own chain. Raises ``LedgerError``; nothing is written then."""

    def __init__(
        self,
        ledger: Ledger,
        now: Callable[[], datetime],
        *,
        mono: Callable[[], int] = _monotonic,
        new_id: Callable[[], str] = _new_id,
    ) -> None:
        self._ledger = ledger
        self._now = now
        self._mono = mono
        self._new_id = new_id

    # -- telling
    def tell(self, letter: Letter) -> None:
        """Writes what the ledger does not know yet of this letter."""
        records = list(self._ledger.entries(letter.visit))
        if letter.wish is not None:
            self._tell_wish(letter, letter.wish, records)
            return
        note, now = _note_of(letter, self._now()), self._now()
        if not _stands_there(note, records, now):
            self._ledger.append([self._entry(note, records, letter.visit)])

    def refuse(self, wish: Wish) -> None:
        """The letter does not need it any more: others were first."""
        if wish.request and self._answer(wish, accepted=False):
            return
        records = list(self._ledger.entries(wish.visit))
        if not is_answered(wish, records):
            note = HandoffNotDone(receiver=wish.receiver, key=wish.key)
            self._ledger.append([self._entry(note, records, wish.visit, ref=wish.id)])

    # -- hearing
    def requests(self) -> Iterator[Wish]:
        """About visits that this chain owns, or that it owned before the ledger was put back from a copy: those cannot
        be answered but by a note."""
        for request in self._ledger.requests():
            if request.action not in ACTIONS or _program(request.owner) != _program(self._ledger.chain):
                continue
            wish = _wish_of(request)
            if wish is None:
                continue
            if request.owner == self._ledger.chain or not is_answered(wish, self._ledger.entries(wish.visit)):
                yield wish

    def wish(self, record: Record) -> Wish | None:
        """What an entry asks for; None if it asks for nothing, or was answered."""
        if record.type != HandoffWanted.__name__ or not isinstance(record.payload, bytes):
            return None
        try:
            wanted = msgspec.json.decode(record.payload, type=HandoffWanted)
        except msgspec.DecodeError:
            return None
        wish = Wish(
            id=record.id,
            visit=record.visit,
            receiver=wanted.receiver,
            key=wanted.key,
            how=wanted.how,
            actor=record.actor,
            why=wanted.why,
        )
        return None if is_answered(wish, self._ledger.entries(record.visit)) else wish

    # -- inside
    def _tell_wish(self, letter: Letter, wish: Wish, records: Sequence[Record]) -> None:
        if is_answered(wish, records):
            return
        note: DeliveryNote
        if wish.how == "by_hand":
            note = HandoffByHand(
                receiver=letter.receiver, key=letter.key, revision=letter.revision, why=wish.why
            )
        else:
            note = HandoffTriedAgain(receiver=letter.receiver, key=letter.key, revision=letter.revision)
        entry = self._entry(note, records, letter.visit, actor=wish.actor, ref=wish.id)
        if not (wish.request and self._answer(wish, accepted=True, entries=[entry])):
            self._ledger.append([entry])

    def _answer(self, wish: Wish, *, accepted: bool, entries: Sequence[Entry] = ()) -> bool:
        """Whether the request could still be answered by us."""
        try:
            self._ledger.answer(wish.id, accepted, "" if accepted else MOVED_ON, entries=entries)
        except (AlreadyAnswered, NotOwner, UnknownRequest, UnknownVisit):
            return False
        return True

    def _entry(
        self, note: DeliveryNote, records: Sequence[Record], visit: str, *, actor: str = SYSTEM, ref: str = ""
    ) -> Entry:
        return Entry(
            visit=visit,
            id=self._new_id(),
            type=type(note).__name__,
            at=stamp(self._now()),
            mono_ms=self._mono(),
            actor=actor,
            state="",
            simulated=any(record.simulated for record in records),
            payload=msgspec.json.encode(note),
            ref=ref,
        )


def is_answered(wish: Wish, records: Sequence[Record] | Iterator[Record]) -> bool:
    """Whether what became of a wish stands there."""
    return any(record.ref == wish.id and record.type in NOTES for record in records)


def _program(chain: str) -> str:
    """Terminal and process, whichever database it writes."""
    return chain.rpartition(".")[0]


def _wish_of(request: Request) -> Wish | None:
    if not isinstance(request.payload, bytes):
        return None
    try:
        wanted = msgspec.json.decode(request.payload, type=Wanted)
    except msgspec.DecodeError:
        return None
    return Wish(
        id=request.id,
        visit=request.visit,
        receiver=wanted.receiver,
        key=wanted.key,
        how=ACTIONS[request.action],
        actor=request.actor,
        why=wanted.why,
        request=True,
    )


def _note_of(letter: Letter, now: datetime) -> DeliveryNote:
    what, _, _day = to_tell(letter, now).partition(" ")
    told = {"receiver": letter.receiver, "key": letter.key, "revision": letter.revision}
    match what:
        case "taken":
            return HandedOver(**told, taken_at=stamp(letter.closed or now))  # type: ignore[arg-type]
        case "needs_person":
            late = is_late(letter, now)
            return HandoffNeedsPerson(**told, problem=letter.problem, tried_on=late)  # type: ignore[arg-type]
        case _:
            return HandoffDelayed(**told, problem=letter.problem)  # type: ignore[arg-type]


def _stands_there(note: DeliveryNote, records: Sequence[Record], now: datetime) -> bool:
    """Whether the last word about this letter is this one; that it needs a person, today's."""
    told = [record for record in records if record.type in NOTES and _key(record) == note.key]
    told = [record for record in told if record.type not in _WISHES]
    if isinstance(note, HandedOver):
        return any(record.type == HandedOver.__name__ for record in told)
    if not told or told[-1].type != type(note).__name__:
        return False
    if isinstance(note, HandoffNeedsPerson):
        return parse_stamp(told[-1].at).astimezone(JST).date() == now.astimezone(JST).date()
    return True


_WISHES = frozenset({HandoffWanted.__name__, HandoffNotDone.__name__})
"""They change nothing of the letter."""


class _Key(msgspec.Struct):
    key: str = ""


def _key(record: Record) -> str:
    if not isinstance(record.payload, bytes):
        return ""
    try:
        return msgspec.json.decode(record.payload, type=_Key).key
    except msgspec.DecodeError:
        return ""
