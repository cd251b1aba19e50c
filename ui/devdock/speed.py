"""A clock for developers: the system's own, made faster, or put forward."""

from __future__ import annotations

import threading

from kiosk.reception.world import SystemWorld
from kiosk.visit.moment import Moment


class SpeedWorld(SystemWorld):
    """``kiosk.reception.world.World`` whose monotonic clock runs ``speed`` times as fast. Thread-safe.

    Time limits follow it. The wall clock, cards, services and the screen's own animations stay in real time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since = super().now().mono  # real milliseconds at which the present speed began
        self._base = self._since
        self._speed = 1.0

    @property
    def speed(self) -> float:
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Raises ``ValueError`` unless ``speed`` is above 0: a kiosk whose clock stands still ignores touches."""
        if not speed > 0:
            raise ValueError(f"speed {speed}: must be above 0")
        with self._lock:
            self._rebase(super().now().mono)
            self._speed = speed

    def put_forward(self, milliseconds: int) -> None:
        """Time has passed at once. Never goes back."""
        with self._lock:
            self._base += max(0, milliseconds)

    def now(self) -> Moment:
        real = super().now()
        with self._lock:
            return Moment(mono=self._at(real.mono), wall=real.wall)

    def _at(self, real: int) -> int:
        return self._base + round((real - self._since) * self._speed)

    def _rebase(self, real: int) -> None:
        self._base, self._since = self._at(real), real
