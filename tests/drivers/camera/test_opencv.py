"""A camera behind OpenCV: pictures, an unplugged cable, a driver that hangs."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

import cv2
import numpy as np
import pytest

from drivers.camera import opencv as module
from drivers.camera.devices import CameraDevice, cameras, choose
from drivers.camera.opencv import FIRST_S, STALE_S, OpenCvCamera, find
from drivers.interface import Failure, Fault, Frame

PATIENCE_S = 10.0
Picture = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Device:
    """A camera whose pictures a test hands out one by one; None is the end: unplugged."""

    def __init__(self) -> None:
        self.pictures: Queue[Picture | None] = Queue()
        self.there = True
        self.opened = 0
        self.released = threading.Event()

    def find(self, _wanted: int | str) -> int | None:
        return 0 if self.there else None

    def open(self, _number: int) -> Device:
        self.opened += 1
        return self

    def isOpened(self) -> bool:
        return self.there

    def read(self) -> tuple[bool, Any]:
        picture = self.pictures.get()
        return picture is not None, picture

    def release(self) -> None:
        self.released.set()


def picture(level: int = 7) -> Picture:
    return np.full((4, 6, 3), level, np.uint8)


def until(holds: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(int(PATIENCE_S / 0.002)):
        if holds():
            return
        waiting.wait(0.002)
    raise AssertionError("it never came")


@contextmanager
def opened(device: Device, clock: Clock | None = None) -> Iterator[OpenCvCamera]:
    camera = OpenCvCamera(finder=device.find, opener=device.open, clock=clock or Clock(), retry_s=0.001)
    camera.open()
    try:
        yield camera
    finally:
        device.there = False
        device.pictures.put(None)
        camera.close()


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
        device.pictures.put(picture(1))
        device.pictures.put(picture(2))
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
        device.pictures.put(picture())
        until(lambda: number(camera) == 1)
        device.there = False
        device.pictures.put(None)
        until(lambda: fault(camera) is Fault.READER_GONE)
        assert device.released.is_set()
        device.there = True
        device.pictures.put(picture())
        until(lambda: number(camera) == 2)


def test_a_camera_that_is_not_there_yet_is_told_and_waited_for() -> None:
    device = Device()
    device.there = False
    camera = OpenCvCamera(finder=device.find, opener=device.open, retry_s=0.001)
    failure = camera.open()
    assert failure == Failure.of(Fault.READER_GONE, "no camera is there")
    until(lambda: camera.frame() == failure)
    device.there = True
    device.pictures.put(picture())
    until(lambda: number(camera) == 1)
    device.pictures.put(None)
    camera.close()


def test_a_driver_that_hangs_is_told_by_the_age_of_its_last_picture_and_recovers() -> None:
    device, clock = Device(), Clock()
    with opened(device, clock) as camera:
        clock.now = FIRST_S
        assert camera.frame() is None, "the first picture may take longer"
        clock.now += 0.01
        assert fault(camera) is Fault.TIMED_OUT
        device.pictures.put(picture())
        until(lambda: number(camera) == 1)
        clock.now += STALE_S
        assert number(camera) == 1
        clock.now += 0.01
        assert fault(camera) is Fault.TIMED_OUT
        device.pictures.put(picture())
        until(lambda: number(camera) == 2)


def test_closing_forgets_the_picture_and_ends_the_thread_and_it_opens_again() -> None:
    device = Device()
    with opened(device) as camera:
        assert camera.open() is None, "a second time does nothing"
        device.pictures.put(picture())
        until(lambda: number(camera) == 1)
        device.pictures.put(picture())
        camera.close()
        camera.close()
        assert fault(camera) is Fault.READER_GONE
        assert device.released.wait(PATIENCE_S)
        camera.open()
        device.pictures.put(picture())
        until(lambda: number(camera) >= 1)
    until(lambda: not [one for one in threading.enumerate() if one.name == "camera"])


def test_what_the_library_throws_is_a_failure() -> None:
    def broken(_number: int) -> Device:
        raise cv2.error("no backend")

    camera = OpenCvCamera(finder=lambda _wanted: 0, opener=broken, retry_s=0.001)
    camera.open()
    until(lambda: fault(camera) is Fault.READER_GONE)
    camera.close()


def test_without_opencv_the_failure_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    camera = OpenCvCamera(finder=lambda _wanted: 0)
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

        def release(self) -> None:
            self._capture.release()
            ended.set()

    camera = OpenCvCamera(finder=lambda _wanted: None if ended.is_set() else 0, opener=lambda _number: Film())
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


# ------------------------------------------------------------------------------------------- which one


def listed(folder: Path, *nodes: tuple[int, str, str | None]) -> Path:
    for node, name, index in nodes:
        here = folder / f"video{node}"
        here.mkdir()
        (here / "name").write_text(f"{name}\n", encoding="utf-8")
        if index is not None:
            (here / "index").write_text(f"{index}\n", encoding="ascii")
    return folder


def test_cameras_are_listed_by_number_without_their_nodes_for_other_data(tmp_path: Path) -> None:
    folder = listed(tmp_path, (10, "B", None), (2, "A", "0"), (3, "A", "1"))
    (folder / "videofoo").mkdir()
    assert cameras(folder) == (CameraDevice(2, "A"), CameraDevice(10, "B"))
    assert cameras(folder / "nowhere") == ()
    assert str(CameraDevice(2, "A").path) == "/dev/video2"


def test_a_camera_is_chosen_by_number_or_by_part_of_its_name() -> None:
    there = (CameraDevice(0, "Integrated Webcam"), CameraDevice(2, "HD Pro Webcam C920"))
    assert choose("", there) == there[0]
    assert choose("c920", there) == there[1]
    assert choose(2, there) == there[1]
    assert choose(1, there) is None
    assert choose("C270", there) is None
    assert choose("", ()) is None


def test_where_the_kernel_lists_no_cameras_the_number_is_taken_at_its_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert (find(3), find("")) == (3, 0)
