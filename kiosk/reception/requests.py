"""What the desk asks of a terminal, as the ledger carries it."""

from __future__ import annotations

from contextlib import suppress

import msgspec

from kiosk.ledger import Request
from kiosk.visit.acts import Act

GIVE = "give"
"""What the desk asks for to have a certified reader's result go to the patient at the screen (``to``: their visit)."""
TAKE = "take"
"""What the desk asks for to have the patient's screen: the page is kept, and handed back with ``resume``."""


def act_of(request: Request, told: dict[str, str]) -> Act:
    """``way`` and ``why`` are told with the request, where staff accept or refuse evidence."""
    if request.action == TAKE:
        return Act("StaffCalled")
    who = {"action": request.action, "staff": request.actor.removeprefix("staff:")}
    return Act("StaffActed", tuple((who | told).items()))


def told_in(request: Request) -> dict[str, str]:
    """What else was told with it; nothing where that is erased or no such table."""
    if isinstance(request.payload, bytes):
        with suppress(msgspec.DecodeError):
            return msgspec.json.decode(request.payload, type=dict[str, str])
    return {}
