"""Folds records into a visit, one by one. Pure: what is erased, or cannot be read, tells nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
from msgspec.structs import replace

from kiosk.coverage.qualification import Answer
from kiosk.desk.case import Case, Failed, Heard, Numbers, Sent
from kiosk.desk.deliveries import with_note
from kiosk.desk.notes import NumbersTold, PatientNumberTold, SettledAtDesk, question_of
from kiosk.desk.reading import IN_TIME
from kiosk.desk.verdicts import Verdict, verdict_of
from kiosk.evidence.reasons import Reason
from kiosk.handoff.notes import NOTES as DELIVERY_NOTES
from kiosk.ledger import Record
from kiosk.ledger.chain import ACCEPTED, MOVED_ELSEWHERE, RECEIVED, REQUESTED
from kiosk.ledger.projection import MovedElsewhere, NumberTaken
from kiosk.visit.situation import Situation
from kiosk.visit.states import Outcome

_ENDING = frozenset({"TakeCard", "Finished", "Abandoned"})
"""States whose situation holds nothing personal any more: who it was is known from before."""
_INTERRUPTED = "Interrupted"
_FACE_RESULT = "FaceResultArrived"


def fold(case: Case, record: Record) -> None:
    """Records of one visit, in the ledger's order, each once."""
    case.position = record.position
    case.simulated = case.simulated or record.simulated
    if record.state:
        _move(case, record)
    fold_core = _CORE.get(record.type)
    if fold_core is not None:
        fold_core(case, record)
    if not isinstance(record.payload, bytes):
        case.purged = True
        return
    with suppress(msgspec.DecodeError):  # of a version that nobody reads any more
        _TOLD.get(record.type, _step)(case, record, record.payload)


def _move(case: Case, record: Record) -> None:
    case.chain, case.epoch, case.moved = record.chain, record.owner_epoch, record.at
    case.elsewhere = False
    if record.state != case.state:
        case.state, case.since = record.state, record.at
    if case.told.held_by and record.state != "WaitingForStaff":
        case.told = replace(case.told, held_by="")


# ------------------------------------------------------------------------------- what the core says


def _number(case: Case, record: Record) -> None:
    if isinstance(record.payload, bytes):  # never erased
        taken = msgspec.json.decode(record.payload, type=NumberTaken)
        case.number = f"{taken.letter}{taken.count:03d}"


def _set(name: str, value: Any) -> Callable[[Case, Record], None]:
    return lambda case, _record: setattr(case, name, value)


def _place(name: str) -> Callable[[Case, Record], None]:
    return lambda case, record: setattr(case, name, record.position)


def _cut_off(case: Case, record: Record) -> None:
    """A terminal that comes back after others took its visit over closes nothing."""
    if record.state:
        case.interrupted = record.position


def _acted(case: Case, record: Record) -> None:
    case.acted = record.id


def _asked(case: Case, record: Record) -> None:
    case.questions[question_of(record.id)] = Sent(record.at, record.chain, record.position)
    case.attempts += 1


def _over(case: Case, record: Record) -> None:
    case.questions.pop(question_of(record.ref), None)


def _left(case: Case, record: Record) -> None:
    _over(case, record)
    case.attempts -= 1


_CORE: dict[str, Callable[[Case, Record], None]] = {
    "NumberTaken": _number,
    _INTERRUPTED: _cut_off,
    "Registered": _set("registered", True),
    "StaffNoted": lambda case, record: case.notes.add(record.id),
    "StaffNoteWithdrawn": lambda case, record: case.notes.discard(record.ref),
    "ScanAttached": lambda case, record: case.scans.add(record.id),
    "ScanWithdrawn": lambda case, record: case.scans.discard(record.ref),
    "StaffActed": _acted,
    "Voided": _set("voided", True),
    "VoidUndone": _set("voided", False),
    "NeedSettled": _place("settled"),
    "NeedReopened": _set("settled", 0),
    "RecheckWanted": _place("wanted"),
    "RecheckAsked": _asked,
    "RecheckAnswered": _over,
    "RecheckFailed": _over,
    "RecheckLeft": _left,
}


