"""The face check as a patient meets it, with real processes behind the screen: the card's front, the mirror, a camera
that is pulled out, and what is left of it all afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from drivers.camera.ring import FrameRing
from drivers.face.matcher import ProcessFaceMatcher
from drivers.front.reader import ProcessFrontReader
from drivers.interface import FaceHint, FaceVerdict, Failure
from kiosk.wording.catalogues import catalogue
from simulator.camera import Scene, SimulatedFaceCamera, drawn
from simulator.camera.fronts import front, scene
from simulator.people import load
from simulator.playing.cast import number_b
from tests.support.kiosks import Visitor, opened, simulated
from tests.support.screens import settle
from ui.patient.camera import CameraPage
from ui.patient.eyes import Eyes
from ui.patient.front import Confirming, FrontPage
from ui.patient.gallery import LANGUAGES, examples
from ui.patient.gallery_pictures import STILL
from ui.patient.window import PatientWindow, Timing
from ui.settings import Camera
from ui.theme.panel import PROFILES

pytestmark = pytest.mark.gui
SIZE = (1280, 720)
A_BUSY_MACHINE_MS = 60_000
A_SECOND_OR_MORE = 30  # pictures


@pytest.fixture
def camera() -> Iterator[SimulatedFaceCamera]:
    """Slow, since its pictures are drawn in this process."""
    camera = SimulatedFaceCamera(size=SIZE, rate=5, by_itself=True)
    yield camera
    camera.discard()


@pytest.fixture
def visitor(
    tmp_path: Path, qtbot: QtBot, camera: SimulatedFaceCamera, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Visitor]:
    """Before a kiosk that takes the camera for a webcam: what looks at its pictures are the real processes."""
    monkeypatch.setattr("ui.composing.face.face_camera", lambda _settings, _simulated: camera)
    webcam = Camera(kind="webcam", width=SIZE[0], height=SIZE[1])
    with opened(simulated(tmp_path, camera=webcam), qtbot) as visitor:
        yield visitor


def soon(visitor: Visitor, holds: Callable[[], bool]) -> None:
    visitor.qtbot.waitUntil(holds, timeout=A_BUSY_MACHINE_MS)


def front_page(visitor: Visitor) -> FrontPage:
    visitor.choose("yamada")
    visitor.sees("ChoosingVerification")
    visitor.touch("face")
    visitor.sees("ReadingCardFront.camera")
    assert isinstance(visitor.kiosk.window.page, FrontPage)
    return visitor.kiosk.window.page


def reader(visitor: Visitor) -> ProcessFrontReader:
    return cast(ProcessFrontReader, visitor.kiosk.terminal.front)


def matcher(visitor: Visitor) -> ProcessFaceMatcher:
    return cast(ProcessFaceMatcher, visitor.kiosk.terminal.face)


def to_the_mirror(visitor: Visitor, camera: SimulatedFaceCamera) -> CameraPage:
    """The number is typed, the picture comes."""
    front_page(visitor)
    visitor.touch("type_number_b")
    visitor.sees("ReadingCardFront.typed")
    camera.show(Scene(who=drawn("yamada")))
    page = visitor.kiosk.window.page
    assert isinstance(page, FrontPage)
    for digit in number_b(load("yamada"), visitor.kiosk.terminal.world.now().day):
        page.digit(int(digit))
    soon(visitor, lambda: isinstance(page.inner, Confirming))
    visitor.touch("front_right")
    soon(visitor, lambda: visitor.page == "MatchingFace")
    mirror = visitor.kiosk.window.page
    assert isinstance(mirror, CameraPage)
    soon(visitor, lambda: mirror.mirror is not None and mirror.mirror.painted > 0)
    return mirror


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def blank(ring: FrameRing) -> bool:
    """Whether nothing of any picture is in the shared memory."""
    return ring.latest() is None and not any(bytes(ring._memory[ring._begin :]))


# ------------------------------------------------------------------------------------- the card's front


def test_the_real_process_reads_the_front_and_its_digits_count_only_once_they_are_confirmed(
    visitor: Visitor, camera: SimulatedFaceCamera
) -> None:
    me, today = load("yamada"), visitor.kiosk.terminal.world.now().day
    assert reader(visitor)._reading is None, "loaded on demand"
    camera.show(scene(front(me, today)))
    page = front_page(visitor)
    soon(visitor, lambda: reader(visitor)._reading is not None)
    soon(visitor, lambda: reader(visitor)._reading.pid is not None)  # type: ignore[union-attr]
    pid = cast(int, reader(visitor)._reading.pid)  # type: ignore[union-attr]
    soon(visitor, lambda: isinstance(page.inner, Confirming))
    assert "".join(str(page.digits.digit(place)) for place in range(14)) == number_b(me, today)
    assert visitor.page == "ReadingCardFront.camera", "nothing was sent yet"
    soon(visitor, lambda: not runs(pid))
    assert reader(visitor)._reading is None, "gone after"
    soon(visitor, lambda: blank(camera.ring))
    visitor.touch("front_right")
    soon(visitor, lambda: visitor.page == "MatchingFace")
    assert len(page.digits) == 0
    soon(visitor, lambda: visitor.kiosk.terminal.reception.visit.card.photo == "genuine")  # type: ignore[union-attr]


def test_a_camera_that_is_pulled_out_before_the_front_was_read_leads_to_the_keypad(
    visitor: Visitor, camera: SimulatedFaceCamera
) -> None:
    front_page(visitor)
    soon(visitor, lambda: reader(visitor).picture() is not None)
    camera.unplug()
    soon(visitor, lambda: visitor.page == "ReadingCardFront.typed")
    page = visitor.kiosk.window.page
    assert page is not None
    assert [one.key for one in page.view.notices] == ["ReadingCardFront.camera_lost"]
    assert any(option.id == "pin_instead" for option in page.view.options)


# ----------------------------------------------------------------------------------------- the mirror


def test_a_camera_that_is_pulled_out_at_the_mirror_leads_on_to_the_pin_or_to_another_try(
    visitor: Visitor, camera: SimulatedFaceCamera
) -> None:
    to_the_mirror(visitor, camera)
    camera.unplug()
    soon(visitor, lambda: visitor.page == "MatchingFace.camera_gone")
    camera.plug()
    visitor.touch("look_again")
    soon(visitor, lambda: visitor.page == "MatchingFace")
    camera.unplug()
    soon(visitor, lambda: visitor.page == "MatchingFace.camera_gone")
    visitor.touch("pin_instead")
    visitor.sees("EnteringPin")


def test_pictures_and_process_are_gone_with_the_visit(visitor: Visitor, camera: SimulatedFaceCamera) -> None:
    page = to_the_mirror(visitor, camera)
    visit = matcher(visitor)._visit
    assert visit is not None
    soon(visitor, lambda: visit.pid is not None)
    pid = cast(int, visit.pid)
    assert not blank(camera.ring)
    visitor.press("remove")
    soon(visitor, lambda: visitor.page.startswith("Abandoned"))
    soon(visitor, lambda: not runs(pid))
    soon(visitor, lambda: blank(camera.ring))
    assert page.mirror is not None
    assert not page.mirror.holds_picture
    assert matcher(visitor).picture() is None


# ----------------------------------------------------------------- pictures offered, and pictures shown


class Told:
    def __init__(self) -> None:
        self.heard: list[FaceHint | FaceVerdict | Failure] = []

    def __call__(self, told: FaceHint | FaceVerdict | Failure) -> None:
        self.heard.append(told)


def test_every_picture_that_the_camera_offers_is_shown_while_the_other_process_looks_at_them_too(
    qapp: object,
) -> None:
    """By the picture and not by the clock: how many a second there are is for the benchmarks."""
    del qapp
    now = [0.0]
    camera = SimulatedFaceCamera(Scene(who=drawn("yamada")), size=SIZE, rate=30, clock=lambda: now[0])
    looking = ProcessFaceMatcher(camera)
    window = PatientWindow(
        PROFILES["small"], catalogue, lambda _act: None, lambda _digits: "", languages=LANGUAGES, settings=STILL,
        clock=lambda: 0, timing=Timing(hold=0, reading=0, double_touch=0), eyes=Eyes(face=looking.picture),
    )  # fmt: skip
    told = Told()
    try:
        looking.look(told)
        window.show()
        window.show_view(examples()["MatchingFace"])
        page = window.page
        assert isinstance(page, CameraPage)
        mirror = page.mirror
        assert mirror is not None
        mirror._asking.stop()
        until = time.monotonic() + A_BUSY_MACHINE_MS / 1000
        while not any(isinstance(one, FaceHint) for one in told.heard):  # it looks at the same pictures
            assert time.monotonic() < until, told.heard
            now[0] += 1 / 30
            camera.frame()
            QTest.qWait(20)
        settle()
        before, first = mirror.painted, camera.ring.latest()
        assert first is not None
        for offered in range(1, A_SECOND_OR_MORE + 1):
            now[0] += 1 / 30 + 1e-6
            mirror._asking.timeout.emit()
            settle()
            assert mirror.painted == before + offered
        last = camera.ring.latest()
        assert last is not None
        assert last.number - first.number == A_SECOND_OR_MORE
        assert mirror._frame is not None
        assert mirror._frame.number == last.number
    finally:
        window.close()
        window.deleteLater()
        looking.close()
        camera.discard()
        settle()
