"""A card that comes, goes or is read again beside the other ways, and a reader that goes."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.visit.effects import AnyEffect, ForgetCard, ReadCard
from kiosk.visit.events import CardInserted, CardRead, CardRemoved, ReaderChanged
from kiosk.visit.flow.arrival import is_ours, note_the_reader, noticed, receive
from kiosk.visit.flow.evidence import to_the_ways
from kiosk.visit.moment import Moment
from kiosk.visit.moves import (
    enter,
    forget_person,
    is_accepted,
    is_anothers,
    read_card,
    road_of,
    stay,
)
from kiosk.visit.states import (
    CardInHand,
    ChoosingEvidence,
    Companion,
    ConfirmingKnownData,
    ExplainingNoCard,
    ExplainingSelfPay,
    FillingDeclaration,
    IdentifyingKnown,
    ReadingCard,
    SchoolTrip,
    ShowingCertificate,
    ShowingNotice,
    ShowingPortal,
    StaffVerifying,
    State,
    UsingCertifiedReader,
    Visit,
)
from kiosk.visit.table import Result, on

_LOOKING_ON = (ChoosingEvidence, ExplainingNoCard, Companion)
"""Here a card is welcome: it is tried from the beginning."""
_CARD_IN_HAND = (
    SchoolTrip, ShowingCertificate, ShowingNotice, ShowingPortal, IdentifyingKnown, ExplainingSelfPay, StaffVerifying,
    UsingCertifiedReader,
)  # fmt: skip
"""Here it is taken out to be shown, and put back."""


@on(*_LOOKING_ON, event=CardInserted, to=(ReadingCard,))
def card_after_all(visit: Visit, state: State, event: CardInserted) -> Result:
    """Somebody who looks for another way has found the card, or tries it again. After the result none is read."""
    if is_accepted(visit):
        return note_card(visit, state, event)
    read, effects = receive(forget_person(visit), event)
    return read, (ForgetCard(), *effects)


@on(*_CARD_IN_HAND, event=CardInserted, to=())
def note_card(visit: Visit, _state: State, event: CardInserted) -> Result:
    """The page stays; the card is read to see whether it is another person's."""
    return stay(forget_person(noticed(visit, event)), ForgetCard(), *_reading(visit, event))


def _reading(visit: Visit, event: CardInserted) -> tuple[AnyEffect, ...]:
    return () if event.mute or is_accepted(visit) else (ReadCard(event.insertion),)


@on(
    *_CARD_IN_HAND,
    ChoosingEvidence,
    ConfirmingKnownData,
    FillingDeclaration,
    event=CardRead,
    to=(ReadingCard,),
)
def recognise_card(visit: Visit, _state: State, event: CardRead) -> Result:
    """Another person's card begins with that person, and with nothing that was shown, typed or written before."""
    if not is_ours(visit, event.insertion):
        return stay(visit)
    if is_anothers(visit, event.facts) and not is_accepted(visit):
        another = replace(visit, fallback=None, reason=None, face_attempts=0)
        return read_card(another, event.insertion, event.at)
    known = replace(visit, card=CardInHand(event.insertion, event.facts))
    return stay(known, fallback=road_of(known))


@on(*_LOOKING_ON, *_CARD_IN_HAND, event=CardRemoved, to=())
def card_taken_on_the_road(visit: Visit, _state: State, event: CardRemoved) -> Result:
    """Nothing that was learnt with it is kept."""
    if not is_ours(visit, event.insertion):
        return stay(visit)
    return stay(forget_person(visit), ForgetCard(), card=None)


# ------------------------------------------------------------------------------- beside the data on file


@on(ConfirmingKnownData, event=CardRemoved, to=(ChoosingEvidence,))
def card_taken_beside_known_data(visit: Visit, _state: ConfirmingKnownData, event: CardRemoved) -> Result:
    """What the page shows leaves at once."""
    if not is_ours(visit, event.insertion):
        return stay(visit)
    return _without_known_data(replace(visit, card=None), event.at)


@on(ConfirmingKnownData, event=CardInserted, to=(ChoosingEvidence,))
def card_beside_known_data(visit: Visit, _state: ConfirmingKnownData, event: CardInserted) -> Result:
    return _without_known_data(noticed(visit, event), event.at)


def _without_known_data(visit: Visit, at: Moment) -> Result:
    shown, effects = to_the_ways(forget_person(visit), at)
    return shown, (ForgetCard(), *effects)


# ------------------------------------------------------------------------------------------ beside a form


@on(FillingDeclaration, event=CardRemoved, to=(FillingDeclaration,))
def cover_form(visit: Visit, state: FillingDeclaration, event: CardRemoved) -> Result:
    """Perhaps to read the address off the card, perhaps to go: nothing of the form is shown until its writer says
    that they go on."""
    if not is_ours(visit, event.insertion):
        return stay(visit)
    alone = forget_person(replace(visit, card=None))
    return enter(alone, _covered(alone, state), event.at, ForgetCard())


@on(FillingDeclaration, event=CardInserted, to=(FillingDeclaration,))
def card_beside_form(visit: Visit, state: FillingDeclaration, event: CardInserted) -> Result:
    """Nobody saw the card before it leave, nor whose this one is: it is read anew, and only to be copied from."""
    noted = forget_person(noticed(visit, event))
    return enter(noted, _covered(noted, state), event.at, ForgetCard(), *_reading(visit, event))


@on(FillingDeclaration, event=ReaderChanged, to=(FillingDeclaration,))
def reader_beside_form(visit: Visit, state: FillingDeclaration, event: ReaderChanged) -> Result:
    """Without it nothing can be copied; what is being written goes on."""
    changed, effects = note_the_reader(visit, state, event)
    if event.available or state.step not in ("key", "tries", "unlock", "reading"):
        return changed, effects
    return enter(changed, FillingDeclaration(way=state.way, problem="unreadable"), event.at)


def resumed(visit: Visit, page: FillingDeclaration) -> FillingDeclaration:
    """The form as it is found again by whoever called staff from it: under its cover if a card came or went, and
    without a key for a card that is not the one whose tries were told."""
    unread = visit.card is None or visit.card.insertion is None or visit.card.facts is None
    return _covered(visit, page) if unread else page


def _covered(visit: Visit, state: FillingDeclaration) -> FillingDeclaration:
    """The page without what the card gave, and with what is written under a cover."""
    covered = visit.fallback is not None and visit.fallback.covered
    if state.step in ("question", "summary", "signature"):
        return replace(state, covered=covered)
    return FillingDeclaration(way=state.way, covered=covered)