# ------------------------------------------------------------------------------- what the payload says


class _Step(msgspec.Struct):
    desk: Situation | None = None


class _Answered(_Step):
    question: str = ""
    answer: Answer | None = None


class _AskFailed(_Step):
    reason: Reason | None = None
    next_at: str = ""


class _Paper(msgspec.Struct):
    kind: str
    failed: str = ""
    ok: bool = True
    how: str = ""


class _Corrected(msgspec.Struct):
    name: str = ""


_step_of = msgspec.json.Decoder(_Step).decode
_answered_of = msgspec.json.Decoder(_Answered).decode
_failed_of = msgspec.json.Decoder(_AskFailed).decode
_paper_of = msgspec.json.Decoder(_Paper).decode


def _step(case: Case, record: Record, payload: bytes) -> None:
    if record.state:
        _situation(case, record, _step_of(payload).desk)


def _situation(case: Case, record: Record, news: Situation | None) -> None:
    told = case.told
    case.without_page = case.without_page or (news is not None and news.waits == "result")
    if record.state in ("Welcome", "OutOfService"):
        now = replace(told.now, waits="", shown=None)
    elif news is None:
        now = told.now
    elif record.state in _ENDING:
        now = _at_the_end(told.now, news)
    else:
        now = news
    if now is not told.now:
        waits_since = told.waits_since if now.waits and told.now.waits == now.waits else record.at
        case.told = replace(told, now=now, waits_since=waits_since if now.waits else "")


def _at_the_end(before: Situation, news: Situation) -> Situation:
    """What the visit wiped from its page is kept here: staff must know whom they called."""
    return replace(
        before,
        waits=news.waits,
        shown=None,
        ways=(),
        reason=news.reason or before.reason,
        number=news.number or before.number,
        notices=news.notices or before.notices,
        outcome=news.outcome,
        evidence=news.evidence,
    )


def _answer(case: Case, record: Record, payload: bytes) -> None:
    told = _answered_of(payload)
    if record.state:
        _situation(case, record, told.desk)
    if told.answer is None:
        return
    late = record.type not in IN_TIME
    question = told.question or question_of(record.ref)
    if late:
        case.questions.pop(question, None)
    heard = Heard(record.position, record.at, question, _verdict(record, told.answer, case), late)
    case.told = replace(
        case.told,
        heard=(*case.told.heard, heard),
        earlier=_numbers_of(told.answer) or case.told.earlier,
    )


def _verdict(record: Record, answer: Answer, case: Case) -> Verdict:
    return verdict_of(answer, case.day, certified=record.type == _FACE_RESULT)


def _numbers_of(answer: Answer) -> Numbers | None:
    if len(answer.results) != 1 or answer.results[0].birth_date is None:
        return None
    one = answer.results[0]
    return Numbers(
        insurer_number=one.insurer_number,
        insured_card_symbol=one.insured_card_symbol,
        insured_identification_number=one.insured_identification_number,
        insured_branch_number=one.insured_branch_number,
        birth_date=answer.results[0].birth_date.isoformat(),
    )


def _ask_failed(case: Case, record: Record, payload: bytes) -> None:
    told = _failed_of(payload)
    if record.state:
        _situation(case, record, told.desk)
    if told.reason is not None:
        again = record.type == "RecheckFailed"
        failed = Failed(record.position, record.at, told.reason, told.next_at, again)
        case.told = replace(case.told, failed=(*case.told.failed, failed))


def _paper(case: Case, record: Record, payload: bytes) -> None:
    """A paper that was not made or not printed lacks until one of its kind came out."""
    told = _paper_of(payload)
    lacking = case.told.unprinted
    if told.failed or not told.ok:
        case.told = replace(case.told, unprinted=lacking | {told.kind}, paper_failed=record.position)
    elif record.type == "PaperPrinted" or told.how == "printed":
        case.told = replace(case.told, unprinted=lacking - {told.kind})


def _numbers_told(case: Case, _record: Record, payload: bytes) -> None:
    case.told = replace(case.told, by_staff=msgspec.json.decode(payload, type=NumbersTold))


