"""Finds the papers that are kept with visits, and notes who took one out again."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date

import msgspec

from kiosk.ledger.interface import (
    JST,
    Clock,
    Entry,
    Ledger,
    Purged,
    Record,
    parse_stamp,
    system_clock,
)
from kiosk.ledger.interface import stamp as stamp_of

PAPER_MADE = "PaperMade"
PAPER_TAKEN_OUT = "PaperTakenOut"


class Kept(msgspec.Struct, frozen=True):
    """Payload of a ``PaperMade`` note: a paper as it was printed. ``pdf`` is Base64."""

    kind: str
    number: str
    pdf: str

    @property
    def content(self) -> bytes:
        return base64.b64decode(self.pdf)

    def __repr__(self) -> str:
        return f"<Kept {self.kind}>"


class KeptPaper(msgspec.Struct, frozen=True):
    """``id`` is that of its entry; ``day`` the Japanese day on which it was made. ``paper`` is None once retention has
    erased it, or where it could not be made."""

    id: str
    visit: str
    at: str
    day: date
    paper: Kept | None
    simulated: bool = False

    @property
    def kind(self) -> str:
        return self.paper.kind if self.paper is not None else ""


def papers(
    ledger: Ledger, *, visit: str | None = None, number: str = "", day: date | None = None
) -> Iterator[KeptPaper]:
    """In the order in which they were made; ``number`` is a reception number, which is given anew each day."""
    for record in ledger.entries(visit):
        if record.type != PAPER_MADE:
            continue
        found = _kept(record)
        if (day is None or found.day == day) and (
            not number or (found.paper is not None and found.paper.number == number)
        ):
            yield found


def _kept(record: Record) -> KeptPaper:
    paper = None
    if not isinstance(record.payload, Purged):
        try:
            paper = msgspec.json.decode(record.payload, type=Kept)
        except msgspec.ValidationError:  # one that could not be made has no content
            paper = None
    day = parse_stamp(record.at).astimezone(JST).date()
    return KeptPaper(record.id, record.visit, record.at, day, paper, record.simulated)


def note_taken_out(
    ledger: Ledger, taken: KeptPaper, actor: str, *, how: str, new_id: str, clock: Clock = system_clock
) -> None:
    """Every look at a patient's paper is in the ledger: ``how`` is ``shown`` or ``printed``."""
    now = clock()
    entry = Entry(
        visit=taken.visit,
        id=new_id,
        type=PAPER_TAKEN_OUT,
        at=stamp_of(now.wall),
        mono_ms=now.mono_ms,
        actor=actor,
        state="",
        simulated=taken.simulated,
        ref=taken.id,
        payload=msgspec.json.encode({"kind": taken.kind, "how": how}),
    )
    ledger.append([entry])
