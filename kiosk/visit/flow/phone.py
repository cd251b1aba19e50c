"""A phone is held to the reader until it has answered.

A field that is lost before the PIN went to the phone costs nothing: the digits wait in their slot until the phone is
held again. Once they were sent nobody knows whether a try was spent: the phone is asked before they are typed anew.
"""

from __future__ import annotations

from msgspec.structs import replace

from drivers.interface import Fault, Token
from kiosk.evidence.reasons import Reason
from kiosk.visit.effects import PlaySound
from kiosk.visit.events import (
    CardFailed,
    CardInserted,
    CardRead,
    CardRemoved,
    PinRefused,
    PinVerified,
    ReaderChanged,
)
from kiosk.visit.flow.arrival import PROBLEM_OF_FAULT, READER_AWAY, is_ours, noticed, refuse_card
from kiosk.visit.flow.verification import holder_verified
from kiosk.visit.moves import abandon, enter, fall_back, stay
from kiosk.visit.phones import may_leave, present, put_away, returned, to_phone_keypad, unknown
from kiosk.visit.states import (
    Abandoned,
    CardInHand,
    ChoosingEvidence,
    EnteringPin,
    ReadingCard,
    ReadingPhone,
    TakeCard,
    Visit,
)
from kiosk.visit.table import Result, on

_LISTEN = PlaySound("attention")
"""Who holds a phone to the reader does not look at the screen."""

_ANOTHER_THING = frozenset({Fault.NOT_MY_NUMBER_CARD, Fault.OLD_RESIDENT_CARD})


@on(ReadingPhone, event=CardInserted, to=(ReadingPhone, TakeCard))
def phone_comes_back(visit: Visit, state: ReadingPhone, event: CardInserted) -> Result:
    """What takes the place of a phone that nobody saw leave is another thing."""
    back = returned(visit, event)
    if back is None:
        if event.mute and visit.card is not None and visit.card.insertion is None and state.step == "hold":
            return stay(visit, state=replace(state, why="lost"))
        return abandon(noticed(visit, event), "card_changed", event.at)
    if state.step == "hold":
        return present(back, state, event.at)
    if state.step == "opening":
        return stay(back)
    # Its answer is still under way; should that be a failure, the phone is looked at anew.
    kept = visit.card.facts if visit.card is not None else None
    return stay(replace(back, card=replace(back.card or CardInHand(None), facts=kept)))


@on(ReadingPhone, event=CardRemoved, to=(ReadingPhone,))
def phone_leaves(visit: Visit, state: ReadingPhone, event: CardRemoved) -> Result:
    """Out of the field. What it was doing may still have come to its end."""
    if not is_ours(visit, event.insertion):
        return stay(visit)
    away = put_away(visit, event.at)
    if state.step != "look":
        return stay(away)
    return enter(away, replace(state, step="hold", why="lost"), event.at, _LISTEN)


@on(ReadingPhone, event=ReaderChanged, to=(ReadingCard,))
def reader_leaves_the_phone(visit: Visit, _state: ReadingPhone, event: ReaderChanged) -> Result:
    """A phone that has verified its holder needs no reader any more; any other begins anew."""
    changed = replace(visit, reader_available=event.available)
    if event.available:
        return stay(changed)
    if may_leave(changed):
        return stay(put_away(changed, event.at))
    return enter(changed, ReadingCard(), event.at, card=CardInHand(insertion=None))


@on(ReadingPhone, event=CardRead, to=(ReadingPhone, EnteringPin, ChoosingEvidence, TakeCard))
def phone_is_looked_at(visit: Visit, state: ReadingPhone, event: CardRead) -> Result:
    """Digits go to nothing but a phone of that kind with as many tries as when they were typed: its holder was told
    that number."""
    if state.step != "look" or visit.card is None or not is_ours(visit, event.insertion):
        return stay(visit)
    facts = event.facts
    tries = 1 if facts.pin_tries_left is None else facts.pin_tries_left
    if facts.token is not state.token or (state.slot and tries != state.tries_left):
        return abandon(visit, "card_changed", event.at)
    accepted = visit.card.last_try_accepted and tries == state.tries_left
    known = replace(visit, card=CardInHand(event.insertion, facts, accepted, tries))
    reason = refuse_card(facts, visit, event.at.day)
    if reason is not None:
        return fall_back(known, reason, event.at)
    if state.token is not Token.IPHONE and not state.slot:
        return to_phone_keypad(known, tries, event.at)
    return present(known, state, event.at)


@on(ReadingPhone, event=CardFailed, to=(ReadingPhone, ReadingCard, ChoosingEvidence, TakeCard))
def phone_was_not_reached(visit: Visit, state: ReadingPhone, event: CardFailed) -> Result:
    looked = state.step == "look" and is_ours(visit, event.insertion)
    verified = state.step == "verify" and event.insertion == state.asked
    if visit.card is None or not (looked or verified):
        return stay(visit)
    fault, at = event.failure.fault, event.at
    if fault in READER_AWAY:
        return enter(visit, ReadingCard(), at, card=CardInHand(insertion=None))
    if looked and fault in _ANOTHER_THING:
        return abandon(visit, "card_changed", at)
    reason = PROBLEM_OF_FAULT[fault]
    if reason is not Reason.CARD_UNREADABLE:
        return fall_back(visit, reason, at, message=event.failure.detail)
    waits = bool(state.slot) and (looked or event.kept)
    if not waits:  # a try may have been spent
        visit = replace(visit, card=replace(visit.card, last_try_accepted=False, pin_tries=0))
    again = replace(
        state,
        step="hold",
        slot=state.slot if waits else "",
        why="not_confirmed" if fault is Fault.NOT_CONFIRMED else "lost",
    )
    card = visit.card or CardInHand(None)
    back = verified and card.insertion not in (None, state.asked)
    away = replace(unknown(visit, card.insertion), reason=reason)
    return present(away, again, at) if back else enter(away, again, at, _LISTEN)


@on(ReadingPhone, event=PinVerified, to=(ReadingPhone, ChoosingEvidence, TakeCard, Abandoned))
def phone_has_verified(visit: Visit, state: ReadingPhone, event: PinVerified) -> Result:
    own = event.on_phone is (state.token is Token.IPHONE)
    if state.step != "verify" or event.insertion != state.asked or not own:
        return stay(visit)
    moved, effects = holder_verified(visit, event)
    done = isinstance(moved.state, ReadingPhone)
    return moved, (*effects, PlaySound("take_card")) if done else effects


@on(ReadingPhone, event=PinRefused, to=(EnteringPin, ChoosingEvidence))
def phone_refused_the_pin(visit: Visit, state: ReadingPhone, event: PinRefused) -> Result:
    if state.step != "verify" or event.insertion != state.asked or visit.card is None:
        return stay(visit)
    tries = max(0, event.tries_left)
    told = replace(visit, card=replace(visit.card, pin_tries=tries))
    if tries == 0:
        return fall_back(told, Reason.PIN_LOCKED, event.at)
    if told.card is not None and told.card.insertion != state.asked:
        told = unknown(told, told.card.insertion)
    return to_phone_keypad(told, tries, event.at, wrong=True)
