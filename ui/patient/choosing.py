"""ChoosingVerification: ways of proving who one is, as equal cards."""

from __future__ import annotations

from ui.patient.page import Page
from ui.widgets.picture import PictureView


class ChoosingPage(Page):
    def make_picture(self) -> PictureView | None:
        """None: the cards carry the pictures."""
        return None
