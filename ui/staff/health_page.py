"""How the machine and the kiosks are: checked when the page is opened and on a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from kiosk.accounts.outcomes import Denied
from kiosk.accounts.roles import Action
from ui.diagnosis.finding import Finding, Verdict
from ui.staff.guard import Guard
from ui.staff.health import Health, KioskSeen
from ui.staff.lane import Lane, Trouble
from ui.staff.own_page import Say
from ui.staff.parts import Told, across, button, column, label, set_role
from ui.staff.style import Look
from ui.staff.words import Words, clock

_MARKS: dict[Verdict, str] = {"ok": "✓", "warning": "!", "fault": "✗"}
_WORST: dict[Verdict, int] = {"fault": 0, "warning": 1, "ok": 2}
REFRESHED_EVERY_MS = 30_000


class HealthPage(QWidget):
    """``left``: back. ``look_up`` takes a second or two, and is called on the lane."""

    left = Signal()

    def __init__(
        self, look: Look, words: Words, guard: Guard, lane: Lane, look_up: Callable[[], Health], say: Say
    ) -> None:
        super().__init__()
        self.setObjectName("health_page")
        self._look, self._words = look, words
        self._guard, self._lane, self._look_up, self._say = guard, lane, look_up, say
        self.summary = label("", "strong", "summary")
        self.checkpoint = label("", "", "checkpoint")
        self.kiosks = self._table(("terminal", "state", "last"), "kiosks")
        self.findings = self._table(("state", "subject", "found", "remedy"), "findings")
        header = self.findings.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESHED_EVERY_MS)
        self._timer.timeout.connect(self._refresh_if_seen)
        gap = look.sizes.gap
        again = button("refresh", words("desk.health.refresh"), self.refresh, key="F5")
        top = across(
            label(words("desk.health.heading"), "large"), self.summary, 1, self.checkpoint, again, gap=gap * 2
        )
        self._no_kiosk = Told(words.text("desk.health.no_kiosk"), "small")
        about = words.about(words("desk.health.face_limits"), words("desk.advice.face_limits"))
        self.face_limits = Told(about, "notice", "face_limits")
        self.face_limits.hide()
        layout = column(
            top,
            label(words("desk.health.kiosks"), "heading"),
            self._no_kiosk,
            self.kiosks,
            label(words("desk.health.checks"), "heading"),
            self.findings,
            self.face_limits,
            gap=gap,
            margin=gap * 2,
        )
        layout.setStretch(5, 1)
        self.setLayout(layout)

    def refresh(self) -> None:
        self.summary.setText(self._words("desk.health.running"))

        def job() -> Health | Denied:
            allowed = self._guard.allow(Action.SEE_HEALTH)
            return allowed if isinstance(allowed, Denied) else self._look_up()

        self._lane.do(job, self._came)

    def show_health(self, health: Health) -> None:
        words = self._words
        faults = sum(one.verdict == "fault" for one in health.findings)
        warnings = sum(one.verdict == "warning" for one in health.findings)
        well = not faults and not warnings
        self.summary.setText(
            words("desk.health.all_well")
            if well
            else words("desk.health.summary", faults=faults, warnings=warnings)
        )
        set_role(self.summary, "good" if well else "bad" if faults else "strong")
        last = clock(health.checkpoint, seconds=True) or words("desk.health.checkpoint_none")
        self.checkpoint.setText(words.about(words("desk.health.checkpoint"), last))
        self._show_kiosks(health.kiosks)
        self._show_findings(health.findings)

    def pressed(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_F5:
            self.refresh()
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return True
        return False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self.findings.setFocus()

    # -- inside
    def _refresh_if_seen(self) -> None:
        if self.isVisible():
            self.refresh()
        else:
            self._timer.stop()

    def _came(self, outcome: Health | Denied | Trouble) -> None:
        words = self._words
        match outcome:
            case Health():
                self.show_health(outcome)
            case Denied(why=why):
                self.summary.setText(words(f"desk.denied.{why}"))
            case Trouble():
                self._say(words("desk.trouble.bug"), bad=True)

    def _show_kiosks(self, kiosks: Sequence[KioskSeen]) -> None:
        words, palette = self._words, self._look.palette
        self._no_kiosk.setVisible(not kiosks)
        self.kiosks.setVisible(bool(kiosks))
        self.kiosks.setRowCount(len(kiosks))
        for row, one in enumerate(kiosks):
            state = f"{'●' if one.running else '○'} {words('desk.health.on' if one.running else 'desk.health.off')}"
            colour = palette.good if one.running else palette.danger
            self._cell(self.kiosks, row, 0, one.terminal)
            self._cell(self.kiosks, row, 1, state, colour)
            self._cell(self.kiosks, row, 2, clock(one.last, seconds=True))
        self.kiosks.setFixedHeight(_height(self.kiosks, min(len(kiosks), 6)))

    def _show_findings(self, findings: Sequence[Finding]) -> None:
        palette = self._look.palette
        colours = {"ok": palette.good, "warning": palette.notice, "fault": palette.danger}
        self.face_limits.setVisible(any(one.advice == "face_limits" for one in findings))
        told = sorted(findings, key=lambda one: _WORST[one.verdict])
        self.findings.setRowCount(len(told))
        for row, one in enumerate(told):
            word = f"{_MARKS[one.verdict]} {self._words(f'desk.health.{one.verdict}')}"
            self._cell(self.findings, row, 0, word, colours[one.verdict])
            remedy = self._words(f"desk.advice.{one.advice}") if one.advice else one.remedy
            subject = self._words.find(f"desk.check.{one.subject}") or one.subject
            for place, text in enumerate((subject, one.detail, remedy), 1):
                self._cell(self.findings, row, place, text)

    def _cell(self, table: QTableWidget, row: int, place: int, text: str, colour: str = "") -> None:
        item = QTableWidgetItem(text)
        item.setToolTip(text)
        if colour:
            item.setForeground(QBrush(QColor(colour)))
        table.setItem(row, place, item)

    def _table(self, columns: tuple[str, ...], name: str) -> QTableWidget:
        table = QTableWidget(0, len(columns))
        table.setObjectName(name)
        table.setAccessibleName(self._words(f"desk.health.{'kiosks' if name == 'kiosks' else 'checks'}"))
        table.setHorizontalHeaderLabels([self._words(f"desk.health.{one}") if one else "" for one in columns])
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(self._look.sizes.row)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        return table


def _height(table: QTableWidget, rows: int) -> int:
    return (
        table.horizontalHeader().sizeHint().height() + rows * table.verticalHeader().defaultSectionSize() + 4
    )
