"""What is printed, as this facility's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kiosk.reception.papers import Papers
from kiosk.reception.world import World
from ui.composing.clock import now as system_now
from ui.composing.policy import book_of
from ui.settings import Settings


def ticket_maker(settings: Settings, now: Callable[[], datetime] = system_now) -> Callable[[str, str], bytes]:
    """Makes reception tickets of this facility; typst is loaded with the first."""

    def make(number: str, language: str) -> bytes:
        from kiosk.documents.ticket import Ticket, ticket_pdf

        return ticket_pdf(
            Ticket(
                number=number,
                facility=settings.facility.name,
                issued_at=now().replace(microsecond=0),
                language=language,
                simulated=settings.profile == "simulated",
                paper=settings.ticket.paper,
            )
        )

    return make


def papers_of(settings: Settings, world: World) -> Papers:
    """Declarations and slips of this facility."""
    return Papers(
        settings.facility.name,
        book_of(settings),
        system_now,
        lambda: world.now().day,
        paper=settings.papers.slip,
        simulated=settings.profile == "simulated",
    )
