"""What the patient waits for the card until the screen has it: the model's time, the time that a page must be seen at
least, and painting. In real time."""

from __future__ import annotations

import os
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kiosk.visit.views import VisitView
from tests.bench.rows import Row, Target, row
from tests.bench.verified_read import SHORT
from tests.bench.waiting import CHOICE, VERIFIED, feel
from tests.support.screens import Clock, Screen
from ui.patient.gallery import examples

_SEEN_MS = 700  # the page before has been seen for long enough
_PATIENCE_S = 5.0


class RealClock(Clock):
    def __call__(self) -> int:
        return time.monotonic_ns() // 1_000_000


def rows(quick: bool) -> list[Row]:
    del quick
    application = QApplication.instance() or QApplication([])
    felt = feel(SHORT)
    screen = Screen(clock=RealClock())
    screen.open()
    found = [
        _row("choice", "card on the reader → choice on the screen", screen, felt.choice, CHOICE,
             "Welcome", "ReadingCard", "ChoosingVerification"),
        _row("verified", "PIN → verified on the screen", screen, felt.verified, VERIFIED,
             "EnteringPin", "EnteringPin.checking", "AskingConsent"),
    ]  # fmt: skip
    screen.window.close()
    del application
    return found


def _row(
    name: str,
    what: str,
    screen: Screen,
    card_s: float,
    target: Target,
    before: str,
    meanwhile: str,
    after: str,
) -> Row:
    views = examples()
    screen.window.show_view(views[before])
    _until_shown(screen, views[before])
    QTest.qWait(_SEEN_MS)
    began = time.perf_counter()
    screen.window.show_view(views[meanwhile])
    QTimer.singleShot(round(card_s * 1000), lambda: screen.window.show_view(views[after]))

    _until_shown(screen, views[after])
    screen.window.repaint()
    seconds = time.perf_counter() - began
    hold = screen.window._timing.hold / 1000
    return row(
        f"waiting.{name}_on_screen", what, seconds, "s",
        floor=card_s, floor_what="the card alone, on the model's clock", target=target,
        page_is_shown_at_least=hold,
        note=f"no page is shown for less than {hold:g} s, so that none flashes by" if card_s < hold < seconds else "",
    )  # fmt: skip


def _until_shown(screen: Screen, view: VisitView) -> None:
    began = time.perf_counter()
    while screen.window.page is None or screen.window.page.view != view:
        QApplication.processEvents()
        if time.perf_counter() - began > _PATIENCE_S:
            raise RuntimeError(f"{view.state} never came")
