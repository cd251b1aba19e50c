"""Which page draws which view. Modules load with their first page."""

from __future__ import annotations

from importlib import import_module

from PySide6.QtWidgets import QWidget

from kiosk.visit.views import VisitView
from ui.patient.eyes import Eyes
from ui.patient.page import BasePage
from ui.widgets.kit import Kit
from ui.widgets.secret import PutSecret

_PAGES = {
    "Welcome": ("welcome", "WelcomePage"),
    "OutOfService": ("out_of_service", "OutOfServicePage"),
    "ReadingCard": ("reading", "ReadingPage"),
    "ChoosingVerification": ("choices", "ChoosingPage"),
    "ReadingPhone": ("reading", "ReadingPage"),
    "ReadingCardFront": ("reading", "ReadingPage"),
    "OfferingRegistration": ("registration", "RegistrationPage"),
    "AskingConsent": ("consent", "ConsentPage"),
    "LookingUp": ("lookup", "LookUpPage"),
    "Confirmed": ("confirmed", "ConfirmedPage"),
    "ChoosingEvidence": ("evidence", "EvidencePage"),
    "ExplainingNoCard": ("no_card", "NoCardPage"),
    "Companion": ("choices", "CompanionPage"),
    "SchoolTrip": ("showing", "SchoolTripPage"),
    "ShowingCertificate": ("showing", "ShowingPage"),
    "ShowingNotice": ("showing", "ShowingPage"),
    "ShowingPortal": ("showing", "ShowingPage"),
    "IdentifyingKnown": ("known", "IdentifyingPage"),
    "ConfirmingKnownData": ("known", "KnownPage"),
    "FillingDeclaration": ("declaration", "DeclarationPage"),
    "ExplainingSelfPay": ("self_pay", "SelfPayPage"),
    "StaffVerifying": ("showing", "StaffVerifyingPage"),
    "UsingCertifiedReader": ("showing", "ShowingPage"),
    "TakeCard": ("take_card", "TakeCardPage"),
    "WaitingForStaff": ("staff", "StaffPage"),
    "Finished": ("finished", "FinishedPage"),
    "Abandoned": ("abandoned", "AbandonedPage"),
}
STATES = (*_PAGES, "EnteringPin", "MatchingFace")


def page_for(
    view: VisitView, kit: Kit, parent: QWidget, put_secret: PutSecret, eyes: Eyes | None = None
) -> BasePage:
    """The page of a view: what is to be entered decides before the state does. ``eyes``: what cameras see. Raises
    ``KeyError`` for a state that has no page."""
    if view.state == "MatchingFace":
        from ui.patient.camera import CameraPage

        return CameraPage(view, kit, parent, eyes or Eyes())
    if view.state == "ReadingCardFront" and (view.keypad or view.camera):
        from ui.patient.front import FrontPage

        return FrontPage(view, kit, parent, put_secret, eyes or Eyes())
    if view.keypad or view.state == "EnteringPin":
        from ui.patient.pin import PinPage

        return PinPage(view, kit, parent, put_secret)
    if view.field is not None:
        module, name = "field", "FieldPage"
    elif view.signature:
        module, name = "signature", "SignaturePage"
    else:
        module, name = _PAGES[view.state]
    page: type[BasePage] = getattr(import_module(f"ui.patient.{module}"), name)
    return page(view, kit, parent)
