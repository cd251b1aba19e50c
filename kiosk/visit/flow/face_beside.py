"""Cards, the reader and staff while somebody gives the number of their card or stands before the camera."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.visit.effects import AskPhotoTries, ReadCard
from kiosk.visit.events import (
    CardInserted,
    CardRead,
    CardRemoved,
    Event,
    ReaderChanged,
    StaffActed,
    StaffCalled,
)
from kiosk.visit.facing import back_to_staff
from kiosk.visit.flow.arrival import (
    is_ours,
    noticed,
    page_without,
    refuse_other_card,
    removed_in_the_middle,
    wait_for_the_reader,
)
from kiosk.visit.flow.card_front import BESIDE
from kiosk.visit.flow.staff import patient_calls, staff_closes
from kiosk.visit.moves import abandon, enter, read_card, stay, without_person
from kiosk.visit.states import (
    Abandoned,
    BesideFace,
    CardInHand,
    ChoosingEvidence,
    Facing,
    FillingDeclaration,
    Finished,
    MatchingFace,
    ReadingCard,
    ReadingCardFront,
    StaffVerifying,
    TakeCard,
    Visit,
    WaitingForStaff,
)
from kiosk.visit.table import TABLE, Result, on

_FACING = (ReadingCardFront, MatchingFace)


def _at_the_page(visit: Visit, state: Facing, event: Event) -> Result:
    """Back on the page from which staff asked for the look, and there what the event means there."""
    if state.back_to is None:
        return stay(visit)
    back, closing = enter(visit, state.back_to, event.at)
    handler = TABLE.get((type(back.state), type(event)))
    if handler is None:
        return back, closing
    after, effects = handler(back, back.state, event)  # type: ignore[arg-type]
    if after is back and not effects:
        return stay(visit)
    return after, (*closing, *effects)


def removed_at_the_camera(visit: Visit, state: Facing, event: CardRemoved) -> Result:
    if state.back_to is None:
        return removed_in_the_middle(visit, state, event)
    return _at_the_page(visit, state, event)


on(MatchingFace, event=CardRemoved, to=(Abandoned, *BESIDE))(removed_at_the_camera)


@on(ReadingCardFront, event=CardRemoved, to=(ReadingCardFront, Abandoned, *BESIDE))
def lifted_to_be_read(visit: Visit, state: ReadingCardFront, event: CardRemoved) -> Result:
    """What is asked for stands on the card: it is taken in hand, and put back. Nothing that was verified with it is
    kept meanwhile."""
    card = visit.card
    if card is None or not is_ours(visit, event.insertion):
        return stay(visit)
    certificate = card.facts.certificate if card.facts is not None else None
    lifted = state.lifted or (certificate.sha256 if certificate is not None else "")
    if state.step == "tries" or not lifted:
        return removed_at_the_camera(visit, state, event)
    clean, forgetting = without_person(replace(visit, card=None))
    step = "number" if forgetting else state.step  # what waited in a slot is forgotten with the rest
    slot = "" if forgetting else state.slot
    in_hand = replace(
        state, step=step, slot=slot, ready=False, lifted=lifted, back_to=_with_any_card(state.back_to)
    )
    return enter(clean, in_hand, event.at, *forgetting)


def _with_any_card(page: BesideFace | None) -> BesideFace | None:
    """Who called staff from a page that hung on the card begins with whatever card is put back."""
    if not isinstance(page, WaitingForStaff):
        return page
    return replace(page, back_to=page_without(page.back_to, ReadingCard()))


def other_card_at_the_camera(visit: Visit, state: Facing, event: CardInserted) -> Result:
    if state.back_to is None:
        return refuse_other_card(visit, state, event)
    return _at_the_page(visit, state, event)


on(MatchingFace, event=CardInserted, to=(TakeCard, ReadingCard, *BESIDE))(other_card_at_the_camera)


@on(ReadingCardFront, event=CardInserted, to=(TakeCard, ReadingCard, *BESIDE))
def put_back(visit: Visit, state: ReadingCardFront, event: CardInserted) -> Result:
    """It is read to see whether it is the same."""
    if not state.lifted:
        return other_card_at_the_camera(visit, state, event)
    reading = () if event.mute else (ReadCard(event.insertion),)
    return stay(noticed(visit, event), *reading)


@on(ReadingCardFront, event=CardRead, to=(TakeCard, ReadingCard))
def same_card_again(visit: Visit, state: ReadingCardFront, event: CardRead) -> Result:
    if not state.lifted or not is_ours(visit, event.insertion):
        return stay(visit)
    certificate, tries = event.facts.certificate, event.facts.pin_tries_left
    if certificate is None or certificate.sha256 != state.lifted:
        if state.back_to is None:
            return abandon(visit, "card_changed", event.at)
        return read_card(
            replace(visit, fallback=None, reason=None, face_attempts=0), event.insertion, event.at
        )
    card = CardInHand(event.insertion, event.facts, pin_tries=1 if tries is None else tries)
    here = replace(state, lifted="")
    return stay(visit, AskPhotoTries(event.insertion), card=card, state=here)


@on(*_FACING, event=ReaderChanged, to=(ReadingCard, *BESIDE))
def reader_at_the_camera(visit: Visit, state: Facing, event: ReaderChanged) -> Result:
    """Also whoever has the card in hand is told that it cannot be put back now."""
    if state.back_to is None:
        in_hand = isinstance(state, ReadingCardFront) and bool(state.lifted) and visit.card is None
        if in_hand and not event.available:
            away = replace(visit, reader_available=False, card=CardInHand(insertion=None))
            return enter(away, ReadingCard(), event.at)
        return wait_for_the_reader(visit, state, event)
    if event.available:
        return stay(visit, reader_available=True)
    return _at_the_page(visit, state, event)


@on(*_FACING, event=StaffCalled, to=(WaitingForStaff, StaffVerifying))
def staff_called_from_the_camera(visit: Visit, state: Facing, event: StaffCalled) -> Result:
    if state.back_to is None:
        return patient_calls(visit, state, event)
    return _at_the_page(visit, state, event)


def staff_act_meanwhile(visit: Visit, state: Facing, event: StaffActed) -> Result:
    """Staff who asked for the look may decide before it ends."""
    if state.back_to is None:
        return staff_closes(visit, state, event)
    match event.action:
        case "face":
            return stay(visit)
        case "resume":
            return back_to_staff(visit, state.back_to, event.at)
        case _:
            return _at_the_page(visit, state, event)


_STAFF_LEAD_TO = (TakeCard, ChoosingEvidence, FillingDeclaration, *BESIDE)
on(MatchingFace, event=StaffActed, to=_STAFF_LEAD_TO)(staff_act_meanwhile)
on(ReadingCardFront, event=StaffActed, to=(*_STAFF_LEAD_TO, Abandoned, Finished))(staff_act_meanwhile)
