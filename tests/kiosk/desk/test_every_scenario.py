"""Every shipped scenario that calls people is finished by them, at a console and not at the terminal."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from msgspec.structs import replace

from kiosk.desk.board import Filter
from kiosk.desk.case import CLOSED
from kiosk.desk.row import Light, Need, Row
from kiosk.ledger import Ledger, MemoryLedger, MemoryStore
from simulator.playing import player
from simulator.playing.player import FAST, ledger_options, play
from simulator.playing.stage import Stage
from simulator.playing.world import VirtualWorld
from simulator.scenarios import Scenario, everything, load
from tests.support.receptionist import Receptionist

_PAGES_OF_STAFF = {"WaitingForStaff", "StaffVerifying"}
_DEFAULT_STAFF = "simulated"


def _needs_people(scenario: Scenario) -> bool:
    expect = scenario.expect
    waits = bool(expect.alerts) or not _PAGES_OF_STAFF.isdisjoint(expect.states or ())
    return expect.outcome == "handed_to_staff" or waits


NEED_PEOPLE = tuple(one.id for one in everything() if _needs_people(one))
HANDED_OVER = tuple(one.id for one in everything() if one.expect.outcome == "handed_to_staff")


class Played(msgspec.Struct, frozen=True):
    """``rows``: the board when staff have finished; ``left``: what still needs somebody; ``staff``: who it was."""

    rows: tuple[Row, ...]
    left: tuple[Row, ...]
    staff: Receptionist


@cache
def played(name: str) -> Played:
    """Whatever staff do in this scenario goes through a console of its own process; the rest is as shipped."""
    store = MemoryStore()
    seated: list[Receptionist] = []

    class StaffedStage(Stage):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            seated.append(Receptionist(self, store))

        def wait(self, milliseconds: int) -> None:
            super().wait(milliseconds)
            for receptionist in seated:
                receptionist.look_at_the_board()

        def desk(self, action: str, staff: str, **told: str) -> bool:
            (receptionist,) = seated
            if (action, staff) == ("handled", _DEFAULT_STAFF):
                return receptionist.come()
            return receptionist.word(action, **told)  # type: ignore[arg-type]

    def ledger(scenario: Scenario, world: VirtualWorld) -> Ledger:
        return MemoryLedger(ledger_options(scenario, world), store)

    with patch.object(player, "Stage", StaffedStage):
        play(load(name), replace(FAST, ledger=ledger))
    (receptionist,) = seated
    receptionist.clear_the_board()
    desk = receptionist.desk
    return Played(desk.rows(), desk.rows(Filter.NEEDS), receptionist)


@pytest.mark.parametrize("name", NEED_PEOPLE)
def test_whatever_needs_a_person_is_settled_from_the_console(name: str) -> None:
    day = played(name)
    assert day.left == ()
    assert day.rows
    for row in day.rows:
        assert row.state in CLOSED
        assert row.light in (Light.SETTLED, Light.RECHECK)


@pytest.mark.parametrize("name", HANDED_OVER)
def test_whoever_ends_at_staff_was_helped_from_there(name: str) -> None:
    assert played(name).staff.did.total() > 0


def test_these_scenarios_need_people_for_whatever_a_terminal_can_need_them() -> None:
    met = set[Need]().union(*(played(name).staff.needs for name in NEED_PEOPLE))
    assert met >= {
        Need.CALLED, Need.REASON, Need.EVIDENCE, Need.CARD, Need.RESULT, Need.OWNER_GONE, Need.PAPER_FAILED,
        Need.REGISTRATION_UNKNOWN, Need.NO_NUMBERS,
    }  # fmt: skip


def test_staff_used_every_action_of_the_console_on_them() -> None:
    did = sum((played(name).staff.did for name in NEED_PEOPLE), Counter[str]())
    assert set(did) >= {
        "accept", "refuse", "evidence", "handled", "restart", "resume", "choose_coverage", "take_over", "reprint",
        "settle",
    }  # fmt: skip
