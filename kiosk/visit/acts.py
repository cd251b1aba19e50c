"""What a person does at a screen, before it has a time and an id: the plain form in which screens, scenarios and
staff send events."""

from __future__ import annotations

from typing import Any

import msgspec

from kiosk.visit.events import AnyEvent, Event
from kiosk.visit.moment import Moment
from kiosk.visit.table import EVENTS

_BY_NAME: dict[str, type[Event]] = {event.__name__: event for event in EVENTS}


class Act(msgspec.Struct, frozen=True):
    """``name`` is an event's class name, ``args`` its own fields."""

    name: str
    args: tuple[tuple[str, str], ...] = ()


class UnknownAct(ValueError):
    """No event of that name, or its arguments do not fit. The message says which."""


def event_of(act: Act, event_id: str, at: Moment) -> AnyEvent:
    """The event that ``act`` means at this moment. Raises ``UnknownAct``."""
    kind = _BY_NAME.get(act.name)
    if kind is None:
        raise UnknownAct(f"no event is called {act.name!r}; known: {', '.join(sorted(_BY_NAME))}")
    fields: dict[str, Any] = {**dict(act.args), "id": event_id, "at": at}
    unknown = set(fields) - set(kind.__struct_fields__)
    if unknown:
        raise UnknownAct(f"{act.name} has no {', '.join(sorted(unknown))}")
    try:
        return msgspec.convert({**fields, "type": act.name}, kind, strict=False)  # type: ignore[return-value]
    except msgspec.ValidationError as error:
        raise UnknownAct(f"{act.name}: {error}") from error
