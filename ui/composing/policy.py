"""What the settings decide of a visit's course, and of the rule book."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.interface import Authority
from kiosk.coverage.services import Capability
from kiosk.evidence.case import Facility
from kiosk.visit.policy import Policy, Preferences, TimeLimits
from kiosk.wording import catalogues
from ui.settings import Settings

if TYPE_CHECKING:
    from kiosk.evidence.model import Book

_SECOND = 1000


def policy_of(
    settings: Settings,
    capabilities: frozenset[Capability],
    *,
    face: Authority | None = None,
    front_reader: bool = False,
) -> Policy:
    """``face``: whose word the terminal's own face check is, where it has one; ``front_reader``: a camera reads the
    card's front."""
    screen, limits = settings.screen, settings.limits
    return Policy(
        capabilities=capabilities,
        terminal=settings.terminal,
        facility=facility_of(settings, capabilities),
        own_contacts=settings.own_contacts,
        phones=settings.reader.phones,
        face=face,
        front_reader=front_reader,
        hides_front=screen.reader_picture == "slot",
        consent_items=settings.consent.items,
        limit_without_asking=settings.consent.limit_without_asking,
        wording_version=catalogues.version(),
        defaults=Preferences(screen.language, screen.text_size, screen.contrast),
        limits=TimeLimits(
            page=limits.page * _SECOND,
            warning=limits.warning * _SECOND,
            closing=limits.closing * _SECOND,
            asking=round((settings.eligibility.deadline_s + 10) * _SECOND),
        ),
    )


def facility_of(settings: Settings, capabilities: frozenset[Capability]) -> Facility:
    """What the rule book needs to know of this reception. Where the kiosk reads cards directly, a look at the face
    proves nothing, a machine's or a person's; a certified reader, whose results arrive here, is entitled to both."""
    certified = Capability.FACE_RESULT in capabilities
    return Facility(
        capabilities=capabilities,
        face_check=certified,
        staff_check=certified,
        other_reader=settings.facility.other_reader or certified,
        switched=settings.switched,
    )


def book_of(settings: Settings) -> Book:
    """The rule book with this facility's own telephone lines."""
    from kiosk.evidence.loading import book
    from kiosk.evidence.own_contacts import with_contacts

    return with_contacts(book(), settings.own_contacts)
