"""Draws the visit from its transition table: ``python -m kiosk.visit.diagram > docs/visit.md``."""

from __future__ import annotations

import kiosk.visit.step  # noqa: F401  fills the table
from kiosk.visit.events import Event
from kiosk.visit.states import State
from kiosk.visit.table import EVENTS, IGNORED, STATES, TARGETS

# Drawn, they would cover everything: they are told in the matrix and in the text.
_ANYWHERE = frozenset({"StaffCalled", "StaffCancelled", "StaffActed", "TimePassed", "ReaderChanged"})

_INTRODUCTION = """# The visit

Drawn from the transition table (`make docs`); `make check` fails if it is not up to date.

Not drawn, because they lead away from almost everywhere: a call for staff and its end, time that runs out, and a
reader that goes away (the page waits in `ReadingCard` until the same card is seen again). The matrix below has
everything.
"""


def document() -> str:
    """The whole page in Markdown."""
    return "\n".join(
        [
            _INTRODUCTION,
            "```mermaid",
            *mermaid(),
            "```",
            "",
            "## Every state × every event",
            "",
            *matrix(),
            "",
        ]
    )


def mermaid() -> list[str]:
    """A state diagram: one arrow for each pair of states, labelled with the events that lead along it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (state, event), targets in TARGETS.items():
        if event.__name__ in _ANYWHERE:
            continue
        for target in targets:
            if target is not state:
                arrows.setdefault((state.__name__, target.__name__), []).append(event.__name__)
    lines = ["stateDiagram-v2", "    [*] --> Welcome"]
    for (source, end), events in sorted(arrows.items()):
        lines.append(f"    {source} --> {end}: {', '.join(sorted(set(events)))}")
    return lines


def matrix() -> list[str]:
    """A table: where an event leads from a state; ● stays on the page, – is ignored."""
    head = "| event | " + " | ".join(state.__name__ for state in STATES) + " |"
    rows = [_row(event) for event in EVENTS]
    return [head, "|" + "---|" * (len(STATES) + 1), *rows]


def _row(event: type[Event]) -> str:
    return f"| {event.__name__} | " + " | ".join(_cell(state, event) for state in STATES) + " |"


def _cell(state: type[State], event: type[Event]) -> str:
    if (state, event) in IGNORED:
        return "–"
    others = sorted(target.__name__ for target in TARGETS[state, event] if target is not state)
    return ", ".join(others) or "●"


if __name__ == "__main__":
    print(document(), end="")
