"""Answers that come when nobody waits for them any more: kept with the visit that asked, which may be over. Where the
patient still stands there, they become an event of the visit."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

import msgspec

from kiosk.coverage.qualification import Answer
from kiosk.ledger import Entry, Record
from kiosk.reception.recording import stamp
from kiosk.visit.effects import AnyEffect, Ask, AskByNumbers
from kiosk.visit.events import Event
from kiosk.visit.form import Form, FormField

_MOST = 1_000


class LateAnswer(Event, frozen=True, tag=True, kw_only=True):
    """An answer to a question whose deadline had passed."""

    actor: ClassVar[str] = "service"
    question: str
    answer: Answer


class Questions:
    """Which visit asked what, and with which numbers (None: by the card): the last thousand questions of this run."""

    def __init__(self) -> None:
        self._asked: OrderedDict[str, tuple[str, Form | None]] = OrderedDict()

    def note(self, effect: AnyEffect, visit: str) -> None:
        if isinstance(effect, Ask | AskByNumbers):
            paper = effect.paper if isinstance(effect, AskByNumbers) else None
            self._asked[effect.question] = (visit, paper)
            while len(self._asked) > _MOST:
                self._asked.popitem(last=False)

    def visit_of(self, question: str) -> str | None:
        asked = self._asked.get(question)
        return None if asked is None else asked[0]

    def paper_of(self, question: str) -> Form | None:
        return self._asked[question][1]


def late_entry(late: LateAnswer, visit: str, *, simulated: bool) -> Entry:
    """The ledger's line: a note of the visit."""
    return Entry(
        visit=visit,
        id=late.id,
        type=type(late).__name__,
        at=stamp(late.at),
        mono_ms=late.at.mono,
        actor=late.actor,
        state="",
        simulated=simulated,
        payload=msgspec.json.encode({"question": late.question, "answer": late.answer}),
    )


# ------------------------------------------------------------------------------------ of the re-check queue

_QUESTION = ".recheck"
"""Ends the id of a question of the queue; before it stands the id of its entry ``RecheckAsked``. The names are the
ledger's (kiosk/desk/README.md)."""


ANSWERED = frozenset({"RecheckAnswered", "LateAnswer"})


class _Asked(msgspec.Struct):
    insurer_number: str = ""
    insured_card_symbol: str = ""
    insured_identification_number: str = ""
    insured_branch_number: str = ""
    birth_date: str = ""
    by_staff: bool = False


class _Answered(msgspec.Struct):
    answer: Answer
    question: str = ""


def answers_of_the_queue(records: Iterable[Record], heard: int) -> Iterator[dict[str, Any]]:
    """What came for a visit since position ``heard``, as the fields of ``AnswerCame``. ``records``: all of it."""
    asked: dict[str, _Asked] = {}
    for record in records:
        if not isinstance(record.payload, bytes):
            continue
        if record.type == "RecheckAsked":
            asked[record.id + _QUESTION] = msgspec.json.decode(record.payload, type=_Asked)
        elif record.position > heard and record.type in ANSWERED:
            told = msgspec.json.decode(record.payload, type=_Answered)
            question = told.question or record.ref + _QUESTION
            if question in asked:
                yield _came(question, told.answer, asked[question])


def _came(question: str, answer: Answer, asked: _Asked) -> dict[str, Any]:
    numbers = (
        (FormField.BIRTH_DATE, asked.birth_date),
        (FormField.INSURER_NUMBER, asked.insurer_number),
        (FormField.SYMBOL, asked.insured_card_symbol),
        (FormField.NUMBER, asked.insured_identification_number),
        (FormField.BRANCH, asked.insured_branch_number),
    )
    by = "for_staff" if asked.by_staff else "again"
    return {"question": question, "answer": answer, "paper": Form(numbers), "asked": by}
