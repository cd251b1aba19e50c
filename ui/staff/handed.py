"""How far a visit's result has come to the receipt computer, the chart and the like, in words."""

from __future__ import annotations

from kiosk.desk.deliveries import Delivery, Handed
from ui.staff.words import Words, clock, shown_name

ROLES: dict[Handed, str] = {
    Handed.NEEDS_PERSON: "alarm",
    Handed.WAITING: "notice",
    Handed.BY_HAND: "small",
    Handed.DONE: "small",
}
"""Of the text in which a delivery is told."""


def told(delivery: Delivery, words: Words) -> str:
    """One receiver: its state, since when; why not, and what helps."""
    slots = {
        "receiver": delivery.receiver,
        "state": words(f"desk.handed.{delivery.state}"),
        "time": clock(delivery.since if delivery.open else delivery.at),
    }
    if delivery.state is Handed.BY_HAND:
        return words("desk.detail.handed_by", **slots, name=delivery.who, why=shown_name(delivery.why))
    if not delivery.open:
        return words("desk.detail.handed_line", **slots)
    line = words("desk.detail.handed_since", **slots)
    if not delivery.trouble:
        return line
    helps = words(f"desk.helps.{delivery.trouble}")
    why = words(
        "desk.detail.handed_trouble", trouble=words(f"desk.trouble_with.{delivery.trouble}"), helps=helps
    )
    return f"{line}\n{why}"
