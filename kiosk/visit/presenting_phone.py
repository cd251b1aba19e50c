"""The page on which a phone is held to the reader."""

from __future__ import annotations

from drivers.interface import Token
from kiosk.visit.page_parts import OTHER_WAYS, Part, part
from kiosk.visit.states import ReadingPhone
from kiosk.visit.views import Picture

_PICTURES: dict[str, Picture] = {
    "hold": "hold_phone",
    "lost": "phone_again",
    "retype": "phone_again",
    "not_confirmed": "phone_confirm",
}


def phone_page(state: ReadingPhone) -> Part:
    """``waiting``: the phone is to be held still, or the service is asked."""
    match state.step:
        case "hold":
            held = _held(state)
            return part("ReadingPhone", _PICTURES[held], (OTHER_WAYS,), variant=held)
        case "opening":
            return part("ReadingPhone", "phone_away", variant="opening", waiting=True)
        case _:
            return part("ReadingPhone", "phone_still", variant="reading", waiting=True)


def _held(state: ReadingPhone) -> str:
    """What was typed is not asked for again without a word."""
    sent = state.token is not Token.IPHONE and not state.slot
    return "retype" if state.why == "lost" and sent else state.why or "hold"
