"""An answer that is delayed past its deadline still comes, where the plan says so (simulator/national/direct.py)."""

from __future__ import annotations

import pytest

from kiosk.eligibility.port import AskByNumbers, FailedAnswer
from kiosk.visit.form import FormField
from simulator.national.direct import DirectService
from simulator.national.faults import Fault, Faults
from simulator.national.system import NationalSystem
from simulator.people import load
from simulator.playing.world import VirtualWorld
from tests.support.papers_of_people import paper_of
from tests.support.visits import DAY


@pytest.mark.parametrize("comes", [True, False])
def test_what_comes_too_late_comes_once_and_not_before_its_time(comes: bool) -> None:
    world, faults = VirtualWorld(DAY), Faults()
    service = DirectService(NationalSystem([load("yamada")], world.utc), faults, world.services)
    faults.next(Fault.DELAY, 40.0, comes=comes)
    paper = paper_of("yamada")
    asked = AskByNumbers(
        question_id="q",
        insurer_number=paper[FormField.INSURER_NUMBER],
        insured_card_symbol=paper[FormField.SYMBOL],
        insured_identification_number=paper[FormField.NUMBER],
        insured_branch_number=paper[FormField.BRANCH],
        birth_date=load("yamada").person.birth_date,
        limit_consent=False,
    )
    assert isinstance(service.ask(asked, 20.0), FailedAnswer)
    assert list(service.late_answers()) == []
    world.advance(20_000)
    assert [late.question_id for late in service.late_answers()] == ["q"] * comes
    assert list(service.late_answers()) == []
