"""Those who have no card to place: why, who helps them, and a pupil's school event."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.evidence.loading import book
from kiosk.evidence.model import Document
from kiosk.evidence.reasons import Reason
from kiosk.visit.effects import AlertStaff
from kiosk.visit.events import (
    BackChosen,
    CompanionChosen,
    FieldAnswered,
    NoCardChosen,
    TripDocumentChosen,
    WayChosen,
)
from kiosk.visit.flow.evidence import to_the_ways
from kiosk.visit.form import TRIP, FormField, Problem, checked
from kiosk.visit.moves import begin, enter, fall_back, on_the_road, stay, welcome
from kiosk.visit.states import (
    ChoosingEvidence,
    Companion,
    ExplainingNoCard,
    OutOfService,
    SchoolTrip,
    State,
    Visit,
    Welcome,
)
from kiosk.visit.table import Result, on


@on(Welcome, OutOfService, event=WayChosen, to=(ExplainingNoCard, ChoosingEvidence, Companion))
def go_on_without_card(visit: Visit, state: State, event: WayChosen) -> Result:
    match event.way:
        case "no_card":
            begun = _for_reason(begin(visit, event), Reason.NO_CARD)
            return enter(begun, ExplainingNoCard(), event.at)
        case "companion":
            return enter(begin(visit, event), Companion(), event.at)
        case "paper" if isinstance(state, Welcome):
            return stay(visit)  # a late touch: the reader is back
        case "paper":
            return fall_back(begin(visit, event), Reason.READER_FAULT, event.at)
        case "phone" if visit.policy.phones:
            return stay(visit)  # a phone is placed like a card: there is nothing to choose
        case "phone":
            return fall_back(begin(visit, event), Reason.PHONE_WITHOUT_READER, event.at)


def _for_reason(visit: Visit, reason: Reason) -> Visit:
    return replace(visit, reason=reason, fallback=on_the_road(visit, reason))


# ------------------------------------------------------------------------------------ why there is none


UNUSABLE = "unusable"
"""Not a cause of having no card, but what some mean by it: it is there and does not work."""


@on(ExplainingNoCard, event=NoCardChosen, to=(ExplainingNoCard, ChoosingEvidence))
def explain(visit: Visit, state: ExplainingNoCard, event: NoCardChosen) -> Result:
    known = {cause.id for cause in book().causes_of(Reason.NO_CARD)}
    if not state.cause and event.cause == UNUSABLE:
        reader = visit.reader_available
        return fall_back(visit, Reason.CARD_UNREADABLE if reader else Reason.READER_FAULT, event.at)
    if state.cause or event.cause not in known:
        return stay(visit)
    road = replace(on_the_road(visit, Reason.NO_CARD), cause=event.cause)
    return enter(replace(visit, fallback=road), ExplainingNoCard(cause=event.cause), event.at)


@on(ExplainingNoCard, event=BackChosen, to=(ExplainingNoCard, Welcome, OutOfService))
def back_from_explanation(visit: Visit, state: ExplainingNoCard, event: BackChosen) -> Result:
    if not state.cause:
        return welcome(visit, event.at, keep_preferences=True)
    road = replace(on_the_road(visit, Reason.NO_CARD), cause="")
    return enter(replace(visit, fallback=road), ExplainingNoCard(), event.at)


# ------------------------------------------------------------------------------------------ who helps


@on(Companion, event=CompanionChosen, to=(ChoosingEvidence, SchoolTrip))
def helped_by(visit: Visit, _state: Companion, event: CompanionChosen) -> Result:
    """A carer, a babysitter (S2②), or a teacher in charge of a school event (S4#4)."""
    if event.kind == "school_trip":
        return enter(_for_reason(visit, Reason.SCHOOL_TRIP), SchoolTrip(), event.at)
    helped = _for_reason(visit, Reason.NEEDS_ASSISTANCE)
    road = replace(on_the_road(helped, Reason.NEEDS_ASSISTANCE), companion=True)
    return to_the_ways(replace(helped, fallback=road), event.at)


@on(Companion, event=BackChosen, to=(Welcome, OutOfService))
def nobody_helps(visit: Visit, _state: Companion, event: BackChosen) -> Result:
    return welcome(visit, event.at, keep_preferences=True)


# ---------------------------------------------------------------------------------------- school event


@on(SchoolTrip, event=TripDocumentChosen, to=(SchoolTrip,))
def with_this_paper(visit: Visit, state: SchoolTrip, event: TripDocumentChosen) -> Result:
    if state.document is not None:
        return stay(visit)
    chosen = replace(state, document=Document(event.document), field=FormField.TEACHER)
    return enter(visit, chosen, event.at)


@on(SchoolTrip, event=FieldAnswered, to=(SchoolTrip,))
def teacher_and_event(visit: Visit, state: SchoolTrip, event: FieldAnswered) -> Result:
    value = checked(event.field, event.value, event.at.day)
    if state.field is None or event.field is not state.field or isinstance(value, Problem):
        return stay(visit)
    form = state.form.answered(event.field, value)
    field = form.next_of(TRIP)
    alerts = (AlertStaff("evidence"),) if field is None else ()
    return enter(visit, replace(state, form=form, field=field), event.at, *alerts)


@on(SchoolTrip, event=BackChosen, to=(SchoolTrip, Companion))
def back_on_the_trip(visit: Visit, state: SchoolTrip, event: BackChosen) -> Result:
    match state.field:
        case FormField.TEACHER:
            return enter(visit, SchoolTrip(form=state.form), event.at)
        case FormField.EVENT:
            return enter(visit, replace(state, field=FormField.TEACHER), event.at)
        case _ if state.document is None:
            return enter(visit, Companion(), event.at)
        case _:
            return enter(visit, replace(state, field=FormField.EVENT), event.at)
