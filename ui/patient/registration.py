"""OfferingRegistration: the card is not yet an insurance card; two equal choices."""

from __future__ import annotations

from ui.patient.page import Page


class RegistrationPage(Page):
    pass
