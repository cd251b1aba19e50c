"""Whole kiosks, real folders, real time: simulated certified readers at two desks, and everything that folders do."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.coverage.certificate_life import JAPAN
from kiosk.coverage.face_result import Method
from kiosk.coverage.services import ConsentItem
from kiosk.eligibility.folders import FaceReader, FolderService, FolderSettings
from kiosk.ledger.audit import verify
from kiosk.reception.results_watch import ResultWatch
from kiosk.reception.world import SystemWorld
from kiosk.visit.effects import AlertStaff
from kiosk.visit.events import Event
from kiosk.visit.states import Visit
from kiosk.visit.views import VisitView
from simulator.certified_reader import CertifiedReader, Use, Written
from simulator.certified_reader.reader import METHOD_CODES, METHOD_ELEMENT
from simulator.national.system import INSTITUTION, NationalSystem
from simulator.people import everyone, load
from ui.compose import Terminal, build
from ui.settings import Eligibility, Facility, Reader, Settings
from ui.settings.services import CertifiedReader as ReaderSetting
from ui.settings.services import FaceMethod

PATIENCE_S = 15.0
ALL = dict.fromkeys(("care", "operations", "checkups", "specific_diseases"), "agreed")


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Desk:
    """A kiosk, its screen, and what it told staff."""

    terminal: Terminal | None = None
    views: list[VisitView] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def show(self, view: VisitView) -> None:
        with self._changed:
            self.views.append(view)
            self._changed.notify_all()

    def alert(self, effect: AlertStaff, _visit: Visit) -> None:
        with self._changed:
            self.alerts.append(str(effect.cause))
            self._changed.notify_all()

    def until(self, holds: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(holds, PATIENCE_S), (self.views[-1], self.alerts)

    def sees(self, state: str) -> VisitView:
        self.until(lambda: self.views[-1].state == state)
        return self.views[-1]

    @property
    def kana(self) -> list[str]:
        """Of everybody who was confirmed here."""
        assert self.terminal is not None
        answers = [
            record
            for record in self.terminal.ledger.entries()
            if record.type == "FaceResultArrived" and record.state == "Confirmed"
        ]
        return [record.visit for record in answers]


@contextmanager
def open_desk(settings: Settings) -> Iterator[Desk]:
    desk = Desk()
    desk.terminal = build(settings, desk.show, alert=desk.alert)
    try:
        yield desk
    finally:
        desk.terminal.close()


class Facility2:
    """One folder or two, and a reader at each of two desks."""

    def __init__(self, folder: Path, *, shared: bool) -> None:
        self.folder = folder
        system = NationalSystem(everyone(), now)
        self.readers = {"A": CertifiedReader(system, 1), "B": CertifiedReader(system, 2)}
        self.faces = {name: folder / ("face" if shared else f"face-{name}") for name in self.readers}
        for path in (*self.faces.values(), folder / "req", folder / "res"):
            path.mkdir(exist_ok=True)

    def settings(self, terminal: str, *, told: bool = True) -> Settings:
        reader = ReaderSetting(
            desk=terminal if told else "", folder=self.faces[terminal], name=self.readers[terminal].pattern
        )
        codes = {code: method for method, code in METHOD_CODES.items()}
        return Settings(
            data=self.folder / f"data-{terminal}",
            terminal=terminal,
            facility=Facility(medical_institution_code=INSTITUTION),
            reader=Reader(kind="simulated"),
            eligibility=Eligibility(
                kind="oqs_folder",
                request_folder=self.folder / "req",
                answer_folder=self.folder / "res",
                face_readers=(reader,),
                face_method=FaceMethod(element=METHOD_ELEMENT, codes=codes),  # type: ignore[arg-type]
            ),
        )

    def use(self, desk: str, persona: str = "yamada", written: Written = Written.WHOLE) -> None:
        """Done at once: the reader's own screens have their own tests."""
        session = self.readers[desk].use(Use(persona, consents=ALL, written=written), now())
        for drop in session.drops:
            drop.happen(self.faces[desk])


