"""Whole visits behind a real pcscd with a virtual card: the same as in process, also when the daemon is killed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from kiosk.visit.views import VisitView
from simulator.card import issue
from simulator.people import load as load_persona
from simulator.playing.actor import is_page
from simulator.playing.pcsc import PcscBench
from simulator.playing.player import FAST, Making, play
from simulator.playing.world import VirtualWorld
from simulator.scenarios import Scenario, load
from simulator.scenarios.scenario import PatientPart
from tests.support.pcscd import PrivatePcscd
from tests.support.traces import golden, names

pytestmark = pytest.mark.pcsc

OTHER = "second_generation"


@pytest.fixture
def making(own_pcscd: PrivatePcscd) -> Making:
    return replace(FAST, bench=lambda _scenario, _world: PcscBench(own_pcscd))


@pytest.mark.parametrize("scenario_id", names())
def test_a_visit_does_step_by_step_what_it_does_in_process(scenario_id: str, making: Making) -> None:
    real = play(load(scenario_id), making)
    assert real.failed == ()
    assert real.trace == golden(scenario_id)
    assert real.apdus == play(load(scenario_id)).apdus


@pytest.mark.parametrize(
    "page",
    ["reading_card", "checking_pin", "asking_consent", "looking_up", "offering_registration", "confirmed"],
)
def test_a_daemon_killed_in_the_middle_of_a_visit_is_survived_and_nothing_is_asked_twice(
    page: str, making: Making
) -> None:
    """``kill -9`` when the page is shown; the same process goes on with the daemon that follows."""
    scenario = load(f"service_killed_at_{page}")
    result = play(scenario, making)
    assert result.failed == ()  # that no question was sent twice is among what never fails
    assert result.outcome == "confirmed"
    assert result.questions == scenario.expect.questions


@pytest.mark.parametrize(
    "page", ["ReadingCard", "ChoosingVerification", "EnteringPin", "EnteringPin.checking"]
)
def test_a_card_exchanged_before_the_proof_too_quickly_for_the_daemon_shows_nobody_elses_answer(
    page: str, own_pcscd: PrivatePcscd
) -> None:
    """The other card has the same PIN. The daemon may have seen a removal, an insertion, both or nothing: the signature
    tells. After the proof nothing is asked of the card any more, and only the reader can tell."""
    bench = PcscBench(own_pcscd)
    scenario = load("main")
    card = issue(load_persona(OTHER), scenario.visit.date)
    assert card is not None
    awaited = [page]

    def show(view: VisitView) -> None:
        if awaited and is_page(view, awaited[0]):
            awaited.clear()
            bench.exchange_unseen(card)

    alone = replace(_without_expectations(scenario), patient=PatientPart(has=()))  # no paper speaks for them
    result = play(alone, replace(FAST, bench=_only(bench), show=show))
    assert not awaited, "the exchange took place"
    assert result.failed == ()
    holder = result.coverage and result.coverage["insured_identification_number"]
    own = load_persona(OTHER).eligibility.coverages[0].insured_identification_number
    assert holder in (None, own), "the first card's holder is not shown on the other's card"


def _only(bench: PcscBench) -> Callable[[Scenario, VirtualWorld], PcscBench]:
    return lambda _scenario, _world: bench


def _without_expectations(scenario: Scenario) -> Scenario:
    return replace(scenario, expect=type(scenario.expect)())
