"""The facility's own patients, as the reception sees them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from kiosk.coverage.qualification import Answer
from kiosk.patients.findings import Finding
from kiosk.visit.known import KnownPatient, Match


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did, or with ``dry_run`` would do. ``columns``: those taken; ``columns_not_taken``: the positions
    of the others, from 1. ``warnings``: the first of ``warned``."""

    new: int
    changed: int
    same: int
    encoding: Literal["utf-8", "cp932"]
    columns: tuple[str, ...]
    columns_not_taken: tuple[int, ...] = ()
    warned: int = 0
    warnings: tuple[Finding, ...] = ()
    dry_run: bool = False


class PatientFile(Protocol):
    """README.md tells how people are matched and how long they are kept. Everything may raise
    ``PatientFileError``; nothing is half-done then. Safe to use from several threads."""

    def by_number(self, patient_number: str, birth_date: date) -> KnownPatient | None:
        """Who has this 診察券 number and this birth date. None tells neither which of the two did not fit, nor
        whether the number exists."""

    def by_answer(self, answer: Answer) -> tuple[KnownPatient, Match] | None:
        """The one patient of whom the answer speaks. None if there is none or several could be meant."""

    def remember(self, patient: KnownPatient, seen_on: date) -> None:
        """Add somebody who was received, or bring up to date what is known. ``PatientRefused``, ``NumberTaken``."""

    def import_csv(self, path: Path, *, dry_run: bool = False) -> ImportReport:
        """Take all patients of a CSV file or, with ``CsvRefused``, none. Who is not in it stays as they are."""

    def purge(self, before: date) -> int:
        """Erase who has not been seen on or after that day; how many they were."""

    def count(self) -> int: ...

    def close(self) -> None: ...
