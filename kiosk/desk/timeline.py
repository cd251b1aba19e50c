"""The story of a visit, one line a record, in wording keys. Pure; what is erased leaves a line without content."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, get_args

import msgspec

from drivers.interface import Authority, FaceDoubt, FaceHint, Fault
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.desk.deliveries import TROUBLES, trouble_of
from kiosk.desk.notes import NOTES, ScanKind
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.handoff.notes import ACTIONS as DELIVERY_ACTIONS
from kiosk.handoff.notes import NOTES as DELIVERY_NOTES
from kiosk.ledger import Record
from kiosk.ledger.chain import ACCEPTED, MOVED_ELSEWHERE, NUMBER_TAKEN, RECEIVED, REFUSED, REQUESTED
from kiosk.visit.effects import PaperKind
from kiosk.visit.form import FormField
from kiosk.visit.table import EVENTS, STATES

Kind = Literal["patient", "staff", "machine", "audit"]
_AUDIT = frozenset({"VisitLookedAt", "PaperTakenOut"})
ACTIONS = (
    "accept", "refuse", "evidence", "handled", "restart", "take", "resume", "face", "give", *DELIVERY_ACTIONS
)  # fmt: skip


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """``key`` is a sentence of the catalogues; ``named`` are keys of what it is about; ``text`` is as it was written or
    received: a note, a code, an answer. ``state``: the page that followed, "" for none."""

    id: str
    at: str
    actor: str
    kind: Kind
    key: str
    named: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    state: str = ""

    def __repr__(self) -> str:
        return f"<Line {self.key}>"


def timeline(records: Iterable[Record]) -> tuple[Line, ...]:
    """A request that is seen both where it was made and where it was received is told once."""
    told: set[str] = set()
    lines = []
    for record in records:
        if record.type != RECEIVED or record.id not in told:
            lines.append(_line(record))
        told.add(record.id)
    return tuple(lines)


def event_keys() -> frozenset[str]:
    """Every sentence that a line can need which is not the rule book's or a form's."""
    types = {event.__name__ for event in EVENTS} | set(NOTES) | set(DELIVERY_NOTES) | set(_OTHERS)
    return frozenset(
        {f"desk.event.{name}" for name in types}
        | {f"desk.action.{action}" for action in ACTIONS}
        | {f"desk.fault.{fault}" for fault in Fault}
        | {f"desk.state.{state.__name__}" for state in STATES}
        | {f"desk.paper.{kind}" for kind in _PAPERS}
        | {f"desk.scan.{kind}" for kind in ScanKind}
        | {f"desk.choice.{choice}" for choice in Choice}
        | {f"desk.trouble_with.{trouble}" for trouble in TROUBLES}
        | {_ELSEWHERE, _NUMBER_B, _SAME}
        | {f"desk.face.doubt.{doubt}" for doubt in FaceDoubt}
        | {f"desk.face.authority.{authority}" for authority in get_args(Authority)}
    )


_OTHERS = (
    "Interrupted", "FaceResultRepeated", "PaperMade", "PaperPrinted", "PaperTakenOut", "PatientRemembered",
    NUMBER_TAKEN, REQUESTED, RECEIVED, ACCEPTED, REFUSED, MOVED_ELSEWHERE, "Unknown",
)  # fmt: skip
_PAPERS: tuple[PaperKind, ...] = ("declaration", "blank_declaration", "claim_note", "refund_slip")
_ELSEWHERE = "desk.looked_up.elsewhere"
_NUMBER_B, _SAME = "desk.event.NumberBEntered", "desk.face.same"
_KNOWN = frozenset({event.__name__ for event in EVENTS} | set(NOTES) | set(DELIVERY_NOTES) | set(_OTHERS))


def _line(record: Record) -> Line:
    payload = _payload(record)
    named = tuple(key for name, key_of in _NAMED.items() if (key := key_of(payload.get(name))) is not None)
    if record.type == "FaceJudged" and payload and payload.get("doubt") is None:
        named = (_SAME, *named)
    text = tuple(
        str(payload[name]) for name in _TEXTS if isinstance(payload.get(name), str | int) and payload[name]
    )
    return Line(
        id=record.id,
        at=record.at,
        actor=record.actor,
        kind=_kind(record),
        key=_key(record),
        named=named,
        text=text,
        state=record.state,
    )


def _key(record: Record) -> str:
    """Digits for the card's front are no PIN, though they come by the same keys."""
    if record.type == "PinEntered" and record.state in ("MatchingFace", "ReadingCardFront"):
        return _NUMBER_B
    return f"desk.event.{record.type if record.type in _KNOWN else 'Unknown'}"


def _payload(record: Record) -> dict[str, Any]:
    if not isinstance(record.payload, bytes):
        return {}
    try:
        found = msgspec.json.decode(record.payload)
    except msgspec.DecodeError:
        return {}
    if not isinstance(found, dict):
        return {}
    detail = found.get("detail")
    if record.type in (REQUESTED, RECEIVED) and isinstance(detail, dict):
        found |= detail
    return found


def _kind(record: Record) -> Kind:
    if record.type in _AUDIT:
        return "audit"
    if record.actor.startswith("staff:"):
        return "staff"
    return "patient" if record.actor == "patient" else "machine"


def _one_of(values: Iterable[str], key: Callable[[str], str]) -> Callable[[Any], str | None]:
    known = frozenset(values)
    return lambda value: key(value) if isinstance(value, str) and value in known else None


def _fault(value: Any) -> str | None:
    fault = value.get("fault") if isinstance(value, dict) else None
    return f"desk.fault.{fault}" if fault in set(Fault) else None


_NAMED: dict[str, Callable[[Any], str | None]] = {
    "action": _one_of(ACTIONS, lambda value: f"desk.action.{value}"),
    "reason": _one_of(Reason, lambda value: f"reason.{value}.staff"),
    "way": _one_of(Way, lambda value: f"evidence.{value}.name"),
    "evidence": _one_of(Way, lambda value: f"evidence.{value}.name"),
    "field": _one_of(FormField, lambda value: f"field.{value}.name"),
    "item": _one_of(ConsentItem, lambda value: f"consent.{value}.name"),
    "choice": _one_of(Choice, lambda value: f"desk.choice.{value}"),
    "failure": _fault,
    "hint": _one_of(FaceHint, lambda value: f"face_hint.{value}"),
    "doubt": _one_of(FaceDoubt, lambda value: f"desk.face.doubt.{value}"),
    "authority": _one_of(get_args(Authority), lambda value: f"desk.face.authority.{value}"),
    "problem": lambda value: (
        f"desk.trouble_with.{trouble_of(value)}" if isinstance(value, str) and value else None
    ),
    "how": _one_of(DELIVERY_ACTIONS.values(), lambda value: f"desk.action.handoff_{value}"),
    "looked_up": _one_of(("elsewhere",), lambda _value: _ELSEWHERE),
    "state": _one_of((state.__name__ for state in STATES), lambda value: f"desk.state.{value}"),
    "kind": _one_of(
        (*_PAPERS, *ScanKind), lambda value: f"desk.{'paper' if value in _PAPERS else 'scan'}.{value}"
    ),
}
"""Of payloads' fields: those with a sentence of their own."""
_TEXTS = (
    "receiver",
    "value",
    "text",
    "name",
    "why",
    "number",
    "patient_number",
    "code",
    "message",
    "language",
    "tries_left",
    "attempt",
)
"""Those that are told as they stand."""
