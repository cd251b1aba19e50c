"""Result, card back, number, next patient."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.visit.effects import AlertStaff, PlaySound, PrintTicket
from kiosk.visit.events import Acknowledged, AnotherPatient, CardRemoved, Event, NumberAssigned, StaffCalled
from kiosk.visit.flow.evidence import end_with_number
from kiosk.visit.moves import enter, finish, has_result, stay, welcome
from kiosk.visit.states import (
    Abandoned,
    Confirmed,
    Finished,
    OutOfService,
    State,
    TakeCard,
    Visit,
    WaitingForStaff,
    Welcome,
)
from kiosk.visit.table import Result, on


@on(Confirmed, event=Acknowledged, to=(TakeCard, Finished))
def result_was_read(visit: Visit, _state: Confirmed, event: Acknowledged) -> Result:
    return finish(visit, event.at)


@on(Confirmed, TakeCard, Finished, event=NumberAssigned, to=())
def take_number(visit: Visit, _state: State, event: NumberAssigned) -> Result:
    """The patient may have called staff, or taken the card, before the number came."""
    if visit.number or not has_result(visit):
        return stay(visit)
    return stay(replace(visit, number=event.number), PrintTicket(event.number))


@on(WaitingForStaff, event=NumberAssigned, to=(TakeCard, Finished))
def number_while_waiting(visit: Visit, state: WaitingForStaff, event: NumberAssigned) -> Result:
    """A confirmed patient who called staff waits on; what staff accepted here ends the visit."""
    if state.unclaimed:
        numbered, effects = take_number(visit, state, event)
        ended, others = finish(numbered, event.at)
        return ended, (*effects, *others)
    if visit.evidence is None:
        return take_number(visit, state, event)
    return end_with_number(visit, state, event)


@on(TakeCard, event=StaffCalled, to=())
def help_with_the_card(visit: Visit, state: TakeCard, event: StaffCalled) -> Result:
    """The card is stuck, or the patient wants a person after all: the page stays, staff come to it."""
    if state.alerted:
        return stay(visit)
    return enter(visit, replace(state, alerted=True), event.at, AlertStaff("called"), PlaySound("attention"))


@on(TakeCard, event=CardRemoved, to=(Finished, Abandoned))
def card_was_taken(visit: Visit, state: TakeCard, event: CardRemoved) -> Result:
    if visit.card is None or visit.card.insertion != event.insertion:
        return stay(visit)
    return leave(visit, state, event)


def leave(visit: Visit, state: TakeCard, event: Event) -> Result:
    end = Finished() if state.after == "Finished" else Abandoned(why=state.why)
    return enter(visit, end, event.at, card=None)


@on(Finished, event=AnotherPatient, to=(Welcome, OutOfService))
def next_of_family(visit: Visit, _state: Finished, event: AnotherPatient) -> Result:
    return welcome(visit, event.at, keep_preferences=True)


@on(Abandoned, event=Acknowledged, to=(Welcome, OutOfService))
def go_to_start(visit: Visit, _state: State, event: Acknowledged) -> Result:
    return welcome(visit, event.at)
