"""ReadingCard: the card lies there; or it does not lie as it should."""

from __future__ import annotations

from ui.patient.page import Page


class ReadingPage(Page):
    picture_matters = True
