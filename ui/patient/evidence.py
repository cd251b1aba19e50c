"""ChoosingEvidence: why the card alone did not do, and the ways on as pictures of the papers."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from kiosk.visit.views import VisitView
from kiosk.wording.text import Text
from ui.patient.details import DetailsPage
from ui.patient.layouts import arrange
from ui.patient.parts import Block, Parts
from ui.widgets.kit import Kit

_READS_WELL = 0.9


class EvidencePage(DetailsPage):
    """What cannot be used is behind a touch: nobody shall have to read it who has the right paper in hand. Where a
    panel is too small for all, the remedy goes there too (``condensed``); the reason and the ways stay."""

    toggle_key = "screen.not_usable"

    def __init__(self, view: VisitView, kit: Kit, parent: QWidget) -> None:
        self.condensed = False
        super().__init__(view, kit, parent)

    def make_body(self) -> list[Block]:
        body = super().make_body()
        self._remedy = body[-1:]
        return body

    def make_under(self) -> list[Block]:
        return [*super().make_under(), *self.make_code()]

    def make_picture(self) -> None:
        """None: the cards carry the pictures."""

    def arrange(self) -> None:
        if self.table is None:
            self._condense(False)
            self._condense(not arrange(self.parts(), self.rect(), self.kit.profile, _READS_WELL).fits)
        super().arrange()

    def _condense(self, wanted: bool) -> None:
        if wanted == self.condensed:
            return
        self.condensed = wanted
        if self.toggle is not None:
            self.toggle.hide()
            self.toggle.deleteLater()
            self.toggle = None
        if wanted or self.view.details:
            self.toggle = self.make_toggle("choice.details" if wanted else self.toggle_key)
            self.toggle.show()

    def parts(self) -> Parts:
        parts = super().parts()
        if not self.condensed or self.table is not None:
            return parts
        return replace(parts, under=[block for block in parts.under if block not in self._remedy])

    def opened_title(self) -> Text:
        """The remedy belongs to the reason."""
        return self.kit.say(self.view.title) if self.condensed else super().opened_title()

    def table_rows(self) -> list[tuple[Text, Text]]:
        rows = super().table_rows()
        if not self.condensed:
            return rows
        remedy = self.view.body[-1]
        return [(self.kit.say(self.view.title), self.kit.say(remedy)), *rows]
