"""Work beside the screen: in turn, never on the screen's thread, and its outcome back on it."""

from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from kiosk.accounts.errors import FileBusy
from kiosk.ledger.errors import LedgerFull
from ui.staff.lane import HereLane, ThreadLane, Trouble, outcome_of

pytestmark = pytest.mark.gui


def test_jobs_run_in_turn_elsewhere_and_their_outcomes_come_back_here(qtbot: QtBot) -> None:
    lane = ThreadLane("test")
    where: list[str] = []
    came: list[tuple[int, str]] = []
    try:
        for number in range(3):

            def job(number: int = number) -> int:
                where.append(threading.current_thread().name)
                return number

            lane.do(job, lambda outcome: came.append((int(str(outcome)), threading.current_thread().name)))
        qtbot.waitUntil(lambda: len(came) == 3, timeout=5_000)
    finally:
        lane.close()
    assert where == ["test"] * 3
    assert came == [(number, threading.current_thread().name) for number in range(3)]


def test_a_tick_follows_every_job_and_comes_by_itself(qtbot: QtBot) -> None:
    ticks = threading.Semaphore(0)
    lane = ThreadLane("test", lambda: ticks.release(), every_s=0.01)
    try:
        assert ticks.acquire(timeout=5)
        assert ticks.acquire(timeout=5)
    finally:
        lane.close()


def test_a_tick_that_fails_is_done_again_and_jobs_go_on(qtbot: QtBot) -> None:
    ticks = threading.Semaphore(0)

    def tick() -> None:
        ticks.release()
        raise LedgerFull

    lane = ThreadLane("test", tick, every_s=0.01)
    came: list[object] = []
    try:
        for _ in range(3):
            assert ticks.acquire(timeout=5)
        lane.do(lambda: "done", came.append)
        qtbot.waitUntil(lambda: came == ["done"], timeout=5_000)
    finally:
        lane.close()


def test_nothing_comes_back_from_a_lane_that_is_closed(qtbot: QtBot) -> None:
    lane = ThreadLane("test")
    begun, go_on = threading.Event(), threading.Event()
    came: list[object] = []

    def job() -> None:
        begun.set()
        go_on.wait(5)

    lane.do(job, came.append)
    assert begun.wait(5)
    closing = threading.Thread(target=lane.close)
    closing.start()
    qtbot.waitUntil(lambda: lane._closed, timeout=5_000)
    go_on.set()
    closing.join(5)
    qtbot.wait(1)
    assert came == []


@pytest.mark.parametrize(
    ("error", "trouble"),
    [(LedgerFull(), Trouble("ledger", "full")), (FileBusy(), Trouble("accounts", "busy"))],
)
def test_a_file_that_cannot_be_used_is_a_value(error: Exception, trouble: Trouble) -> None:
    def job() -> None:
        raise error

    assert outcome_of(job) == trouble


def test_a_bug_is_told_by_its_type_alone_and_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def job() -> None:
        raise ValueError("ヤマダ タロウ")

    came: list[object] = []
    HereLane().do(job, came.append)
    assert came == [Trouble("bug", "ValueError")]
    assert "ヤマダ" not in caplog.text