def _name_corrected(case: Case, _record: Record, payload: bytes) -> None:
    case.told = replace(case.told, corrected=msgspec.json.decode(payload, type=_Corrected).name)


def _patient_number(case: Case, _record: Record, payload: bytes) -> None:
    told = msgspec.json.decode(payload, type=PatientNumberTold)
    case.told = replace(case.told, patient_number=told.patient_number)


def _settled_at_desk(case: Case, record: Record, payload: bytes) -> None:
    if not record.state:
        return
    note = msgspec.json.decode(payload, type=SettledAtDesk)
    now = replace(case.told.now, waits="", shown=None, outcome=note.outcome, evidence=note.evidence)
    case.told = replace(case.told, now=now, waits_since="")


def _interrupted(case: Case, record: Record, _payload: bytes) -> None:
    """Who it was stays known, but nobody stands there any more."""
    if not record.state:
        return
    now = replace(case.told.now, waits="", shown=None, outcome=case.outcome or "abandoned")
    case.told = replace(case.told, now=now, waits_since="")


class _Requested(msgspec.Struct):
    action: str = ""


def _requested(case: Case, record: Record, payload: bytes) -> None:
    if msgspec.json.decode(payload, type=_Requested).action == "take":
        wish = (record.id, record.actor.removeprefix("staff:"))
        case.told = replace(case.told, wishes=(*case.told.wishes, wish))


def _accepted(case: Case, record: Record, _payload: bytes) -> None:
    who = dict(case.told.wishes).get(record.ref)
    if who is not None:
        case.told = replace(case.told, wishes=(), held_by=who)


def _taken_over(case: Case, record: Record, _payload: bytes) -> None:
    if record.state:  # else somebody else was first
        now = replace(case.told.now, waits="called", shown=None)
        case.told = replace(case.told, now=now, waits_since=record.at, wishes=(), held_by="")


def _moved_elsewhere(case: Case, record: Record, payload: bytes) -> None:
    """What the hub told this terminal of a visit that another one took over. Where that one's own records are seen,
    they say it better."""
    moved = msgspec.json.decode(payload, type=MovedElsewhere)
    if moved.epoch < case.epoch or (moved.chain == case.chain and not case.elsewhere):
        return
    case.chain, case.epoch, case.moved, case.elsewhere = moved.chain, moved.epoch, record.at, True
    if moved.state != case.state:
        case.state, case.since = moved.state, record.at
    now = replace(
        case.told.now, waits="", shown=None, outcome=case.outcome or _ENDED_ELSEWHERE.get(moved.state)
    )
    case.told = replace(case.told, now=now, waits_since="", wishes=(), held_by="")


def _delivery(case: Case, record: Record, payload: bytes) -> None:
    case.told = replace(case.told, deliveries=with_note(case.told.deliveries, record, payload))


_ENDED_ELSEWHERE: dict[str, Outcome] = {"Finished": "handed_to_staff", "Abandoned": "abandoned"}
"""All that a terminal is told of how its visit ended with others: by what, they alone know."""


_TOLD: dict[str, Callable[[Case, Record, bytes], None]] = {
    "Answered": _answer,
    _FACE_RESULT: _answer,
    "LateAnswer": _answer,
    "RecheckAnswered": _answer,
    "AskFailed": _ask_failed,
    "RecheckFailed": _ask_failed,
    "PaperMade": _paper,
    "PaperPrinted": _paper,
    "PaperTakenOut": _paper,
    REQUESTED: _requested,
    RECEIVED: _requested,
    ACCEPTED: _accepted,
    MOVED_ELSEWHERE: _moved_elsewhere,
    "NumbersTold": _numbers_told,
    "PatientNumberTold": _patient_number,
    "NameDisplayCorrected": _name_corrected,
    "SettledAtDesk": _settled_at_desk,
    _INTERRUPTED: _interrupted,
    "TakenOver": _taken_over,
    **dict.fromkeys(DELIVERY_NOTES, _delivery),
}
