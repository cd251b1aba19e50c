"""FillingDeclaration beside its questions: where its text comes from, with which key, the summary, the cover."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from kiosk.visit.acts import Act
from kiosk.visit.views import Detail, VisitView
from ui.patient.answers import answer_of
from ui.patient.layouts import arrange
from ui.patient.page import Page
from ui.patient.parts import Parts
from ui.widgets.kit import Kit
from ui.widgets.picture import PictureView
from ui.widgets.rows import Row, Rows, TouchRow
from ui.widgets.target import Target

_CARDS = frozenset({"source", "key", "last_try"})
_TRADES = ((0.9, 3), (0.74, 2), (0.0, 1))  # down to which scale letters go for the sake of how many lines


class DeclarationPage(Page):
    """The summary has a line for each answer, and a touch leads to its question. Where a panel holds fewer lines than
    the view has, "more" turns over within the page before it asks for more."""

    def __init__(self, view: VisitView, kit: Kit, parent: QWidget) -> None:
        super().__init__(view, kit, parent)
        self.rows = Rows(kit, [self._row(detail) for detail in view.details], self) if view.details else None

    def make_picture(self) -> PictureView | None:
        """None where cards carry the pictures."""
        return None if self.view.variant in _CARDS else super().make_picture()

    def _row(self, detail: Detail) -> Row:
        label, value = self.kit.key(detail.label), answer_of(self.kit, detail, self.view.language)
        row = TouchRow(self.kit, label, value, sign=self.kit.key("screen.change"), picture="icon.mend")
        row.setObjectName(detail.label)
        if detail.act is not None:
            row.touched.connect(lambda act=detail.act: self.act(act))
        return row

    # -------------------------------------------------------------------------------------- turning over

    def act(self, act: Act) -> None:
        if act.name == "MoreChosen" and self.rows is not None:
            first, count = self.rows.shown
            if first + count < len(self.rows.rows):
                self.rows.show_rows(first + count, count)
                super().arrange()
                return
        super().act(act)

    def arrange(self) -> None:
        if self.rows is not None:
            self._divide(self.rows)
        super().arrange()

    def _divide(self, rows: Rows) -> None:
        """Shows as many lines at a time as can be read well."""
        for least_scale, fewest in _TRADES:
            for count in range(len(rows.rows), fewest - 1, -1):
                rows.show_rows(0, count)
                if arrange(self.parts(), self.rect(), self.kit.profile, least_scale).fits:
                    return

    def targets(self) -> list[Target]:
        return [*(self.rows.targets() if self.rows else []), *super().targets()]

    def parts(self) -> Parts:
        return replace(super().parts(), picture_matters=self.view.waiting, rows=self.rows)
