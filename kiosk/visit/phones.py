"""A phone that is used as the card: it is held to the reader for a moment, and need not lie there.

It is in its owner's hand while the PIN is typed, it may slip out of the field before it has answered, and once it has
verified its holder it may be put away: the certificate that it signed with is the visit's from then on. Until that
moment nothing tells one phone from another of its kind but the number of its tries (no certificate before the PIN).
"""

from __future__ import annotations

from msgspec.structs import replace

from drivers.interface import Token
from kiosk.visit.effects import ReadCard, VerifyOnPhone, VerifyPin
from kiosk.visit.events import CardInserted
from kiosk.visit.moment import Moment
from kiosk.visit.moves import enter
from kiosk.visit.states import CardInHand, EnteringPin, ReadingPhone, Visit
from kiosk.visit.table import Result

PHONES = frozenset({Token.ANDROID, Token.IPHONE})
RETURN_MS = 3_000
"""A phone that has verified its holder may slip out of the field and back for so long without being taken for another
one. What came of it is the first phone's in any case: the second is asked nothing."""


def is_phone(card: CardInHand | None) -> bool:
    return card is not None and card.facts is not None and card.facts.token in PHONES


def proven_by_phone(visit: Visit) -> bool:
    """Its holder was verified by a phone, which need not be there any more."""
    return visit.verified is not None and is_phone(visit.card)


def may_leave(visit: Visit) -> bool:
    """Whether what lies there may be taken away without ending the visit."""
    typing = isinstance(visit.state, EnteringPin) and visit.state.phone
    return typing or proven_by_phone(visit)


def put_away(visit: Visit, at: Moment) -> Visit:
    if visit.card is None:
        return visit
    return replace(visit, card=replace(visit.card, insertion=None, left=at.mono))


def returned(visit: Visit, event: CardInserted) -> Visit | None:
    """The visit with its phone in the field again; None where what came must be taken for another thing."""
    card = visit.card
    if card is None or card.insertion is not None or event.mute:
        return None
    if proven_by_phone(visit):
        soon = card.left is not None and event.at.mono - card.left <= RETURN_MS
        return replace(visit, card=replace(card, insertion=event.insertion, left=None)) if soon else None
    return unknown(visit, event.insertion)


def unknown(visit: Visit, insertion: int | None) -> Visit:
    """Something is in the field, and nobody has looked yet whether it is the phone."""
    card = visit.card or CardInHand(None)
    looked_for = CardInHand(insertion, last_try_accepted=card.last_try_accepted, pin_tries=card.pin_tries)
    return replace(visit, reader_available=True, card=looked_for)


def begin_phone(visit: Visit, tries: int, at: Moment) -> Result:
    """A phone has told what it is: an iPhone asks its holder by itself, any other wants its PIN typed here first."""
    facts = visit.card.facts if visit.card is not None else None
    if facts is not None and facts.token is Token.IPHONE:
        return present(visit, ReadingPhone(token=Token.IPHONE), at)
    return to_phone_keypad(visit, tries, at)


def to_phone_keypad(visit: Visit, tries: int, at: Moment, *, wrong: bool = False) -> Result:
    last = tries == 1 and not (visit.card is not None and visit.card.last_try_accepted)
    return enter(visit, EnteringPin(tries_left=tries, phone=True, wrong=wrong, last_try=last), at)


def present(visit: Visit, state: ReadingPhone, at: Moment) -> Result:
    """On with the phone, wherever it is: it verifies; it is looked at, where it was away; or it is waited for."""
    card = visit.card
    if card is None or card.insertion is None:
        return enter(visit, replace(state, step="hold"), at)
    if card.facts is None:
        return enter(visit, replace(state, step="look"), at, ReadCard(card.insertion))
    by_itself = state.token is Token.IPHONE
    effect = VerifyOnPhone(card.insertion) if by_itself else VerifyPin(card.insertion, state.slot)
    return enter(visit, replace(state, step="verify", asked=card.insertion, why=""), at, effect)
