"""What every camera does, behind OpenCV and simulated: opened, closed, unplugged, hung, in any order, and never in the
way of whoever asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from typing import Protocol

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.camera.opencv import FIRST_S, STALE_S, OpenCvCamera, WatchedOpenCvCamera
from drivers.camera.report import WatchedCamera
from drivers.interface import Camera, Failure, Fault, Frame
from simulator.camera import Scene, SimulatedCamera, SimulatedFaceCamera
from tests.support.cameras import Clock, Device, noisy, until

SIZE = (64, 36)
PROMPT_S = 3.0
"""A second for a driver that hangs when it is closed, and some for a busy computer."""


class Rig(Protocol):
    camera: Camera
    clock: Clock
    hangs: bool

    def unplug(self) -> None: ...

    def plug(self) -> None: ...

    def picture(self) -> None:
        """The device takes one, where it is there, open and does not hang."""

    def end(self) -> None: ...


class BehindOpenCv:
    """The true drivers over a device that the test plays. It takes pictures when told, so a test that wants it to hang
    tells it no more."""

    hangs = True

    def __init__(self, watched: bool) -> None:
        self.clock, self.device = Clock(), Device()
        make = WatchedOpenCvCamera if watched else OpenCvCamera
        self.camera: Camera = make(
            size=SIZE, finder=self.device.find, opener=self.device.open, clock=self.clock, retry_s=0.001
        )
        self._number = 0

    def unplug(self) -> None:
        self.device.unplug()

    def plug(self) -> None:
        self.device.plug()

    def picture(self) -> None:
        self._number += 1
        if self.device.openings:
            self.device.openings[-1].pictures.put(noisy(self._number, SIZE))

    def end(self) -> None:
        self.device.unplug()
        self.camera.close()
        if isinstance(self.camera, WatchedOpenCvCamera):
            self.camera.discard()


class Papers:
    """The simulated camera of papers takes a picture whenever it is asked for one: it cannot hang."""

    hangs = False

    def __init__(self) -> None:
        self.clock, self._device = Clock(), SimulatedCamera()
        self.camera: Camera = self._device

    def unplug(self) -> None:
        self._device.unplug()

    def plug(self) -> None:
        self._device.plug()

    def picture(self) -> None: ...

    def end(self) -> None:
        self._device.close()


class Faces:
    hangs = True

    def __init__(self) -> None:
        self.clock = Clock()
        self._device = SimulatedFaceCamera(Scene(), size=SIZE, clock=self.clock)
        self.camera: Camera = self._device
        self._device.hang()

    def unplug(self) -> None:
        self._device.unplug()

    def plug(self) -> None:
        self._device.plug()

    def picture(self) -> None:
        self._device.resume()
        self.clock.now += 0.05
        self._device.draw()
        self._device.hang()

    def end(self) -> None:
        self._device.discard()


RIGS: dict[str, Callable[[], Rig]] = {
    "OpenCV": lambda: BehindOpenCv(False),
    "OpenCV, watched": lambda: BehindOpenCv(True),
    "simulated papers": Papers,
    "simulated faces": Faces,
}
every_camera = pytest.mark.parametrize("kind", RIGS)


@contextmanager
def rigged(kind: str) -> Iterator[Rig]:
    rig = RIGS[kind]()
    try:
        yield rig
    finally:
        rig.end()


def fault(rig: Rig) -> Fault | None:
    seen = rig.camera.frame()
    return seen.fault if isinstance(seen, Failure) else None


def shows(rig: Rig) -> bool:
    """A picture that comes while it is asked for."""
    rig.picture()
    return isinstance(rig.camera.frame(), Frame)


@every_camera
def test_before_it_is_open_it_is_not_there(kind: str) -> None:
    with rigged(kind) as rig:
        assert fault(rig) is Fault.CAMERA_GONE


@every_camera
def test_an_open_camera_shows_pictures_in_colour_with_numbers_and_times(kind: str) -> None:
    with rigged(kind) as rig:
        assert rig.camera.open() is None
        until(lambda: shows(rig))
        first = rig.camera.frame()
        assert isinstance(first, Frame)
        height, width, colours = first.pixels.shape or ()
        assert height > 0
        assert width > 0
        assert colours == 3
        assert first.number >= 1

        def newer() -> bool:
            rig.picture()
            seen = rig.camera.frame()
            assert isinstance(seen, Frame)
            assert seen.at >= first.at
            return seen.number > first.number

        until(newer)


@every_camera
def test_opening_and_closing_twice_changes_nothing_and_it_opens_again(kind: str) -> None:
    with rigged(kind) as rig:
        for _ in range(3):
            rig.camera.open()
            assert rig.camera.open() is None
            until(lambda: shows(rig))
            rig.picture()  # a thread that reads is not left waiting for one
            rig.camera.close()
            rig.camera.close()
            assert fault(rig) is Fault.CAMERA_GONE


@every_camera
def test_a_camera_that_is_not_there_is_told_at_once_and_waited_for(kind: str) -> None:
    with rigged(kind) as rig:
        rig.unplug()
        failure = rig.camera.open()
        assert failure is not None
        assert failure.fault is Fault.CAMERA_GONE
        until(lambda: fault(rig) is Fault.CAMERA_GONE)
        rig.plug()
        until(lambda: shows(rig))


@every_camera
def test_an_unplugged_camera_is_told_and_comes_back_by_itself_again_and_again(kind: str) -> None:
    with rigged(kind) as rig:
        rig.camera.open()
        for _ in range(3):
            until(lambda: shows(rig))
            rig.unplug()
            until(lambda: fault(rig) is Fault.CAMERA_GONE)
            rig.plug()
        until(lambda: shows(rig))


@every_camera
def test_a_camera_that_hangs_is_told_by_the_age_of_its_picture_and_recovers(kind: str) -> None:
    with rigged(kind) as rig:
        if not rig.hangs:
            pytest.skip("it takes a picture whenever it is asked")
        rig.camera.open()
        rig.clock.now += FIRST_S + 0.1
        assert fault(rig) is Fault.TIMED_OUT
        until(lambda: shows(rig))
        rig.clock.now += STALE_S + 0.1
        assert fault(rig) is Fault.TIMED_OUT
        until(lambda: shows(rig))


def acts_on(rig: Rig) -> dict[str, Callable[[], object]]:
    def wait() -> None:
        rig.clock.now += STALE_S + 0.1

    return {
        "open": rig.camera.open,
        "close": rig.camera.close,
        "unplug": rig.unplug,
        "plug": rig.plug,
        "picture": rig.picture,
        "wait": wait,
        "look": rig.camera.frame,
    }


ACTS = ("open", "close", "unplug", "plug", "picture", "wait", "look")


def promptly(done: Callable[[], object]) -> None:
    began = time.monotonic()
    done()
    assert time.monotonic() - began < PROMPT_S


def walked(kind: str, acts: list[str]) -> None:
    with rigged(kind) as rig:
        opened = False
        last = 0
        for what in acts:
            promptly(acts_on(rig)[what])
            opened = {"open": True, "close": False}.get(what, opened)
            seen = rig.camera.frame()
            if isinstance(seen, Frame):
                assert opened
                assert seen.number >= last or what in ("open", "plug")
                last = seen.number
            if not opened:
                assert isinstance(seen, Failure)
                assert seen.fault is Fault.CAMERA_GONE
        rig.plug()
        rig.camera.open()
        until(lambda: shows(rig))
        rig.picture()


@every_camera
@settings(max_examples=25, deadline=None)
@given(acts=st.lists(st.sampled_from(ACTS), max_size=14))
def test_whatever_befalls_it_in_whatever_order_it_answers_at_once_and_shows_pictures_in_the_end(
    kind: str, acts: list[str]
) -> None:
    walked(kind, acts)


@every_camera
@pytest.mark.parametrize("moments", [*product((0, 1), repeat=4)], ids=str)
def test_a_cable_pulled_and_put_back_at_every_moment_of_a_visit_is_survived(
    kind: str, moments: tuple[int, ...]
) -> None:
    """Before opening, after it, behind the first picture, and while it is closed."""
    visit = ("open", "picture", "look", "close")
    acts = [
        one
        for step, pulled in zip(visit, moments, strict=True)
        for one in (*("unplug", "plug") * pulled, step)
    ]
    walked(kind, acts)


@every_camera
def test_many_may_look_while_it_is_opened_and_closed(kind: str) -> None:
    with rigged(kind) as rig:
        failed: list[BaseException] = []
        ended = threading.Event()

        def look() -> None:
            try:
                while not ended.is_set():
                    seen = rig.camera.frame()
                    if isinstance(seen, Frame):
                        np.asarray(seen.pixels).sum()
            except BaseException as error:
                failed.append(error)

        looking = [threading.Thread(target=look) for _ in range(3)]
        for one in looking:
            one.start()
        for _ in range(5):
            rig.camera.open()
            until(lambda: shows(rig))
            rig.picture()
            rig.camera.close()
        ended.set()
        for one in looking:
            one.join()
        assert not failed


@pytest.mark.parametrize("kind", ["OpenCV, watched", "simulated faces"])
def test_a_watched_camera_s_ring_holds_its_pictures_until_it_is_closed(kind: str) -> None:
    with rigged(kind) as rig:
        camera = rig.camera
        assert isinstance(camera, WatchedOpenCvCamera | SimulatedFaceCamera)
        watched: WatchedCamera = camera
        assert watched.ring.latest() is None
        camera.open()
        until(lambda: shows(rig))
        assert watched.ring.latest() is not None
        report = watched.report()
        assert report.asked == report.got == SIZE
        assert report.pictures >= 1
        assert report.first_ms is not None
        rig.picture()
        camera.close()
        assert watched.ring.latest() is None
        with open(watched.ring.fd, "rb", closefd=False) as memory:
            memory.seek(4096)
            assert not any(memory.read()), "no picture stays in memory"
