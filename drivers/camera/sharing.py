"""One camera for two who look at it at different times, or at once: the face check, and what reads the card's front."""

from __future__ import annotations

from threading import Lock

from drivers.camera.report import CameraReport, WatchedCamera
from drivers.camera.ring import FrameRing
from drivers.interface import Failure, Fault, Frame

_NOT_OPEN = Failure.of(Fault.CAMERA_GONE, "camera: not open")


class SharedCamera:
    """``handle`` gives each looker a camera of their own: the real one is open as long as one of them is. ``discard``
    ends it for all. Any thread may call."""

    def __init__(self, camera: WatchedCamera) -> None:
        self._camera = camera
        self._lock = Lock()
        self._looking: set[int] = set()

    def handle(self) -> WatchedCamera:
        return _Handle(self)

    def discard(self) -> None:
        """Closes camera and ring for good. Idempotent."""
        with self._lock:
            self._looking.clear()
            self._camera.discard()

    @property
    def camera(self) -> WatchedCamera:
        return self._camera

    def is_open_for(self, looker: int) -> bool:
        return looker in self._looking  # without the lock: whoever closes it may hold that for a second

    def open_for(self, looker: int) -> Failure | None:
        with self._lock:
            self._looking.add(looker)
            return self._camera.open()

    def close_for(self, looker: int) -> None:
        with self._lock:
            if looker in self._looking:
                self._looking.remove(looker)
                if not self._looking:
                    self._camera.close()


class _Handle:
    def __init__(self, shared: SharedCamera) -> None:
        self._shared = shared

    @property
    def ring(self) -> FrameRing:
        return self._shared.camera.ring

    def open(self) -> Failure | None:
        return self._shared.open_for(id(self))

    def absent(self) -> Failure | None:
        return self._shared.camera.absent()

    def frame(self) -> Frame | Failure | None:
        """CAMERA_GONE for a looker who did not open it, whoever else looks."""
        return self._shared.camera.frame() if self._shared.is_open_for(id(self)) else _NOT_OPEN

    def report(self) -> CameraReport:
        return self._shared.camera.report()

    def close(self) -> None:
        self._shared.close_for(id(self))

    def discard(self) -> None:
        """Closes it for this looker; the camera itself is ``SharedCamera.discard``'s."""
        self.close()
