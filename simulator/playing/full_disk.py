"""A ledger on a disk that can be full."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from kiosk.ledger import (
    CheckpointResult,
    Entry,
    Head,
    Ledger,
    OpenVisit,
    Place,
    Purge,
    ReceptionNumber,
    Record,
    Request,
)
from kiosk.ledger.errors import LedgerFull


class FillableLedger:
    """The ledger within; while ``full`` every write is refused, as on a full disk."""

    def __init__(self, within: Ledger) -> None:
        self._within = within
        self.full = False

    @property
    def chain(self) -> str:
        return self._within.chain

    def append(self, entries: Sequence[Entry], *, take_number: date | None = None) -> Head:
        return self._writable().append(entries, take_number=take_number)

    def head(self) -> Head:
        return self._within.head()

    def heads(self) -> dict[str, Head]:
        return self._within.heads()

    def entries(
        self, visit: str | None = None, since: int = 0, *, chain: str | None = None
    ) -> Iterator[Record]:
        return self._within.entries(visit, since, chain=chain)

    def place_of(self, at: str) -> Place:
        return self._within.place_of(at)

    def open_visits(self, closed: Collection[str]) -> list[OpenVisit]:
        return self._within.open_visits(closed)

    def next_number(self, day: date, visit: str) -> ReceptionNumber:
        return self._writable().next_number(day, visit)

    def request(self, visit: str, action: str, payload: bytes = b"{}", actor: str = "system") -> str:
        return self._writable().request(visit, action, payload, actor)

    def requests(self, *, unanswered: bool = True, visit: str | None = None) -> list[Request]:
        return self._within.requests(unanswered=unanswered, visit=visit)

    def answer(
        self,
        request: str,
        accepted: bool,
        why: str = "",
        *,
        actor: str = "system",
        entries: Sequence[Entry] = (),
        take_number: date | None = None,
    ) -> Head:
        return self._writable().answer(
            request, accepted, why, actor=actor, entries=entries, take_number=take_number
        )

    def checkpoint(self) -> CheckpointResult | None:
        return self._writable().checkpoint()

    def checkpoint_if_due(self) -> CheckpointResult | None:
        return self._writable().checkpoint_if_due()

    def purge(self, before: date, actor: str = "system") -> Purge:
        return self._writable().purge(before, actor)

    def last_purge(self) -> str | None:
        return self._within.last_purge()

    def close(self) -> None:
        self._within.close()

    def _writable(self) -> Ledger:
        if self.full:
            raise LedgerFull
        return self._within
