"""Where a camera's pictures stay: the last one as it came, or all of them judged, in a ring."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

from drivers.camera.capture import Told, fitted
from drivers.camera.devices import CameraDevice
from drivers.camera.report import CameraReport, Judge
from drivers.camera.ring import FrameRing
from drivers.interface import Frame


class Keeper(Protocol):
    """Written by the thread that reads, one call at a time."""

    def begin(self, device: CameraDevice, at_ms: float) -> None:
        """This camera was chosen, and is being opened."""

    def keep(self, image: Any, at_ms: float, told: Told, taken_ms: float | None) -> None:
        """``at_ms``: when it came; ``taken_ms``: when it was taken, by the driver's stamp, where there is one."""

    def latest(self) -> Frame | None: ...

    def forget(self) -> None: ...


class LastPicture:
    """Not copied: OpenCV makes a new array for each picture."""

    def __init__(self) -> None:
        self._number = 0
        self._frame: Frame | None = None

    def begin(self, device: CameraDevice, at_ms: float) -> None: ...

    def keep(self, image: Any, at_ms: float, told: Told, taken_ms: float | None) -> None:
        del told, taken_ms
        self._number += 1
        self._frame = Frame(self._number, memoryview(image), int(at_ms))

    def latest(self) -> Frame | None:
        return self._frame

    def forget(self) -> None:
        self._frame = None


class JudgedRing:
    """Puts each picture into the ring once it was judged, so that nobody sees one whose oddity is not known yet."""

    def __init__(self, ring: FrameRing) -> None:
        self.ring = ring
        self._device = CameraDevice(-1, "")
        self._began = 0.0
        self._first: int | None = None
        self._told = Told()
        self._judge: Judge | None = None
        self._got: tuple[int, int] | None = None
        self._pictures = 0

    def begin(self, device: CameraDevice, at_ms: float) -> None:
        self._device, self._began = device, at_ms
        self._first, self._judge = None, None

    def keep(self, image: Any, at_ms: float, told: Told, taken_ms: float | None) -> None:
        judge = self._judge
        if judge is None:
            self._told = told
            judge = self._judge = Judge(told.rate, virtual=self._device.virtual)
            self._first = round(at_ms - self._began)
        self._got = (image.shape[1], image.shape[0])
        pixels = memoryview(fitted(image, self.ring.width, self.ring.height))
        judge.look(pixels, at_ms, taken_ms)
        self._pictures += 1
        self.ring.write(pixels, int(at_ms))

    def latest(self) -> Frame | None:
        return self.ring.latest()

    def forget(self) -> None:
        self.ring.wipe()
        self._judge = None

    def report(self, lost: int, hung: int) -> CameraReport:
        judge = self._judge
        return replace(
            judge.told if judge else CameraReport(),
            name=self._device.name,
            asked=(self.ring.width, self.ring.height),
            got=self._got,
            first_ms=self._first,
            exposes=self._told.exposes,
            pictures=self._pictures,
            lost=lost,
            hung=hung,
        )
