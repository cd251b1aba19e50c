"""Results that the facility's certified face reader leaves in a folder after somebody has used it.

Only results from after our start and of today are of use, and only their names are looked at before. Other files
there (prescriptions, checkups) are never opened. The receipt computer reads the folder too and may take a file away
at any moment.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from kiosk.coverage.certificate_life import JAPAN, japanese_date
from kiosk.coverage.exchange_values import exchange_time
from kiosk.eligibility import oqs
from kiosk.eligibility.folders import files
from kiosk.eligibility.folders.settings import FolderSettings, Oddity, Report, Reporter
from kiosk.eligibility.port import FaceResult
from kiosk.eligibility.world import World

_NAME = re.compile(r"OQSsiquc01res_face_.+_(\d{14})\.xml", re.IGNORECASE | re.ASCII)


def result_time(name: str) -> datetime | None:
    """The Japanese time in a face result's name; None if it is not the name of one."""
    match = _NAME.fullmatch(name)
    found = exchange_time(match[1]) if match else None
    return found.replace(tzinfo=JAPAN) if found else None


class FaceInbox:
    """Each result is given once, as soon as two looks in a row have found it unchanged and well-formed."""

    def __init__(self, settings: FolderSettings, folder: Path, world: World, report: Reporter) -> None:
        self._settings = settings
        self._folder = folder
        self._world = world
        self._report = report
        self._start = world.now().replace(microsecond=0)
        self._marks: dict[str, files.Mark] = {}
        self._done: dict[str, files.Mark | None] = {}  # looked at; with the mark where more may be written
        self._told: set[tuple[Oddity, str]] = set()
        self._day = japanese_date(world.now())

    def look(self) -> list[FaceResult]:
        """One look at the folder, oldest result first."""
        self._turn_day()
        present: dict[str, datetime] = {}
        try:
            for count, name in enumerate(files.names(self._folder, self._settings.quota + 1)):
                if count == self._settings.quota:
                    self._tell(Oddity.TOO_MANY_FILES, self._folder.name)
                at = result_time(name)
                if at is not None and at >= self._start and at.date() == self._day:
                    present[name] = at
        except OSError as error:
            self._tell(Oddity.UNREADABLE, self._folder.name, type(error).__name__)
            return []
        found = (
            self._take(name, at) for name, at in sorted(present.items(), key=lambda item: (item[1], item[0]))
        )
        return [result for result in found if result is not None]

    def _take(self, name: str, at: datetime) -> FaceResult | None:
        path = self._folder / name
        mark = files.look(path)
        if mark is None or isinstance(mark, files.Trouble):
            if mark is not None:
                self._tell(Oddity(mark), name)
            return None
        if name in self._done and self._done[name] in (None, mark):
            return None
        if self._marks.get(name) != mark:
            self._marks[name] = mark
            return None
        copy = files.take(path, mark, oqs.MAX_BYTES)
        if isinstance(copy, files.Trouble):
            self._tell(Oddity(copy), name)
            return None
        return self._read(name, at, copy) if copy is not None else None

    def _read(self, name: str, at: datetime, copy: files.Copy) -> FaceResult | None:
        answer = oqs.parse_answer(copy.data, asked_at=self._world.now().isoformat())
        if isinstance(answer, oqs.Malformed):
            self._done[name] = copy.mark  # perhaps half written: read again when it has changed
            self._report(Report(Oddity.UNREADABLE_ANSWER, name, answer.flaw))
            return None
        self._done[name] = None
        if answer.medical_institution_code not in ("", self._settings.medical_institution_code):
            self._report(Report(Oddity.FOREIGN_ANSWER, name, "MedicalInstitutionCode"))
            return None
        if self._settings.dedicated_face_folder and not files.remove(self._folder / name):
            self._report(Report(Oddity.NOT_REMOVED, name))
        return FaceResult(id=name, at=at, answer=answer)

    def _tell(self, oddity: Oddity, name: str, detail: str = "") -> None:
        if (oddity, name) not in self._told:
            self._told.add((oddity, name))
            self._report(Report(oddity, name, detail))

    def _turn_day(self) -> None:
        """A file may vanish and come back, so names are remembered, but only for the day."""
        today = japanese_date(self._world.now())
        if today != self._day:
            self._day = today
            self._marks.clear()
            self._done.clear()
            self._told.clear()
