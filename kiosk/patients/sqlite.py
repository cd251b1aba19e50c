"""The patients of a facility in an encrypted SQLite file that several processes of one machine may share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Final

import structlog

from kiosk.coverage.qualification import Answer
from kiosk.patients.csv_file import read_sheet, report
from kiosk.patients.entry import Entry, plan, received
from kiosk.patients.errors import ERRORS
from kiosk.patients.interface import ImportReport
from kiosk.patients.matching import match_answer, number_key
from kiosk.patients.retention import today_in_japan
from kiosk.patients.schema import FIELDS, INDEXES, SHAPE, TABLE, entry, place, values
from kiosk.storage.database import BUSY_MS, Connection, clean_log
from kiosk.storage.store import Store, opened
from kiosk.visit.known import KnownPatient, Match

log = structlog.get_logger(__name__)

_SELECT: Final = f"SELECT {', '.join(FIELDS)} FROM patient WHERE "  # noqa: S608 - fixed names
_WRITE: Final = (
    f"INSERT OR REPLACE INTO patient ({', '.join(FIELDS)}) VALUES ({', '.join('?' * len(FIELDS))})"  # noqa: S608
)


class SqlitePatientFile(Store):
    """Opens (and at first use makes) the patient file in ``folder``. Safe to use from several threads.

    Raises at opening: KeyExposed, KeyMissing, KeyInvalid, WrongKey, FileTooNew, FileReadOnly, FileBusy.
    """

    def __init__(
        self,
        folder: Path,
        *,
        today: Callable[[], date] = today_in_japan,
        busy_ms: int = BUSY_MS,
    ) -> None:
        super().__init__(opened(place(folder), SHAPE, ERRORS, busy_ms=busy_ms), ERRORS)
        self._today = today

    # -- finding
    def by_number(self, patient_number: str, birth_date: date) -> KnownPatient | None:
        found = self._patients(
            "number_key = ? AND birth_date = ?", number_key(patient_number), birth_date.isoformat()
        )
        return found[0] if found else None

    def by_answer(self, answer: Answer) -> tuple[KnownPatient, Match] | None:
        return match_answer(answer, self)

    def by_reference(self, reference_key: str) -> list[KnownPatient]:
        return self._patients("reference_key = ?", reference_key)

    def by_numbers(self, birth_date: str, numbers_key: str) -> list[KnownPatient]:
        return self._patients(
            "birth_date = ? AND numbers_key = ? AND numbers_key <> ''", birth_date, numbers_key
        )

    def count(self) -> int:
        with self._open() as db:
            (number,) = db.execute("SELECT count(*) FROM patient").fetchone()
        return int(number)

    # -- keeping
    def remember(self, patient: KnownPatient, seen_on: date) -> None:
        with self._transaction():
            self._write([received(self._find(number_key(patient.patient_number)), patient, seen_on)])

    def import_csv(self, path: Path, *, dry_run: bool = False) -> ImportReport:
        today = self._today()
        sheet = read_sheet(path, today)  # before the pen is taken: a reception may be waiting for it
        with self._transaction():
            planned = plan(sheet.rows, self._find, today)
            if not dry_run:
                self._write(planned.entries)
        log.info(
            "patients.import", new=planned.new, changed=planned.changed, same=planned.same, dry_run=dry_run
        )
        return report(sheet, planned, dry_run=dry_run)

    def purge(self, before: date) -> int:
        with self._transaction() as db:
            erased = self._erase(db, before.isoformat())
        with self._open() as db:
            clean = clean_log(db)
        log.info("patients.purge", before=before.isoformat(), erased=erased, files_clean=clean)
        return erased

    def _erase(self, db: Connection, before: str) -> int:
        """Copy who is kept to a new table and drop the old one, whose pages ``secure_delete`` overwrites: deleting
        rows would leave copies of them in the unused parts of pages."""
        (erased,) = db.execute("SELECT count(*) FROM patient WHERE seen < ?", (before,)).fetchone()
        if erased:
            db.execute(TABLE.format("kept"))
            db.execute("INSERT INTO kept SELECT * FROM patient WHERE seen >= ?", (before,))
            db.execute("DROP TABLE patient")
            db.execute("ALTER TABLE kept RENAME TO patient")
            for statement in INDEXES:
                db.execute(statement)
        return int(erased)

    # -- inside
    def _find(self, key: str) -> Entry | None:
        found = self._entries("number_key = ?", key)
        return found[0] if found else None

    def _patients(self, where: str, *arguments: str) -> list[KnownPatient]:
        return [found.patient for found in self._entries(where, *arguments)]

    def _entries(self, where: str, *arguments: str) -> list[Entry]:
        with self._open() as db:
            return [entry(row) for row in db.execute(_SELECT + where, arguments).fetchall()]

    def _write(self, entries: Iterable[Entry]) -> None:
        with self._open() as db:
            db.executemany(_WRITE, map(values, entries))
