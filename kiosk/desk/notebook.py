"""What staff write to a visit: notes, scans, corrections, choices. Each is one entry, undone by another."""

from __future__ import annotations

import base64
from datetime import date

import msgspec
import structlog
from msgspec.structs import replace

from kiosk.coverage import insurer
from kiosk.coverage.individual_number import holds_individual_number
from kiosk.coverage.insurer import InsurerNumber
from kiosk.desk.attaching import scan_of
from kiosk.desk.case import Case, Numbers
from kiosk.desk.names import completes, is_incomplete
from kiosk.desk.notes import (
    CoverageChosen,
    NameDisplayCorrected,
    NeedReopened,
    NeedSettled,
    Note,
    NumbersTold,
    PatientNumberTold,
    RecheckWanted,
    ScanAttached,
    ScanKind,
    ScanWithdrawn,
    StaffNoted,
    StaffNoteWithdrawn,
    VisitLookedAt,
    Voided,
    VoidUndone,
    note_entry,
)
from kiosk.desk.reading import answers_of, read
from kiosk.desk.refusing import Done, Refusal, Why
from kiosk.desk.world import World
from kiosk.ledger import Ledger, Record
from kiosk.patients.entry import LONGEST
from kiosk.patients.errors import PatientFileError
from kiosk.patients.interface import PatientFile
from kiosk.patients.matching import number_key
from kiosk.visit.known import KnownPatient

LONGEST_TEXT = 500
_log = structlog.get_logger(__name__)


