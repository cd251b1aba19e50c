"""Every shipped scenario holds, and together they show everything that can happen."""

from __future__ import annotations

from functools import cache
from typing import get_args

import pytest

from drivers.interface import FaceDoubt, FaceHint
from kiosk.coverage.face_result import ReaderError
from kiosk.coverage.services import Capability
from kiosk.evidence.loading import book
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit.flow.card_front import NO_PHOTO
from kiosk.visit.states import Outcome
from kiosk.visit.table import STATES
from simulator.face.scripted import Spoof
from simulator.links.faults import FaultKind
from simulator.national.faults import Fault as NationalFault
from simulator.playing.player import play
from simulator.playing.result import Result
from simulator.scenarios import Scenario, everything
from simulator.scenarios.scenario import PATIENT_ACTS, STAFF_ACTS, WORLD_ACTS, PageFaultKind

SCENARIOS = {scenario.id: scenario for scenario in everything()}

NEVER_SEEN = {
    Reason.NO_PHOTO: "a card tells only that its photograph cannot be used",
    Reason.NAME_MISMATCH: "a name is compared by people",
}
NEVER_TAKEN = {
    Way.RECHECK_LATER: "what could not be asked is asked again by itself",
}
ONLY_AT_A_TERMINAL = {NationalFault.TWICE, NationalFault.FOREIGN, NationalFault.LINK}


@cache
def played(scenario_id: str) -> Result:
    return play(SCENARIOS[scenario_id])


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_what_a_scenario_expects_comes_true(scenario_id: str) -> None:
    result = played(scenario_id)
    assert not result.failed
    assert result.ledger.verified
    assert result.invariants.checked == len(result.trace)


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_a_scenario_says_where_it_ends_and_how(scenario_id: str) -> None:
    expect = SCENARIOS[scenario_id].expect
    assert expect.outcome is not None
    assert expect.states is not None
    assert expect.questions is not None


def test_every_reason_that_a_card_a_reader_or_an_answer_can_give_is_shown() -> None:
    shown = {Reason(reason) for scenario_id in SCENARIOS for reason in played(scenario_id).reasons}
    assert shown == set(Reason) - set(NEVER_SEEN)


def test_every_state_is_reached() -> None:
    reached = {state for scenario_id in SCENARIOS for state in played(scenario_id).states}
    assert reached == {state.__name__ for state in STATES}


def test_every_way_on_is_taken_and_every_evidence_accepted() -> None:
    ways = {Way(way) for scenario_id in SCENARIOS for way in played(scenario_id).ways}
    accepted = {played(scenario_id).evidence for scenario_id in SCENARIOS} - {None, "card"}
    assert ways | {Way(str(way)) for way in accepted} == set(Way) - set(NEVER_TAKEN)
    assert accepted == set(Way) - book().electronic


def test_every_outcome_is_told() -> None:
    assert {played(scenario_id).outcome for scenario_id in SCENARIOS} == set(get_args(Outcome))


def test_a_patient_without_a_card_is_asked_for_every_cause() -> None:
    chosen = {do.args["cause"] for one in SCENARIOS.values() for do in one.do if do.act == "NoCardChosen"}
    assert chosen == {cause.id for cause in book().causes_of(Reason.NO_CARD)}


def test_every_switch_that_changes_a_way_is_turned() -> None:
    turned = {switch for scenario in SCENARIOS.values() for switch in scenario.visit.switches}
    assert turned == {rule.switch for rule in book().rules.values()} - {""}


def test_every_kind_of_fault_happens_in_some_scenario() -> None:
    kinds = {fault.kind for scenario in SCENARIOS.values() for fault in scenario.faults}
    assert kinds == set(get_args(FaultKind)) | set(get_args(PageFaultKind))
    national = {scenario.national.fault for scenario in SCENARIOS.values()} - {None}
    assert national == set(NationalFault) - ONLY_AT_A_TERMINAL


def test_every_act_is_done_in_some_scenario_or_by_the_default_patient() -> None:
    acts = {do.act for scenario in SCENARIOS.values() for do in scenario.do}
    acts |= {event for scenario_id in SCENARIOS for event, _state, _effects in played(scenario_id).trace}
    assert not {*PATIENT_ACTS, *WORLD_ACTS, *STAFF_ACTS} - acts


def expected_of_faces(what: str) -> set[str]:
    """Every value that some scenario expects of its face check."""
    faces = [scenario.expect.face or {} for scenario in SCENARIOS.values()]
    return {str(face[what]) for face in faces if face.get(what)}


def test_every_hint_and_every_doubt_of_the_face_check_has_a_scenario_that_expects_it() -> None:
    hinted = {hint for one in SCENARIOS.values() for hint in (one.expect.face or {}).get("hints", ())}
    assert hinted == set(FaceHint)
    assert expected_of_faces("doubt") == set(FaceDoubt)


def test_every_deceit_has_a_scenario_that_says_what_comes_of_it() -> None:
    tried = {one.camera.spoof for one in SCENARIOS.values() if one.expect.face or one.expect.outcome}
    assert tried - {""} == set(get_args(Spoof)) - {""}


def test_staff_are_told_of_everything_that_can_keep_the_camera_from_helping_them() -> None:
    assert expected_of_faces("problem") == {*NO_PHOTO.values(), Reason.FACE_CAMERA}


def test_every_error_of_a_certified_reader_and_one_that_nobody_explains_are_played() -> None:
    errors = {one.certified.error for one in SCENARIOS.values() if one.certified is not None}
    assert errors > set(ReaderError)
    assert errors - {*ReaderError, ""}


def test_services_that_lack_something_are_met() -> None:
    lacking = {
        capability
        for scenario in SCENARIOS.values()
        if scenario.visit.capabilities is not None
        for capability in (Capability.BY_CARD, Capability.REGISTER, Capability.MEDICAL_CONSENT)
        if capability not in scenario.visit.capabilities
    }
    assert lacking == {Capability.BY_CARD, Capability.REGISTER, Capability.MEDICAL_CONSENT}


def test_the_same_seed_gives_the_same_visit() -> None:
    one, other = (play(SCENARIOS["national_no_answer_then_retry"], seed=7) for _ in range(2))
    assert (one.trace, one.ledger, one.timings["virtual_s"]) == (
        other.trace,
        other.ledger,
        other.timings["virtual_s"],
    )


def test_an_expectation_that_does_not_hold_is_told_with_what_was_seen() -> None:
    from msgspec.structs import replace

    scenario: Scenario = SCENARIOS["main"]
    wrong = replace(
        scenario, expect=replace(scenario.expect, outcome="abandoned", consents={"care": "declined"})
    )
    assert [line.partition(":")[0] for line in play(wrong).failed] == ["outcome", "consents"]
    assert "saw 'confirmed'" in play(wrong).failed[0]
