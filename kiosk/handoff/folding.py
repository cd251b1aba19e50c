"""From the ledger's records of one visit to what is handed over of it.

Type names of records are a contract: renaming one is a migration. Some are written by the desk, which is above this
floor and therefore not imported.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from msgspec.structs import replace

from kiosk.coverage.exchange_codes import QualificationValidity
from kiosk.coverage.insured import as_printed
from kiosk.coverage.insurer import normalise
from kiosk.coverage.kana import full_width
from kiosk.coverage.qualification import Answer, ResultOfQualificationConfirmation
from kiosk.coverage.share import share_on
from kiosk.evidence.model import Way
from kiosk.handoff.settled import (
    Consents,
    Declaration,
    Person,
    Proven,
    Recheck,
    SettledVisit,
    Share,
    proven_of,
)
from kiosk.ledger import Purged, Record
from kiosk.ledger.interface import JST, parse_stamp
from kiosk.visit.form import FormField, Problem, checked
from kiosk.visit.known import KnownPatient
from kiosk.visit.situation import Situation
from kiosk.visit.states import Outcome

PAPER_WAIT: Final = timedelta(minutes=2)
"""How long a declared visit waits for its PDF, which is made after the number was given."""

_RESULTS: Final = frozenset({"confirmed", "accepted_by_evidence", "declared", "self_pay", "handed_to_staff"})
_ENDING: Final = frozenset({"TakeCard", "Finished", "Abandoned", "Welcome", "OutOfService"})
_NOT_VALID: Final = frozenset(
    {
        QualificationValidity.INVALID,
        QualificationValidity.INVALID_NEW_EXISTS,
        QualificationValidity.NO_RECORD,
    }
)

Identify = Callable[[Answer], str]
"""The facility's own number of the patient whom an answer is about; "" where it is not certain."""


class Unreadable(Exception):
    """A record of this visit has a form that this program does not know. Names the record's type only."""


def settled_of(
    records: Sequence[Record], *, now: datetime | None = None, identify: Identify = lambda _answer: ""
) -> SettledVisit | None:
    """What the records of one visit, in order, say of its result; None while it has none, while its declaration is
    being made (no longer than ``PAPER_WAIT`` before ``now``), if it was abandoned, or if retention has been here.
    Raises ``Unreadable``."""
    fold = _Fold()
    for record in records:
        if isinstance(record.payload, Purged):
            return None
        try:
            fold.take(record, record.payload)
        except msgspec.MsgspecError:
            raise Unreadable(record.type) from None
    return fold.settled(now, identify)


# ------------------------------------------------------------------------------------- what records say


class _Step(msgspec.Struct):
    desk: Situation | None = None


class _Answered(_Step):
    question: str = ""
    answer: Answer | None = None


class _Consent(_Step):
    wording_version: str = ""
    language: str = "ja"


class _Arrived(_Answered):
    wording_version: str = ""
    language: str = "ja"


class _Field(_Step):
    field: FormField | None = None
    value: str = ""


class _Begun(_Step):
    source: str = ""


class _Paper(msgspec.Struct):
    kind: str = ""
    pdf: str = ""


class _AtDesk(msgspec.Struct):
    outcome: Outcome
    evidence: Way | None = None


class _Corrected(msgspec.Struct):
    name: str = ""


class _NumberTold(msgspec.Struct):
    patient_number: str = ""


class _Chosen(msgspec.Struct):
    question: str = ""
    place: int = 0


class _Heard(msgspec.Struct, frozen=True):
    question: str
    answer: Answer


