"""A camera behind OpenCV: pictures, an unplugged cable, a driver that hangs."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from drivers.camera import capture as module
from drivers.camera.capture import Capture
from drivers.camera.devices import CameraDevice, choose
from drivers.camera.oddities import Oddity
from drivers.camera.opencv import FIRST_S, GIVEN_UP_S, MOST_HUNG, STALE_S, OpenCvCamera, WatchedOpenCvCamera
from drivers.camera.report import Judge
from drivers.interface import Failure, Fault, Frame
from tests.support.cameras import PATIENCE_S, Clock, Device, Opening, noisy, picture, until


@contextmanager
def opened(device: Device, clock: Clock | None = None) -> Iterator[OpenCvCamera]:
    camera = OpenCvCamera(finder=device.find, opener=device.open, clock=clock or Clock(), retry_s=0.001)
    camera.open()
    try:
        yield camera
    finally:
        device.unplug()
        camera.close()


def there(_wanted: int | str) -> CameraDevice:
    return CameraDevice(0, "")


def fault(camera: OpenCvCamera) -> Fault | None:
    seen = camera.frame()
    return seen.fault if isinstance(seen, Failure) else None


def number(camera: OpenCvCamera) -> int:
    seen = camera.frame()
    return seen.number if isinstance(seen, Frame) else 0


def test_the_latest_picture_is_given_as_it_was_taken() -> None:
    device = Device()
    with opened(device) as camera:
        assert camera.frame() is None
        device.give(picture(1))
        device.give(picture(2))
        until(lambda: number(camera) == 2)
        seen = camera.frame()
        assert isinstance(seen, Frame)
        assert seen.pixels.shape == (4, 6, 3)
        assert np.array_equal(np.asarray(seen.pixels), picture(2))
        assert "2" in repr(seen)
        assert "pixels" not in repr(seen)


def test_an_unplugged_camera_is_a_failure_and_comes_back_by_itself() -> None:
    device = Device()
    with opened(device) as camera:
        device.give(picture())
        until(lambda: number(camera) == 1)
        device.unplug()
        until(lambda: fault(camera) is Fault.CAMERA_GONE)
        assert device.released.is_set()
        device.plug()
        device.give(picture())
        until(lambda: number(camera) == 2)


def test_a_camera_that_is_not_there_yet_is_told_and_waited_for() -> None:
    device = Device()
    device.unplug()
    camera = OpenCvCamera(finder=device.find, opener=device.open, retry_s=0.001)
    failure = camera.open()
    assert failure == Failure.of(Fault.CAMERA_GONE, "no camera is there")
    until(lambda: camera.frame() == failure)
    device.plug()
    device.give(picture())
    until(lambda: number(camera) == 1)
    device.give(None)
    camera.close()


def test_a_driver_that_hangs_is_told_by_the_age_of_its_last_picture_and_recovers() -> None:
    device, clock = Device(), Clock()
    with opened(device, clock) as camera:
        clock.now = FIRST_S
        assert camera.frame() is None, "the first picture may take longer"
        clock.now += 0.01
        assert fault(camera) is Fault.TIMED_OUT
        device.give(picture())
        until(lambda: number(camera) == 1)
        clock.now += STALE_S
        assert number(camera) == 1
        clock.now += 0.01
        assert fault(camera) is Fault.TIMED_OUT
        device.give(picture())
        until(lambda: number(camera) == 2)


def test_closing_forgets_the_picture_and_ends_the_thread_and_it_opens_again() -> None:
    device = Device()
    with opened(device) as camera:
        assert camera.open() is None, "a second time does nothing"
        device.give(picture())
        until(lambda: number(camera) == 1)
        device.give(picture())
        camera.close()
        camera.close()
        assert fault(camera) is Fault.CAMERA_GONE
        assert device.released.wait(PATIENCE_S)
        camera.open()
        device.give(picture())
        until(lambda: number(camera) >= 1)
    until(lambda: not [one for one in threading.enumerate() if one.name.startswith("camera")])


def test_what_the_library_throws_is_a_failure() -> None:
    def broken(_number: int) -> Opening:
        raise cv2.error("no backend")

    camera = OpenCvCamera(finder=there, opener=broken, retry_s=0.001)
    camera.open()
    until(lambda: fault(camera) is Fault.CAMERA_GONE)
    camera.close()


def test_without_opencv_the_failure_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    camera = OpenCvCamera(finder=there)
    camera.open()
    until(lambda: fault(camera) is Fault.SERVICE_GONE)
    seen = camera.frame()
    assert isinstance(seen, Failure)
    assert "requirements/camera.txt" in seen.detail
    camera.close()


def test_opencv_s_own_capture_serves(tmp_path: Path) -> None:
    """A film in place of a camera, through the same calls; its end is a pulled cable."""
    film = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for level in (10, 200):
        writer.write(np.full((48, 64, 3), level, np.uint8))
    writer.release()
    frames: list[Frame] = []
    ended = threading.Event()

    class Film:
        def __init__(self) -> None:
            self._capture = cv2.VideoCapture(str(film))

        def isOpened(self) -> bool:
            return self._capture.isOpened()

        def read(self) -> tuple[bool, Any]:
            seen = camera.frame()
            if isinstance(seen, Frame):
                frames.append(seen)
            return self._capture.read()

        def get(self, setting: int, /) -> float:
            return self._capture.get(setting)

        def release(self) -> None:
            self._capture.release()
            ended.set()

    camera = OpenCvCamera(
        finder=lambda wanted: None if ended.is_set() else there(wanted), opener=lambda _number: Film()
    )
    camera.open()
    assert ended.wait(PATIENCE_S)
    camera.close()
    assert [one.number for one in frames] == [1, 2]
    assert [one.pixels.shape for one in frames] == [(48, 64, 3)] * 2
    assert [np.asarray(one.pixels).mean() > 100 for one in frames] == [False, True]


def test_opencv_opens_no_camera_where_there_is_none() -> None:
    capture = module.open_capture(97)
    assert not capture.isOpened()
    assert capture.read()[0] is False
    capture.release()


def test_a_reading_that_hangs_is_left_behind_and_another_sent() -> None:
    device, clock = Device(), Clock()
    with opened(device, clock) as camera:
        device.give(picture(1))
        until(lambda: number(camera) == 1)
        hung = device.openings[0]
        clock.now += GIVEN_UP_S + 0.01
        until(lambda: len(device.openings) == 2)
        assert fault(camera) is Fault.TIMED_OUT
        device.give(picture(2))
        until(lambda: number(camera) == 2)
        hung.pictures.put(picture(3))  # the driver comes back: too late
        assert hung.released.wait(PATIENCE_S), "what was left behind gives the camera back when it can"
        assert number(camera) == 2


def test_only_so_many_threads_are_left_behind_and_others_are_sent_when_one_comes_back() -> None:
    device, clock = Device(), Clock()
    with opened(device, clock) as camera:
        for hung in range(MOST_HUNG):
            until(lambda hung=hung: len(device.openings) == hung + 1)  # type: ignore[misc]
            clock.now += GIVEN_UP_S + 0.01
        until(lambda: fault(camera) is Fault.TIMED_OUT and camera._left_behind.count() == MOST_HUNG)
        for _ in range(10):
            clock.now += GIVEN_UP_S
            assert camera._left_behind.count() == MOST_HUNG
        assert len(device.openings) == MOST_HUNG
        device.openings[1].pictures.put(None)
        until(lambda: len(device.openings) == MOST_HUNG + 1)
        device.give(picture())
        until(lambda: number(camera) == 1)


def test_a_camera_that_hangs_is_closed_at_once() -> None:
    device, clock = Device(), Clock()
    with opened(device, clock) as camera:
        until(lambda: bool(device.openings))
        clock.now += STALE_S + 0.01
        closing = threading.Thread(target=camera.close)
        closing.start()
        closing.join(0.9)
        assert not closing.is_alive(), "it does not wait for the driver"


def test_a_driver_that_hangs_over_a_question_keeps_nobody_waiting() -> None:
    device, asked, free = Device(), threading.Event(), threading.Event()

    class Silent(Opening):
        def get(self, setting: int, /) -> float:
            asked.set()
            free.wait(PATIENCE_S)
            return super().get(setting)

    silent = Silent(device)
    camera = WatchedOpenCvCamera(size=(64, 48), finder=device.find, opener=lambda _number: silent)
    silent.pictures.put(noisy(1))
    camera.open()
    assert asked.wait(PATIENCE_S)
    began = time.monotonic()
    assert camera.frame() is None
    assert camera.report().pictures == 0
    camera.close()
    assert time.monotonic() - began < PATIENCE_S / 2
    free.set()
    camera.discard()
    silent.pictures.put(None)


def test_a_film_through_opencv_s_own_capture_is_judged_and_put_into_the_ring(tmp_path: Path) -> None:
    """The stamps of a film are of no clock that can be compared, and so none is held against it."""
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (64, 48))
    for number in range(20):
        writer.write(noisy(number))
    writer.release()
    device = Device()

    def opener(_number: int) -> Capture:
        device.unplug()  # the film's end is the cable's
        return cv2.VideoCapture(str(path))

    camera = WatchedOpenCvCamera(size=(64, 48), finder=device.find, opener=opener, retry_s=0.001)
    camera.open()
    until(lambda: camera.report().pictures == 20 and fault(camera) is Fault.CAMERA_GONE)
    report = camera.report()
    assert report.got == (64, 48)
    assert report.promised == 25.0
    assert Oddity.CLOCK_WRONG not in report.odd
    camera.discard()


def test_the_report_may_be_asked_for_while_pictures_come() -> None:
    judge, failed = Judge(30), []
    ended = threading.Event()

    def ask() -> None:
        try:
            while not ended.is_set():
                assert judge.told.jitter_ms is None or judge.told.jitter_ms >= 0
        except BaseException as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    for number in range(300):
        judge.look(noisy(number).data, number * 33.0 + number % 3)
    ended.set()
    asking.join()
    assert not failed
    assert judge.told.rate == pytest.approx(30, rel=0.02)


def test_a_larger_picture_than_was_asked_for_is_made_smaller_and_told() -> None:
    device = Device("OBS Virtual Camera")
    device.settings = {cv2.CAP_PROP_FPS: 30.0, cv2.CAP_PROP_AUTO_EXPOSURE: 1.0}
    camera = WatchedOpenCvCamera(size=(32, 24), finder=device.find, opener=device.open, retry_s=0.001)
    camera.open()
    device.give(picture(90, (64, 24)))
    until(lambda: number(camera) == 1)
    seen, report = camera.frame(), camera.report()
    assert isinstance(seen, Frame)
    assert seen.pixels.shape == (12, 32, 3)
    assert (report.asked, report.got, report.promised, report.exposes) == ((32, 24), (64, 24), 30.0, False)
    assert report.name == "OBS Virtual Camera"
    assert Oddity.VIRTUAL in report.odd
    device.unplug()
    until(lambda: fault(camera) is Fault.CAMERA_GONE)
    assert camera.report().lost == 1
    camera.discard()
    camera.discard()
    assert camera.ring.latest() is None


@pytest.mark.parametrize("given", [object(), np.zeros((4, 6), np.uint8), np.zeros((4, 6, 4), np.uint8)])
def test_what_is_no_picture_in_colour_is_a_failure_and_the_camera_is_tried_again(given: Any) -> None:
    device = Device()
    camera = WatchedOpenCvCamera(size=(32, 24), finder=device.find, opener=device.open, retry_s=0.001)
    camera.open()
    device.give(given)
    until(lambda: fault(camera) is Fault.CAMERA_GONE)
    device.give(picture())
    until(lambda: number(camera) == 1)
    device.unplug()
    camera.discard()


def test_a_camera_is_asked_for_packed_pictures_of_the_size_and_for_an_exposure_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened, asked = [], {}

    class Recorder:
        def __init__(self, *arguments: int) -> None:
            opened.append(arguments)

        def set(self, setting: int, value: float) -> None:
            asked[setting] = value

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(cv2, "VideoCapture", Recorder)
    module.open_capture(3, (800, 600))
    assert opened == [(3, cv2.CAP_V4L2)]
    assert asked == {
        cv2.CAP_PROP_FOURCC: cv2.VideoWriter.fourcc(*"MJPG"),
        cv2.CAP_PROP_FRAME_WIDTH: 800,
        cv2.CAP_PROP_FRAME_HEIGHT: 600,
        cv2.CAP_PROP_FPS: 30,
        cv2.CAP_PROP_AUTO_EXPOSURE: 3,  # V4L2_EXPOSURE_APERTURE_PRIORITY
    }


def test_the_camera_that_is_called_so_is_opened_by_its_number_and_again_by_another_after_replugging() -> None:
    """The kernel gives numbers in the order of plugging in: the name is what stays."""
    device, numbers = Device(), []
    there = [CameraDevice(0, "Integrated Webcam"), CameraDevice(2, "HD Pro Webcam C920")]

    def opener(number: int) -> Capture:
        numbers.append(number)
        return device.open(number)

    camera = OpenCvCamera("c920", finder=lambda wanted: choose(wanted, there), opener=opener, retry_s=0.001)
    camera.open()
    device.give(picture())
    until(lambda: number(camera) == 1)
    there[1:] = []
    device.unplug()
    until(lambda: fault(camera) is Fault.CAMERA_GONE)
    device.plug()
    there.append(CameraDevice(4, "HD Pro Webcam C920"))
    until(lambda: len(numbers) > 1)
    device.give(picture())
    until(lambda: number(camera) == 2)
    assert (numbers[0], numbers[-1]) == (2, 4)
    device.unplug()
    camera.close()
