"""Camera and reader are pulled out at every page of visits by face, by a certified reader and by phone, for a while or
for good: nothing hangs, nothing stays behind, and there is always a way on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from simulator.playing import player
from simulator.playing.actor import Actor
from simulator.playing.before_camera import BeforeCamera
from simulator.playing.player import FAST, play
from simulator.playing.result import Result
from simulator.playing.stage import Stage
from simulator.scenarios import load
from simulator.scenarios.scenario import Expect, FaultPart, ScenarioError
from tests.support.dead_ends import dead_ends

pytestmark = pytest.mark.e2e

SCENARIOS = (
    "face", "face_only_card", "face_front_in_hand", "face_of_another", "face_aid_confirms", "face_aid_doubts",
    "face_aid_beside_the_certificate", "face_aid_staff_decide_meanwhile", "certified_after_locked_pin",
    "certified_other_card", "certified_nowhere", "emergency_accepted", "phone_android", "phone_iphone",
)  # fmt: skip
PULLED = (("camera_gone",), ("reader_away",), ("camera_gone", "reader_away"))
BACK_AFTER_S = (-1.0, 3.0)
"""Never, or a little later."""
OVER = ("Welcome", "OutOfService", "Finished", "Abandoned")
_LONGEST_S = 1_800


@dataclass
class Played:
    """``pages``: each that was shown, as faults name it."""

    result: Result
    stage: Stage
    camera: BeforeCamera
    pages: list[str]


@contextmanager
def _watched(made: list[tuple[Stage, BeforeCamera]]) -> Iterator[None]:
    """Keeps stage and camera; and who is to act on a page that the fault has made impossible goes on instead."""
    until = Actor._go_on_until

    class Kept(BeforeCamera):
        def on(self, stage: Stage) -> None:
            super().on(stage)
            made.append((stage, self))

    def as_far_as_possible(self: Actor, page: str) -> None:
        try:
            until(self, page)
        except ScenarioError as error:
            if "circles" in str(error):
                raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(player, "BeforeCamera", Kept)
        patch.setattr(Actor, "_go_on_until", as_far_as_possible)
        yield


def played(scenario_id: str, *faults: FaultPart) -> Played:
    scenario = load(scenario_id)
    if faults:
        scenario = replace(scenario, expect=Expect(), faults=faults)
    made: list[tuple[Stage, BeforeCamera]] = []
    pages: dict[str, None] = {}
    making = replace(FAST, show=lambda view: pages.setdefault(f"{view.state}.{view.variant}".rstrip(".")))
    with capture_logs(), _watched(made):
        result = play(scenario, making)
    ((stage, camera),) = made
    return Played(result, stage, camera, list(pages))


def amiss(one: Played) -> Iterator[str]:
    """What is wrong at the end of a visit in which something was pulled out."""
    yield from one.result.invariants.broken
    if one.result.timings["virtual_s"] > _LONGEST_S:
        yield "it took half an hour"
    if one.stage.view.state not in OVER:
        yield from dead_ends(one.stage.visit)
        return
    matcher = one.camera.matcher
    if matcher is not None and (matcher.looking or matcher.alive):
        yield "the camera still looks"
    if one.stage.secrets._slots:
        yield "digits still wait for somebody"
    if not one.result.ledger.verified:
        yield "the ledger does not hold"


@pytest.mark.parametrize("back_after", BACK_AFTER_S, ids=["for good", "for a while"])
@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_whatever_is_pulled_out_at_whatever_page_a_way_leads_on(scenario_id: str, back_after: float) -> None:
    found = {
        f"{' and '.join(kinds)} at {page}": list(amiss(one))
        for page in played(scenario_id).pages
        for kinds in PULLED
        for one in [
            played(scenario_id, *(FaultPart(at=page, kind=kind, seconds=back_after) for kind in kinds))
        ]
    }
    assert {what: wrong for what, wrong in found.items() if wrong} == {}


def test_these_visits_come_to_every_page_that_waits_for_a_device_or_a_person() -> None:
    seen = {page.partition(".")[0] for scenario_id in SCENARIOS for page in played(scenario_id).pages}
    assert seen >= {
        "ReadingCard", "ChoosingVerification", "EnteringPin", "ReadingCardFront", "MatchingFace", "ReadingPhone",
        "StaffVerifying", "UsingCertifiedReader", "AskingConsent", "LookingUp", "Confirmed", "ChoosingEvidence",
        "ShowingNotice", "ShowingCertificate", "TakeCard",
    }  # fmt: skip
