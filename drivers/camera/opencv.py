"""The one camera of the house, through OpenCV: codes and faces are seen with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from drivers.camera import capture
from drivers.camera.capture import SIZE, Capture, Told
from drivers.camera.devices import CameraDevice
from drivers.camera.keeping import JudgedRing, Keeper, LastPicture
from drivers.camera.report import CameraReport
from drivers.camera.ring import FrameRing
from drivers.interface import Failure, Fault, Frame

FIRST_S = 6.0
STALE_S = 2.0
GIVEN_UP_S = 8.0
RETRY_S = 1.0
"""How long the first picture may take, how old the last may be, after how long without one a thread that reads is left
behind, and how often a missing camera is looked for."""

MOST_HUNG = 3
"""Threads that hang in the driver and cannot be ended; with so many no further one is sent after them."""

_LOOK_S = 0.02
_JOIN_S = 1.0
_NO_OPENCV = "OpenCV is not installed (requirements/camera.txt)"

Finder = Callable[[int | str], CameraDevice | None]
Opener = Callable[[int], Capture]


class OpenCvCamera:
    """A ``drivers.interface.Camera``. A thread reads pictures; a second one watches it, for a call into a driver that
    hangs cannot be ended: the watcher leaves it behind and sends another. What was unplugged is looked for every
    ``retry_s`` seconds, and comes back by itself."""

    def __init__(
        self,
        wanted: int | str = "",
        *,
        size: tuple[int, int] = SIZE,
        finder: Finder = capture.find,
        opener: Opener | None = None,
        clock: Callable[[], float] = time.monotonic,
        retry_s: float = RETRY_S,
    ) -> None:
        self._wanted = wanted
        self._finder = finder
        self._opener = opener or (lambda number: capture.open_capture(number, size))
        self._clock = clock
        self._retry_s = retry_s
        self._keeper: Keeper = LastPicture()
        self._left_behind = _LeftBehind()
        self._lost = 0
        self._lock = threading.Lock()
        self._session: _Session | None = None
        self._before: _Session | None = None

    def open(self) -> Failure | None:
        with self._lock:
            if self._session is None:
                self._session = _Session(self, self._before)
                self._session.start()
        return self.absent()

    def absent(self) -> Failure | None:
        return _absent(self._wanted) if self._finder(self._wanted) is None else None

    def frame(self) -> Frame | Failure | None:
        session = self._session
        return Failure.of(Fault.CAMERA_GONE, "camera: not open") if session is None else session.latest()

    def close(self) -> None:
        """Returns when the camera is given back; after a second at most where its driver hangs."""
        with self._lock:
            session, self._session = self._session, None
            if session is not None:
                self._before = session
        if session is not None:
            session.end()


class WatchedOpenCvCamera(OpenCvCamera):
    """A ``drivers.camera.report.WatchedCamera``: its pictures are judged and put into a ring, which lives until
    ``discard``."""

    def __init__(
        self,
        wanted: int | str = "",
        *,
        size: tuple[int, int] = SIZE,
        finder: Finder = capture.find,
        opener: Opener | None = None,
        clock: Callable[[], float] = time.monotonic,
        retry_s: float = RETRY_S,
    ) -> None:
        super().__init__(wanted, size=size, finder=finder, opener=opener, clock=clock, retry_s=retry_s)
        self._judged = JudgedRing(FrameRing.create(*size))
        self._keeper = self._judged

    @property
    def ring(self) -> FrameRing:
        return self._judged.ring

    def report(self) -> CameraReport:
        return self._judged.report(self._lost, self._left_behind.ever)

    def discard(self) -> None:
        """Closes camera and ring for good. Idempotent."""
        self.close()
        self.ring.close()


class _LeftBehind:
    """Threads that hang in the driver. A camera keeps them over all its sessions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self.ever = 0

    def add(self, thread: threading.Thread) -> None:
        with self._lock:
            self._threads.append(thread)
            self.ever += 1

    def count(self) -> int:
        with self._lock:
            self._threads = [one for one in self._threads if one.is_alive()]
            return len(self._threads)


