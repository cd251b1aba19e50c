"""Payloads back into values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from kiosk.coverage.qualification import Answer
from kiosk.desk.notes import question_of
from kiosk.ledger import Record

T = TypeVar("T", bound=msgspec.Struct)


def read(record: Record, kind: type[T]) -> T | None:
    """The payload; None where it is erased, or of a version that nobody reads any more."""
    if not isinstance(record.payload, bytes):
        return None
    try:
        return msgspec.json.decode(record.payload, type=kind)
    except msgspec.DecodeError:
        return None


def notes_of(records: Iterable[Record], kind: type[T]) -> Iterator[tuple[Record, T]]:
    """Every entry of that type with its payload."""
    for record in records:
        if record.type == kind.__name__:
            note = read(record, kind)
            if note is not None:
                yield record, note


ANSWERS = frozenset({"Answered", "FaceResultArrived", "LateAnswer", "RecheckAnswered"})
IN_TIME = frozenset({"Answered", "FaceResultArrived"})
"""Those that the visit itself went by."""


class _Answered(msgspec.Struct):
    question: str = ""
    answer: Answer | None = None


def answers_of(records: Iterable[Record]) -> Iterator[tuple[Record, str, Answer]]:
    """Every answer with its question's id: of the visit itself, late ones, and those to the queue."""
    for record in records:
        told = read(record, _Answered) if record.type in ANSWERS else None
        if told is not None and told.answer is not None:
            yield record, told.question or question_of(record.ref), told.answer
