"""Keeps the facility's patient file up by the visits that had a result: what the national system has answered, and
that somebody was here. Never what was only typed or declared.

It follows the ledger, and tells it of each visit that it has taken (``PatientRemembered``), without a word about whom.
So nothing is lost or done twice by a restart: what was not told is taken again, and taking the same again changes
nothing in the file.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Literal

import msgspec
import structlog

from kiosk.coverage.kana import full_width
from kiosk.coverage.qualification import Answer, ResultOfQualificationConfirmation
from kiosk.evidence.model import Way
from kiosk.handoff.folding import Unreadable, settled_of
from kiosk.handoff.settled import SettledVisit
from kiosk.ledger import Entry, Ledger, Record
from kiosk.ledger.interface import JST, day_start, parse_stamp
from kiosk.patients.errors import NumberTaken, PatientRefused
from kiosk.patients.interface import PatientFile
from kiosk.reception.recording import stamp
from kiosk.reception.world import World
from kiosk.visit.known import KnownPatient

REMEMBERED: Final = "PatientRemembered"
By = Literal["answer", "known"]
Result = Literal["taken", "refused"]
_RECEIVED = frozenset({"confirmed", "accepted_by_evidence"})
"""A system or a person knew who stood there. Who only declared who they are may be anybody."""
_SHARES: dict[int, Literal[1, 2, 3]] = {1: 1, 2: 2, 3: 3}
_log = structlog.get_logger(__name__)


class PatientRemembered(msgspec.Struct, frozen=True):
    """The payload. ``by``: an answer, whose data were taken; or that the data on file were confirmed, of which only
    the day of the visit is taken. ``refused``: the file does not take it, since a number has gone to somebody else or
    a text cannot be kept; ``why`` is its code."""

    by: By
    result: Result
    why: str = ""


class Remembering:
    """Belongs to one thread; made before this run of the kiosk writes anything. Begins a day before the last run
    ended."""

    def __init__(self, ledger: Ledger, patients: PatientFile, world: World) -> None:
        self._ledger = ledger
        self._patients = patients
        self._world = world
        last = ledger.head().at
        day = parse_stamp(last).astimezone(JST).date() if last else world.now().day
        self._position = ledger.place_of(day_start(min(day, world.now().day) - timedelta(days=1))).start
        self._waiting: set[str] = set()

    def tick(self) -> int:
        """One look; how many visits were taken. Raises ``LedgerError`` and ``PatientFileError``: what was not told to
        the ledger is looked at again."""
        for record in self._ledger.entries(since=self._position):
            self._position = record.position
            if record.visit and record.type != REMEMBERED:
                self._waiting.add(record.visit)
        taken = 0
        for visit in sorted(self._waiting):
            taken += self._look(visit)
            self._waiting.discard(visit)
        return taken

    def _look(self, visit: str) -> bool:
        records = list(self._ledger.entries(visit))
        try:
            settled = settled_of(records, now=self._world.now().utc)
        except Unreadable as error:
            _log.warning("patients.unreadable_visit", type=str(error))
            return False
        if settled is None or settled.void or settled.outcome not in _RECEIVED:
            return False
        by: By = "answer" if settled.answer is not None else "known"
        if _told(records) in ("answer", by):
            return False
        told = _number_told(records)
        patient = (
            self._by_answer(settled, settled.answer, told) if settled.answer else self._as_known(settled)
        )
        if patient is None:
            return False
        self._take(settled, patient, by)
        return True

    # ------------------------------------------------------------------------------------------- who and what

    def _by_answer(self, settled: SettledVisit, answer: Answer, told: str) -> KnownPatient | None:
        """What was answered of the one coverage that counts, under the number that the file or the answer has for
        them; None where it is not certain, or they have none yet."""
        if len(settled.proven) != 1:
            return None
        (coverage,) = settled.proven
        born, number = coverage.birth_date, self._number(settled, answer, told)
        return _patient(number, coverage, born, settled) if number and born is not None else None

    def _number(self, settled: SettledVisit, answer: Answer, told: str) -> str:
        """As the file has it, else as staff told it, else the 照会番号."""
        found = self._patients.by_answer(answer)
        if found is not None:
            return found[0].patient_number
        if told:
            return told
        if settled.known is not None:
            return settled.known.patient_number
        references = {one.reference_number for one in answer.results if one.reference_number}
        return references.pop() if len(references) == 1 else ""

    def _as_known(self, settled: SettledVisit) -> KnownPatient | None:
        """As they stand in the file now: nothing of it was proven anew."""
        known = settled.known if settled.evidence is Way.KNOWN_DATA else None
        if known is None:
            return None
        return self._patients.by_number(known.patient_number, date.fromisoformat(known.birth_date))

    # ------------------------------------------------------------------------------------------ file and ledger

    def _take(self, settled: SettledVisit, patient: KnownPatient, by: By) -> None:
        note = PatientRemembered(by, "taken")
        try:
            self._patients.remember(patient, settled.day)
        except (NumberTaken, PatientRefused) as error:
            _log.warning("patients.not_remembered", error=error.code)
            note = PatientRemembered(by, "refused", error.code)
        now = self._world.now()
        entry = Entry(
            visit=settled.visit, id=self._world.new_id(), type=REMEMBERED, at=stamp(now), mono_ms=now.mono,
            actor="system", state="", simulated=settled.simulated, payload=msgspec.json.encode(note),
        )  # fmt: skip
        self._ledger.append([entry])


def _told(records: list[Record]) -> By | None:
    """By what this visit was taken last."""
    told = [one.payload for one in records if one.type == REMEMBERED and isinstance(one.payload, bytes)]
    return msgspec.json.decode(told[-1], type=PatientRemembered).by if told else None


def _number_told(records: list[Record]) -> str:
    """The patient number that staff told last (kiosk/desk/notes.py), "" for none."""
    told = [
        one.payload for one in records if one.type == "PatientNumberTold" and isinstance(one.payload, bytes)
    ]
    return msgspec.json.decode(told[-1], type=_NumberTold).patient_number if told else ""


class _NumberTold(msgspec.Struct):
    patient_number: str = ""


def _patient(
    number: str, coverage: ResultOfQualificationConfirmation, born: date, settled: SettledVisit
) -> KnownPatient:
    """All of it as answered. A name with ● may have been written out by staff meanwhile."""
    return KnownPatient(
        patient_number=number,
        name_kana=full_width(coverage.name_kana),
        birth_date=born.isoformat(),
        name=(settled.person.name if settled.outcome == "confirmed" else "") or coverage.name,
        insurer_number=coverage.insurer_number,
        insurer_name=coverage.insurer_name,
        insured_card_symbol=coverage.insured_card_symbol,
        insured_identification_number=coverage.insured_identification_number,
        insured_branch_number=coverage.insured_branch_number,
        partial_contribution_ratio=_SHARES.get(coverage.share_tenths(settled.day, born) or 0),
    )
