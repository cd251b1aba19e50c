"""A camera through OpenCV, which is large and only there with the extra ``camera``: loaded when a camera is opened."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from drivers.camera import devices
from drivers.interface import Failure, Fault, Frame

FIRST_S = 6.0
STALE_S = 2.0
RETRY_S = 1.0
"""How long the first picture may take, how old the last may be, and how often a missing camera is looked for."""

_JOIN_S = 1.0
_SIZE = (1280, 720)
_NO_OPENCV = "OpenCV is not installed (requirements/camera.txt)"


class Capture(Protocol):
    """The part of ``cv2.VideoCapture`` that is used."""

    def isOpened(self) -> bool: ...

    def read(self) -> tuple[bool, Any]: ...

    def release(self) -> None: ...


def find(wanted: int | str) -> int | None:
    """The number of the camera to open; None where it is not there."""
    if sys.platform != "linux":
        return wanted if isinstance(wanted, int) else 0
    found = devices.choose(wanted, devices.cameras())
    return None if found is None else found.number


def open_capture(number: int) -> Capture:
    """Opens it for pictures of 1280 × 720. Raises ``ImportError`` without OpenCV."""
    import cv2
    from cv2.utils import logging

    logging.setLogLevel(logging.LOG_LEVEL_SILENT)  # it would write to stderr by itself
    capture = cv2.VideoCapture(number, cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY)
    for setting, value in (
        (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),  # else USB 2 carries a few pictures a second
        (cv2.CAP_PROP_FRAME_WIDTH, _SIZE[0]),
        (cv2.CAP_PROP_FRAME_HEIGHT, _SIZE[1]),
        (cv2.CAP_PROP_BUFFERSIZE, 1),
    ):
        capture.set(setting, value)
    return capture


class OpenCvCamera:
    """A ``drivers.interface.Camera``. One thread reads pictures; a watchdog's question is answered by their age, for a
    call into a driver that hangs cannot be ended. What was unplugged is looked for every ``retry_s`` seconds."""

    def __init__(
        self,
        wanted: int | str = "",
        *,
        finder: Callable[[int | str], int | None] = find,
        opener: Callable[[int], Capture] = open_capture,
        clock: Callable[[], float] = time.monotonic,
        retry_s: float = RETRY_S,
    ) -> None:
        self._wanted = wanted
        self._finder = finder
        self._opener = opener
        self._clock = clock
        self._retry_s = retry_s
        self._lock = threading.Lock()
        self._taking: _Taking | None = None

    def open(self) -> Failure | None:
        with self._lock:
            if self._taking is None:
                self._taking = _Taking(self._wanted, self._finder, self._opener, self._clock, self._retry_s)
                self._taking.start()
        missing = self._finder(self._wanted) is None
        return Failure.of(Fault.READER_GONE, _absent(self._wanted)) if missing else None

    def frame(self) -> Frame | Failure | None:
        taking = self._taking
        if taking is None:
            return Failure.of(Fault.READER_GONE, "camera: not open")
        return taking.latest()

    def close(self) -> None:
        with self._lock:
            taking, self._taking = self._taking, None
        if taking is not None:
            taking.end()


class _Taking(threading.Thread):
    """One time of being open."""

    def __init__(
        self,
        wanted: int | str,
        finder: Callable[[int | str], int | None],
        opener: Callable[[int], Capture],
        clock: Callable[[], float],
        retry_s: float,
    ) -> None:
        super().__init__(name="camera", daemon=True)  # it may hang in a driver for ever
        self._wanted, self._finder, self._opener, self._clock = wanted, finder, opener, clock
        self._retry_s = retry_s
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._number = 0
        self._seen: Frame | Failure | None = None
        self._since = clock()

    def latest(self) -> Frame | Failure | None:
        with self._lock:
            seen, age = self._seen, self._clock() - self._since
        most = FIRST_S if seen is None else STALE_S
        if isinstance(seen, Failure) or age <= most:
            return seen
        return Failure.of(Fault.TIMED_OUT, f"camera: no picture for {most:g} s")

    def end(self) -> None:
        """Returns when the thread has ended; one that hangs is left behind, and what it still reads is dropped."""
        self._ended.set()
        with self._lock:
            self._seen = None
        if threading.current_thread() is not self:
            self.join(_JOIN_S)

    def run(self) -> None:
        while not self._ended.is_set():
            try:
                self._take()
            except ImportError:
                self._tell(Failure.of(Fault.SERVICE_GONE, f"camera: {_NO_OPENCV}"))
                return
            except Exception as error:  # OpenCV's own errors derive from nothing better
                self._tell(Failure.of(Fault.READER_GONE, f"camera: {type(error).__name__}"))
            self._ended.wait(self._retry_s)

    def _take(self) -> None:
        """Pictures for as long as they come."""
        number = self._finder(self._wanted)
        if number is None:
            self._tell(Failure.of(Fault.READER_GONE, _absent(self._wanted)))
            return
        self._tell(None)
        capture = self._opener(number)
        try:
            while not self._ended.is_set() and capture.isOpened():
                good, image = capture.read()
                if not good:
                    break
                self._number += 1
                self._tell(Frame(self._number, memoryview(image)))
            self._tell(Failure.of(Fault.READER_GONE, f"camera {number}: it gives no pictures"))
        finally:
            capture.release()

    def _tell(self, seen: Frame | Failure | None) -> None:
        with self._lock:
            if seen is None and isinstance(self._seen, Failure):
                return  # still the last word, until a picture proves it wrong
            if not self._ended.is_set():
                self._seen, self._since = seen, self._clock()


def _absent(wanted: int | str) -> str:
    if isinstance(wanted, int):
        return f"camera {wanted}: not there"
    return f"no camera is called {wanted!r}" if wanted else "no camera is there"