@pytest.mark.parametrize("shared", [False, True])
def test_each_desk_is_met_by_the_results_of_its_own_reader(tmp_path: Path, shared: bool) -> None:
    house = Facility2(tmp_path, shared=shared)
    with open_desk(house.settings("A")) as a, open_desk(house.settings("B")) as b:
        assert (a.views[-1].state, a.views[-1].variant) == ("Welcome", "certified")
        house.use("B", "national_health")
        b.sees("Confirmed")
        house.use("A")
        a.sees("Confirmed")
        assert a.terminal is not None
        visit = a.terminal.reception.visit
        assert visit.certified is not None
        assert (visit.certified.desk, visit.certified.method) == ("A", Method.FACE)
        assert {item for item, _ in visit.consents} == set(ConsentItem) - {ConsentItem.LIMIT}
        assert [len(desk.kana) for desk in (a, b)] == [1, 1]


def test_results_that_nobody_can_tell_apart_are_for_staff(tmp_path: Path) -> None:
    house = Facility2(tmp_path, shared=True)
    with open_desk(house.settings("A", told=False)) as a:
        house.use("A")
        a.until(lambda: a.alerts == ["result"])
        assert a.views[-1].state == "Welcome"


def test_a_restart_takes_nothing_twice_and_misses_nothing(tmp_path: Path) -> None:
    house = Facility2(tmp_path, shared=False)
    with open_desk(house.settings("A")) as first:
        house.use("A")
        first.sees("Confirmed")
    house.use("A", "national_health")  # while nothing runs
    with open_desk(house.settings("A")) as second:
        second.sees("Confirmed")
        assert len(second.kana) == 2
        assert second.terminal is not None
        with second.terminal.ledger.snapshot() as source:
            assert verify(source, second.terminal.ledger.verify_key).verdict == "ok"


def test_a_folder_that_goes_and_comes_back_is_found_again(tmp_path: Path) -> None:
    house = Facility2(tmp_path, shared=False)
    face = house.faces["A"]
    with open_desk(house.settings("A")) as a:
        face.rename(tmp_path / "away")
        house.use("A")  # lost by the reader
        (tmp_path / "away").rename(face)
        house.use("A")
        a.sees("Confirmed")


@pytest.mark.parametrize("written", [Written.IN_PARTS, Written.REPEATED, Written.UTF8])
def test_however_a_good_result_comes_it_is_taken_once(tmp_path: Path, written: Written) -> None:
    house = Facility2(tmp_path, shared=False)
    with open_desk(house.settings("A")) as a:
        house.use("A", written=written)
        a.sees("Confirmed")
        assert len(a.kana) == 1
        assert a.alerts == []


def test_bad_files_hurt_nobody_and_the_next_good_one_is_taken(tmp_path: Path) -> None:
    house = Facility2(tmp_path, shared=False)
    with open_desk(house.settings("A")) as a:
        bad = (Written.HALF, Written.YESTERDAY, Written.WRONG_ENCODING, Written.GARBAGE, Written.ENCRYPTED)
        for written in bad:
            house.use("A", written=written)
        (house.faces["A"] / "desktop.ini").write_bytes(b"\xff")
        (house.faces["A"] / "ごみ箱").mkdir()
        house.use("A", "national_health")
        a.sees("Confirmed")
        assert len(a.kana) == 1
        assert a.terminal is not None
        answer = a.terminal.reception.visit.answer
        assert answer is not None
        assert answer.results[0].name == load("national_health").person.name  # and nobody out of a bad file


NAMES = st.one_of(
    st.just("X"),
    st.builds(
        "OQSsiquc01res_face_{}_{}.{}".format,
        st.text("0123456789ab_-", min_size=1, max_size=12),
        st.sampled_from([f"{datetime.now(JAPAN):%Y%m%d%H%M%S}", "20260230250000", "99999999999999"]),
        st.sampled_from(["xml", "XML", "zip", "tmp"]),
    ),
)


@given(files=st.lists(st.tuples(NAMES, st.binary(max_size=400)), max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_and_no_names_in_the_folder_stop_the_watch(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[str, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("face")
    service = FolderService(
        FolderSettings(
            request_folder=folder,
            answer_folder=folder,
            face_readers=(FaceReader(folder=folder, desk="A"),),
            medical_institution_code=INSTITUTION,
        )
    )
    came = threading.Event()

    def post(_kind: type[Event], /, **_fields: Any) -> None:
        came.set()

    watch = ResultWatch(service, SystemWorld(), post, every_s=0.001)
    watch.start()
    try:
        for name, data in files:
            (folder / name).write_bytes(data)
        house = CertifiedReader(NationalSystem(everyone(), now))
        for drop in house.use(Use("yamada"), now()).drops:
            drop.happen(folder)
        assert came.wait(PATIENCE_S)
    finally:
        watch.close()
        shutil.rmtree(folder)
