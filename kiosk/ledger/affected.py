"""Whose visits were touched in a span of time? The list a leak must be reported with (a leak of health data
is reportable whatever the count, also when only suspected)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from kiosk.ledger.chain import NUMBER_TAKEN, Core, decode_core
from kiosk.ledger.errors import LedgerCorrupt
from kiosk.ledger.interface import Link, ReceptionNumber, Snapshot, stamp
from kiosk.ledger.projection import NumberTaken


class Affected(msgspec.Struct):
    """One visit with at least one entry in the span. Times are of the entries inside it."""

    visit: str
    first: str
    last: str
    entries: int = 0
    chains: set[str] = set()
    actors: set[str] = set()
    numbers: set[str] = set()  # reception numbers, wherever in time they were taken
    simulated: bool = False
    erased: bool = False  # at least one payload inside the span was purged


def affected(
    source: Snapshot,
    since: datetime,
    until: datetime,
    *,
    terminal: str | None = None,
    staff: str | None = None,
    payloads: bool = True,
) -> list[Affected]:
    """Visits touched at or after `since` and before `until` (aware), oldest first.

    terminal: only what that terminal's chains hold (`A` finds `A.kiosk.…` and `A.console.…`). staff: only what that
    member of staff did or looked at. payloads: False where the source gives none, as to a hub's auditor: then neither
    numbers nor erasure are known.
    """
    begin, end = stamp(since), stamp(until)
    found: dict[str, Affected] = {}
    numbers: dict[str, set[str]] = {}
    for row in source.links():
        try:
            core = decode_core(row.core)
        except ValueError:
            raise LedgerCorrupt("an entry's core is not readable") from None
        if not core.visit:
            continue
        if core.type == NUMBER_TAKEN and row.payload is not None:
            numbers.setdefault(core.visit, set()).update(_number(row.payload))
        here = terminal is None or row.chain.partition(".")[0] == terminal
        theirs = staff is None or core.actor == f"staff:{staff}"
        if begin <= core.at < end and here and theirs:
            _note(found, core, row, erased=payloads and row.payload is None)
    for visit, one in found.items():
        one.numbers = numbers.get(visit, set())
    return sorted(found.values(), key=lambda one: (one.first, one.visit))


def _note(found: dict[str, Affected], core: Core, row: Link, *, erased: bool) -> None:
    one = found.setdefault(core.visit, Affected(core.visit, core.at, core.at))
    one.first, one.last = min(one.first, core.at), max(one.last, core.at)
    one.entries += 1
    one.chains.add(row.chain)
    one.actors.add(core.actor)
    one.simulated |= core.sim
    one.erased |= erased


def _number(payload: bytes) -> set[str]:
    """None of what is no number: one entry that somebody forged does not hide all others. Verifying finds it."""
    try:
        taken = msgspec.json.decode(payload, type=NumberTaken)
        return {str(ReceptionNumber(taken.letter, taken.count, datetime.fromisoformat(taken.day).date()))}
    except ValueError:
        return set()
