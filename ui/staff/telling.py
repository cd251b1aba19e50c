"""What happened, as one line for the foot of the window."""

from __future__ import annotations

from kiosk.desk.case import CLOSED
from kiosk.desk.row import Row
from kiosk.ledger.interface import JST
from ui.staff.deeds import ASKS_COURIER
from ui.staff.lane import Trouble
from ui.staff.model import Shown, Told
from ui.staff.words import Words, standing, who

_BAD = frozenset({"not_accepted", "refused", "denied", "trouble", "no_reply"})
_LEDGER_CODES = frozenset({"busy", "full", "read_only", "io_fault"})


def is_bad(told: Told) -> bool:
    return told.what in _BAD


def said_of(told: Told, words: Words) -> str:
    """ "" where the page itself tells it."""
    action = words.find(f"desk.do.{told.deed}") or words("desk.next.open")
    name = who(told.row, words) if told.row is not None else ""
    match told.what:
        case "sent":
            return words("desk.done.sent", who=name, action=action)
        case "accepted":
            seen = "" if _is_about_handoff(told) else sees(told.row, words)
            return words("desk.done.accepted", who=name, action=action, sees=seen).strip()
        case "not_accepted" if _is_about_handoff(told):
            return words("desk.done.handled_already", who=name, action=action)
        case "not_accepted":
            return words("desk.done.refused", who=name, action=action, sees=sees(told.row, words)).strip()
        case "noted":
            return words("desk.done.note", who=name, action=action)
        case "no_reply":
            return words("desk.done.no_reply", who=name)
        case "refused" if told.refusal is not None:
            why = words(told.refusal.key)
            return words.about(name, words.aside(why, told.refusal.detail) if told.refusal.detail else why)
        case "denied" if told.denied is not None:
            return words(f"desk.denied.{told.denied.why}")
        case _:
            return trouble_of(told.trouble, words) if told.trouble is not None else ""


def _is_about_handoff(told: Told) -> bool:
    return told.deed in ASKS_COURIER


def sees(row: Row | None, words: Words) -> str:
    """What stands before the patient now."""
    if row is None:
        return ""
    if row.state in CLOSED:
        return words("desk.detail.nobody_sees")
    return words("desk.detail.patient_sees", page=words(f"desk.state.{row.state}"))


def trouble_of(trouble: Trouble, words: Words, shown: Shown | None = None) -> str:
    if trouble.part == "accounts":
        return words("desk.trouble.accounts", code=trouble.code)
    if trouble.part == "patients":
        return words("desk.trouble.patients", code=trouble.code)
    if trouble.part != "ledger":
        return words("desk.trouble.bug")
    at = shown.now.astimezone(JST).strftime("%H:%M") if shown is not None else "–"
    kind = (
        "hub"
        if trouble.code.startswith("hub")
        else trouble.code
        if trouble.code in _LEDGER_CODES
        else "other"
    )
    return f"{words('desk.trouble.ledger', code=trouble.code, time=at)}{words(f'desk.trouble.ledger.{kind}')}"


def new_call(row: Row, words: Words) -> str:
    return words("desk.board.new_call", who=who(row, words), what=standing(row, words))
