"""Which program asks again what could not be asked (ui/composing/recheck.py)."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Literal

import pytest
from msgspec.structs import replace

from kiosk.desk.board import Board
from kiosk.desk.notes import RecheckWanted, note_entry
from kiosk.eligibility.port import AskByNumbers, LateAnswer
from kiosk.eligibility.sharing import Shared
from kiosk.ledger import MemoryLedger
from kiosk.visit.moment import Moment
from tests.support.desks import House
from tests.support.ledgers import entry
from tests.support.visits import answer
from ui.compose import build
from ui.compose_staff import build_console
from ui.composing.recheck import _not_a_kiosks, recheck_policy
from ui.settings import Recheck, Settings

By = Literal["any", "kiosk", "console"]


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "recheck"]


def settings_of(folder: Path, kind: str, **recheck: object) -> Settings:
    settings = replace(Settings(), data=folder, recheck=Recheck(**recheck))  # type: ignore[arg-type]
    return replace(settings, eligibility=replace(settings.eligibility, kind=kind))


CASES = [
    ("simulated", True, "any", 1, 1),
    ("simulated", True, "kiosk", 1, 0),
    ("simulated", True, "console", 0, 1),
    ("simulated", False, "any", 0, 0),
    ("none", True, "any", 0, 0),
]


@pytest.mark.parametrize(("kind", "on", "by", "at_kiosk", "at_console"), CASES)
def test_who_asks_is_who_is_told_to_and_has_somebody_to_ask(
    tmp_path: Path, kind: str, on: bool, by: By, at_kiosk: int, at_console: int
) -> None:
    settings = settings_of(tmp_path, kind, on=on, by=by)
    console = build_console(settings)
    try:
        assert len(threads()) == at_console
    finally:
        console.close()
    kiosk = build(settings, lambda _view: None)
    try:
        assert len(threads()) == at_kiosk
    finally:
        kiosk.close()
    assert threads() == []


def test_the_board_counts_on_a_kiosk_that_asks(tmp_path: Path) -> None:
    console = build_console(settings_of(tmp_path, "none", by="kiosk"))
    try:
        assert console.desk.board.asks
    finally:
        console.close()


def test_the_waits_are_those_of_the_settings() -> None:
    settings = replace(Settings(), recheck=Recheck(first_s=10, longest_s=60))
    policy = recheck_policy(settings)
    assert (policy.first, policy.longest, policy.deadline) == (10_000, 60_000, 20_000)


def test_a_console_at_the_hub_leaves_to_kiosks_what_staff_there_do_not_want_asked() -> None:
    ledger = MemoryLedger()
    ledger.append([entry("v1", 1)])
    board = Board()

    def case_now() -> bool:
        board.take(ledger.entries(since=board.position))
        case = board.case("v1")
        assert case is not None
        return _not_a_kiosks(case)

    assert not case_now()
    ledger.append([note_entry(RecheckWanted(), "v1", "w", Moment(0, 0), simulated=False)])
    assert case_now()


def test_of_a_service_between_two_each_is_given_its_own_late_answers(tmp_path: Path) -> None:
    house = House(tmp_path / "ledger")
    shared = Shared(house.service, lambda question: question.endswith(".recheck"))
    for question in ("a.ask", "b.recheck", "c.numbers"):
        house.tardy.arrived.append(LateAnswer(question_id=question, answer=answer()))
    assert [late.question_id for late in shared.queue.late_answers()] == ["b.recheck"]
    assert list(shared.queue.late_answers()) == []
    assert [late.question_id for late in shared.visits.late_answers()] == ["a.ask", "c.numbers"]
    assert shared.queue.capabilities == shared.visits.capabilities == house.service.capabilities
    asked = AskByNumbers(
        question_id="q",
        insurer_number="",
        insured_card_symbol="",
        insured_identification_number="",
        insured_branch_number="",
        birth_date=house.born("yamada"),
        limit_consent=False,
    )
    assert shared.queue.ask(asked, 1.0) == shared.visits.ask(asked, 1.0)
    house.close()
