"""The golden traces, in process."""

from __future__ import annotations

import pytest

from simulator.playing.player import play
from simulator.scenarios import load
from tests.support.traces import golden, names


@pytest.mark.parametrize("scenario_id", names())
def test_a_scenario_does_step_by_step_what_its_trace_says(scenario_id: str) -> None:
    assert play(load(scenario_id)).trace == golden(scenario_id)


@pytest.mark.parametrize("scenario_id", names())
def test_neither_language_nor_seed_changes_what_is_done(scenario_id: str) -> None:
    from msgspec.structs import replace

    scenario = load(scenario_id)
    english = replace(
        scenario,
        visit=replace(scenario.visit, language="en", contrast="high"),
        expect=type(scenario.expect)(),
    )
    assert play(english, seed=99).trace == golden(scenario_id)
