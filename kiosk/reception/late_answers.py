"""Answers that come when nobody waits for them any more: kept with the visit that asked, which may be over."""

from __future__ import annotations

from collections import OrderedDict
from typing import ClassVar

import msgspec

from kiosk.coverage.qualification import Answer
from kiosk.ledger import Entry
from kiosk.reception.recording import stamp
from kiosk.visit.effects import AnyEffect, Ask, AskByNumbers
from kiosk.visit.events import Event

_MOST = 1_000


class LateAnswer(Event, frozen=True, tag=True, kw_only=True):
    """An answer to a question whose deadline had passed. It moves no visit: staff see it beside how the visit went."""

    actor: ClassVar[str] = "service"
    question: str
    answer: Answer


class Questions:
    """Which visit asked what, for the last thousand questions of this run."""

    def __init__(self) -> None:
        self._asked: OrderedDict[str, str] = OrderedDict()

    def note(self, effect: AnyEffect, visit: str) -> None:
        if isinstance(effect, Ask | AskByNumbers):
            self._asked[effect.question] = visit
            while len(self._asked) > _MOST:
                self._asked.popitem(last=False)

    def visit_of(self, question: str) -> str | None:
        return self._asked.get(question)


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