class _Fold:
    """One visit as far as it has been read."""

    def __init__(self) -> None:
        self._visit = ""
        self._terminal = ""
        self._state = ""
        self._simulated = False
        self._before = Situation()
        self._told: Situation | None = None
        self._settled_at = ""
        self._number = ""
        self._answers: list[_Heard] = []
        self._late: list[_Heard] = []
        self._wording = _Consent()
        self._typed: dict[FormField, str] = {}
        self._source = ""
        self._paper: tuple[str, bytes] | None = None
        self._corrected = ""
        self._patient_number = ""
        self._chosen: dict[str, int] = {}
        self._void = False

    def take(self, record: Record, payload: bytes) -> None:
        self._visit = record.visit
        self._terminal = self._terminal or record.chain.partition(".")[0]  # where the patient stood
        self._state = record.state or self._state
        self._simulated = self._simulated or record.simulated
        step = self._step(record, payload)
        if step is not None and step.desk is not None:
            self._situation(record, step.desk)

    def _step(self, record: Record, payload: bytes) -> _Step | None:
        """Takes what this type of record says; gives what was told to the desk with it."""
        match record.type:
            case "FaceResultArrived":
                arrived = msgspec.json.decode(payload, type=_Arrived)
                if arrived.answer is not None and self._told is None:
                    self._answers.append(_Heard(arrived.question, arrived.answer))
                    self._wording = _Consent(
                        wording_version=arrived.wording_version, language=arrived.language
                    )
                return arrived
            case "Answered":
                answered = msgspec.json.decode(payload, type=_Answered)
                if answered.answer is not None and self._told is None:
                    self._answers.append(_Heard(answered.question, answered.answer))
                return answered
            case "ConsentAllGiven" | "ConsentAllRefused" | "ConsentItemDecided":
                consent = msgspec.json.decode(payload, type=_Consent)
                if consent.wording_version:
                    self._wording = consent
                return consent
            case "FieldAnswered" | "FieldSkipped":
                field = msgspec.json.decode(payload, type=_Field)
                if field.field is not None and record.state == "FillingDeclaration":
                    self._write(field.field, field.value, record.at)
                return field
            case "FormBegun":
                begun = msgspec.json.decode(payload, type=_Begun)
                self._source = begun.source
                return begun
            case _ if record.state and record.type != "SettledAtDesk":
                return msgspec.json.decode(payload, type=_Step)
            case _:
                self._note(record, payload)
                return None

    def _note(self, record: Record, payload: bytes) -> None:
        """What moves no visit, or was written by the desk."""
        match record.type:
            case "PaperMade":
                paper = msgspec.json.decode(payload, type=_Paper)
                if paper.kind == "declaration":
                    self._paper = (record.id, base64.b64decode(paper.pdf))
            case "LateAnswer" | "RecheckAnswered":
                late = msgspec.json.decode(payload, type=_Answered)
                if late.answer is not None:
                    self._late.append(_Heard(late.question or f"{record.ref}.recheck", late.answer))
            case "SettledAtDesk":
                ended = msgspec.json.decode(payload, type=_AtDesk)
                told = replace(self._told or self._before, outcome=ended.outcome, evidence=ended.evidence)
                self._become(record, told)
            case "NameDisplayCorrected":
                self._corrected = msgspec.json.decode(payload, type=_Corrected).name
            case "PatientNumberTold":
                self._patient_number = msgspec.json.decode(payload, type=_NumberTold).patient_number
            case "CoverageChosen":
                chosen = msgspec.json.decode(payload, type=_Chosen)
                self._chosen[chosen.question] = chosen.place
            case "Voided":
                self._void = True
            case "VoidUndone":
                self._void = False
            case _:
                pass

    def _write(self, field: FormField, value: str, at: str) -> None:
        taken = checked(field, value, parse_stamp(at).astimezone(JST).date()) if value else ""
        if not isinstance(taken, Problem):
            self._typed[field] = taken

    def _situation(self, record: Record, desk: Situation) -> None:
        self._number = desk.number or self._number
        if self._told is not None:  # later ones are without the person, who has gone
            return
        if desk.outcome in _RESULTS:
            wiped = record.state in _ENDING
            known = replace(self._before, outcome=desk.outcome, evidence=desk.evidence) if wiped else desk
            self._become(record, known)
            return
        self._before = desk
        if not desk.ways:  # another person's card: nothing of the form that was being written is theirs
            self._typed.clear()
            self._source = ""

    def _become(self, record: Record, told: Situation) -> None:
        if told.outcome in _RESULTS:
            self._told = told
            if told.declared:
                self._typed = dict(told.declared)
            self._settled_at = self._settled_at or record.at

    # ------------------------------------------------------------------------------ what follows from it

    def settled(self, now: datetime | None, identify: Identify) -> SettledVisit | None:
        told = self._told
        if told is None or told.outcome is None or not self._is_over(told, now):
            return None
        day = parse_stamp(self._settled_at).astimezone(JST).date()
        heard = self._heard(told, day)
        answer = heard.answer if heard is not None else None
        chosen = self._place(told, heard) if heard is not None else 0
        proven = proven_of(answer, chosen, day)
        known = told.patient if told.evidence is Way.KNOWN_DATA else None
        known_number = told.patient.patient_number if told.patient is not None else ""
        number = self._patient_number or known_number
        return SettledVisit(
            visit=self._visit,
            terminal=self._terminal,
            settled_at=self._settled_at,
            outcome=told.outcome,
            reception_number=self._number,
            patient_number=number or (identify(answer) if answer is not None else ""),
            evidence=told.evidence,
            reason=told.reason,
            notices=told.notices,
            person=self._person(told, proven[0] if proven else ResultOfQualificationConfirmation()),
            answer=answer,
            chosen=chosen,
            paper=told.paper if told.evidence is Way.CERTIFICATE else (),
            known=known,
            share=self._share(told, proven, day, known),
            consents=self._consents(told),
            declaration=self._declaration(told),
            language=told.language,
            recheck=self._recheck(told, day),
            void=self._void,
            simulated=self._simulated or (answer is not None and answer.simulated),
        )

    def _is_over(self, told: Situation, now: datetime | None) -> bool:
        """The number was given, or nobody is there any more; and a declaration's PDF is there, or will not come."""
        if not self._number and self._state not in _ENDING:
            return False
        if told.outcome != "declared" or self._paper is not None or self._source == "paper":
            return True
        return now is not None and now - parse_stamp(self._settled_at) > PAPER_WAIT

    def _heard(self, told: Situation, day: date) -> _Heard | None:
        """The one by which the visit was confirmed, or that agreed with what was shown; else the first late one that
        proves something of the same person. What was denied, or was about other numbers than those accepted, is not
        handed on."""
        mine = self._answers[-1:] if told.outcome == "confirmed" or told.check == "agrees" else []
        late = [one for one in self._late if _is_about(one.answer, told)]
        return next((one for one in (*mine, *late) if one.answer.in_force(day)), None)

    def _place(self, told: Situation, heard: _Heard) -> int:
        """Which of several coverages counts: the one that staff chose, else the one whose paper was accepted; 0 for all
        of them."""
        if heard.question in self._chosen:
            return self._chosen[heard.question]
        paper = dict(told.paper) if told.evidence is Way.CERTIFICATE else {}
        insurer, number = paper.get(FormField.INSURER_NUMBER, ""), paper.get(FormField.NUMBER, "")
        fitting = [
            place
            for place, result in enumerate(heard.answer.results, 1)
            if number
            and normalise(result.insurer_number) == normalise(insurer)
            and _bare(result.insured_identification_number) == _bare(number)
        ]
        return fitting[0] if len(fitting) == 1 and len(heard.answer.results) > 1 else 0

    def _recheck(self, told: Situation, day: date) -> Recheck:
        for late in (one.answer for one in self._late):
            if late.in_force(day) and _is_about(late, told):
                return "valid"
            if not late.failed and late.validity in _NOT_VALID:
                return "not_valid"
        return ""

    def _person(self, told: Situation, proven: ResultOfQualificationConfirmation) -> Person:
        born = proven.birth_date.isoformat() if proven.birth_date is not None else ""
        declared = self._typed if told.outcome == "declared" else {}
        return Person(
            name=self._corrected or told.name or proven.name,
            kana=full_width(told.kana or proven.name_kana),
            birth_date=told.birth_date or born,
            sex=proven.sex1 or declared.get(FormField.SEX, ""),
            address=proven.address or declared.get(FormField.ADDRESS, ""),
            post_number=proven.post_number,
        )

    def _share(self, told: Situation, proven: Proven, day: date, known: KnownPatient | None) -> Share | None:
        if told.outcome == "self_pay":
            return None
        answered = (result.share_tenths(day, result.birth_date) for result in proven if result.birth_date)
        if (tenths := next(answered, None)) is not None:
            return Share(tenths=tenths, source="answer")
        declared = self._typed.get(FormField.RATIO, "") if told.outcome == "declared" else ""
        typed = dict(told.paper).get(FormField.RATIO, "") if told.evidence is Way.CERTIFICATE else ""
        if typed:
            return Share(tenths=int(typed), source="paper")
        if declared:
            return Share(tenths=int(declared), source="declared")
        if known is not None and known.partial_contribution_ratio is not None:
            return Share(tenths=known.partial_contribution_ratio, source="known")
        if told.share is not None:
            return Share(tenths=told.share, source="age")
        if told.outcome == "handed_to_staff" or not told.birth_date:
            return None
        return Share(tenths=share_on(date.fromisoformat(told.birth_date), day).tenths, source="age")

    def _consents(self, told: Situation) -> Consents | None:
        """Consent went along with the question by which the visit was confirmed; without such an answer nothing was
        shared."""
        if told.outcome != "confirmed" or not told.consents:
            return None
        return Consents(
            choices=told.consents,
            wording_version=self._wording.wording_version,
            language=self._wording.language,
        )

    def _declaration(self, told: Situation) -> Declaration | None:
        if told.outcome != "declared":
            return None
        id, pdf = self._paper or ("", b"")
        in_order = tuple((field, self._typed[field]) for field in FormField if field in self._typed)
        return Declaration(id=id if pdf else "", pdf=pdf, answers=in_order)


def _bare(number: str) -> str:
    """Widths, blanks and the zeros before a number are written differently and mean nothing."""
    return as_printed(number).lstrip("０")


def _is_about(answer: Answer, told: Situation) -> bool:
    """Nobody stood there any more when it came: it counts for the one person whose birth date is known to be that."""
    born = {result.birth_date for result in answer.results}
    return bool(told.birth_date) and born == {date.fromisoformat(told.birth_date)}
