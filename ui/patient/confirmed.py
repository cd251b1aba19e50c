"""Confirmed: it worked. Details stay behind a touch, because the queue looks on."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtWidgets import QWidget

from kiosk.visit.views import Sentence, VisitView
from kiosk.wording.text import Span, Text
from ui.patient.layouts import Parts
from ui.patient.page import Page
from ui.widgets.button import BigButton
from ui.widgets.kit import Kit
from ui.widgets.notice import Table
from ui.widgets.target import Target


class ConfirmedPage(Page):
    def __init__(self, view: VisitView, kit: Kit, parent: QWidget) -> None:
        super().__init__(view, kit, parent)
        self.table: Table | None = None
        self.toggle: BigButton | None = None
        if view.details:
            self.toggle = BigButton(kit, kit.key("choice.details"), "quiet", picture="icon.more", parent=self)
            self.toggle.setObjectName("details")
            self.toggle.setCheckable(True)
            self.toggle.touched.connect(lambda: self._show_details(self.table is None))

    def _show_details(self, wanted: bool) -> None:
        if self.table is not None:
            self.table.hide()
            self.table.deleteLater()
            self.table = None
        if wanted:
            self.table = Table(self.kit, self._rows(), parent=self)
            self.table.show()
        if self.toggle is not None:
            self.toggle.setChecked(wanted)
            self.toggle.picture = "icon.less" if wanted else "icon.more"
        self.arrange()

    def _rows(self) -> list[tuple[Text, Text]]:
        """A label that comes several times is shown once, with all its values."""
        rows = []
        for label, details in groupby(self.view.details, key=lambda detail: detail.label):
            texts = [self._value(detail.value) for detail in details]
            rows.append((self.kit.key(label), _joined(texts)))
        return rows

    def _value(self, value: str | Sentence) -> Text:
        return self.kit.say(value) if isinstance(value, Sentence) else self.kit.outside(value)

    def targets(self) -> list[Target]:
        return [*super().targets(), *([self.toggle] if self.toggle else [])]

    def parts(self) -> Parts:
        parts = super().parts()
        actions = [*self.buttons, *([self.toggle] if self.toggle else [])]
        picture = parts.picture if self.table is None or self.kit.profile.portrait else None
        under = [*parts.under[:1], *([self.table] if self.table else []), *parts.under[1:]]
        return Parts(parts.title, under, picture, False, actions)


def _joined(texts: list[Text]) -> Text:
    spans: list[Span] = []
    for text in texts:
        spans.extend([Span("、" if text.lang.startswith("ja") else ", ")] if spans else [])
        spans.extend(text.spans)
    return Text(tuple(spans), texts[0].lang)
