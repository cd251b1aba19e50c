"""Everything that staff may see of one visit, made from its records. Pure. Only ``Desk.look`` gives it out, because
each look is recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

import msgspec

from kiosk.coverage.face_result import Consent, Reading
from kiosk.coverage.qualification import Answer, ResultOfQualificationConfirmation
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.desk.case import Case
from kiosk.desk.claiming import claim_of
from kiosk.desk.comparing import Compared, compare
from kiosk.desk.deliveries import Deliveries
from kiosk.desk.folding import fold
from kiosk.desk.kept import (
    NoteKept,
    PaperKept,
    RequestMade,
    ScanKept,
    papers_of,
    requests_of,
    scans_of,
    staff_notes_of,
)
from kiosk.desk.notes import CoverageChosen
from kiosk.desk.reading import IN_TIME, answers_of, notes_of
from kiosk.desk.row import Row, row_of
from kiosk.desk.timeline import Line, timeline
from kiosk.desk.verdicts import Verdict, verdict_of
from kiosk.documents.claim_note import ClaimNote
from kiosk.evidence.model import Book, Document, Paper, Way
from kiosk.evidence.reasons import Reason
from kiosk.ledger import Record
from kiosk.visit.form import FormField
from kiosk.visit.known import KnownPatient
from kiosk.visit.situation import FaceTold


class WayOpen(msgspec.Struct, frozen=True, kw_only=True):
    """A way that is open to this patient, and why. ``checks``: sentences of what to look at; ``papers``: what must be
    there, with the fields to look at; ``sources``: marks of the rule's sources; ``what``: the rule in a few words."""

    way: Way
    rule: str
    what: str = ""
    name_key: str
    checks: tuple[str, ...] = ()
    papers: tuple[tuple[Document, Paper], ...] = ()
    sources: tuple[str, ...] = ()


class AnswerGiven(msgspec.Struct, frozen=True, kw_only=True):
    """``late``: after the question was given up, or asked again by the queue. ``chosen``: the place from 1 of the
    coverage that staff chose, 0 for none."""

    at: str
    question: str
    verdict: Verdict
    answer: Answer
    late: bool
    chosen: int = 0


class Detail(msgspec.Struct, frozen=True, kw_only=True):
    """``name`` as received, ``corrected`` as this facility writes it ("" where that was not needed). ``compared``: the
    typed paper, or what is on file, beside the last answer. ``look_at``: the way whose evidence is shown now.
    ``certified``: by whose word they are known, where that is a certified reader's; ``claimants``: whose its result may
    be, where nobody knows it. ``face``: what the camera says of the person; ``face_open``: staff may ask.
    """

    row: Row
    name: str = ""
    corrected: str = ""
    kana: str = ""
    birth_date: str = ""
    share: int | None = None
    companion: bool = False
    language: str = "ja"
    reason_key: str | None = None
    code: str = ""
    message: str = ""
    notices: tuple[Reason, ...] = ()
    consents: tuple[tuple[ConsentItem, Choice], ...] = ()
    patient: KnownPatient | None = None
    scanned: str = ""
    lines: tuple[Line, ...] = ()
    ways: tuple[WayOpen, ...] = ()
    look_at: WayOpen | None = None
    answers: tuple[AnswerGiven, ...] = ()
    compared: tuple[Compared, ...] = ()
    claim: ClaimNote | None = None
    papers: tuple[PaperKept, ...] = ()
    requests: tuple[RequestMade, ...] = ()
    notes: tuple[NoteKept, ...] = ()
    scans: tuple[ScanKept, ...] = ()
    deliveries: Deliveries = ()
    certified: Reading | None = None
    consents_there: tuple[Consent, ...] = ()
    claimants: tuple[Row, ...] = ()
    face: FaceTold | None = None
    face_open: bool = False

    def __repr__(self) -> str:
        return f"<Detail of {self.row!r}>"


