"""The simulated camera: a ``drivers.interface.Camera`` whose pictures are drawn when they are asked for."""

from __future__ import annotations

from threading import Lock

from PIL import Image

from drivers.interface import Failure, Fault, Frame
from simulator.camera.seeing import Sight, seen

GONE = Failure.of(Fault.CAMERA_GONE, "simulated camera: unplugged")


class SimulatedCamera:
    """``show`` holds a paper before it; ``unplug`` and ``plug`` are what a cable does. Any thread may call."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open = False
        self._plugged = True
        self._number = 0
        self._pixels = pixels_of(seen(None))

    def show(self, paper: Image.Image | None, sight: Sight | None = None) -> None:
        """What lies before the camera from now on; None for nothing."""
        pixels = pixels_of(seen(paper, sight))
        with self._lock:
            self._pixels = pixels

    def unplug(self) -> None:
        with self._lock:
            self._plugged = False

    def plug(self) -> None:
        with self._lock:
            self._plugged = True

    def open(self) -> Failure | None:
        with self._lock:
            if not self._open:
                self._open, self._number = True, 0
            return None if self._plugged else GONE

    def frame(self) -> Frame | Failure | None:
        with self._lock:
            if not (self._open and self._plugged):
                return GONE
            self._number += 1
            return Frame(self._number, self._pixels)

    def close(self) -> None:
        with self._lock:
            self._open = False


def pixels_of(picture: Image.Image) -> memoryview:
    """Height × width × 3 bytes, blue, green, red."""
    red, green, blue = picture.convert("RGB").split()
    swapped = Image.merge("RGB", (blue, green, red)).tobytes()
    return memoryview(swapped).cast("B", (picture.height, picture.width, 3))
