"""The transition table: for every pair of state and event one handler, or the explicit word that it is ignored.

Handlers declare the states they may lead to; the diagram is drawn from those declarations, and tests hold the
declarations against what really happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar, cast, get_args

from kiosk.visit.effects import AnyEffect
from kiosk.visit.events import AnyEvent, Event
from kiosk.visit.states import AnyState, State, Visit

Result = tuple[Visit, tuple[AnyEffect, ...]]
Handler = Callable[[Visit, AnyState, AnyEvent], Result]

STATES: tuple[type[State], ...] = get_args(AnyState)
EVENTS: tuple[type[Event], ...] = get_args(AnyEvent)
TABLE: dict[tuple[type[State], type[Event]], Handler] = {}
TARGETS: dict[tuple[type[State], type[Event]], frozenset[type[State]]] = {}
IGNORED: set[tuple[type[State], type[Event]]] = set()

S = TypeVar("S", bound=State)
E = TypeVar("E", bound=Event)


class TableError(Exception):
    """The table decides a pair twice."""


def on(
    *states: type[S], event: type[E], to: Iterable[type[State]]
) -> Callable[[Callable[[Visit, S, E], Result]], Callable[[Visit, S, E], Result]]:
    """Registers the decorated function for ``event`` in each of ``states``; ``to`` is every state it may enter."""
    targets = frozenset(to)

    def register(handler: Callable[[Visit, S, E], Result]) -> Callable[[Visit, S, E], Result]:
        for state in states:
            _claim(state, event)
            TABLE[state, event] = cast(Handler, handler)
            TARGETS[state, event] = targets
        return handler

    return register


def ignore(*states: type[State], events: Iterable[type[Event]]) -> None:
    """Says that these events mean nothing in these states: they came late, or from a page that is gone."""
    for event in events:
        for state in states:
            _claim(state, event)
            IGNORED.add((state, event))


def _claim(state: type[State], event: type[Event]) -> None:
    if (state, event) in TABLE or (state, event) in IGNORED:
        raise TableError(f"{state.__name__} × {event.__name__} is decided twice")
