"""Which rules a facility has turned, told to the ledger whenever that changes: later it must be clear by which rules
somebody was received."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.evidence.case import Switched
from kiosk.ledger import Entry, Ledger
from kiosk.ledger.chain import RULES_SWITCHED, canonical_json
from kiosk.reception.recording import owner_of, stamp
from kiosk.visit.moment import Moment


def record_rules(
    ledger: Ledger, switched: Iterable[Switched], new_id: str, at: Moment, *, simulated: bool
) -> bool:
    """Appends a note of this terminal if these turns differ from those it noted last; whether it did. A terminal that
    never noted any has the rules as shipped. The last turn of a switch counts."""
    payload = _payload(switched)
    if payload == (_last_noted(ledger) or _payload(())):
        return False
    note = Entry(
        visit="", id=new_id, type=RULES_SWITCHED, at=stamp(at), mono_ms=at.mono, actor="system", state="",
        simulated=simulated, payload=payload,
    )  # fmt: skip
    ledger.append([note])
    return True


def _payload(switched: Iterable[Switched]) -> bytes:
    last = {one.switch: one for one in switched}
    return canonical_json({"switched": [last[switch] for switch in sorted(last)]})


def _last_noted(ledger: Ledger) -> bytes | None:
    """Of this terminal and program, also under the name its chain had before a restore."""
    noted = None
    for record in ledger.entries(visit=""):
        if record.type == RULES_SWITCHED and owner_of(record.chain) == owner_of(ledger.chain):
            noted = record.payload if isinstance(record.payload, bytes) else None
    return noted
