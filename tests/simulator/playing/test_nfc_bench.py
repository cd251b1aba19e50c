"""Whole visits through nfcpy and a radio field: step by step the same as in process."""

from __future__ import annotations

import json
import sys

import pytest
from msgspec.structs import replace

from simulator.playing.nfc import NfcBench
from simulator.playing.player import FAST, play
from simulator.scenarios import load
from tests.support.command import uketsuke
from tests.support.traces import golden, names
from ui.cli import main

MAKING = replace(FAST, bench=lambda _scenario, _world: NfcBench())
PHONES = (
    "phone_android", "phone_iphone", "phone_iphone_not_confirmed", "phone_lost_while_reading",
    "phone_lost_before_the_pin", "phone_lost_with_the_pin", "phone_lost_while_its_certificate_is_read",
    "phone_reader_away", "phone_swapped_in_hand", "service_killed_at_checking_pin",
)  # fmt: skip


@pytest.mark.parametrize("scenario_id", names())
def test_a_visit_does_step_by_step_what_it_does_in_process(scenario_id: str) -> None:
    real = play(load(scenario_id), MAKING)
    assert real.failed == ()
    assert real.trace == golden(scenario_id)
    assert real.apdus == play(load(scenario_id)).apdus


@pytest.mark.parametrize("scenario_id", PHONES)
def test_so_does_a_phone_whatever_becomes_of_its_field(scenario_id: str) -> None:
    real, quick = play(load(scenario_id), MAKING), play(load(scenario_id))
    assert real.failed == ()
    assert (real.trace, real.apdus) == (quick.trace, quick.apdus)
    assert real.pin_tries_left == quick.pin_tries_left


@pytest.mark.e2e
def test_the_command_plays_a_phone_over_the_air() -> None:
    done = uketsuke("simulate", "phone_android", "--reader", "nfc", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["outcome"], result["failed"]) == ("confirmed", [])


def test_without_nfcpy_the_command_says_what_is_to_be_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "nfc.clf", None)
    assert main(["simulate", "phone_android", "--reader", "nfc"]) == 2
    assert "make setup-nfc" in capsys.readouterr().err
