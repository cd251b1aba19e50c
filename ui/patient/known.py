"""A patient whom the facility knows: looked for, found, and asked whether all is as it was."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from kiosk.visit.views import Detail, VisitView
from ui.patient.answers import value_of
from ui.patient.page import Page
from ui.patient.parts import Parts
from ui.widgets.kit import Kit
from ui.widgets.rows import MaskedRow, PlainRow, Row, Rows
from ui.widgets.target import Target

HIDES_AFTER_MS = 10_000


class IdentifyingPage(Page):
    """The question to the file is on its way, or staff come to see who it is."""

    picture_matters = True


class KnownPage(Page):
    """ConfirmingKnownData: what could tell a bystander something is masked until it is touched, and again after a
    while."""

    def __init__(self, view: VisitView, kit: Kit, parent: QWidget) -> None:
        super().__init__(view, kit, parent)
        self.rows = Rows(kit, [self._row(detail) for detail in view.details], self) if view.details else None

    def make_picture(self) -> None:
        """None: the cards carry the pictures."""

    def _row(self, detail: Detail) -> Row:
        label, value = self.kit.key(detail.label), value_of(self.kit, detail.value)
        if not detail.masked:
            return PlainRow(self.kit, label, value)
        row = MaskedRow(self.kit, label, value, self.kit.outside(detail.masked))
        row.setObjectName(detail.label)
        timer = QTimer(row)
        timer.setSingleShot(True)
        timer.setInterval(HIDES_AFTER_MS)
        timer.timeout.connect(row.hide_value)
        timer.timeout.connect(self.arrange)
        row.touched.connect(lambda: self._turn(row, timer))
        return row

    def _turn(self, row: MaskedRow, timer: QTimer) -> None:
        if row.revealed:
            timer.stop()
            row.hide_value()
        else:
            row.reveal()
            timer.start()
        self.arrange()

    def close_down(self) -> None:
        """What is masked stays masked while the page waits for the next one."""
        for row in self.rows.rows if self.rows else ():
            if isinstance(row, MaskedRow):
                row.hide_value()

    def targets(self) -> list[Target]:
        return [*(self.rows.targets() if self.rows else []), *super().targets()]

    def parts(self) -> Parts:
        return replace(super().parts(), rows=self.rows)
