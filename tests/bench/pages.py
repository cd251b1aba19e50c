"""Turning pages on the offscreen platform: from the new view to its painted page, and what is touched meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from kiosk.visit.views import VisitView
from tests.bench.painting import Painted, settle
from tests.bench.rows import Row, Target, at_most, row
from tests.bench.timing import percentile
from tests.support.screens import Screen
from ui.patient.gallery import examples
from ui.patient.window import Timing
from ui.theme.panel import PORTRAIT

_BUTTONS = 4


def rows(quick: bool) -> list[Row]:
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    application.setQuitOnLastWindowClosed(False)
    rounds = 1 if quick else 8
    return [_page_change(rounds), _dropped(1 if quick else 4)]


# -------------------------------------------------------------------------------------------- turning


def _page_change(rounds: int) -> Row:
    ours, bare = _Ours(), _Bare(len(examples()))
    first = [ours.turn()[0] for _ in ours.views]
    turned: list[tuple[float, float]] = []
    floor: list[tuple[float, float]] = []
    for _ in range(rounds):
        turned += _alone(ours)
        floor += _alone(bare)
    taken, running = zip(*turned, strict=True)
    floor_taken, floor_running = zip(*floor, strict=True)
    ours.close()
    bare.close()
    return row(
        "page_change.p99", "page change, new view → painted, p99", percentile(taken, 0.99),
        floor=percentile(floor_taken, 0.99),
        floor_what=f"bare QStackedWidget of {bare.pages} pages that are there already, p99",
        target=at_most(33.0),
        p50=percentile(taken, 0.5), floor_p50=percentile(floor_taken, 0.5), worst=max(taken),
        running_p99=percentile(running, 0.99), floor_running_p99=percentile(floor_running, 0.99),
        first_time_p50=percentile(first, 0.5), first_time_worst=max(first), pages=ours.pages,
    )  # fmt: skip


def _alone(book: _Ours | _Bare) -> list[tuple[float, float]]:
    """Every page once, while the other window is away: its moving pictures would be painted meanwhile."""
    book.window.show()
    book.turn()
    turned = [book.turn() for _ in range(book.pages)]
    book.window.hide()
    return turned


class _Ours:
    def __init__(self) -> None:
        self.screen = Screen()
        self.screen.open(timing=Timing(hold=0, reading=0, double_touch=0))
        self.window = self.screen.window
        self.views = list(examples().values())
        self.pages = len(self.views)
        self._next = _round_and_round(self.views)
        self._painted = Painted(self.window)

    def turn(self) -> tuple[float, float]:
        view = next(self._next)
        self.screen.clock.pass_ms(1000)
        return self._painted.after(lambda: self.window.show_view(view))

    def close(self) -> None:
        self.window.close()


class _Bare:
    """What Qt itself takes: pages made beforehand, each a sentence and a few plain buttons."""

    def __init__(self, pages: int) -> None:
        self.pages = pages
        self._stack = QStackedWidget()
        self._stack.resize(PORTRAIT.px_w, PORTRAIT.px_h)
        for number in range(pages):
            page = QWidget()
            layout = QVBoxLayout(page)
            layout.addWidget(QLabel(f"マイナンバーカードをカードリーダーに置いてください {number}"))
            for button in range(_BUTTONS):
                layout.addWidget(QPushButton(f"えらぶ {button}"))
            self._stack.addWidget(page)
        self.window = self._stack
        self._painted = Painted(self._stack)
        self._at = 0

    def turn(self) -> tuple[float, float]:
        self._at = (self._at + 1) % self.pages
        return self._painted.after(lambda: self._stack.setCurrentIndex(self._at))

    def close(self) -> None:
        self.window.close()


def _round_and_round(views: list[VisitView]) -> Iterator[VisitView]:
    while True:
        yield from views


# --------------------------------------------------------------------------------------------- touches


def _dropped(rounds: int) -> Row:
    """A touch on the page's first button, in the queue before the page was ever laid out or painted."""
    ours = _Ours()
    settle()
    window = ours.window
    posted = 0
    for view in ours.views * rounds:
        ours.screen.clock.pass_ms(1000)
        window.show_view(view)
        buttons = getattr(window.page, "buttons", [])  # a page of one question has keys instead
        if buttons:
            _touch(window, buttons[0])
            posted += 1
        settle()
    dropped = posted - len(ours.screen.acts)
    ours.close()
    return row(
        "page_change.dropped_input", "touches lost while pages change", dropped, "touches",
        target=Target("value", "at_most", 0), posted=posted,
        note="without the guard that ignores a second touch on purpose",
    )  # fmt: skip


def _touch(window: QWidget, button: QWidget) -> None:
    """As the platform does it: to the window, which finds out what lies there."""
    handle = window.windowHandle()
    place = QPointF(button.mapTo(window, button.rect().center()))
    left, none, modifiers = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    for kind, held in ((QEvent.Type.MouseButtonPress, left), (QEvent.Type.MouseButtonRelease, none)):
        event = QMouseEvent(kind, place, handle.mapToGlobal(place), left, held, modifiers)
        QCoreApplication.postEvent(handle, event)
