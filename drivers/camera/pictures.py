"""Pictures that are black, blinded, frozen or come back. Of a picture only a digest and a coarse grid are kept."""

from __future__ import annotations

import hashlib
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from drivers.camera.oddities import Oddity

DARK, LIGHT = 24, 250
BLACK_SHARE, BLINDED_SHARE = 0.98, 0.5
"""Of 256 levels, and which share of the picture must be below or above."""
FLAT, GLOW, GLARE = 8, 80, 200
"""Where the middle nine tenths lie within fewer levels, and all of them below or above, something lies on the lens and
lets light through. Between them a plain wall looks like that as well."""

FROZEN_MS, FROZEN_PICTURES = 1000, 5
CHANGED_SHARE = 0.002
"""Somebody who lives and breathes before it changes more of a picture than this; noise of the sensor does as well."""

REMEMBERED = 2048  # digests: a minute at 30 a second
COMEBACKS, TWICE_SHARE, TWICE_OF = 3, 0.3, 60
LASTING_MS = 10_000
"""How long a sign counts that was seen: an attempt to match is over by then."""

_ROWS, _COLUMNS = 8, 4

Grid = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """What is kept of a picture. ``light``: BLACK, BLINDED or None."""

    digest: bytes = field(repr=False)
    grid: Grid = field(repr=False)
    light: Oddity | None


def glance(pixels: memoryview | Grid) -> Glance:
    """At height × width × 3 bytes. The digest covers every fourth row, the grid the green of every 8th row and 4th
    column."""
    image = np.asarray(pixels)
    grid = np.ascontiguousarray(image[::_ROWS, ::_COLUMNS, 1])
    return Glance(hashlib.sha256(image[::4].tobytes()).digest()[:16], grid, _light(grid))


def _light(grid: Grid) -> Oddity | None:
    shares = np.cumsum(np.bincount(grid.reshape(-1), minlength=256)) / grid.size
    if shares[DARK - 1] >= BLACK_SHARE:
        return Oddity.BLACK
    if 1 - shares[LIGHT - 1] >= BLINDED_SHARE:
        return Oddity.BLINDED
    low, high = np.searchsorted(shares, (0.05, 0.95))
    if high - low < FLAT and (high < GLOW or low >= GLARE):
        return Oddity.BLACK if high < GLOW else Oddity.BLINDED
    return None


class PictureWatch:
    """What was seen lately. A picture without light tells nothing about repetition: black is like black."""

    def __init__(self) -> None:
        self._last: Glance | None = None
        self._since = 0.0
        self._unchanged = 0
        self._twice: deque[bool] = deque(maxlen=TWICE_OF)
        self._seen: OrderedDict[bytes, int] = OrderedDict()
        self._comebacks: deque[float] = deque(maxlen=COMEBACKS)
        self._until = -1.0
        self._number = 0

    def look(self, seen: Glance, at_ms: float) -> frozenset[Oddity]:
        """What is odd now that this picture came."""
        self._number += 1
        if seen.light is not None:
            self._last, self._unchanged = None, 0
            return frozenset({seen.light, *self._repeated(at_ms)})
        last, self._last = self._last, seen
        if last is None or _changed(last, seen):
            self._since, self._unchanged = at_ms, 0
        else:
            self._unchanged += 1
        self._remember(seen, last, at_ms)
        frozen = self._unchanged >= FROZEN_PICTURES and at_ms - self._since >= FROZEN_MS
        return frozenset({*self._repeated(at_ms), *({Oddity.FROZEN} if frozen else ())})

    def _remember(self, seen: Glance, last: Glance | None, at_ms: float) -> None:
        self._twice.append(last is not None and last.digest == seen.digest)
        before = self._seen.pop(seen.digest, None)
        self._seen[seen.digest] = self._number
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        if before is not None and not self._twice[-1]:
            self._comebacks.append(at_ms)
            if len(self._comebacks) == COMEBACKS and at_ms - self._comebacks[0] <= LASTING_MS:
                self._until = at_ms + LASTING_MS
        if len(self._twice) == TWICE_OF and sum(self._twice) >= TWICE_SHARE * TWICE_OF:
            self._until = at_ms + LASTING_MS

    def _repeated(self, at_ms: float) -> tuple[Oddity, ...]:
        return (Oddity.REPEATED,) if at_ms <= self._until else ()


def _changed(before: Glance, now: Glance) -> bool:
    if before.digest == now.digest:
        return False
    if before.grid.shape != now.grid.shape:
        return True
    return int(np.count_nonzero(before.grid != now.grid)) > CHANGED_SHARE * now.grid.size
