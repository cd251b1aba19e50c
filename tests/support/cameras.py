"""A device behind OpenCV's interface, played by a test."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Queue
from typing import Any

import numpy as np

from drivers.camera.devices import CameraDevice

PATIENCE_S = 10.0
Picture = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


class Clock:
    """Moved on by the test alone."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Device:
    """A camera whose pictures a test hands out one by one; None is the end: unplugged. Each opening reads from a queue
    of its own, as a driver that hangs keeps the call that was made."""

    def __init__(self, name: str = "Invented Camera") -> None:
        self.name = name
        self.there = True
        self.settings: dict[int, float] = {}
        self.openings: list[Opening] = []

    @property
    def released(self) -> threading.Event:
        return self.openings[-1].released

    def find(self, _wanted: int | str) -> CameraDevice | None:
        return CameraDevice(0, self.name) if self.there else None

    def open(self, _number: int) -> Opening:
        opening = Opening(self)
        self.openings.append(opening)
        return opening

    def give(self, *pictures: Picture | None) -> None:
        """To whoever opened it last; waits for somebody who did."""
        until(lambda: bool(self.openings) and not self.openings[-1].released.is_set())
        for one in pictures:
            self.openings[-1].pictures.put(one)

    def unplug(self) -> None:
        self.there = False
        for opening in self.openings:
            opening.pictures.put(None)

    def plug(self) -> None:
        self.there = True


class Opening:
    def __init__(self, device: Device) -> None:
        self.device = device
        self.pictures: Queue[Picture | None] = Queue()
        self.released = threading.Event()

    def isOpened(self) -> bool:
        return self.device.there

    def read(self) -> tuple[bool, Any]:
        picture = self.pictures.get()
        return picture is not None, picture

    def get(self, setting: int, /) -> float:
        return self.device.settings.get(setting, -1.0)

    def release(self) -> None:
        self.released.set()


def picture(level: int = 7, size: tuple[int, int] = (6, 4)) -> Picture:
    return np.full((size[1], size[0], 3), level, np.uint8)


def noisy(seed: int, size: tuple[int, int] = (64, 48), level: int = 120) -> Picture:
    """What no two pictures of a sensor share."""
    chance = np.random.default_rng(seed)
    return chance.integers(level - 20, level + 20, (size[1], size[0], 3), np.uint8)


def until(holds: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(int(PATIENCE_S / 0.002)):
        if holds():
            return
        waiting.wait(0.002)
    raise AssertionError("it never came")
