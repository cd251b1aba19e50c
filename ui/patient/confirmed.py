"""Confirmed: it worked. Details stay behind a touch, because the queue looks on."""

from __future__ import annotations

from kiosk.wording.text import Text
from ui.patient.details import DetailsPage
from ui.patient.parts import Parts
from ui.widgets.button import BigButton
from ui.widgets.notice import Table


class ConfirmedPage(DetailsPage):
    def opened_title(self) -> Text:
        return self.kit.say(self.view.title)

    def opened(self, parts: Parts, table: Table, turning: list[BigButton]) -> Parts:
        """Beneath the name: the rest of the page stays."""
        picture = parts.picture if self.kit.profile.portrait else None
        under = [*parts.under[:1], table, *parts.under[1:]]
        return Parts(parts.title, under, picture, False, [*self.buttons, *turning])
