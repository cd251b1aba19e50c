"""What can be done about a visit: its key, who may, when it can be done, and what must be asked before. Pure.

Nothing here can be deleted: each is taken back by another (``undoable``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kiosk.accounts.roles import Action
from kiosk.desk.case import ASK_AGAIN, CLOSED
from kiosk.desk.deliveries import Delivery, Handed
from kiosk.desk.detail import AnswerGiven, Detail
from kiosk.desk.names import is_incomplete
from kiosk.desk.row import Light, Mark, Need, Next
from kiosk.evidence.model import Way


class Deed(StrEnum):
    """``desk.do.<id>`` is its name, ``desk.hint.<id>`` what it does."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    EVIDENCE = "evidence"
    TAKE = "take"
    RESUME = "resume"
    HANDLED = "handled"
    SETTLE = "settle"
    ASK_AGAIN = "ask_again"
    NOTE = "note"
    REPRINT = "reprint"
    MORE = "more"
    UNDO = "undo"
    COVERAGE = "coverage"
    NUMBERS = "numbers"
    PATIENT_NUMBER = "patient_number"
    NAME = "name"
    SCAN = "scan"
    TAKE_OVER = "take_over"
    RESTART = "restart"
    VOID = "void"
    HAND_OVER = "hand_over"
    BY_HAND = "by_hand"
    GIVE = "give"
    FACE = "face"


PERMISSION: dict[Deed, Action] = {
    Deed.ACCEPT: Action.ACCEPT_EVIDENCE,
    Deed.REFUSE: Action.REFUSE_EVIDENCE,
    Deed.EVIDENCE: Action.SEND_TO_EVIDENCE,
    Deed.TAKE: Action.TAKE_OVER,
    Deed.RESUME: Action.RESUME,
    Deed.HANDLED: Action.CLOSE_VISIT,
    Deed.SETTLE: Action.CLOSE_VISIT,
    Deed.ASK_AGAIN: Action.RETRY_RECHECK,
    Deed.NOTE: Action.NOTE,
    Deed.REPRINT: Action.REPRINT,
    Deed.MORE: Action.OPEN_VISIT,
    Deed.UNDO: Action.NOTE,
    Deed.COVERAGE: Action.CHOOSE_COVERAGE,
    Deed.NUMBERS: Action.RETRY_RECHECK,
    Deed.PATIENT_NUMBER: Action.NOTE,
    Deed.NAME: Action.CORRECT_NAME_DISPLAY,
    Deed.SCAN: Action.ATTACH_SCAN,
    Deed.TAKE_OVER: Action.TAKE_OVER,
    Deed.RESTART: Action.CLOSE_VISIT,
    Deed.VOID: Action.VOID,
    Deed.HAND_OVER: Action.RETRY_HANDOFF,
    Deed.BY_HAND: Action.RETRY_HANDOFF,
    Deed.GIVE: Action.ACCEPT_EVIDENCE,
    Deed.FACE: Action.VISUAL_VERIFICATION,
}


def permission(deed: Deed, seen: Seen) -> Action:
    """What it needs of whoever does it, for this visit as it stands."""
    if deed is Deed.ACCEPT and seen.way is Way.VERIFY_BY_STAFF:
        return Action.VISUAL_VERIFICATION
    if deed is Deed.SETTLE and seen.detail.row.light is Light.RECHECK:
        return Action.DROP_RECHECK  # it would be asked again by itself
    return PERMISSION[deed]


ASKS_COURIER = frozenset({Deed.HAND_OVER, Deed.BY_HAND, Deed.UNDO})
"""What is not asked of the patient's terminal but of whoever hands visits over; of ``UNDO`` what that can take back."""
UNDER_MORE = (
    Deed.COVERAGE, Deed.NUMBERS, Deed.NAME, Deed.SCAN, Deed.TAKE_OVER, Deed.RESTART, Deed.VOID,
    Deed.HAND_OVER, Deed.BY_HAND, Deed.GIVE, Deed.PATIENT_NUMBER, Deed.FACE,
)  # fmt: skip
_OF_A_PAGE = frozenset({Deed.REFUSE, Deed.EVIDENCE, Deed.TAKE, Deed.RESUME})
"""What a result that nobody claims has no page for."""
_SUGGESTED: dict[Next, Deed] = {
    Next.RECEIVE: Deed.HANDLED,
    Next.JUDGE: Deed.ACCEPT,
    Next.CHOOSE_COVERAGE: Deed.COVERAGE,
    Next.RETURN_CARD: Deed.HANDLED,
    Next.TAKE_OVER: Deed.TAKE_OVER,
    Next.COMPARE: Deed.SETTLE,
    Next.FIND_OUT: Deed.SETTLE,
    Next.REPRINT: Deed.REPRINT,
    Next.TELL_NUMBERS: Deed.NUMBERS,
    Next.ASK_AGAIN: Deed.ASK_AGAIN,
    Next.HAND_BACK: Deed.RESUME,
    Next.GIVE: Deed.GIVE,
    Next.HAND_OVER: Deed.HAND_OVER,
    Next.TELL_RECEIVER: Deed.BY_HAND,
}


