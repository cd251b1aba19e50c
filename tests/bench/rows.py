"""One line of the table: what was measured, the floor beneath it, and the target. Field names are stable: others read
``out/bench.json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

Detail = float | int | str | None


class Target(msgspec.Struct, frozen=True):
    """``of``: whether the value itself or its ratio to the floor is held against ``limit``."""

    of: Literal["value", "ratio"]
    kind: Literal["at_most", "at_least"]
    limit: float

    def met(self, seen: float) -> bool:
        return seen <= self.limit if self.kind == "at_most" else seen >= self.limit


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """``value`` is None where it could not be measured; ``note`` then says why. ``floor`` is in the same unit."""

    id: str
    what: str
    unit: str = "ms"
    value: float | None = None
    floor: float | None = None
    floor_what: str = ""
    ratio: float | None = None
    target: Target | None = None
    met: bool | None = None
    details: dict[str, Detail] = {}
    note: str = ""


def row(
    name: str,
    what: str,
    value: float,
    unit: str = "ms",
    *,
    floor: float | None = None,
    floor_what: str = "",
    target: Target | None = None,
    note: str = "",
    also: Mapping[str, Detail] | None = None,
    **details: Detail,
) -> Row:
    """A measured line, held against its target. ``also``: more details, where their names are data."""
    told = {**details, **(also or {})}
    ratio = value / floor if floor else None
    seen = None if target is None else value if target.of == "value" else ratio
    return Row(
        id=name,
        what=what,
        unit=unit,
        value=_short(value),
        floor=None if floor is None else _short(floor),
        floor_what=floor_what,
        ratio=None if ratio is None else _short(ratio),
        target=target,
        met=None if target is None or seen is None else target.met(seen),
        details={name: _short(one) if isinstance(one, float) else one for name, one in told.items()},
        note=note,
    )


def missing(name: str, what: str, why: str, target: Target | None = None, unit: str = "ms") -> Row:
    """A line that this machine or this version cannot give."""
    return Row(id=name, what=what, unit=unit, target=target, note=f"not measured: {why}")


def at_most(limit: float, of: Literal["value", "ratio"] = "value") -> Target:
    return Target(of, "at_most", limit)


def at_least(limit: float, of: Literal["value", "ratio"] = "value") -> Target:
    return Target(of, "at_least", limit)


def _short(number: float) -> float:
    """Four significant figures: the rest is noise."""
    return float(f"{number:.4g}")
