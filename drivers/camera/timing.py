"""When pictures come, and whether a camera could have taken them then."""

from __future__ import annotations

from collections import deque
from itertools import pairwise

from drivers.camera.oddities import Oddity

WINDOW = 60
"""Intervals that are looked at: two seconds at 30 a second."""

REGULAR_MS = 0.02
"""Nine tenths of the intervals within this: a read that wakes and decodes varies by more."""

QUICK, WAITING = 1.25, 10
"""A camera of so many pictures a second gives no more than that in any time, and those that waited in its queue
(OpenCV keeps at most ten)."""
QUICKEST = 240.0  # where the rate is not known

BURST_PART, BURST_SHARE = 0.4, 0.25
"""Which share of the intervals between takings may be shorter than this part of the regular one."""

SAME_CLOCK_MS, AHEAD_MS = 10_000.0, 5.0
"""A camera's stamp that is further off is of another clock; one of the same clock is never ahead of the arrival."""

LASTING_MS = 10_000.0


class Timing:
    """``rate``: what the camera says that it gives a second; None or 0 where it says nothing."""

    def __init__(self, rate: float | None = None) -> None:
        self.rate = rate if rate and 0 < rate <= QUICKEST else None
        self._arrivals: deque[float] = deque(maxlen=WINDOW + 1)
        self._takings: deque[float] = deque(maxlen=WINDOW + 1)
        self._waiting = 0.0
        self._until: dict[Oddity, float] = {}

    def look(self, arrived_ms: float, taken_ms: float | None = None) -> frozenset[Oddity]:
        """A picture came at this monotonic time. ``taken_ms``: the driver's own stamp, where it has one. What is odd
        now, or was within the last ten seconds."""
        found = set(self._at_arrival(arrived_ms))
        if taken_ms is not None and abs(arrived_ms - taken_ms) <= SAME_CLOCK_MS:
            found |= set(self._at_taking(taken_ms, arrived_ms))
        for odd in found:
            self._until[odd] = arrived_ms + LASTING_MS
        return frozenset(odd for odd, until in self._until.items() if arrived_ms <= until)

    def measured(self) -> float | None:
        """Pictures a second over the window; None before there are two."""
        spent = self._arrivals[-1] - self._arrivals[0] if self._arrivals else 0.0
        return (len(self._arrivals) - 1) * 1000 / spent if spent > 0 else None

    def jitter_ms(self) -> float | None:
        """Within how much nine tenths of the intervals lie; None before the window is full."""
        intervals = _intervals(self._arrivals)
        return _spread(intervals) if len(intervals) == WINDOW else None

    def _at_arrival(self, now: float) -> list[Oddity]:
        found = []
        if self._arrivals:
            spent = max(0.0, now - self._arrivals[-1])
            self._waiting = max(0.0, self._waiting - spent * (self.rate or QUICKEST) * QUICK / 1000)
        self._waiting += 1
        if self._waiting > WAITING + 1:
            self._waiting = WAITING + 1
            found.append(Oddity.TOO_QUICK)
        self._arrivals.append(now)
        jitter = self.jitter_ms()
        if jitter is not None and jitter < REGULAR_MS:
            found.append(Oddity.TOO_REGULAR)
        return found

    def _at_taking(self, taken: float, arrived: float) -> list[Oddity]:
        wrong = taken > arrived + AHEAD_MS or bool(self._takings and taken <= self._takings[-1])
        if wrong:
            self._takings.clear()
        self._takings.append(taken)
        intervals = _intervals(self._takings)
        found = [Oddity.CLOCK_WRONG] if wrong else []
        if len(intervals) == WINDOW:
            regular = 1000 / self.rate if self.rate else sum(intervals) / WINDOW
            if sum(one < regular * BURST_PART for one in intervals) >= BURST_SHARE * WINDOW:
                found.append(Oddity.BURSTS)
        return found


def _intervals(times: deque[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(times)]


def _spread(intervals: list[float]) -> float:
    ordered = sorted(intervals)
    aside = len(ordered) // 20
    return ordered[-1 - aside] - ordered[aside]
