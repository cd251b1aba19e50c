"""Answers that come when nobody waits for them any more (kiosk/reception/late_answers.py)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.desk.row import Light, Need
from kiosk.evidence.model import Way
from kiosk.reception.late_answers import LateAnswer, Questions
from kiosk.visit.effects import Ask, PlaySound
from simulator.playing.full_disk import FillableLedger
from tests.support.desks import House

EVERY_MS = 5_000


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "ledger")
    yield house
    house.close()


def looked_up_in_vain(house: House) -> str:
    """A verified patient whose answer is held back."""
    house.tardy.holding = True
    house.verify().touch("consent_all")
    house.tardy.holding = False
    assert house.kiosk.view.state == "ChoosingEvidence"
    return house.visit


def arrive(house: House) -> None:
    house.tardy.arrive()
    house.world.advance(EVERY_MS)
    house.kiosk.reception.look_for_late_answers()
    house.kiosk.settle()


def late(house: House) -> list[str]:
    return [record.visit for record in house.kiosk_ledger.entries() if record.type == "LateAnswer"]


def test_it_is_kept_with_its_visit_while_the_patient_looks_for_another_way(house: House) -> None:
    visit = looked_up_in_vain(house)
    arrive(house)
    assert late(house) == [visit]
    row = house.row(visit)
    assert (row.light, row.need) == (Light.NEEDS_PERSON, Need.ANSWER_CAME)
    assert house.kiosk.view.state == "ChoosingEvidence", "no page is pulled away under a finger"


def test_it_is_kept_with_its_visit_after_that_is_over_and_another_patient_stands_there(house: House) -> None:
    visit = looked_up_in_vain(house)
    house.take(Way.SELF_PAY).touch("pay_in_full").leave()
    house.without_card()
    assert house.visit != visit
    arrive(house)
    assert late(house) == [visit]
    row = house.row(visit)
    assert (row.need, row.outcome) == (Need.OUTCOME_CHANGED, "self_pay")
    assert house.row(house.visit).need is None


def test_it_is_looked_for_now_and_then_and_given_once(house: House) -> None:
    looked_up_in_vain(house)
    house.kiosk.reception.look_for_late_answers()
    house.kiosk.settle()
    house.tardy.arrive()
    house.kiosk.reception.look_for_late_answers()
    house.kiosk.settle()
    assert late(house) == [], "not every moment"
    house.world.advance(EVERY_MS)
    for _ in range(3):
        house.kiosk.reception.look_for_late_answers()
        house.kiosk.settle()
        house.world.advance(EVERY_MS)
    assert len(late(house)) == 1


def test_a_full_disk_does_not_lose_it(house: House) -> None:
    visit = looked_up_in_vain(house)
    ledger = FillableLedger(house.kiosk_ledger)
    house.kiosk.reception._ledger = ledger
    ledger.full = True
    arrive(house)
    assert late(house) == []
    ledger.full = False
    house.world.advance(EVERY_MS)
    house.kiosk.reception.look_for_late_answers()
    assert late(house) == [visit]


def test_an_answer_to_nobodys_question_is_not_put_to_somebody(house: House) -> None:
    looked_up_in_vain(house)
    held = house.tardy.held[0]
    now = house.world.now()
    house.kiosk.reception.handle(LateAnswer(id="x", at=now, question="strange", answer=held.answer))
    assert late(house) == []


def test_only_the_last_questions_are_remembered() -> None:
    questions = Questions()
    questions.note(PlaySound("ok"), "v")
    for number in range(1_500):
        questions.note(Ask(f"q{number}", ()), f"v{number}")
    assert questions.visit_of("q0") is None
    assert questions.visit_of("q1499") == "v1499"
    assert len(questions._asked) == 1_000
