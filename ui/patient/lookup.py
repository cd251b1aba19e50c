"""LookingUp: the insurance is being asked for."""

from __future__ import annotations

from ui.patient.page import Page


class LookUpPage(Page):
    picture_matters = True
