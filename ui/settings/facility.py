"""Sections of what the facility is and decides."""

from __future__ import annotations

from datetime import date

import msgspec

from kiosk.coverage.services import ConsentItem
from kiosk.evidence.model import Contact
from kiosk.evidence.own_contacts import own_contact
from ui.settings.part import UNSET_CODE, InstitutionCode, Part, Seconds


class Facility(Part, frozen=True, kw_only=True):
    """``other_reader``: patients can be sent to another card reader of this facility."""

    name: str = "見本診療所"
    medical_institution_code: InstitutionCode = UNSET_CODE
    other_reader: bool = False


class Rule(Part, frozen=True, kw_only=True):
    """``[rules.<switch>]``: a rule that the facility turned, and its reason, which the ledger keeps."""

    on: bool
    because: str


class Line(Part, frozen=True, kw_only=True):
    """``[[contacts]]``: an insurer's own telephone line, told to its members on days ``from`` … ``until``. ``hours`` in
    words, as they are to be read."""

    name: str
    phone: str
    insurer: str
    hours: str = ""
    since: date | None = msgspec.field(default=None, name="from")
    until: date | None = None

    @property
    def contact(self) -> Contact:
        """Raises ``BookError`` for a line that could never help anybody."""
        return own_contact(
            self.name, self.phone, self.insurer, hours=self.hours, since=self.since, until=self.until
        )


class Consent(Part, frozen=True, kw_only=True):
    items: tuple[ConsentItem, ...] = (
        ConsentItem.CARE,
        ConsentItem.OPERATIONS,
        ConsentItem.CHECKUPS,
        ConsentItem.SPECIFIC_DISEASES,
    )
    limit_without_asking: bool = True


class Limits(Part, frozen=True, kw_only=True):
    """Seconds. ``warning``: how long before a page's end the patient is asked."""

    page: Seconds = 60
    warning: Seconds = 20
    closing: Seconds = 10
