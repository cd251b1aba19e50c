"""Whole visits as the reception really records them: every scenario's result is what is handed over of it."""

from __future__ import annotations

from functools import cache

import msgspec
import pytest
from msgspec.structs import replace

from kiosk.eligibility import oqs
from kiosk.handoff.fhir_bundle import FhirBundle
from kiosk.handoff.fhir_check import problems
from kiosk.handoff.folding import settled_of
from kiosk.handoff.parcel import Parcel
from kiosk.handoff.queue_json import QueueJson
from kiosk.handoff.settled import SettledVisit
from kiosk.handoff.xml import OqsXml
from kiosk.ledger import Ledger, MemoryLedger
from simulator.playing.player import FAST, ledger_options, play
from simulator.playing.result import Result
from simulator.playing.world import VirtualWorld
from simulator.scenarios import everything
from simulator.scenarios.scenario import Scenario
from tests.kiosk.handoff.test_oqs_xml import by_the_layout
from tests.support.handoff import CODE, FACILITY, PDF, label

SCENARIOS = {scenario.id: scenario for scenario in everything()}
CHART = FhirBundle(facility=FACILITY, medical_institution_code=CODE)
HANDED = tuple(id for id in SCENARIOS if "ledger_full" not in id and id != "certified_while_busy")
"""A ledger that could not take a visit's end has nothing to hand over. Nor has a result that nobody claims."""


class Open(MemoryLedger):
    """Can be read after the scenario has closed it."""

    def close(self) -> None:
        pass


@cache
def played(id: str) -> tuple[Result, dict[str, SettledVisit | None]]:
    """What came of the scenario, and what is handed over of each of its visits."""
    kept: list[Open] = []

    def ledger(scenario: Scenario, world: VirtualWorld) -> Ledger:
        kept.append(Open(ledger_options(scenario, world)))
        return kept[0]

    making = replace(FAST, ledger=ledger, papers=lambda _world: lambda _wanted: PDF)
    result = play(SCENARIOS[id], making)
    visits = dict.fromkeys(record.visit for record in kept[0].entries() if record.visit)
    return result, {visit: settled_of(list(kept[0].entries(visit))) for visit in visits}


@pytest.mark.parametrize("id", HANDED)
def test_what_is_handed_over_is_what_came_of_it(id: str) -> None:
    result, visits = played(id)
    last = list(visits.values())[-1]
    if result.outcome == "abandoned":
        assert last is None
        return
    assert last is not None
    assert last.outcome == result.outcome
    assert last.simulated
    evidence = None if result.evidence == "card" else result.evidence
    if result.outcome != "handed_to_staff":
        assert last.evidence == evidence
        assert last.reception_number
    if result.outcome != "self_pay" and result.partial_contribution_ratio is not None:
        assert last.share is not None
        assert last.share.tenths == result.partial_contribution_ratio
    assert (last.consents is not None) == (result.outcome == "confirmed" and bool(result.consents))


@pytest.mark.parametrize("id", HANDED)
def test_every_form_of_it_is_well_formed(id: str) -> None:
    for settled in played(id)[1].values():
        if settled is None:
            continue
        told = label(settled)
        assert msgspec.json.decode(QueueJson().make(settled, told).content)["simulated"] is True
        if CHART.relevant(settled) is not None:
            assert problems(msgspec.json.encode(CHART.bundle(settled, told))) == []
        if OqsXml().relevant(settled) is not None:
            parcel = OqsXml().make(settled, told)
            assert isinstance(parcel, Parcel)
            assert settled.answer is not None
            answer = settled.answer
            read = oqs.parse_answer(parcel.content, asked_at=answer.asked_at, simulated=answer.simulated)
            assert read == answer
            if not answer.unknown:  # what came beyond the layout is handed on as it came
                by_the_layout(parcel.content)


def test_only_confirmed_visits_and_papers_that_agreed_have_an_answer() -> None:
    answered = {id for id in HANDED for settled in played(id)[1].values() if settled and settled.answer}
    assert "main" in answered
    assert answered & {"self_pay_in_english", "certificate_look_up_differs", "declared_by_hand"} == set()


def test_each_visit_of_a_family_is_its_own() -> None:
    visits = [one for one in played("family_of_two")[1].values() if one is not None]
    assert len({one.person.name for one in visits}) == len(visits) == 2
    assert len({one.reception_number for one in visits}) == 2


def test_a_declaration_brings_the_pdf_that_was_made() -> None:
    (settled,) = played("declared_by_hand")[1].values()
    assert settled is not None
    assert settled.declaration is not None
    assert settled.declaration.pdf == PDF
    assert settled.declaration.id
