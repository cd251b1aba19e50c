"""Work beside the visits: it survives what goes wrong, and ends when told. Real threads, told on by what they do."""

from __future__ import annotations

import threading

import pytest
import structlog

from kiosk.background import Background
from kiosk.ledger.errors import LedgerFull


def test_it_goes_on_after_errors_whose_messages_are_logged_nowhere() -> None:
    done = threading.Semaphore(0)
    troubles: list[Exception] = [LedgerFull("in somebody's folder"), ValueError("with somebody's name")]

    def work() -> None:
        done.release()
        if troubles:
            raise troubles.pop()

    with structlog.testing.capture_logs() as logged:
        background = Background("chore", work, every_s=0.001)
        background.start()
        for _ in range(4):
            assert done.acquire(timeout=10)
        background.close()

    assert [(line["event"], line["error"]) for line in logged] == [
        ("chore.failed", "ValueError"),
        ("chore.failed", LedgerFull.code),
    ]
    assert "somebody" not in str(logged)


def test_what_is_to_be_done_at_the_end_is_done_once_and_last() -> None:
    said: list[str] = []
    began = threading.Event()

    def work() -> None:
        said.append("work")
        began.set()

    background = Background("chore", work, every_s=3600, at_end=lambda: said.append("end"))
    background.start()
    assert began.wait(10)
    background.close()

    assert said == ["work", "end"]


@pytest.mark.parametrize("left", [1, 5])
def test_while_there_is_more_it_does_not_pause(left: int) -> None:
    finished = threading.Event()

    def work() -> bool:
        nonlocal left
        left -= 1
        if not left:
            finished.set()
        return left > 0

    background = Background("chore", work, every_s=3600)
    background.start()
    assert finished.wait(10)
    background.close()
    assert left == 0