class _Session(threading.Thread):
    """One time of being open: finds the camera, sends a reading, and watches it."""

    def __init__(self, camera: OpenCvCamera, before: _Session | None) -> None:
        super().__init__(name="camera", daemon=True)
        self._camera, self._before = camera, before
        self._clock = camera._clock
        self._keeper = camera._keeper
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._reading: _Reading | None = None
        self._failure: Failure | None = None
        self._seen = False
        self._since = camera._clock()

    def latest(self) -> Frame | Failure | None:
        with self._lock:
            failure, age = self._failure, self._clock() - self._since
            frame = None if failure else self._keeper.latest()
        if failure is not None:
            return failure
        most = STALE_S if self._seen else FIRST_S
        return frame if age <= most else _late(most)

    def end(self) -> None:
        """What is still read from now on is dropped."""
        with self._lock:
            self._ended.set()
            self._keeper.forget()
        reading = self._reading
        if reading is not None:
            reading.wanted.clear()
        hangs = reading is not None and self._clock() - reading.beat > STALE_S
        if not hangs and threading.current_thread() not in (self, reading):
            self.join(_JOIN_S)

    def run(self) -> None:
        if self._before is not None:
            self._before.join(_JOIN_S)  # it has the camera until then
            self._before = None
        while not self._ended.is_set():
            if self._camera._left_behind.count() < MOST_HUNG:
                self._try()
            self._ended.wait(self._camera._retry_s)

    def _try(self) -> None:
        """Once from looking for the camera to losing it."""
        device = self._camera._finder(self._camera._wanted)
        if device is None:
            self.lose(_absent(self._camera._wanted))
            return
        reading = _Reading(self, device, self._camera._opener, self._clock)
        with self._lock:
            self._reading = reading
            self._keeper.begin(device, self._clock() * 1000)
        reading.start()
        while not reading.done.wait(_LOOK_S) and not self._ended.is_set():
            if self._clock() - reading.beat > GIVEN_UP_S:
                break
        reading.wanted.clear()
        if not reading.done.wait(_JOIN_S if self._ended.is_set() else 0):
            self._camera._left_behind.add(reading)
            self.lose(_late(GIVEN_UP_S))

    def take(self, reading: _Reading, image: object, told: Told, taken_ms: float | None) -> None:
        """A picture came; it is dropped where nobody waits for it any more."""
        with self._lock:
            if reading.wanted.is_set() and not self._ended.is_set():
                self._since = self._clock()
                self._keeper.keep(image, self._since * 1000, told, taken_ms)
                self._failure, self._seen = None, True

    def lose(self, failure: Failure, reading: _Reading | None = None) -> None:
        """From now on this is told, until a picture proves it wrong. While a reading hangs the camera is not free, so
        that whoever comes after it finds none: the first word stands."""
        with self._lock:
            if reading is not None and (not reading.wanted.is_set() or self._camera._left_behind.count()):
                return
            if self._seen and self._failure is None:
                self._camera._lost += 1
            self._failure, self._seen = failure, False


class _Reading(threading.Thread):
    """Opens the camera and reads until it is lost or nobody wants more. It may hang in the driver for ever."""

    def __init__(
        self, session: _Session, device: CameraDevice, opener: Opener, clock: Callable[[], float]
    ) -> None:
        super().__init__(name="camera-reading", daemon=True)
        self._session, self._device, self._opener, self._clock = session, device, opener, clock
        self.beat = clock()
        self.wanted = threading.Event()
        self.wanted.set()
        self.done = threading.Event()

    def run(self) -> None:
        try:
            self._read()
        except ImportError:
            self._session.lose(Failure.of(Fault.SERVICE_GONE, _NO_OPENCV), self)
        except Exception as error:  # whatever a driver throws: the camera is looked for again
            self._session.lose(
                Failure.of(Fault.CAMERA_GONE, f"camera {self._device.number}: {type(error).__name__}"), self
            )
        finally:
            self.done.set()

    def _read(self) -> None:
        opened = self._opener(self._device.number)
        told: Told | None = None
        try:
            while self.wanted.is_set() and opened.isOpened():
                good, image = opened.read()
                if not good:
                    break
                self.beat = self._clock()
                told = told or capture.told(
                    opened
                )  # here, where nobody waits: any question may hang in the driver
                self._session.take(self, image, told, capture.taken_ms(opened))
        finally:
            opened.release()
        self._session.lose(
            Failure.of(Fault.CAMERA_GONE, f"camera {self._device.number}: it gives no pictures"), self
        )


def _late(most_s: float) -> Failure:
    return Failure.of(Fault.TIMED_OUT, f"camera: no picture for {most_s:g} s")


def _absent(wanted: int | str) -> Failure:
    if isinstance(wanted, int):
        return Failure.of(Fault.CAMERA_GONE, f"camera {wanted}: not there")
    return Failure.of(
        Fault.CAMERA_GONE, f"no camera is called {wanted!r}" if wanted else "no camera is there"
    )
