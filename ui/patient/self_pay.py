"""ExplainingSelfPay: today the whole sum, and most of it comes back. Whom to ask is behind a touch."""

from __future__ import annotations

from ui.patient.details import DetailsPage


class SelfPayPage(DetailsPage):
    toggle_key = "screen.contacts"
