"""Examples of a phone's pages."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from drivers.interface import Token
from kiosk.visit.states import AnyState, EnteringPin, ReadingPhone, Visit

_PAGES: tuple[tuple[str, AnyState], ...] = (
    ("EnteringPin.phone", EnteringPin(tries_left=3, phone=True)),
    ("EnteringPin.phone_wrong", EnteringPin(tries_left=2, phone=True, wrong=True)),
    ("EnteringPin.phone_last_try", EnteringPin(tries_left=1, phone=True, last_try=True)),
    ("ReadingPhone.hold", ReadingPhone(slot="s")),
    ("ReadingPhone.reading", ReadingPhone(step="verify", slot="s")),
    ("ReadingPhone.lost", ReadingPhone(slot="s", why="lost")),
    ("ReadingPhone.retype", ReadingPhone(why="lost")),
    ("ReadingPhone.not_confirmed", ReadingPhone(token=Token.IPHONE, why="not_confirmed")),
    ("ReadingPhone.opening", ReadingPhone(step="opening", question="q")),
)


def phone_visits(begun: Visit) -> Iterator[tuple[str, Visit]]:
    for name, state in _PAGES:
        yield name, replace(begun, state=state)
