"""What the patient lets this facility see. Never preset; a refusal costs nothing."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.coverage.services import Choice
from kiosk.visit.events import (
    BackChosen,
    ConsentAllGiven,
    ConsentAllRefused,
    ConsentItemDecided,
    ConsentItemsChosen,
)
from kiosk.visit.flow.lookup import look_up
from kiosk.visit.moves import enter, stay
from kiosk.visit.states import AskingConsent, LookingUp, Visit
from kiosk.visit.table import Result, on


@on(AskingConsent, event=ConsentAllGiven, to=(LookingUp,))
def give_all(visit: Visit, state: AskingConsent, event: ConsentAllGiven) -> Result:
    return look_up(_decided(visit, tuple((item, Choice.AGREED) for item in state.items)), event)


@on(AskingConsent, event=ConsentAllRefused, to=(LookingUp,))
def refuse_all(visit: Visit, state: AskingConsent, event: ConsentAllRefused) -> Result:
    return look_up(_decided(visit, tuple((item, Choice.DECLINED) for item in state.items)), event)


@on(AskingConsent, event=ConsentItemsChosen, to=(AskingConsent,))
def choose_items(visit: Visit, state: AskingConsent, event: ConsentItemsChosen) -> Result:
    return enter(visit, AskingConsent(items=state.items, item_by_item=True), event.at)


@on(AskingConsent, event=ConsentItemDecided, to=(AskingConsent, LookingUp))
def decide_item(visit: Visit, state: AskingConsent, event: ConsentItemDecided) -> Result:
    """One item a page, in order: a decision about any other item is late, and is not taken for this one."""
    if not state.item_by_item or event.item is not state.items[len(state.decided)]:
        return stay(visit)
    decided = (*state.decided, (event.item, event.choice))
    if len(decided) == len(state.items):
        return look_up(_decided(visit, decided), event)
    return enter(visit, replace(state, decided=decided), event.at)


@on(AskingConsent, event=BackChosen, to=(AskingConsent,))
def back_one_item(visit: Visit, state: AskingConsent, event: BackChosen) -> Result:
    if not state.item_by_item:
        return stay(visit)
    if not state.decided:
        return enter(visit, AskingConsent(items=state.items), event.at)
    return enter(visit, replace(state, decided=state.decided[:-1]), event.at)


def _decided(visit: Visit, consents: tuple[tuple[object, Choice], ...]) -> Visit:
    return replace(visit, consents=consents)