def detail(
    records: Sequence[Record],
    book: Book,
    today: date,
    gone: Collection[str] = (),
    *,
    asks: bool = True,
    claimants: Iterable[Row] = (),
) -> Detail | None:
    """None where no record is of a visit. ``gone`` and ``asks`` as for the board's row."""
    case = _folded(records)
    if case is None:
        return None
    now = case.told.now
    name, kana, birth = case.person
    ways = tuple(_way(way, rule, book) for way, rule in now.ways)
    answers = tuple(_answers(records, case.day))
    typed = _typed(case)
    coverage = _coverage(answers, case.day)
    return Detail(
        row=row_of(case, today, gone, asks=asks),
        name=name,
        corrected=case.told.corrected,
        kana=kana,
        birth_date=birth,
        share=now.share,
        companion=now.companion,
        language=now.language,
        reason_key=f"reason.{now.reason}.staff" if now.reason is not None else None,
        code=now.code,
        message=now.message,
        notices=now.notices,
        consents=now.consents,
        patient=now.patient,
        scanned=now.scanned,
        lines=timeline(records),
        ways=ways,
        look_at=_shown(now.shown, ways, book),
        answers=answers,
        compared=compare(typed, coverage, case.day) if typed else (),
        claim=claim_of(records, case, coverage),
        papers=tuple(papers_of(records)),
        requests=tuple(requests_of(records)),
        notes=tuple(staff_notes_of(records)),
        scans=tuple(scans_of(records)),
        deliveries=case.told.deliveries,
        certified=now.certified,
        consents_there=now.consents_there,
        claimants=tuple(claimants),
        face=now.face,
        face_open=now.face_open,
    )


def _folded(records: Iterable[Record]) -> Case | None:
    case = None
    for record in records:
        case = case or Case(record)
        fold(case, record)
    return case


# ------------------------------------------------------------------------------------ ways and evidence


def _way(way: Way, rule_id: str, book: Book) -> WayOpen:
    name_key = f"evidence.{way}.name"
    rule = book.rules.get(rule_id)
    if rule is None:  # of a book of another version
        return WayOpen(way=way, rule=rule_id, name_key=name_key)
    return WayOpen(
        way=way,
        rule=rule_id,
        what=rule.what,
        name_key=name_key,
        checks=tuple(f"evidence.check.{check}" for check in rule.checks),
        papers=tuple((document, book.documents[document]) for document in rule.needs),
        sources=rule.sources,
    )


def _shown(shown: Way | None, ways: tuple[WayOpen, ...], book: Book) -> WayOpen | None:
    """The way whose evidence is on the page: with the rule that opened it, or with the first one of the book."""
    if shown is None:
        return None
    found = next((one for one in ways if one.way is shown), None)
    if found is not None:
        return found
    rule = next((rule.id for rule in book.rules.values() if rule.way is shown), "")
    return _way(shown, rule, book)


def _typed(case: Case) -> tuple[tuple[FormField, str], ...]:
    now = case.told.now
    if now.paper:
        return now.paper
    known = now.patient
    if known is None:
        return ()
    ratio = known.partial_contribution_ratio
    return (
        (FormField.KANA, known.name_kana),
        (FormField.NAME, known.name),
        (FormField.BIRTH_DATE, known.birth_date),
        (FormField.INSURER_NAME, known.insurer_name),
        (FormField.INSURER_NUMBER, known.insurer_number),
        (FormField.SYMBOL, known.insured_card_symbol),
        (FormField.NUMBER, known.insured_identification_number),
        (FormField.BRANCH, known.insured_branch_number),
        (FormField.RATIO, str(ratio) if ratio is not None else ""),
    )


# --------------------------------------------------------------------------------------------- answers


def _answers(records: Sequence[Record], day: date) -> Iterator[AnswerGiven]:
    chosen = {note.question: note.place for _record, note in notes_of(records, CoverageChosen)}
    for record, question, answer in answers_of(records):
        yield AnswerGiven(
            at=record.at,
            question=question,
            verdict=verdict_of(answer, day, certified=record.type == "FaceResultArrived"),
            answer=answer,
            late=record.type not in IN_TIME,
            chosen=chosen.get(question, 0),
        )


def _coverage(answers: Sequence[AnswerGiven], day: date) -> ResultOfQualificationConfirmation | None:
    """Of the last answer the coverage that staff chose, else the one in force, else the only one."""
    for given in reversed(answers):
        results = given.answer.results
        if 0 < given.chosen <= len(results):
            return results[given.chosen - 1]
        in_force = given.answer.in_force(day)
        if len(in_force) == 1:
            return in_force[0]
        if results:
            return results[0] if len(results) == 1 else None
    return None
