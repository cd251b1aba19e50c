"""Which console asks again what could not be asked (ui/compose_staff.py)."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from ui.compose_staff import build_console, recheck_policy
from ui.settings import Recheck, Settings


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "recheck"]


@pytest.mark.parametrize(
    ("kind", "on", "asks"), [("simulated", True, 1), ("simulated", False, 0), ("none", True, 0)]
)
def test_a_console_asks_where_it_is_told_to_and_there_is_somebody_to_ask(
    tmp_path: Path, kind: str, on: bool, asks: int
) -> None:
    settings = replace(Settings(), data=tmp_path, recheck=Recheck(on=on))
    settings = replace(settings, eligibility=replace(settings.eligibility, kind=kind))
    console = build_console(settings)
    try:
        assert len(threads()) == asks
    finally:
        console.close()
    assert threads() == []


def test_the_waits_are_those_of_the_settings() -> None:
    settings = replace(Settings(), recheck=Recheck(first_s=10, longest_s=60))
    policy = recheck_policy(settings)
    assert (policy.first, policy.longest, policy.deadline) == (10_000, 60_000, 20_000)
