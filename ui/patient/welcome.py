"""Welcome: put the card here."""

from __future__ import annotations

from ui.patient.page import Page
from ui.patient.parts import Block
from ui.widgets.notice import Notice
from ui.widgets.say import Say

_HINTS = frozenset({"Welcome.removed_early"})


class WelcomePage(Page):
    picture_matters = True

    def make_body(self) -> list[Block]:
        hints: list[Block] = []
        rest: list[Block] = []
        for sentence in self.view.body:
            text = self.kit.wording.find(sentence.key, sentence.slots)
            if text is None:
                continue
            if sentence.key in _HINTS:
                hints.append(Notice(self.kit, [text], parent=self))
            else:
                rest.append(Say(self.kit, text, "body", parent=self))
        return rest + hints
