"""One camera for two who look at it: open as long as one of them is, and neither waits for the other."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from drivers.camera.sharing import SharedCamera
from drivers.interface import Failure, Fault
from simulator.camera import SimulatedFaceCamera
from tests.support.cameras import PATIENCE_S

SIZE = (64, 36)


class _Slow(SimulatedFaceCamera):
    """Takes its time to close, as one whose driver hangs."""

    def __init__(self) -> None:
        super().__init__(size=SIZE)
        self.closing, self.free = threading.Event(), threading.Event()

    def close(self) -> None:
        self.closing.set()
        self.free.wait(PATIENCE_S)
        super().close()


@pytest.fixture
def camera() -> Iterator[SimulatedFaceCamera]:
    made = SimulatedFaceCamera(size=SIZE)
    yield made
    made.discard()


def gone(seen: object) -> bool:
    return isinstance(seen, Failure) and seen.fault is Fault.CAMERA_GONE


def test_it_is_open_as_long_as_one_of_them_looks(camera: SimulatedFaceCamera) -> None:
    shared = SharedCamera(camera)
    face, front = shared.handle(), shared.handle()
    assert gone(face.frame())
    face.open()
    face.open()
    assert not gone(face.frame())
    assert gone(front.frame()), "who did not open it sees nothing, whoever else looks"
    front.open()
    face.close()
    assert gone(face.frame())
    assert not gone(front.frame())
    front.close()
    front.close()
    assert gone(camera.frame())


def test_whether_it_is_plugged_in_is_known_without_opening_it(camera: SimulatedFaceCamera) -> None:
    face = SharedCamera(camera).handle()
    assert face.absent() is None
    camera.unplug()
    assert gone(face.absent())
    assert gone(camera.frame())


def test_one_that_is_slow_to_close_keeps_no_other_looker_waiting() -> None:
    camera = _Slow()
    shared = SharedCamera(camera)
    face, front = shared.handle(), shared.handle()
    front.open()
    leaving = threading.Thread(target=front.close)
    leaving.start()
    assert camera.closing.wait(PATIENCE_S)
    seen: list[object] = []
    asking = threading.Thread(target=lambda: seen.append(face.frame()))
    asking.start()
    asking.join(PATIENCE_S / 2)
    assert [gone(one) for one in seen] == [True]
    camera.free.set()
    leaving.join()
    shared.discard()


def test_discarding_it_ends_it_for_all(camera: SimulatedFaceCamera) -> None:
    shared = SharedCamera(camera)
    face = shared.handle()
    face.open()
    shared.discard()
    assert gone(face.frame())
