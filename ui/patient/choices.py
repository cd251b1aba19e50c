"""Pages that are nothing but a choice among equal cards, each with its own picture."""

from __future__ import annotations

from ui.patient.page import Page


class CardsPage(Page):
    def make_picture(self) -> None:
        """None: the cards carry the pictures."""


class ChoosingPage(CardsPage):
    """ChoosingVerification: ways of proving who one is."""


class CompanionPage(CardsPage):
    """Companion: whom is helped?"""