class Notebook:
    """Every method writes at most one entry and returns its id, or says why not. ``who`` is the name of the member of
    staff. Raises ``LedgerError``; nothing is written then."""

    def __init__(self, ledger: Ledger, world: World, patients: PatientFile | None = None) -> None:
        self._ledger = ledger
        self._world = world
        self._patients = patients

    # ------------------------------------------------------------------------------------------- notes

    def add_note(self, visit: str, text: str, who: str) -> Done | Refusal:
        return self.wrong_text(text) or self._write(visit, StaffNoted(text=text.strip()), who)

    def withdraw_note(self, visit: str, note: str, who: str) -> Done | Refusal:
        return self._about(visit, note, "StaffNoted", StaffNoteWithdrawn(), who)

    def void(self, visit: str, why: str, who: str) -> Done | Refusal:
        """The visit was a mistake. It stays in the ledger and is not counted."""
        return self.wrong_text(why) or self._write(visit, Voided(why=why.strip()), who)

    def undo_void(self, visit: str, who: str, why: str = "") -> Done | Refusal:
        return self._write(visit, VoidUndone(why=why), who, told=why)

    def settle(self, visit: str, who: str, why: str = "") -> Done | Refusal:
        """What the visit needed a person for was done. What comes later raises it again."""
        return self._write(visit, NeedSettled(why=why), who, told=why)

    def reopen(self, visit: str, who: str, why: str = "") -> Done | Refusal:
        return self._write(visit, NeedReopened(why=why), who, told=why)

    # ------------------------------------------------------------------------------------------- scans

    def attach(self, visit: str, kind: ScanKind, content: bytes, who: str) -> Done | Refusal:
        scan = scan_of(kind, content)
        return scan if isinstance(scan, Refusal) else self._write(visit, scan, who)

    def withdraw_scan(self, visit: str, scan: str, who: str, why: str = "") -> Done | Refusal:
        return self._about(visit, scan, "ScanAttached", ScanWithdrawn(why=why), who, told=why)

    def open_scan(self, visit: str, scan: str, who: str) -> bytes | Refusal:
        """Its content; the look is recorded before it is given."""
        record = self._record(visit, scan, "ScanAttached")
        if record is None:
            return Refusal(Why.UNKNOWN_ENTRY)
        kept = read(record, ScanAttached)
        if kept is None:
            return Refusal(Why.ERASED)
        looked = self._write(visit, VisitLookedAt(what=scan), who)
        return looked if isinstance(looked, Refusal) else base64.b64decode(kept.content)

    # ----------------------------------------------------------------------------------- corrections

    def correct_name(self, case: Case, name: str, who: str, *, to_file: bool = False) -> Done | Refusal:
        """How this facility writes a name that came with ●; "" takes the correction back. ``to_file``: also in the
        facility's patient file, where the patient is known there."""
        name = name.strip()
        received = case.told.now.name
        if name and not is_incomplete(received):
            return Refusal(Why.NAME_COMPLETE)
        if name and not completes(received, name):
            return Refusal(Why.NAME_DIFFERS)
        if to_file:
            refused = self._correct_on_file(case, name or received)
            if refused is not None:
                return refused
        return self._write(case.visit, NameDisplayCorrected(name=name), who)

    def choose_coverage(
        self, visit: str, question: str, place: int, who: str, why: str = ""
    ) -> Done | Refusal:
        """Which of several coverages of an answer counts; 0 takes the choice back."""
        if not 0 <= place <= self._coverages(visit, question):
            return Refusal(Why.NO_SUCH_COVERAGE)
        return self._write(visit, CoverageChosen(question=question, place=place, why=why), who, told=why)

    def tell_numbers(self, visit: str, numbers: Numbers | None, who: str) -> Done | Refusal:
        """Numbers that staff found out: the queue asks with them. None takes them back."""
        if numbers is None:
            return self._write(visit, NumbersTold(), who)
        if not (numbers.askable and isinstance(insurer.parse(numbers.insurer_number), InsurerNumber)):
            return Refusal(Why.NUMBERS_INCOMPLETE)
        note = msgspec.convert(numbers, NumbersTold, from_attributes=True)
        if any(holds_individual_number(text) for text in msgspec.structs.astuple(note)):
            return Refusal(Why.INDIVIDUAL_NUMBER)
        return self._write(visit, note, who)

    def tell_patient_number(self, visit: str, number: str, who: str) -> Done | Refusal:
        """The facility's own number of this patient; "" takes it back."""
        number = number.strip()
        if holds_individual_number(number):
            return Refusal(Why.INDIVIDUAL_NUMBER)
        if number and (not number_key(number) or len(number) > LONGEST["patient_number"]):
            return Refusal(Why.NO_PATIENT_NUMBER)
        return self._write(visit, PatientNumberTold(patient_number=number), who)

    def ask_again(self, case: Case, today: date, who: str) -> Done | Refusal:
        """Lets the queue ask at once. A question asked on another day would be about that day."""
        if case.numbers is None:
            return Refusal(Why.NO_NUMBERS)
        if case.day != today:
            return Refusal(Why.MOVED_ON)
        return self._write(case.visit, RecheckWanted(), who)

    # ------------------------------------------------------------------------------------------- inside

    def _correct_on_file(self, case: Case, name: str) -> Refusal | None:
        """The patient whom the visit knows, or of whom its last answer speaks."""
        if self._patients is None:
            return Refusal(Why.NOT_ON_FILE)
        try:
            patient = case.told.now.patient or self._answered_patient(case.visit, self._patients)
            if patient is None:
                return Refusal(Why.NOT_ON_FILE)
            self._patients.remember(replace(patient, name=name), case.day)
        except PatientFileError as error:
            _log.error("patients.not_corrected", error=error.code)
            return Refusal(Why.PATIENT_FILE)
        return None

    def _answered_patient(self, visit: str, patients: PatientFile) -> KnownPatient | None:
        answers = [answer for _record, _question, answer in answers_of(self._ledger.entries(visit))]
        found = patients.by_answer(answers[-1]) if answers else None
        return found[0] if found is not None else None

    def looked(self, visit: str, who: str) -> Done | Refusal:
        return self._write(visit, VisitLookedAt(), who)

    def _write(self, visit: str, note: Note, who: str, *, ref: str = "", told: str = "") -> Done | Refusal:
        wrong = self.wrong_text(told) if told else None
        if wrong is not None:
            return wrong
        first = self._first(visit)
        if first is None:
            return Refusal(Why.UNKNOWN_VISIT)
        entry = note_entry(
            note, visit, self._world.new_id(), self._world.now(),
            actor=f"staff:{who}", ref=ref, simulated=first.simulated,
        )  # fmt: skip
        self._ledger.append([entry])
        return Done(entry.id)

    def _about(
        self, visit: str, entry: str, type_: str, note: Note, who: str, *, told: str = ""
    ) -> Done | Refusal:
        if self._record(visit, entry, type_) is None:
            return Refusal(Why.UNKNOWN_ENTRY)
        return self._write(visit, note, who, ref=entry, told=told)

    @staticmethod
    def wrong_text(text: str) -> Refusal | None:
        if not text.strip():
            return Refusal(Why.EMPTY)
        if len(text) > LONGEST_TEXT:
            return Refusal(Why.TOO_LONG)
        return Refusal(Why.INDIVIDUAL_NUMBER) if holds_individual_number(text) else None

    def _first(self, visit: str) -> Record | None:
        return next(iter(self._ledger.entries(visit)), None) if visit else None

    def _record(self, visit: str, entry: str, type_: str) -> Record | None:
        found = (one for one in self._ledger.entries(visit) if one.id == entry and one.type == type_)
        return next(found, None)

    def _coverages(self, visit: str, question: str) -> int:
        """How many coverages the answer to that question holds; -1 if there is no such answer."""
        answers = answers_of(self._ledger.entries(visit))
        return next((len(answer.results) for _record, id_, answer in answers if id_ == question), -1)
