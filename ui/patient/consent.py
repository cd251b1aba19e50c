"""AskingConsent: who may see what. Choices are equal in size and none is preset."""

from __future__ import annotations

from ui.patient.page import Page
from ui.patient.parts import Block
from ui.widgets.notice import Notice, Points


class ConsentPage(Page):
    def make_notices(self) -> list[Block]:
        """What is asked for stands as a list; what comes without asking, as a notice."""
        items = [self.kit.say(n) for n in self.view.notices if n.key.startswith("consent.")]
        others = [self.kit.say(n) for n in self.view.notices if not n.key.startswith("consent.")]
        blocks: list[Block] = [Points(self.kit, items, parent=self)] if items else []
        return blocks + ([Notice(self.kit, others, parent=self)] if others else [])
