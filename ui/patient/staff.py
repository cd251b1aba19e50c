"""WaitingForStaff: a person is coming. The reason is said in plain words; its code is small and for staff."""

from __future__ import annotations

from ui.patient.page import Page
from ui.patient.parts import Block


class StaffPage(Page):
    def make_under(self) -> list[Block]:
        return [*super().make_under(), *self.make_code()]
