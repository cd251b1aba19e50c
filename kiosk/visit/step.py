"""``step``: the whole behaviour of a reception as one pure function."""

from __future__ import annotations

import kiosk.visit.flow  # noqa: F401  fills the table
from kiosk.visit.effects import DiscardSecret
from kiosk.visit.events import (
    AnyEvent,
    ContrastChosen,
    LanguageChosen,
    PinEntered,
    StaffCalled,
    TextSizeChosen,
    TimeExtended,
)
from kiosk.visit.moment import Moment
from kiosk.visit.moves import is_accepted
from kiosk.visit.policy import Policy
from kiosk.visit.states import Visit, Welcome
from kiosk.visit.table import EVENTS, IGNORED, STATES, TABLE, Result

__all__ = ["new_terminal", "step"]

_undecided = [
    (s.__name__, e.__name__) for s in STATES for e in EVENTS if (s, e) not in TABLE and (s, e) not in IGNORED
]
if _undecided:
    raise RuntimeError(f"the transition table leaves open: {_undecided}")


_ALWAYS = (LanguageChosen, TextSizeChosen, ContrastChosen, TimeExtended, StaffCalled)
"""What a patient may do on any page, whatever it is about."""


def new_terminal(policy: Policy, at: Moment) -> Visit:
    """A terminal that has just started. It does not say "no reader" before a first look has found none."""
    return Visit(policy=policy, state=Welcome(), preferences=policy.defaults, entered=at)


def step(visit: Visit, event: AnyEvent) -> Result:
    """What ``event`` does to ``visit``: the next visit, and what is to be done. Total: no event is an error, and one
    that means nothing here changes nothing. Digits that nobody asked for are thrown away."""
    handler = TABLE.get((type(visit.state), type(event)))
    too_late = event.actor == "patient" and is_accepted(visit) and not isinstance(event, _ALWAYS)
    if handler is not None and not too_late:
        return handler(visit, visit.state, event)
    if isinstance(event, PinEntered):
        return visit, (DiscardSecret(event.slot),)
    return visit, ()
