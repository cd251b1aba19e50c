"""Error rates of comparisons, and how sure they are. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SURE = 0.95
RESAMPLED = 1_000
_SEED = 1
_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Comparison:
    """One pair that could be compared. ``people``: who is on each side, where that is known."""

    score: float
    same: bool
    people: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """``errors`` of ``count``, as a share between ``low`` and ``high`` with 95 %. None where nothing was counted."""

    errors: int
    count: int
    value: float | None
    low: float | None
    high: float | None


def clopper_pearson(errors: int, count: int, sure: float = SURE) -> tuple[float, float]:
    """The interval that holds the true share in at least ``sure`` of all experiments with independent trials."""
    tail = (1 - sure) / 2
    low = 0.0 if errors == 0 else _where(count, errors - 1, 1 - tail)
    high = 1.0 if errors == count else _where(count, errors, tail)
    return low, high


def rate(errors: int, count: int) -> Rate:
    if count == 0:
        return Rate(errors, count, None, None, None)
    return Rate(errors, count, errors / count, *clopper_pearson(errors, count))


class Scores:
    """Of all pairs, sorted: rates at any threshold."""

    def __init__(self, comparisons: Iterable[Comparison]) -> None:
        known = list(comparisons)
        self.genuine = np.sort(np.array([one.score for one in known if one.same], np.float64))
        self.impostor = np.sort(np.array([one.score for one in known if not one.same], np.float64))

    def false_non_match(self, threshold: float) -> Rate:
        """FNMR: pairs of one person below the threshold."""
        return rate(int(np.searchsorted(self.genuine, threshold)), len(self.genuine))

    def false_match(self, threshold: float) -> Rate:
        """FMR: pairs of two people at or above the threshold."""
        return rate(len(self.impostor) - int(np.searchsorted(self.impostor, threshold)), len(self.impostor))

    def equal_error(self) -> float | None:
        """The rate at the threshold at which both are nearest to each other; None without both kinds of pairs."""
        if not len(self.genuine) or not len(self.impostor):
            return None
        at = np.union1d(self.genuine, self.impostor)
        missed = np.searchsorted(self.genuine, at) / len(self.genuine)
        taken = 1 - np.searchsorted(self.impostor, at) / len(self.impostor)
        nearest = int(np.argmin(np.abs(missed - taken)))
        return float(missed[nearest] + taken[nearest]) / 2

    def det(self) -> list[tuple[float, float | None, float | None]]:
        """Threshold, FMR and FNMR, over fixed thresholds: no score of a single pair shows."""
        grid = [number / 100 for number in range(0, 101, 2)]
        return [(at, self.false_match(at).value, self.false_non_match(at).value) for at in grid]


def by_people(
    comparisons: Sequence[Comparison], threshold: float, *, same: bool
) -> tuple[float, float] | None:
    """The interval when people instead of pairs are drawn anew (1,000 times, always the same draws): pairs that share a
    person are not independent, and this is wider where few people make most errors. None unless everybody is named, and
    where there was no error or nothing but errors: then drawing anew changes nothing."""
    chosen = [one for one in comparisons if one.same is same]
    if not chosen or any(one.people is None for one in chosen):
        return None
    names = sorted({name for one in chosen for name in one.people or ()})
    place = {name: number for number, name in enumerate(names)}
    ends = np.array([[place[name] for name in one.people or ()] for one in chosen])
    wrong = np.array([(one.score < threshold) is same for one in chosen], np.float64)
    if wrong.min() == wrong.max():
        return None
    chance = np.random.default_rng(_SEED)
    rates = [
        _drawn(chance.multinomial(len(names), [1 / len(names)] * len(names)), ends, wrong, same)
        for _ in range(RESAMPLED)
    ]
    known = [value for value in rates if value is not None]
    if not known:
        return None
    low, high = np.percentile(known, [100 * (1 - SURE) / 2, 100 * (1 + SURE) / 2])
    return float(low), float(high)


def _drawn(
    times: NDArray[np.int64], ends: NDArray[np.int64], wrong: NDArray[np.float64], same: bool
) -> float | None:
    weight = times[ends[:, 0]] if same else times[ends[:, 0]] * times[ends[:, 1]]
    total = float(weight.sum())
    return float(weight @ wrong) / total if total else None


def _where(count: int, most: int, share: float) -> float:
    """The chance of a single error with which at most ``most`` errors in ``count`` trials happen in this share of all
    experiments; found by halving, for more likely errors make few errors less likely."""
    errors = np.arange(1, most + 1)
    ways = np.concatenate([[0.0], np.cumsum(np.log(count - errors + 1) - np.log(errors))])
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        each = (
            ways
            + np.arange(most + 1) * math.log(middle)
            + (count - np.arange(most + 1)) * math.log1p(-middle)
        )
        few = float(np.exp(each).sum())
        low, high = (middle, high) if few > share else (low, middle)
    return (low + high) / 2
