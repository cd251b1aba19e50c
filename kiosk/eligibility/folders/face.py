"""Results that the facility's certified face readers leave in a folder after somebody has used them.

Only results of today and from about our start are of use, and only their names are looked at before. Other files there
(prescriptions, checkups) are never opened. The receipt computer reads the folder too and may take a file away at any
moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path

from kiosk.coverage.certificate_life import JAPAN, japanese_date
from kiosk.coverage.exchange_values import exchange_time
from kiosk.coverage.face_result import FaceResult, Method
from kiosk.coverage.qualification import Answer
from kiosk.eligibility import oqs
from kiosk.eligibility.folders import files
from kiosk.eligibility.folders.settings import (
    FaceReader,
    FolderSettings,
    MethodPlace,
    Oddity,
    Report,
    Reporter,
)
from kiosk.eligibility.world import World

_NAME = re.compile(r"OQSsiquc01res_face_.+_(\d{14})\.(xml|zip)", re.IGNORECASE | re.ASCII)
_STEP = re.compile(r"([^/\[\]]+)(?:\[\d+\])?\Z")
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0
_LONGEST_CODE = 50


def result_time(name: str) -> datetime | None:
    """The Japanese time in a face result's name; None if it is not the name of one that can be read."""
    return None if name[-4:].lower() == ".zip" else _time(name)


def is_encrypted_result(name: str) -> bool:
    """A result that the terminal packs with a password: its own settings can leave it plain."""
    return _time(name) is not None and result_time(name) is None


def _time(name: str) -> datetime | None:
    match = _NAME.fullmatch(name)
    found = exchange_time(match[1]) if match else None
    return found.replace(tzinfo=JAPAN) if found else None


def method_of(answer: Answer, place: MethodPlace | None) -> tuple[Method, str]:
    """How the holder was verified, and what stood there; an element that comes twice with two values tells nothing."""
    if place is None:
        return Method.NOT_TOLD, ""
    told = {
        text
        for path, text in answer.unknown
        if (step := _STEP.search(path)) is not None and step[1] == place.element
    }
    code = "/".join(sorted(told))[:_LONGEST_CODE]
    return (place.codes.get(code, Method.NOT_TOLD) if len(told) == 1 else Method.NOT_TOLD), code


def inboxes(settings: FolderSettings, world: World, report: Reporter) -> tuple[FaceInbox, ...]:
    """One for each folder: readers may share one."""
    shared: dict[Path, list[FaceReader]] = {}
    for reader in settings.face_readers:
        shared.setdefault(reader.folder, []).append(reader)
    return tuple(FaceInbox(settings, folder, world, report, at) for folder, at in shared.items())


class _Held:
    """A result that was read whole, and is given when the file has not changed at the next look, or is gone."""

    def __init__(self, mark: files.Mark, result: FaceResult) -> None:
        self.mark = mark
        self.result = result


