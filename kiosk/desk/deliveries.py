"""What became of handing a visit over, one for each receiver, as the courier's notes tell it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from kiosk.handoff.notes import (
    NOTES,
    DeliveryNote,
    HandedOver,
    HandoffByHand,
    HandoffDelayed,
    HandoffNeedsPerson,
    HandoffTriedAgain,
)
from kiosk.ledger import Record


class Handed(StrEnum):
    """Never shown by colour alone."""

    NEEDS_PERSON = "needs_person"
    WAITING = "waiting"
    BY_HAND = "by_hand"
    DONE = "done"


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """``since`` when it stands so, ``at`` when that was told last (``stamp``). ``problem``: the last error's code.
    ``tried_on``: attempts go on by themselves. ``who``: the member of staff who acted last, ``why`` their words.
    ``courier``: the chain that hands over."""

    receiver: str
    key: str
    revision: int
    state: Handed
    courier: str
    since: str
    at: str
    problem: str = ""
    tried_on: bool = False
    who: str = ""
    why: str = ""

    @property
    def open(self) -> bool:
        return self.state in (Handed.NEEDS_PERSON, Handed.WAITING)

    @property
    def trouble(self) -> str:
        """What ``problem`` means to people (``trouble_of``); "" where there is none."""
        return trouble_of(self.problem) if self.problem else ""


Deliveries = tuple[Delivery, ...]
"""By receiver."""


def is_delivery(record: Record) -> bool:
    return record.type in NOTES


def with_note(deliveries: Deliveries, record: Record, payload: bytes) -> Deliveries:
    """What stands after one of the courier's notes. Raises ``msgspec.DecodeError``."""
    note = msgspec.json.decode(payload, type=NOTES[record.type])
    before = next((one for one in deliveries if one.receiver == note.receiver), None)
    if before is not None and note.revision < before.revision:
        return deliveries
    after = _after(before, note, record)
    if after is None:
        return deliveries
    others = [one for one in deliveries if one.receiver != note.receiver]
    return tuple(sorted((*others, after), key=lambda one: one.receiver))


def _after(before: Delivery | None, note: DeliveryNote, record: Record) -> Delivery | None:
    """None for what changes nothing."""
    state, problem, why, who, tried_on = (
        Handed.WAITING,
        "",
        "",
        before.who if before is not None else "",
        True,
    )
    match note:
        case HandedOver():
            state, tried_on = Handed.DONE, False
        case HandoffDelayed():
            problem = note.problem
        case HandoffNeedsPerson():
            state, problem, tried_on = Handed.NEEDS_PERSON, note.problem, note.tried_on
        case HandoffTriedAgain():
            who = record.actor.removeprefix("staff:")
        case HandoffByHand():
            state, tried_on = Handed.BY_HAND, False
            why, who = note.why, record.actor.removeprefix("staff:")
        case _:
            return None
    same = before is not None and (before.state, before.key) == (state, note.key)
    return Delivery(
        receiver=note.receiver,
        key=note.key,
        revision=note.revision,
        state=state,
        courier=record.chain,
        since=before.since if before is not None and same else record.at,
        at=note.taken_at if isinstance(note, HandedOver) else record.at,
        problem=problem,
        tried_on=tried_on,
        who=who,
        why=why,
    )


def sign_of(deliveries: Iterable[Delivery]) -> Handed | None:
    """The one that matters most; None where nothing is known of any receiver."""
    states = {one.state for one in deliveries}
    return next((state for state in Handed if state in states), None)


# ------------------------------------------------------------------------------------ why, for people

_TROUBLES = {
    "no_folder": "no_folder",
    "folder_eacces": "folder_denied",
    "folder_eperm": "folder_denied",
    "folder_erofs": "folder_denied",
    "folder_enospc": "folder_full",
    "folder_edquot": "folder_full",
    "name_taken": "name_taken",
    "not_trusted": "not_trusted",
    "no_reply": "no_reply",
    "http_401": "access",
    "http_403": "access",
    "http_407": "access",
    "http_404": "address",
    "http_405": "address",
    "http_410": "address",
    "http_408": "busy",
    "http_409": "busy",
    "http_423": "busy",
    "http_425": "busy",
    "http_429": "busy",
    "no_such_receiver": "no_such_receiver",
    "cannot_say_void": "cannot_say_void",
    "no_answer": "not_made",
    "no_content": "not_made",
    "invalid_bundle": "not_made",
}
_BEGINNINGS = (
    ("folder_", "folder_fault"),
    ("http_3", "address"),
    ("http_5", "busy"),
    ("http_", "not_accepted"),
    ("not_made_", "not_made"),
    ("unreadable_", "unreadable"),
)
TROUBLES = (*sorted({*_TROUBLES.values(), *(trouble for _beginning, trouble in _BEGINNINGS)}), "other")
"""Each has a sentence of what is wrong, and one of what helps."""


def trouble_of(problem: str) -> str:
    found = _TROUBLES.get(problem)
    if found is None:
        found = next(
            (trouble for beginning, trouble in _BEGINNINGS if problem.startswith(beginning)), "other"
        )
    return found
