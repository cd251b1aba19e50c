"""Whether the national system answers and tickets come out, as far as the ledger tells. Pure."""

from __future__ import annotations

from contextlib import suppress

import msgspec

from kiosk.evidence.reasons import Reason
from kiosk.ledger import Record

DOWN = frozenset({Reason.NETWORK_FAULT, Reason.SERVICE_FAULT, Reason.MAINTENANCE})
_ANSWERED = frozenset(
    {"Answered", "FaceResultArrived", "CardOpened", "Registered", "RecheckAnswered", "LateAnswer"}
)
_FAILED = frozenset({"AskFailed", "RecheckFailed"})


class _Failure(msgspec.Struct):
    reason: Reason | None = None
    next_at: str = ""


_failure_of = msgspec.json.Decoder(_Failure).decode


class _Ticket(msgspec.Struct):
    ok: bool = True


_ticket_of = msgspec.json.Decoder(_Ticket).decode


class Health:
    """``down``: why nothing was answered last, None while all is well; ``since`` when. ``probed``: how often the queue
    has tried in vain since; ``next_probe``: when it tries again. ``up_at``: position of the last answer.
    ``ticketless``: terminals whose last ticket did not come out, and since when; of other papers their visits tell."""

    def __init__(self) -> None:
        self.down: Reason | None = None
        self.since = ""
        self.last_at = ""
        self.probed = 0
        self.next_probe = ""
        self.up_at = 0
        self.ticketless: dict[str, str] = {}

    def take(self, record: Record) -> None:
        if record.type in _ANSWERED:
            self.down, self.probed, self.next_probe, self.up_at = None, 0, "", record.position
        elif record.type in _FAILED and isinstance(record.payload, bytes):
            with suppress(msgspec.DecodeError):
                self._failed(record, _failure_of(record.payload))
        elif record.type == "TicketPrinted" and isinstance(record.payload, bytes):
            with suppress(msgspec.DecodeError):
                self._ticket(record, ok=_ticket_of(record.payload).ok)

    def _ticket(self, record: Record, *, ok: bool) -> None:
        terminal = record.chain.partition(".")[0]
        if ok:
            self.ticketless.pop(terminal, None)
        else:
            self.ticketless.setdefault(terminal, record.at)

    def _failed(self, record: Record, failure: _Failure) -> None:
        if failure.reason not in DOWN:
            return
        if self.down is None:
            self.since = record.at
        self.down, self.last_at = failure.reason, record.at
        if record.type == "RecheckFailed":
            self.probed += 1
            self.next_probe = failure.next_at
