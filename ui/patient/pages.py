"""Which page draws which state. Modules load with their first page."""

from __future__ import annotations

from importlib import import_module

from PySide6.QtWidgets import QWidget

from kiosk.visit.views import VisitView
from ui.patient.page import Page
from ui.widgets.kit import Kit
from ui.widgets.secret import PutSecret

_PAGES = {
    "Welcome": ("welcome", "WelcomePage"),
    "OutOfService": ("out_of_service", "OutOfServicePage"),
    "ReadingCard": ("reading", "ReadingPage"),
    "ChoosingVerification": ("choosing", "ChoosingPage"),
    "OfferingRegistration": ("registration", "RegistrationPage"),
    "AskingConsent": ("consent", "ConsentPage"),
    "LookingUp": ("lookup", "LookUpPage"),
    "Confirmed": ("confirmed", "ConfirmedPage"),
    "TakeCard": ("take_card", "TakeCardPage"),
    "WaitingForStaff": ("staff", "StaffPage"),
    "Finished": ("finished", "FinishedPage"),
    "Abandoned": ("abandoned", "AbandonedPage"),
}
STATES = (*_PAGES, "EnteringPin")


def page_for(view: VisitView, kit: Kit, parent: QWidget, put_secret: PutSecret) -> Page:
    """The page of a view. Raises ``KeyError`` for a state that has no page."""
    if view.state == "EnteringPin":
        from ui.patient.pin import PinPage

        return PinPage(view, kit, parent, put_secret)
    module, name = _PAGES[view.state]
    page: type[Page] = getattr(import_module(f"ui.patient.{module}"), name)
    return page(view, kit, parent)
