"""The console with 200 visits on its board: news, a visit opened, a search; each until it is painted."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSortFilterProxyModel, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QTableView

from kiosk.desk.board import Filter
from kiosk.visit.acts import Act
from tests.bench.painting import Painted
from tests.bench.rows import Row, at_most, row
from tests.bench.timing import milliseconds, percentile
from ui.cli.simulated_day import OPENS, Came
from ui.cli.staff_pictures import Scene, scene
from ui.staff.table import Column

Times = list[tuple[float, float]]
"""Milliseconds, and those in which this process ran."""
VISITS = 200
_WAITING = ("certificate_look_up_differs", "ShowingCertificate.typed"), ("answer_several", "WaitingForStaff")
_OVER = (
    ("main", "yamada"),
    ("main", "forty"),
    ("consent_refused", "thirty_nine"),
    ("main", "national_health"),
    ("certificate_seen_before_typing", ""),
    ("self_pay_in_english", ""),
    ("certificate_network_down", ""),
    ("declared_by_hand", "dependant"),
)
_SEARCHED = ("ヤマダ", "A0", "B01", "09:", "カ")


def rows(quick: bool) -> list[Row]:
    rounds = 5 if quick else 60
    with scene("1920x1080", came=_day()) as one:
        one.sign_in()
        one.application.processEvents()
        bare = Bare(one)
        try:
            return [_news(one, bare, rounds), _opened(one, bare, rounds), _searched(one, bare, rounds)]
        finally:
            bare.close()


def _day() -> tuple[Came, ...]:
    """Two kiosks receive most. Of the last twenty all but one stand at a kiosk each and wait for staff; the very last
    looks for another way and needs nobody."""
    begins = datetime.combine(datetime.min, OPENS)
    came = []
    for place in range(VISITS):
        at = (begins + timedelta(minutes=2 * place)).strftime("%H:%M")
        left = VISITS - place
        if left == 1:
            came.append(Came(at, "certificate_network_down", "A", "", "ChoosingEvidence"))
        elif left <= 20:
            scenario, until = _WAITING[place % 2]
            came.append(Came(at, scenario, chr(ord("C") + 20 - left), "", until))
        else:
            scenario, persona = _OVER[place % len(_OVER)]
            came.append(Came(at, scenario, "AB"[place % 2], persona))
    return tuple(came)


# ------------------------------------------------------------------------------------------------ what is done


def _news(one: Scene, bare: Bare, rounds: int) -> Row:
    """Somebody calls for staff, or does not need them after all: the ledger is read, the row moves."""
    ours: Times = []
    floor: Times = []
    painted = Painted(one.window)
    for turn in range(rounds):
        one.day.touch("A", Act("StaffCalled" if turn % 2 == 0 else "StaffCancelled"))
        ours.append(painted.after(one.model.tick))
        floor.append(bare.painted.after(lambda turn=turn: bare.move(turn)))  # type: ignore[misc]
    return _row(
        "console.news", "news at a kiosk → on the board", ours, floor, "takes a row out and puts it in", one
    )


def _opened(one: Scene, bare: Bare, rounds: int) -> Row:
    visits = [shown.visit for shown in one.desk.rows(Filter.ALL)][: max(rounds, 1)]
    ours: Times = []
    floor: Times = []
    painted = Painted(one.window)
    for place in range(rounds):
        visit = visits[place % len(visits)]
        ours.append(painted.after(lambda visit=visit: one.window.open(visit)))  # type: ignore[misc]
        floor.append(bare.painted.after(bare.paint_all))
        one.window.views.detail.left.emit()
    return _row(
        "console.open", "a key on a row → its visit with story and papers", ours, floor, "painted once", one
    )


def _searched(one: Scene, bare: Bare, rounds: int) -> Row:
    page = one.window.views.board
    ours: Times = []
    floor: Times = []
    painted = Painted(one.window)
    for place in range(rounds):
        text = _SEARCHED[place % len(_SEARCHED)]
        ours.append(painted.after(lambda text=text: page.search.setText(text)))  # type: ignore[misc]
        floor.append(bare.painted.after(lambda text=text: bare.filter(text)))  # type: ignore[misc]
    page.search.clear()
    bare.filter("")
    return _row(
        "console.search", "a word in the search → what is found", ours, floor, "QSortFilterProxyModel", one
    )


def _row(name: str, what: str, ours: Times, floor: Times, how: str, one: Scene) -> Row:
    polled = [milliseconds(one.desk.poll) for _ in range(20)]
    taken, running = zip(*ours, strict=True)
    floor_taken, floor_running = zip(*floor, strict=True)
    return row(
        name, f"{what}, {VISITS} visits, p99", percentile(taken, 0.99),
        floor=percentile(floor_taken, 0.99), floor_what=f"bare QTableView of the same rows: {how}, p99",
        target=at_most(100.0), p50=percentile(taken, 0.5), floor_p50=percentile(floor_taken, 0.5), worst=max(taken),
        running_p99=percentile(running, 0.99), floor_running_p99=percentile(floor_running, 0.99),
        visits=len(one.desk.rows(Filter.ALL)), nothing_new_p50=percentile(polled, 0.5),
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------- the floor


class Bare:
    """What Qt itself takes: the same texts in the same columns, and nothing of ours."""

    def __init__(self, one: Scene) -> None:
        board = one.window.views.board.table.board
        self._model = QStandardItemModel(0, len(Column))
        for place in range(board.rowCount()):
            cells = [str(board.index(place, column).data() or "") for column in Column]
            self._model.appendRow([QStandardItem(cell) for cell in cells])
        self._proxy = QSortFilterProxyModel()
        self._proxy.setSourceModel(self._model)
        self._proxy.setFilterKeyColumn(-1)
        self._proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.window = QTableView()
        self.window.setModel(self._proxy)
        self.window.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.window.verticalHeader().hide()
        self.window.resize(one.window.size())
        self.window.show()
        self.painted = Painted(self.window)

    def move(self, turn: int) -> None:
        """The last row comes first, and goes back."""
        last = self._model.rowCount() - 1
        out, to = (last, 0) if turn % 2 == 0 else (0, last)
        self._model.insertRow(to, self._model.takeRow(out))

    def filter(self, text: str) -> None:
        self._proxy.setFilterFixedString(text)
        self.window.viewport().update()

    def paint_all(self) -> None:
        self.window.viewport().update()

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()
