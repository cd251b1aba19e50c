"""What means the same on every page: the way of speaking, more time, a ticket that was printed or was not."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from kiosk.evidence.reasons import Reason
from kiosk.visit.deadlines import deadline_for
from kiosk.visit.effects import AlertStaff
from kiosk.visit.events import (
    ContrastChosen,
    Event,
    LanguageChosen,
    TextSizeChosen,
    TicketPrinted,
    TimeExtended,
)
from kiosk.visit.moves import stay
from kiosk.visit.states import State, Visit
from kiosk.visit.table import STATES, Result, on


@on(*STATES, event=LanguageChosen, to=())
def choose_language(visit: Visit, _state: State, event: LanguageChosen) -> Result:
    return _prefer(visit, event, language=event.language)


@on(*STATES, event=TextSizeChosen, to=())
def choose_text_size(visit: Visit, _state: State, event: TextSizeChosen) -> Result:
    return _prefer(visit, event, text_size=event.text_size)


@on(*STATES, event=ContrastChosen, to=())
def choose_contrast(visit: Visit, _state: State, event: ContrastChosen) -> Result:
    return _prefer(visit, event, contrast=event.contrast)


def _prefer(visit: Visit, event: Event, **change: Any) -> Result:
    """Somebody is there and needs the page differently: that also gives them its full time again."""
    changed = replace(visit, preferences=replace(visit.preferences, **change))
    return _more_time(changed, event)


@on(*STATES, event=TimeExtended, to=())
def extend_time(visit: Visit, _state: State, event: TimeExtended) -> Result:
    return _more_time(visit, event)


def _more_time(visit: Visit, event: Event) -> Result:
    """Only time that waits for a person can be extended; what a machine owes keeps its limit."""
    waits_for_person = visit.deadline is None or visit.deadline.warn is not None or not visit.id
    if not waits_for_person:
        return stay(visit)
    return stay(visit, deadline=deadline_for(visit, event.at), warned=False)


@on(*STATES, event=TicketPrinted, to=())
def ticket_done(visit: Visit, _state: State, event: TicketPrinted) -> Result:
    """The number stands on the screen as well; a jam is staff's to mend, not the patient's."""
    if not event.ok:
        return stay(visit, AlertStaff(Reason.TERMINAL_FAULT))
    ours = bool(visit.number) and visit.number == event.number  # a slow printer may tell of the visit before
    return stay(visit, ticket=True) if ours else stay(visit)
