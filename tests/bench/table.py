"""The table for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.bench.rows import Detail, Row, Target

_SIGNS = {True: "met", False: "MISSED", None: ""}


def table(title: str, rows: Sequence[Row]) -> str:
    return "\n".join([f"── {title}", *(line for row in rows for line in _lines(row))])


def _lines(row: Row) -> Iterator[str]:
    value = "–" if row.value is None else f"{row.value:g} {row.unit}"
    floor = "" if row.floor is None else f"{row.floor:g} {row.unit}"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}×"
    yield f"  {row.what:52} {value:>16} {floor:>16} {ratio:>7}  {_target(row.target, row.unit):18} {_SIGNS[row.met]}"
    if row.floor_what:
        yield f"      floor: {row.floor_what}"
    if row.details:
        yield "      " + " · ".join(f"{name} {_detail(one)}" for name, one in row.details.items())
    if row.note:
        yield f"      {row.note}"


def _target(target: Target | None, unit: str) -> str:
    if target is None:
        return ""
    sign = "≤" if target.kind == "at_most" else "≥"
    return f"{sign} {target.limit:g}{'×' if target.of == 'ratio' else f' {unit}'}"


def _detail(one: Detail) -> str:
    return f"{one:g}" if isinstance(one, float) else str(one)


HEAD = f"  {'':52} {'measured':>16} {'floor':>16} {'ratio':>7}  target"
