"""The patients of a facility in memory: for tests and for what is gone with its process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from kiosk.coverage.qualification import Answer
from kiosk.patients.csv_file import read_sheet, report
from kiosk.patients.entry import Entry, plan, received
from kiosk.patients.errors import FileClosed
from kiosk.patients.interface import ImportReport
from kiosk.patients.matching import match_answer, number_key
from kiosk.patients.retention import today_in_japan
from kiosk.visit.known import KnownPatient, Match


class MemoryPatientFile:
    def __init__(self, *, today: Callable[[], date] = today_in_japan) -> None:
        self._today = today
        self._lock = threading.RLock()
        self._entries: dict[str, Entry] | None = {}

    def close(self) -> None:
        with self._lock:
            self._entries = None

    def by_number(self, patient_number: str, birth_date: date) -> KnownPatient | None:
        with self._open() as entries:
            found = entries.get(number_key(patient_number))
        if found is None or found.patient.birth_date != birth_date.isoformat():
            return None
        return found.patient

    def by_answer(self, answer: Answer) -> tuple[KnownPatient, Match] | None:
        return match_answer(answer, self)

    def by_reference(self, reference_key: str) -> list[KnownPatient]:
        with self._open() as entries:
            return [entry.patient for entry in entries.values() if entry.reference_key == reference_key]

    def by_numbers(self, birth_date: str, numbers_key: str) -> list[KnownPatient]:
        with self._open() as entries:
            return [
                entry.patient
                for entry in entries.values()
                if entry.patient.birth_date == birth_date and entry.numbers_key == numbers_key
            ]

    def count(self) -> int:
        with self._open() as entries:
            return len(entries)

    def remember(self, patient: KnownPatient, seen_on: date) -> None:
        key = number_key(patient.patient_number)
        with self._open() as entries:
            entries[key] = received(entries.get(key), patient, seen_on)

    def import_csv(self, path: Path, *, dry_run: bool = False) -> ImportReport:
        today = self._today()
        sheet = read_sheet(path, today)
        with self._open() as entries:
            planned = plan(sheet.rows, entries.get, today)
            if not dry_run:
                entries.update({entry.number_key: entry for entry in planned.entries})
        return report(sheet, planned, dry_run=dry_run)

    def purge(self, before: date) -> int:
        with self._open() as entries:
            old = [key for key, entry in entries.items() if entry.seen < before.isoformat()]
            for key in old:
                del entries[key]
        return len(old)

    @contextmanager
    def _open(self) -> Iterator[dict[str, Entry]]:
        with self._lock:
            if self._entries is None:
                raise FileClosed
            yield self._entries
