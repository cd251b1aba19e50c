"""What a camera tells about itself, and the judge that looks at each of its pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock
from typing import Protocol

from drivers.camera.oddities import Oddity
from drivers.camera.ring import FrameRing
from drivers.interface import Camera, Failure

LIGHT_MS = 700
"""So long a picture may be dark or bright before it is told: a camera that was just opened has yet to find its
exposure, and a hand may pass."""


@dataclass(frozen=True, slots=True)
class CameraReport:
    """``asked`` and ``got``: width and height. ``rate``: pictures a second lately; ``promised``: what the camera says.
    ``jitter_ms``: within how much nine tenths of the intervals lie. ``first_ms``: from opening to the first picture.
    ``exposes``: the camera finds its exposure by itself, where it says so. ``lost``: how often it went away;
    ``hung``: how often it was given up. None: not known yet."""

    name: str = ""
    asked: tuple[int, int] = (0, 0)
    got: tuple[int, int] | None = None
    promised: float | None = None
    rate: float | None = None
    jitter_ms: float | None = None
    first_ms: int | None = None
    exposes: bool | None = None
    pictures: int = 0
    lost: int = 0
    hung: int = 0
    odd: frozenset[Oddity] = frozenset()


class WatchedCamera(Camera, Protocol):
    """A camera that puts its pictures into a ring and judges them."""

    @property
    def ring(self) -> FrameRing:
        """Where its pictures are, while it is open; empty after ``close``."""

    def absent(self) -> Failure | None:
        """None where the camera that is meant is plugged in; else CAMERA_GONE. Opens nothing."""

    def report(self) -> CameraReport:
        """What is known now. Never blocks."""

    def discard(self) -> None:
        """Closes it and its ring for good. Idempotent."""


class Judge:
    """Looks at pictures on the camera's thread; others may ask."""

    def __init__(self, rate: float | None = None, *, virtual: bool = False) -> None:
        from drivers.camera.pictures import PictureWatch  # numpy comes with the extra `camera`
        from drivers.camera.timing import Timing

        self._timing = Timing(rate)
        self._pictures = PictureWatch()
        self._always = frozenset({Oddity.VIRTUAL} if virtual else ())
        self._since: dict[Oddity, float] = {}
        self._lock = Lock()
        self._told = CameraReport(promised=self._timing.rate, odd=self._always)

    @property
    def told(self) -> CameraReport:
        """Its part of a camera's report: rates, jitter and oddities."""
        with self._lock:
            return self._told

    def look(self, pixels: memoryview, arrived_ms: float, taken_ms: float | None = None) -> frozenset[Oddity]:
        """What is odd now that this picture came."""
        from drivers.camera.pictures import glance

        found = self._pictures.look(glance(pixels), arrived_ms) | self._timing.look(arrived_ms, taken_ms)
        self._since = {
            one: self._since.get(one, arrived_ms) for one in found & {Oddity.BLACK, Oddity.BLINDED}
        }
        passing = {one for one, since in self._since.items() if arrived_ms - since < LIGHT_MS}
        odd = (found - passing) | self._always
        told = replace(self._told, rate=self._timing.measured(), jitter_ms=self._timing.jitter_ms(), odd=odd)
        with self._lock:
            self._told = told
        return odd
