"""A maker of papers and a file of patients that can break."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kiosk.coverage.qualification import Answer
from kiosk.patients.errors import FileIoFault
from kiosk.patients.interface import ImportReport, PatientFile
from kiosk.reception.hands import PaperMaker
from kiosk.visit.effects import MakePaper
from kiosk.visit.known import KnownPatient, Match


class PaperNotMade(Exception):
    """What a broken maker raises: whatever a document raises must not cost a visit its end."""


class FrailPapers:
    """The maker within; while ``broken`` no paper comes of it."""

    def __init__(self, within: PaperMaker) -> None:
        self._within = within
        self.broken = False

    def __call__(self, wanted: MakePaper) -> bytes:
        if self.broken:
            raise PaperNotMade
        return self._within(wanted)


class FrailFile:
    """The file within; while ``broken`` nothing can be read from it."""

    def __init__(self, within: PatientFile) -> None:
        self._within = within
        self.broken = False

    def by_number(self, patient_number: str, birth_date: date) -> KnownPatient | None:
        return self._readable().by_number(patient_number, birth_date)

    def by_answer(self, answer: Answer) -> tuple[KnownPatient, Match] | None:
        return self._readable().by_answer(answer)

    def remember(self, patient: KnownPatient, seen_on: date) -> None:
        self._readable().remember(patient, seen_on)

    def import_csv(self, path: Path, *, dry_run: bool = False) -> ImportReport:
        return self._readable().import_csv(path, dry_run=dry_run)

    def purge(self, before: date) -> int:
        return self._readable().purge(before)

    def count(self) -> int:
        return self._readable().count()

    def close(self) -> None:
        self._within.close()

    def _readable(self) -> PatientFile:
        if self.broken:
            raise FileIoFault
        return self._within
