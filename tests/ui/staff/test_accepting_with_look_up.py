"""What needs a look-up is accepted at the console with one, or with the word of staff (ui/staff/doing.py)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kiosk.desk.desk import Look
from kiosk.desk.refusing import Done, Refusal, Why
from kiosk.evidence.model import Way
from tests.support.desks import STAFF, House
from ui.staff.deeds import Deed, Seen
from ui.staff.doing import Doing
from ui.staff.sheet import Question
from ui.staff.words import Words


class Asked:
    """A console's hands without its window: what is asked, answered at once, and the work that follows."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers = answers
        self.questions: list[Question] = []
        self.works: list[Callable[..., Any]] = []

    def ask(self, question: Question, answered: Callable[..., object], *, keep: bool = False) -> Any:
        self.questions.append(question)
        answered({field.name: self.answers.get(field.name, "") for field in question.fields}, {})

    def act(
        self, _deed: str, _permission: object, _visit: str, work: Callable[..., Any], **_more: Any
    ) -> None:
        self.works.append(work)


def accept(house: House, answers: dict[str, str], way: Way) -> tuple[list[str], Any]:
    """The names of the fields that are asked, and what the desk says."""
    look = house.desk.look(house.visit, STAFF)
    assert isinstance(look, Look)
    detail = look.detail()
    assert detail is not None
    asked = Asked(answers)
    doing = Doing(
        asked,  # type: ignore[arg-type]
        Words("ja"),
        asked.ask,
        lambda _action: True,
        pytest.fail,
        pytest.fail,
    )
    doing.begin(Deed.ACCEPT, Seen(detail, house.desk.today, way))
    (work,), (question,) = asked.works, asked.questions
    return [field.name for field in question.fields], work(house.desk, STAFF)


def test_the_old_card_asks_whether_it_was_looked_up(tmp_path: Path) -> None:
    house = House(tmp_path / "ledger", day=date(2026, 7, 31))
    house.without_card().take(Way.LEGACY_TOLERANCE)
    house.row()
    fields, said = accept(house, {}, Way.LEGACY_TOLERANCE)
    assert fields == ["why", "looked_up"]
    assert said == Refusal(Why.NOT_LOOKED_UP)
    _fields, said = accept(house, {"looked_up": "yes"}, Way.LEGACY_TOLERANCE)
    assert isinstance(said, Done)
    house.kiosk.reception.poll_requests()
    assert house.row().evidence is Way.LEGACY_TOLERANCE
    house.close()


def test_no_other_paper_does(tmp_path: Path) -> None:
    house = House(tmp_path / "ledger")
    house.without_card().take(Way.CERTIFICATE)
    house.row()
    fields, said = accept(house, {}, Way.CERTIFICATE)
    assert fields == ["why"]
    assert isinstance(said, Done)
    house.close()
