"""What is done about a visit, on the desk's thread, by somebody of that name."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.desk.case import Case, Numbers
from kiosk.desk.desk import Desk
from kiosk.desk.detail import Detail
from kiosk.desk.notes import LookedUp
from kiosk.desk.refusing import Done, Refusal, Why
from ui.staff.deeds import Deed, Seen, Undo
from ui.staff.model import Work


def page_act(deed: Deed, seen: Seen, why: str, looked_up: LookedUp = "") -> Work:
    visit = seen.detail.row.visit
    way = seen.way if deed in (Deed.ACCEPT, Deed.REFUSE) else None
    return lambda desk, name: desk.act(
        visit,
        deed.value,  # type: ignore[arg-type]
        name,
        way=way,
        why=why,
        looked_up=looked_up,
    )


def given_to(seen: Seen, to: str) -> Work:
    visit = seen.detail.row.visit
    return lambda desk, name: desk.act(visit, "give", name, to=to)


def why_act(deed: Deed, seen: Seen, why: str) -> Work:
    visit = seen.detail.row.visit
    match deed:
        case Deed.SETTLE:
            return lambda desk, name: desk.notebook.settle(visit, name, why)
        case Deed.VOID:
            return lambda desk, name: desk.notebook.void(visit, why, name)
        case Deed.TAKE_OVER:
            return lambda desk, name: desk.take_over(visit, name)
        case _:
            return page_act(deed, seen, why)


def with_case(seen: Seen, act: Callable[[Desk, Case, str], Done | Refusal]) -> Work:
    visit = seen.detail.row.visit

    def work(desk: Desk, name: str) -> Done | Refusal:
        case = desk.case(visit)
        return Refusal(Why.UNKNOWN_VISIT) if case is None else act(desk, case, name)

    return work


def told_numbers(seen: Seen, numbers: Numbers) -> Work:
    visit = seen.detail.row.visit
    return lambda desk, name: desk.notebook.tell_numbers(visit, numbers, name)


def told_patient_number(seen: Seen, number: str) -> Work:
    visit = seen.detail.row.visit
    return lambda desk, name: desk.notebook.tell_patient_number(visit, number, name)


def asked_now(seen: Seen) -> Work:
    """With the numbers that were told just now; refused for a visit of another day."""
    return with_case(seen, lambda desk, case, name: desk.notebook.ask_again(case, desk.today, name))


def handed_over(seen: Seen, receiver: str, *, all_visits: bool) -> Work:
    visit = seen.detail.row.visit
    if all_visits:
        return lambda desk, name: desk.hand_all_over(visit, receiver, name)
    return lambda desk, name: desk.hand_over(visit, receiver, "again", name)


def done_by_hand(seen: Seen, receiver: str, why: str) -> Work:
    visit = seen.detail.row.visit
    return lambda desk, name: desk.hand_over(visit, receiver, "by_hand", name, why=why)


def taken_back(undo: Undo, detail: Detail) -> Work:
    visit, target = detail.row.visit, undo.target
    match undo.kind:
        case "withdraw_note":
            return lambda desk, name: desk.notebook.withdraw_note(visit, target, name)
        case "withdraw_scan":
            return lambda desk, name: desk.notebook.withdraw_scan(visit, target, name)
        case "undo_void":
            return lambda desk, name: desk.notebook.undo_void(visit, name)
        case "forget_coverage":
            return lambda desk, name: desk.notebook.choose_coverage(visit, target, 0, name)
        case "reopen":
            return lambda desk, name: desk.notebook.reopen(visit, name)
        case "after_all":
            return lambda desk, name: desk.hand_over(visit, target, "after_all", name)
        case "forget_patient_number":
            return lambda desk, name: desk.notebook.tell_patient_number(visit, "", name)
        case "forget_numbers":
            return lambda desk, name: desk.notebook.tell_numbers(visit, None, name)
        case _:
            seen = Seen(detail, detail.row.day)
            return with_case(seen, lambda desk, case, name: desk.notebook.correct_name(case, "", name))
