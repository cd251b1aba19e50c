"""Details: what not everybody needs, or what a queue should not read. They stay behind a touch."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from PySide6.QtWidgets import QWidget

from kiosk.visit.views import VisitView
from kiosk.wording.text import Span, Text
from ui.patient.answers import value_of
from ui.patient.layouts import arrange
from ui.patient.page import Page
from ui.patient.parts import Parts
from ui.widgets.button import BigButton
from ui.widgets.kit import Kit
from ui.widgets.notice import Table
from ui.widgets.target import Target

_READS_WELL = 0.9


class DetailsPage(Page):
    """A quiet toggle opens the details in the place of everything but the title. Where they are too many for the
    panel, they are turned over. ``toggle_key``: what the toggle says. ``open_at_once``: where there is room for all,
    nothing is behind a touch."""

    toggle_key = "choice.details"
    open_at_once = False

    def __init__(self, view: VisitView, kit: Kit, parent: QWidget) -> None:
        super().__init__(view, kit, parent)
        self.table: Table | None = None
        self.laid_open = (
            Table(kit, self.table_rows(), parent=self) if self.open_at_once and view.details else None
        )
        self.toggle = self.make_toggle(self.toggle_key) if view.details else None
        self.turn: BigButton | None = None

    def make_toggle(self, key: str) -> BigButton:
        toggle = self._quiet("details", key, "icon.more")
        toggle.setCheckable(True)
        toggle.touched.connect(lambda: self.show_details(self.table is None))
        return toggle

    def _quiet(self, name: str, key: str, picture: str) -> BigButton:
        button = BigButton(self.kit, self.kit.key(key), "quiet", picture=picture, parent=self)
        button.setObjectName(name)
        return button

    # ------------------------------------------------------------------------------------ opening, turning

    def show_details(self, wanted: bool) -> None:
        if self.table is not None:
            self.table.hide()
            self.table.deleteLater()
            self.table = None
        if self.turn is not None:
            self.turn.hide()
            self.turn.deleteLater()
            self.turn = None
        if wanted:
            self.table = Table(self.kit, self.table_rows(), parent=self)
            self.table.show()
        self.title.set_text(self.opened_title() if wanted else self.kit.say(self.view.title))
        if self.toggle is not None:
            self.toggle.setChecked(wanted)
            self.toggle.picture = "icon.less" if wanted else "icon.more"
        self.kit.guard.page_changed()
        self.arrange()

    def arrange(self) -> None:
        if self.table is not None:
            self._divide(self.table)
        elif self.laid_open is not None and self.toggle is not None:
            self.open_at_once = True
            self.open_at_once = arrange(self.parts(), self.rect(), self.kit.profile, 1.0).fits
            self.laid_open.setVisible(self.open_at_once)
            self.toggle.setVisible(not self.open_at_once)
        parts = self.parts()
        for button in self.buttons:
            button.setVisible(button in parts.actions)
        for block in self.under:
            block.setVisible(block in parts.under)
        super().arrange()

    def _divide(self, table: Table) -> None:
        """Shows as many lines at a time as can be read well."""
        count = len(table.rows)
        for shown in range(count, 0, -1):
            table.show_rows(0, shown)
            if shown < count and self.turn is None:
                self.turn = self._quiet("turn", "choice.more_ways", "icon.next_page")
                self.turn.touched.connect(self._turn_over)
                self.turn.show()
            if arrange(self.parts(), self.rect(), self.kit.profile, _READS_WELL).fits:
                return

    def _turn_over(self) -> None:
        if self.table is not None:
            first, shown = self.table.shown
            following = first + shown
            self.table.show_rows(following if following < len(self.table.rows) else 0, shown)
            super().arrange()

    # ----------------------------------------------------------------------------------------------- parts

    def targets(self) -> list[Target]:
        return list(self.parts().actions)

    def parts(self) -> Parts:
        parts = super().parts()
        toggle = [self.toggle] if self.toggle else []
        if self.table is not None:
            return self.opened(parts, self.table, [*([self.turn] if self.turn else []), *toggle])
        if self.laid_open is not None and self.open_at_once:
            return replace(parts, under=[*parts.under, self.laid_open])
        return replace(parts, actions=[*self.buttons, *toggle])

    def opened(self, parts: Parts, table: Table, turning: list[BigButton]) -> Parts:
        return Parts(parts.title, [table], actions=turning)

    def opened_title(self) -> Text:
        """What stands above the details."""
        return self.kit.key(self.toggle_key)

    def table_rows(self) -> list[tuple[Text, Text]]:
        """A label that comes several times is shown once, with all its values."""
        rows = []
        for label, details in groupby(self.view.details, key=lambda detail: detail.label):
            texts = [value_of(self.kit, detail.value) for detail in details]
            rows.append((self.kit.key(label), _joined(texts)))
        return rows


def _joined(texts: list[Text]) -> Text:
    spans: list[Span] = []
    for text in texts:
        spans.extend([Span("、" if text.lang.startswith("ja") else ", ")] if spans else [])
        spans.extend(text.spans)
    return Text(tuple(spans), texts[0].lang)
