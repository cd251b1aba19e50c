"""The page on which a phone is held to the reader."""

from __future__ import annotations

from kiosk.visit.page_parts import OTHER_WAYS, Part, part
from kiosk.visit.states import ReadingPhone


def phone_page(state: ReadingPhone) -> Part:
    """``waiting``: the phone is to be held still, or the service is asked."""
    match state.step:
        case "hold":
            return part("ReadingPhone", "phone", (OTHER_WAYS,), variant=state.why or "hold")
        case "opening":
            return part("ReadingPhone", "phone", variant="opening", waiting=True)
        case _:
            return part("ReadingPhone", "phone", variant="reading", waiting=True)