class FaceInbox:
    """Each result is given once, at the look after the one that found it well-formed."""

    def __init__(
        self,
        settings: FolderSettings,
        folder: Path,
        world: World,
        report: Reporter,
        readers: Iterable[FaceReader],
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._world = world
        self._report = report
        self._readers = tuple(readers)
        self._start = world.now().replace(microsecond=0) - timedelta(seconds=settings.face_grace_s)
        self._held: dict[str, _Held] = {}
        self._broken: dict[str, files.Mark] = {}  # not well-formed when it looked so
        self._over: dict[str, files.Mark | None] = {}  # looked at; with the mark where more may be written
        self._given: set[tuple[datetime, bytes]] = set()
        self._told: set[tuple[Oddity, str]] = set()
        self._day = japanese_date(world.now())
        self._pause_s = 0.0
        self._not_before = 0.0

    def look(self) -> list[FaceResult]:
        """One look at the folder, oldest result first. A folder that is away is left alone for a while, ever longer."""
        if self._world.monotonic() < self._not_before:
            return []
        self._turn_day()
        try:
            present = self._present()
        except OSError as error:
            self._tell(Oddity.UNREADABLE, self._folder.name, type(error).__name__)
            self._pause_s = min(max(self._pause_s * 2, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)
            self._not_before = self._world.monotonic() + self._pause_s
            return []
        self._pause_s = 0.0
        self._told.discard((Oddity.UNREADABLE, self._folder.name))
        found = [self._give(name, self._held[name]) for name in list(self._held) if name not in present]
        found += [
            self._take(name, at) for name, at in sorted(present.items(), key=lambda one: (one[1], one[0]))
        ]
        return sorted((one for one in found if one is not None), key=lambda one: (one.at, one.id))

    def _present(self) -> dict[str, datetime]:
        """The results of today that are there. Raises ``OSError``."""
        present: dict[str, datetime] = {}
        for count, name in enumerate(files.names(self._folder, self._settings.quota + 1)):
            if count == self._settings.quota:
                self._tell(Oddity.TOO_MANY_FILES, self._folder.name)
            at = _time(name)
            if at is None or at < self._start or at.date() != self._day or self._reader(name) is None:
                continue
            if is_encrypted_result(name):
                self._tell(Oddity.ENCRYPTED, name)
            else:
                present[name] = at
        return present

    def _reader(self, name: str) -> FaceReader | None:
        """Whose file this is; None for one of nobody here."""
        return next((one for one in self._readers if fnmatch(name.casefold(), one.name.casefold())), None)

    def _take(self, name: str, at: datetime) -> FaceResult | None:
        mark = files.look(self._folder / name)
        held = self._held.get(name)
        if held is not None and mark in (None, held.mark):
            return self._give(name, held)
        self._held.pop(name, None)
        if mark is None:
            return None
        if isinstance(mark, files.Trouble):
            self._tell(Oddity(mark), name)
            return None
        if name in self._over:
            if self._over[name] not in (None, mark):
                self._tell(Oddity.CHANGED, name)
            return None
        if self._broken.get(name) == mark and (Oddity.UNREADABLE_ANSWER, name) in self._told:
            return None
        copy = files.take(self._folder / name, mark, oqs.MAX_BYTES)
        if isinstance(copy, files.Trouble):
            self._tell(Oddity(copy), name)
        elif copy is not None:
            self._read(name, at, copy)
        return None

    def _read(self, name: str, at: datetime, copy: files.Copy) -> None:
        answer = oqs.parse_answer(copy.data, asked_at=self._world.now().isoformat())
        if isinstance(answer, oqs.Malformed):
            # Perhaps half written: told when nobody goes on writing, and read again when somebody does.
            if self._broken.get(name) == copy.mark:
                self._tell(Oddity.UNREADABLE_ANSWER, name, answer.flaw)
            self._broken[name] = copy.mark
            return
        self._broken.pop(name, None)
        if answer.medical_institution_code not in ("", self._settings.medical_institution_code):
            self._over[name] = copy.mark
            self._tell(Oddity.FOREIGN_ANSWER, name, "MedicalInstitutionCode")
            return
        self._held[name] = _Held(copy.mark, self._result(name, at, copy.data, answer))

    def _result(self, name: str, at: datetime, data: bytes, answer: Answer) -> FaceResult:
        method, code = method_of(answer, self._settings.face_method)
        reader = self._reader(name)
        identity = sha256(name.encode("utf-8", "surrogateescape") + b"\0" + data).hexdigest()
        return FaceResult(
            id=identity,
            at=at,
            answer=answer,
            desk=reader.desk if reader is not None else "",
            method=method,
            method_code=code,
        )

    def _give(self, name: str, held: _Held) -> FaceResult | None:
        del self._held[name]
        self._over[name] = held.mark
        result = held.result
        alike = (result.at, sha256(oqs.write_answer(result.answer, "utf-8")).digest())
        if alike in self._given:
            self._tell(Oddity.REPEATED, name)
            return None
        self._given.add(alike)
        if self._settings.dedicated_face_folder and not files.remove(self._folder / name):
            self._tell(Oddity.NOT_REMOVED, name)
        return result

    def _tell(self, oddity: Oddity, name: str, detail: str = "") -> None:
        if (oddity, name) not in self._told:
            self._told.add((oddity, name))
            self._report(Report(oddity, name, detail))

    def _turn_day(self) -> None:
        """A file may vanish and come back, so names are remembered, but only for the day."""
        today = japanese_date(self._world.now())
        if today != self._day:
            self._day = today
            for memory in (self._held, self._broken, self._over):
                memory.clear()
            self._given.clear()
            self._told.clear()
