"""How many pictures a second reach the screen while another process works on them as hard as it can.

``python -m tests.bench.face.rate`` prints it. The source is a synthetic camera of 30 pictures a second, each decoded
from motion JPEG as a webcam's are, through the whole of ``WatchedOpenCvCamera``.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from drivers.camera.capture import RATE, SIZE
from drivers.camera.devices import CameraDevice
from drivers.camera.opencv import WatchedOpenCvCamera
from drivers.camera.report import CameraReport
from drivers.camera.ring import FrameRing

SCREEN_HZ = 60
"""How often the one who draws looks for a new picture."""

_PICTURES = 16
_WORK = """
import sys
import numpy as np
from drivers.camera.ring import FrameRing
ring = FrameRing.attach(int(sys.argv[1]))
print("ready", flush=True)
while True:
    frame = ring.latest()
    if frame is not None:
        grey = np.asarray(frame.pixels)[:, :, 1].astype(np.float32)
        grey @ grey.T
"""


@dataclass(frozen=True, slots=True)
class PreviewRate:
    """``shown``: different pictures that the looker got; ``per_second`` of them; ``worst_gap_ms`` between two.
    ``age_ms``: from arrival to being seen, median. ``camera``: what the camera said at the end."""

    seconds: float
    shown: int
    per_second: float
    worst_gap_ms: float
    age_ms: float
    camera: CameraReport


class SyntheticCapture:
    """In the place of ``cv2.VideoCapture``: ``rate`` pictures a second, which differ in their noise."""

    def __init__(self, size: tuple[int, int] = SIZE, rate: float = RATE) -> None:
        import cv2
        import numpy as np

        chance = np.random.default_rng(1)
        grain = [chance.integers(100, 156, (size[1], size[0], 3), np.uint8) for _ in range(_PICTURES)]
        shade = np.linspace(0, 90, size[1], dtype=np.uint8).reshape(-1, 1, 1)
        self._decode = cv2.imdecode
        self._film = [cv2.imencode(".jpg", cv2.GaussianBlur(one, (0, 0), 2) + shade)[1] for one in grain]
        self._interval = 1 / rate
        self._due = time.monotonic()
        self._number = 0

    def isOpened(self) -> bool:
        return True

    def read(self) -> tuple[bool, Any]:
        self._due = max(self._due + self._interval, time.monotonic() - 4 * self._interval)  # four may wait
        time.sleep(max(0.0, self._due - time.monotonic()))
        self._number += 1
        return True, self._decode(self._film[self._number % _PICTURES], 1)

    def get(self, _setting: int, /) -> float:
        return -1.0

    def release(self) -> None:
        self._film = []


@contextmanager
def hogging(ring: FrameRing) -> Iterator[None]:
    """A process that reads the ring and multiplies matrices of its pictures without rest."""
    command = [sys.executable, "-c", _WORK, str(ring.fd)]
    worker = subprocess.Popen(command, pass_fds=[ring.fd], stdout=subprocess.PIPE)
    try:
        assert worker.stdout is not None
        worker.stdout.readline()
        yield
    finally:
        worker.kill()
        worker.communicate()


def preview_rate(
    seconds: float = 3.0,
    beside: Callable[[FrameRing], AbstractContextManager[None]] = hogging,
    size: tuple[int, int] = SIZE,
) -> PreviewRate:
    """Measures while ``beside`` runs: by default a process that reads the same ring and rests never; give the true
    matcher to measure it. Needs the extra ``camera``."""
    camera = WatchedOpenCvCamera(
        size=size,
        finder=lambda _wanted: CameraDevice(0, "synthetic"),
        opener=lambda _number: SyntheticCapture(size),
    )
    camera.open()
    try:
        while camera.ring.latest() is None:
            time.sleep(0.01)
        with beside(camera.ring):
            return _looked(camera, seconds)
    finally:
        camera.discard()


def _looked(camera: WatchedOpenCvCamera, seconds: float) -> PreviewRate:
    began = last_at = time.monotonic()
    last, shown, worst, ages = 0, 0, 0.0, []
    while (now := time.monotonic()) - began < seconds:
        frame = camera.ring.latest()
        if frame is not None and frame.number != last:
            ages.append(now * 1000 - frame.at)
            if shown:
                worst = max(worst, now - last_at)
            last, last_at, shown = frame.number, now, shown + 1
        time.sleep(max(0.0, 1 / SCREEN_HZ - (time.monotonic() - now)))
    spent = time.monotonic() - began
    age = sorted(ages)[len(ages) // 2] if ages else 0.0
    return PreviewRate(spent, shown, shown / spent, worst * 1000, age, camera.report())


if __name__ == "__main__":
    print(preview_rate())
