"""The board: every record of the ledger folded into the visits it is about. A cache; the ledger is the truth. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from enum import StrEnum

import msgspec

from kiosk.desk.case import Case
from kiosk.desk.deliveries import is_delivery
from kiosk.desk.folding import fold
from kiosk.desk.health import Health
from kiosk.desk.notes import RecheckAsked, asked_of
from kiosk.desk.row import Light, Row, row_of
from kiosk.desk.searching import search
from kiosk.ledger import Record
from kiosk.ledger.chain import PURGED
from kiosk.ledger.projection import PurgeDone


class Filter(StrEnum):
    """What the board shows: everything of the day, or one of its parts."""

    ALL = "all"
    NEEDS = "needs"  # 要対応
    GOING_ON = "going_on"  # 進行中
    DONE = "done"  # 完了
    RECHECK = "recheck"  # 再確認待ち


_ORDER = {Light.NEEDS_PERSON: 0, Light.GOING_ON: 1, Light.RECHECK: 2, Light.SETTLED: 3}
_LIGHTS = {
    Filter.NEEDS: Light.NEEDS_PERSON,
    Filter.GOING_ON: Light.GOING_ON,
    Filter.DONE: Light.SETTLED,
}


Recall = Callable[[Record], Iterable[Record]]
"""The records of this one's visit that stand before it."""


class Board:
    """Not thread-safe: one thread takes and shows. ``asks``: a queue asks again what could not be asked. ``recall``:
    looks up visits that began before the board did and were not handed over yet."""

    def __init__(self, *, asks: bool = True, recall: Recall = lambda _record: ()) -> None:
        self.position = 0
        self.asks = asks
        self._recall = recall
        self._asked: dict[str, str] = {}
        self.health = Health()
        self._cases: dict[str, Case] = {}
        self._rows: dict[str, Row] = {}
        self._shown: dict[Filter, tuple[Row, ...]] = {}
        self._today: date | None = None
        self.gone: frozenset[str] = frozenset()

    def take(self, records: Iterable[Record]) -> frozenset[str]:
        """Folds what is new; gives the visits that it touched. Records come in the ledger's order, each once."""
        touched = set()
        for record in records:
            self.position = max(self.position, record.position)
            self.health.take(record)
            if record.type == PURGED:
                self._forget(record)
            if not record.visit:
                continue
            case = self._cases.get(record.visit)
            if (case is None or not case.state) and is_delivery(record):
                case = self._recalled(record) or case
            if case is None:
                case = self._cases[record.visit] = Case(record)
            fold(case, record)
            if record.type == RecheckAsked.__name__:
                self._asked[record.id] = record.visit
            touched.add(record.visit)
            self._rows.pop(record.visit, None)
            self._shown.clear()
        return frozenset(touched)

    def owners_gone(self, chains: Collection[str]) -> None:
        """The chains whose program does not run any more."""
        gone = frozenset(chains)
        if gone != self.gone:
            self.gone = gone
            self._show_anew()

    def forget_settled(self, before: date, today: date) -> None:
        """What is done with, of days before that one: a program that runs for months must not grow."""
        old = [case for case in self._cases.values() if case.day < before]
        for case in old:
            if not _on_the_board(case) or self._row(case, today).light is Light.SETTLED:
                self._drop(case.visit)
        self._asked = {asked: visit for asked, visit in self._asked.items() if visit in self._cases}

    @property
    def cases(self) -> Collection[Case]:
        return self._cases.values()

    def case(self, visit: str) -> Case | None:
        return self._cases.get(visit)

    def visit_of(self, question: str) -> str:
        """The visit about which the queue asked this question; "" for a question of somebody else."""
        return self._asked.get(asked_of(question), "")

    def row(self, visit: str, today: date) -> Row | None:
        case = self._cases.get(visit)
        return None if case is None else self._row(case, today)

    def rows(self, today: date, which: Filter = Filter.ALL) -> tuple[Row, ...]:
        """Today's visits, and those of earlier days that are not done. Who stands there and waits comes first, the
        newest need on top; then what else needs a person, what is going on, what waits, what is settled."""
        if today != self._today:
            self._today = today
            self._show_anew()
        if not self._shown:
            rows = sorted(self._all(today), key=lambda row: row.waits_since or row.state_since, reverse=True)
            rows.sort(key=lambda row: (_ORDER[row.light], not row.live))
            self._shown = {one: tuple(row for row in rows if _fits(row, one)) for one in Filter}
        return self._shown[which]

    def counts(self, today: date) -> dict[Filter, int]:
        return {which: len(self.rows(today, which)) for which in Filter}

    def search(self, today: date, text: str) -> tuple[Row, ...]:
        return search(self.rows(today), text)

    def _all(self, today: date) -> Iterable[Row]:
        rows = (self._row(case, today) for case in self._cases.values() if _on_the_board(case))
        return (row for row in rows if row.day == today or row.light is not Light.SETTLED)

    def _row(self, case: Case, today: date) -> Row:
        row = self._rows.get(case.visit) if today == self._today else None
        if row is None:
            row = row_of(case, today, self.gone, asks=self.asks)
            if today == self._today:
                self._rows[case.visit] = row
        return row

    def _recalled(self, note: Record) -> Case | None:
        """The whole visit before this note; None where it is not known here either."""
        case = None
        for record in self._recall(note):
            case = case or Case(record)
            fold(case, record)
        if case is not None:
            self._cases[note.visit] = case
        return case

    def _forget(self, purge: Record) -> None:
        """What retention erased in the ledger does not stay here."""
        if not isinstance(purge.payload, bytes):
            return
        before = msgspec.json.decode(purge.payload, type=PurgeDone).before
        for visit in [case.visit for case in self._cases.values() if case.moved < before]:
            self._drop(visit)

    def _drop(self, visit: str) -> None:
        del self._cases[visit]
        self._rows.pop(visit, None)
        self._shown.clear()

    def _show_anew(self) -> None:
        self._rows.clear()
        self._shown.clear()


def _on_the_board(case: Case) -> bool:
    """A note whose visit began before the board does is none."""
    return bool(case.state)


def _fits(row: Row, which: Filter) -> bool:
    match which:
        case Filter.ALL:
            return True
        case Filter.RECHECK:
            return row.to_ask_again
        case _:
            return row.light is _LIGHTS[which]
