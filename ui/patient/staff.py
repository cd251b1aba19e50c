"""WaitingForStaff: a person is coming. The reason is said in plain words; its code is small and for staff."""

from __future__ import annotations

from kiosk.wording.text import Span, Text
from ui.patient.layouts import Block
from ui.patient.page import Page
from ui.widgets.say import Say


class StaffPage(Page):
    def make_under(self) -> list[Block]:
        under = super().make_under()
        if self.view.code:
            code = Text((Span(self.view.code),), "und")
            under.append(Say(self.kit, code, "frame", colour="ink_soft", parent=self))
        return under
