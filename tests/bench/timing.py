"""Stop-watch and statistics. Work and floor are measured in turns, so that a busy machine slows both."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence

Work = Callable[[], object]


def in_turns(rounds: int, *works: Work) -> list[list[float]]:
    """Milliseconds of each work, once per round, after one round that does not count."""
    for work in works:
        work()
    gc.collect()
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, times in zip(works, taken, strict=True):
            times.append(milliseconds(work))
    return taken


def medians(rounds: int, *works: Work) -> list[float]:
    """Milliseconds: the median of each work."""
    return [statistics.median(times) for times in in_turns(rounds, *works)]


def milliseconds(work: Work) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of them do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]
