"""What is kept with a visit beside its story: what staff asked for, noted and attached, and the papers. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from kiosk.desk.notes import ScanAttached, ScanKind, StaffNoted
from kiosk.desk.reading import notes_of, read
from kiosk.evidence.model import Way
from kiosk.ledger import Record
from kiosk.ledger.chain import ACCEPTED, RECEIVED, REFUSED, REQUESTED
from kiosk.ledger.projection import Answered, Requested


class RequestMade(msgspec.Struct, frozen=True, kw_only=True):
    """``accepted`` None: the terminal has not answered yet."""

    id: str
    at: str
    actor: str
    action: str
    way: Way | None = None
    why: str = ""
    accepted: bool | None = None
    answer: str = ""


class PaperKept(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    at: str
    kind: str
    made: bool


class NoteKept(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    at: str
    actor: str
    text: str
    withdrawn: bool = False

    def __repr__(self) -> str:
        return f"<NoteKept {self.id}>"


class ScanKept(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    at: str
    actor: str
    kind: ScanKind
    media: str
    size: int
    withdrawn: bool = False


def requests_of(records: Sequence[Record]) -> Iterator[RequestMade]:
    """Each once: who sees both chains sees what a terminal received of another one twice, with the same id."""
    replies = {record.ref: record for record in records if record.type in (ACCEPTED, REFUSED)}
    asked_once: dict[str, Record] = {}
    for record in records:
        if record.type in (REQUESTED, RECEIVED):
            asked_once.setdefault(record.id, record)
    for record in asked_once.values():
        asked = read(record, Requested)
        detail = _detail(asked)
        reply = replies.get(record.id)
        told = None if reply is None else read(reply, Answered)
        yield RequestMade(
            id=record.id,
            at=record.at,
            actor=record.actor,
            action="" if asked is None else asked.action,
            way=detail.way,
            why=detail.why,
            accepted=None if reply is None else reply.type == ACCEPTED,
            answer="" if told is None else told.why,
        )


class _Wish(msgspec.Struct):
    way: Way | None = None
    why: str = ""


def _detail(asked: Requested | None) -> _Wish:
    try:
        return msgspec.json.decode(asked.detail, type=_Wish) if asked is not None else _Wish()
    except msgspec.DecodeError:
        return _Wish()


class _Made(msgspec.Struct):
    kind: str = ""
    failed: str = ""


def papers_of(records: Sequence[Record]) -> Iterator[PaperKept]:
    for record in records:
        if record.type != "PaperMade":
            continue
        made = read(record, _Made)
        kind = "" if made is None else made.kind
        yield PaperKept(id=record.id, at=record.at, kind=kind, made=made is not None and not made.failed)


def staff_notes_of(records: Sequence[Record]) -> Iterator[NoteKept]:
    withdrawn = {record.ref for record in records if record.type == "StaffNoteWithdrawn"}
    for record, note in notes_of(records, StaffNoted):
        yield NoteKept(
            id=record.id, at=record.at, actor=record.actor, text=note.text, withdrawn=record.id in withdrawn
        )


class _Scan(msgspec.Struct):
    """``ScanAttached`` without its content."""

    kind: ScanKind
    media: str
    size: int


def scans_of(records: Sequence[Record]) -> Iterator[ScanKept]:
    withdrawn = {record.ref for record in records if record.type == "ScanWithdrawn"}
    for record in records:
        if record.type != ScanAttached.__name__:
            continue
        scan = read(record, _Scan)
        if scan is not None:
            yield ScanKept(
                id=record.id,
                at=record.at,
                actor=record.actor,
                kind=scan.kind,
                media=scan.media,
                size=scan.size,
                withdrawn=record.id in withdrawn,
            )
