"""One visit as its records tell it, folded one by one. Pure: what is erased, or cannot be read, tells nothing.

Two parts: what every record's core says for ever, and ``Told``, which is only in payloads and goes with them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

import msgspec
from msgspec.structs import replace

from kiosk.coverage.qualification import Answer
from kiosk.desk.notes import NumbersTold, SettledAtDesk, question_of
from kiosk.desk.verdicts import Verdict, changes, verdict_of
from kiosk.evidence.reasons import Reason
from kiosk.ledger import Record
from kiosk.ledger.chain import ACCEPTED, REQUESTED
from kiosk.ledger.interface import JST, parse_stamp
from kiosk.ledger.projection import NumberTaken
from kiosk.visit.form import FormField
from kiosk.visit.situation import Situation
from kiosk.visit.states import Outcome

CLOSED = frozenset({"Welcome", "OutOfService", "Finished", "Abandoned"})
"""States in which nobody is being served."""
_ENDING = frozenset({"TakeCard", "Finished", "Abandoned"})
"""States whose situation holds nothing personal any more: who it was is known from before."""
ASK_AGAIN = frozenset(
    {Reason.NETWORK_FAULT, Reason.SERVICE_FAULT, Reason.MAINTENANCE, Reason.STILL_PROCESSING}
)
"""What could not be asked, and can be asked again later."""
INTERRUPTED = "Interrupted"


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """What a look-up by numbers is asked with. ``birth_date`` is ISO. The repr shows nothing of them."""

    insurer_number: str
    insured_identification_number: str
    birth_date: str
    insured_card_symbol: str = ""
    insured_branch_number: str = ""

    def __repr__(self) -> str:
        return "<Numbers>"

    @property
    def askable(self) -> bool:
        return bool(self.insurer_number and self.insured_identification_number and _day(self.birth_date))


class Heard(msgspec.Struct, frozen=True):
    """An answer about this visit. ``late``: it came after its question was given up, or to a question of the queue."""

    position: int
    at: str
    question: str
    verdict: Verdict
    late: bool


class Failed(msgspec.Struct, frozen=True):
    """A question that was not answered."""

    position: int
    at: str
    reason: Reason
    next_at: str = ""
    again: bool = False  # a question of the queue


class Told(msgspec.Struct, frozen=True):
    """What payloads say."""

    now: Situation = Situation()
    heard: tuple[Heard, ...] = ()
    failed: tuple[Failed, ...] = ()
    earlier: Numbers | None = None  # of an answer
    by_staff: NumbersTold | None = None
    corrected: str = ""
    unprinted: frozenset[str] = frozenset()  # kinds of papers that did not come out
    paper_failed: int = 0  # position
    waits_since: str = ""
    wishes: tuple[tuple[str, str], ...] = ()  # (request, who): for the patient's screen, not answered yet
    held_by: str = ""  # who has taken the patient's screen


class Case:
    """A visit on its way. ``take`` is the only thing that changes it."""

    def __init__(self, first: Record) -> None:
        self.visit = first.visit
        self.chain = first.chain
        self.epoch = first.owner_epoch
        self.began = first.at
        self.day: date = parse_stamp(first.at).astimezone(JST).date()
        self.state = ""
        self.since = first.at
        self.moved = first.at
        self.position = 0
        self.simulated = False
        self.number = ""
        self.voided = False
        self.interrupted = 0  # position
        self.registered = False
        self.notes = 0
        self.scans: set[str] = set()
        self.settled = 0  # position up to which staff have done what was needed
        self.questions: dict[str, str] = {}  # sent by the queue and not answered yet -> when
        self.attempts = 0
        self.wanted = 0  # position of the last wish to ask again now
        self.purged = False
        self.told = Told()

    def take(self, record: Record) -> None:
        self.position = record.position
        self.simulated = self.simulated or record.simulated
        if record.state:
            self._move(record)
        fold = _CORE.get(record.type)
        if fold is not None:
            fold(self, record)
        if not isinstance(record.payload, bytes):
            self.purged = True
            return
        with suppress(msgspec.DecodeError):  # of a version that nobody reads any more
            _TOLD.get(record.type, _step)(self, record, record.payload)

    def _move(self, record: Record) -> None:
        self.chain, self.epoch, self.moved = record.chain, record.owner_epoch, record.at
        if record.state != self.state:
            self.state, self.since = record.state, record.at
        if self.told.held_by and record.state != "WaitingForStaff":
            self.told = replace(self.told, held_by="")

    # ------------------------------------------------------------------------------ what follows from it

    @property
    def open(self) -> bool:
        return self.state not in CLOSED

    @property
    def terminal(self) -> str:
        return self.chain.partition(".")[0]

    @property
    def outcome(self) -> Outcome | None:
        return self.told.now.outcome

    @property
    def person(self) -> tuple[str, str, str]:
        """Name, kana and birth date: as the visit knows them, else as whom the file gave."""
        now = self.told.now
        if now.patient is None or now.kana:
            return now.name, now.kana, now.birth_date
        return now.patient.name, now.patient.name_kana, now.patient.birth_date

    @property
    def unasked(self) -> Reason | None:
        """Why the system could not be asked about this visit; None if it was, or need not be."""
        now = self.told.now
        if self.outcome in ("confirmed", "abandoned") or self.answered or now.check in ("agrees", "differs"):
            return None
        if now.reason in ASK_AGAIN:
            return now.reason
        failed = [one for one in self.told.failed if one.reason in ASK_AGAIN and not one.again]
        return failed[-1].reason if failed and now.check == "failed" else None

    @property
    def answered(self) -> bool:
        """Whether there is an answer that says something, after whatever failed before."""
        return any(one.verdict.says != "nothing" for one in self.told.heard if one.late)

    @property
    def to_ask(self) -> bool:
        """The system still has to be asked, and nobody has said that it need not."""
        return self.unasked is not None and not self.voided and self.settled == 0

    @property
    def fruitless(self) -> bool:
        """Asking again does not help: the last attempt failed for good, or its answer says nothing that a machine can
        read; and nobody has wished for another since."""
        failed = [one.position for one in self.told.failed if one.again and not one.next_at]
        unclear = [one.position for one in self.told.heard if one.late and one.verdict.says == "nothing"]
        return max([*failed, *unclear], default=0) > self.wanted

    @property
    def failures(self) -> tuple[Failed, ...]:
        """What became of the queue's attempts."""
        return tuple(one for one in self.told.failed if one.again)

    @property
    def numbers(self) -> Numbers | None:
        """What to ask with: found out by staff, typed of the paper, on file, or of an earlier answer."""
        told, now = self.told, self.told.now
        found = [_of_staff(told.by_staff), _of_paper(now), _on_file(now), told.earlier]
        return next((one for one in found if one is not None and one.askable), None)

    @property
    def changed(self) -> Heard | None:
        """The first late answer that says something else than how the visit went."""
        return next(
            (
                one
                for one in self.told.heard
                if one.late and changes(one.verdict, self.outcome, self.told.now.share)
            ),
            None,
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _of_staff(told: NumbersTold | None) -> Numbers | None:
    return None if told is None else msgspec.convert(told, Numbers, from_attributes=True)


def _of_paper(now: Situation) -> Numbers | None:
    paper = dict(now.paper)
    return Numbers(
        insurer_number=paper.get(FormField.INSURER_NUMBER, ""),
        insured_card_symbol=paper.get(FormField.SYMBOL, ""),
        insured_identification_number=paper.get(FormField.NUMBER, ""),
        insured_branch_number=paper.get(FormField.BRANCH, ""),
        birth_date=paper.get(FormField.BIRTH_DATE, ""),
    )


def _on_file(now: Situation) -> Numbers | None:
    return None if now.patient is None else msgspec.convert(now.patient, Numbers, from_attributes=True)


# ------------------------------------------------------------------------------- what the core says


def _number(case: Case, record: Record) -> None:
    if isinstance(record.payload, bytes):  # never erased
        taken = msgspec.json.decode(record.payload, type=NumberTaken)
        case.number = f"{taken.letter}{taken.count:03d}"


def _set(name: str, value: Any) -> Callable[[Case, Record], None]:
    return lambda case, _record: setattr(case, name, value)


def _place(name: str) -> Callable[[Case, Record], None]:
    return lambda case, record: setattr(case, name, record.position)


def _noted(case: Case, _record: Record) -> None:
    case.notes += 1


def _note_withdrawn(case: Case, _record: Record) -> None:
    case.notes = max(0, case.notes - 1)


def _asked(case: Case, record: Record) -> None:
    case.questions[question_of(record.id)] = record.at
    case.attempts += 1


def _over(case: Case, record: Record) -> None:
    case.questions.pop(question_of(record.ref), None)


_CORE: dict[str, Callable[[Case, Record], None]] = {
    "NumberTaken": _number,
    INTERRUPTED: _place("interrupted"),
    "Registered": _set("registered", True),
    "StaffNoted": _noted,
    "StaffNoteWithdrawn": _note_withdrawn,
    "ScanAttached": lambda case, record: case.scans.add(record.id),
    "ScanWithdrawn": lambda case, record: case.scans.discard(record.ref),
    "Voided": _set("voided", True),
    "VoidUndone": _set("voided", False),
    "NeedSettled": _place("settled"),
    "NeedReopened": _set("settled", 0),
    "RecheckWanted": _place("wanted"),
    "RecheckAsked": _asked,
    "RecheckAnswered": _over,
    "RecheckFailed": _over,
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
    late = record.type != "Answered"
    question = told.question or question_of(record.ref)
    if late:
        case.questions.pop(question, None)
    heard = Heard(record.position, record.at, question, verdict_of(told.answer, case.day), late)
    case.told = replace(
        case.told,
        heard=(*case.told.heard, heard),
        earlier=_numbers_of(told.answer) or case.told.earlier,
    )


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


def _settled_at_desk(case: Case, _record: Record, payload: bytes) -> None:
    note = msgspec.json.decode(payload, type=SettledAtDesk)
    now = replace(case.told.now, waits="", shown=None, outcome=note.outcome, evidence=note.evidence)
    case.told = replace(case.told, now=now, waits_since="")


def _interrupted(case: Case, _record: Record, _payload: bytes) -> None:
    """Who it was stays known, but nobody stands there any more."""
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
    now = replace(case.told.now, waits="called")
    case.told = replace(case.told, now=now, waits_since=record.at)


_TOLD: dict[str, Callable[[Case, Record, bytes], None]] = {
    "Answered": _answer,
    "LateAnswer": _answer,
    "RecheckAnswered": _answer,
    "AskFailed": _ask_failed,
    "RecheckFailed": _ask_failed,
    "PaperMade": _paper,
    "PaperPrinted": _paper,
    "PaperTakenOut": _paper,
    REQUESTED: _requested,
    ACCEPTED: _accepted,
    "NumbersTold": _numbers_told,
    "NameDisplayCorrected": _name_corrected,
    "SettledAtDesk": _settled_at_desk,
    INTERRUPTED: _interrupted,
    "TakenOver": _taken_over,
}