@dataclass(frozen=True)
class Seen:
    """What somebody has before them: a visit, and the way that is chosen of those that are open."""

    detail: Detail
    today: date
    way: Way | None = None

    @property
    def open(self) -> bool:
        return self.detail.row.state not in CLOSED

    @property
    def taken(self) -> bool:
        """The patient's page says that staff are coming."""
        return self.detail.row.state == "WaitingForStaff"


def keys(seen: Seen) -> tuple[tuple[str, Deed], ...]:
    """The ten keys as they are now: some places hold one of several, whichever fits."""
    not_there = seen.detail.row.need is Need.NOT_HANDED_OVER
    unclaimed = seen.detail.row.need is Need.RESULT
    return (
        ("F1", Deed.ACCEPT),
        ("F2", Deed.REFUSE),
        ("F3", Deed.EVIDENCE),
        ("F4", Deed.GIVE if unclaimed else Deed.RESUME if seen.taken else Deed.TAKE),
        ("F5", Deed.BY_HAND if not_there else Deed.HANDLED if seen.open else Deed.SETTLE),
        ("F6", Deed.HAND_OVER if not_there else Deed.ASK_AGAIN),
        ("F7", Deed.NOTE),
        ("F8", Deed.REPRINT),
        ("F9", Deed.MORE),
        ("F10", Deed.UNDO),
    )


def suggested(seen: Seen) -> Deed | None:
    """What suits best now."""
    deed = _SUGGESTED.get(seen.detail.row.next)
    if deed is Deed.GIVE and not seen.detail.claimants:
        deed = Deed.HANDLED if seen.detail.row.shown is None else Deed.ACCEPT
    if deed is Deed.SETTLE and seen.open:
        return Deed.HANDLED
    if deed is Deed.ACCEPT and denied(seen.detail):
        return None
    return deed


def denied(detail: Detail) -> bool:
    """The system's last answer, or the camera, says something else than what is shown: a person must look twice."""
    given = detail.answers[-1] if detail.answers else None
    differs = any(one.agrees is False for one in detail.compared)
    return differs or doubted(detail) or (given is not None and given.verdict.says == "not_valid")


def doubted(detail: Detail) -> bool:
    """The face was compared, and not taken for the one on the card."""
    return detail.face is not None and detail.face.doubt is not None


def unable(deed: Deed, seen: Seen) -> str:
    """Why it cannot be done now, as ``desk.unable.<id>``; "" if it can."""
    if deed in _OF_A_PAGE and seen.detail.row.need is Need.RESULT:
        return "nobody_there"
    check = _UNABLE.get(deed)
    return check(seen) if check is not None else ""


def _needs_page(seen: Seen) -> str:
    return "" if seen.open else "nobody_there"


def _accept(seen: Seen) -> str:
    if not seen.open:
        return "nobody_there"
    if seen.way is None:
        return "nothing_shown"
    offered = {way.way for way in seen.detail.ways}
    shown = seen.detail.row.shown
    return "" if not offered or seen.way in offered or seen.way is shown else "not_offered"


def _refuse(seen: Seen) -> str:
    if not seen.open:
        return "nobody_there"
    return "no_way_refuse" if seen.way is Way.SELF_PAY else ""


def _resume(seen: Seen) -> str:
    return "" if seen.taken else "not_taken"


def _settle(seen: Seen) -> str:
    return "" if seen.detail.row.need is not None or seen.detail.row.to_ask_again else "not_settled"


def _ask_again(seen: Seen) -> str:
    row = seen.detail.row
    if row.day != seen.today:
        return "day_over"
    return "" if row.to_ask_again or row.reason in ASK_AGAIN else "no_answer"


