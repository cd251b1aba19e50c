"""TakeCard: nothing else until the card is out."""

from __future__ import annotations

from ui.patient.page import Page


class TakeCardPage(Page):
    picture_matters = True
