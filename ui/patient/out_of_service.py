"""OutOfService: no reader. Reception goes on by paper and people; never an error box."""

from __future__ import annotations

from ui.patient.page import Page


class OutOfServicePage(Page):
    pass