def _reprint(seen: Seen) -> str:
    detail = seen.detail
    there = any(paper.made for paper in detail.papers) or any(not scan.withdrawn for scan in detail.scans)
    return "" if there else "no_paper"


def _undo(seen: Seen) -> str:
    return "" if any(undoable(seen.detail)) else "nothing_to_undo"


def _coverage(seen: Seen) -> str:
    given = several(seen.detail)
    if given is not None:
        return ""
    return "one_coverage" if seen.detail.answers else "no_answer"


def _name(seen: Seen) -> str:
    return "" if is_incomplete(seen.detail.name) else "name_complete"


def _take_over(seen: Seen) -> str:
    if not seen.open:
        return "nobody_there"
    return "" if seen.detail.row.need is Need.OWNER_GONE else "runs"


def _hand_over(seen: Seen) -> str:
    return "" if undelivered(seen.detail) else "all_handed_over"


def _give(seen: Seen) -> str:
    if seen.detail.row.need is not Need.RESULT:
        return "not_a_result"
    return "" if seen.detail.claimants else "nobody_to_give"


def _face(seen: Seen) -> str:
    if not seen.open:
        return "nobody_there"
    return "" if seen.detail.face_open else "no_look"


def _void(seen: Seen) -> str:
    return "already_voided" if Mark.VOIDED in seen.detail.row.marks else ""


_UNABLE: dict[Deed, Callable[[Seen], str]] = {
    Deed.ACCEPT: _accept,
    Deed.REFUSE: _refuse,
    Deed.EVIDENCE: _needs_page,
    Deed.TAKE: _needs_page,
    Deed.RESUME: _resume,
    Deed.HANDLED: _needs_page,
    Deed.SETTLE: _settle,
    Deed.ASK_AGAIN: _ask_again,
    Deed.REPRINT: _reprint,
    Deed.UNDO: _undo,
    Deed.COVERAGE: _coverage,
    Deed.NAME: _name,
    Deed.TAKE_OVER: _take_over,
    Deed.RESTART: _needs_page,
    Deed.VOID: _void,
    Deed.HAND_OVER: _hand_over,
    Deed.BY_HAND: _hand_over,
    Deed.GIVE: _give,
    Deed.FACE: _face,
}


def several(detail: Detail) -> AnswerGiven | None:
    """The last answer that holds more than one coverage."""
    return next((given for given in reversed(detail.answers) if len(given.answer.results) > 1), None)


def undelivered(detail: Detail) -> list[Delivery]:
    """Those that are not done; that need a person first."""
    opened = [one for one in detail.deliveries if one.open]
    return sorted(opened, key=lambda one: one.state is not Handed.NEEDS_PERSON)


# ------------------------------------------------------------------------------------------ taking it back


@dataclass(frozen=True)
class Undo:
    """Something that stands and can be taken back. ``key`` and ``slots``: what it is, in words. ``target``: the id of
    the note or scan, or of the question, or the receiver."""

    kind: str
    target: str = ""
    slots: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        return f"desk.do.{self.kind}"


def undoable(detail: Detail) -> Iterator[Undo]:
    """The newest first, as far as that is known."""
    for note in reversed(detail.notes):
        if not note.withdrawn:
            yield Undo("withdraw_note", note.id, (("text", note.text),))
    for scan in reversed(detail.scans):
        if not scan.withdrawn:
            yield Undo("withdraw_scan", scan.id, (("kind", f"desk.scan.{scan.kind}"),))
    if Mark.VOIDED in detail.row.marks:
        yield Undo("undo_void")
    if detail.corrected:
        yield Undo("forget_name", slots=(("name", detail.corrected),))
    for given in reversed(detail.answers):
        if given.chosen:
            yield Undo("forget_coverage", given.question)
    for delivery in detail.deliveries:
        if delivery.state is Handed.BY_HAND:
            yield Undo("after_all", delivery.receiver, (("receiver", delivery.receiver),))
    if _last(detail, "NeedSettled", "NeedReopened") == "NeedSettled":
        yield Undo("reopen")
    if _last(detail, "NumbersTold") == "NumbersTold":
        yield Undo("forget_numbers")
    if _last(detail, "PatientNumberTold") and detail.row.patient_number:
        yield Undo("forget_patient_number")


def _last(detail: Detail, *events: str) -> str:
    """Which of these happened last; "" if none did."""
    wanted = {f"desk.event.{event}": event for event in events}
    return next((wanted[line.key] for line in reversed(detail.lines) if line.key in wanted), "")
