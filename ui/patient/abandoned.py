"""Abandoned: the reception ended early. Nothing personal is left."""

from __future__ import annotations

from ui.patient.page import Page


class AbandonedPage(Page):
    pass
