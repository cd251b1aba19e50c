"""Both ledgers side by side against a plain model, through restarts, purges and refusals."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kiosk.ledger import LedgerError, Purged, stamp
from kiosk.ledger.interface import JST
from tests.support.ledgers import CLOSED, AnyLedger, Kit, MemoryKit, SqliteKit, entry

PROCESSES = ("kiosk", "console")
VISITS = st.sampled_from(["v1", "v2", "v3", "v4"])
STATES = st.sampled_from(["Welcome", "ReadingCard", "Finished", ""])
PROCESS = st.sampled_from(PROCESSES)


class LedgerMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="ledger-"))
        self.kits: list[Kit] = [SqliteKit(self.root / "ledger"), MemoryKit()]
        self.ledgers: list[dict[str, AnyLedger]] = [
            {name: kit.open(name) for name in PROCESSES} for kit in self.kits
        ]
        self.number = 0
        self.rows: list[tuple[str, str, str, bytes | None]] = []  # visit, id, at, payload
        self.visits: dict[str, tuple[str, int, str, str]] = {}  # owner, epoch, state, at
        self.numbers: dict[tuple[str, date], str] = {}
        self.counts: dict[date, int] = {}
        self.open_requests: list[list[str]] = []  # the same request's id in each ledger

    @property
    def now(self) -> str:
        return stamp(self.kits[0].clock.wall)

    @property
    def today(self) -> date:
        return self.kits[0].clock.wall.astimezone(JST).date()

    def both(self, act: Callable[[dict[str, AnyLedger]], Any]) -> list[Any]:
        """The same act on both; the same results or the same kind of error."""
        results: list[Any] = []
        for ledgers in self.ledgers:
            try:
                results.append(act(ledgers))
            except LedgerError as error:
                results.append(type(error))
        refused = [isinstance(result, type) for result in results]
        assert refused[0] == refused[1]
        if refused[0]:
            assert results[0] is results[1]
        return results

    def note(self, visit: str, id_: str | None, payload: bytes | None) -> None:
        self.rows.append((visit, id_ or "", self.now, payload))

    @initialize()
    def begin(self) -> None:
        self.append("kiosk", "v1", [("ReadingCard", 0)], False)

    @rule(
        process=PROCESS,
        visit=VISITS,
        moves=st.lists(st.tuples(STATES, st.integers(0, 2)), min_size=1, max_size=3),
        numbered=st.booleans(),
    )
    def append(self, process: str, visit: str, moves: list[tuple[str, int]], numbered: bool) -> None:
        entries = []
        model = self.visits.get(visit)
        lawful = True
        for state, epoch in moves:
            self.number += 1
            entries.append(
                entry(visit, self.number, state, at=self.now, owner_epoch=epoch, mono_ms=self.number)
            )
            if state:
                if model and (epoch < model[1] or (epoch == model[1] and process != model[0])):
                    lawful = False
                model = (process, epoch, state, self.now)
        lawful = lawful and (model is not None or not numbered)
        day = self.today if numbered else None
        results = self.both(lambda ledgers: ledgers[process].append(entries, take_number=day))
        assert isinstance(results[0], type) != lawful
        if not lawful:
            return
        if model:
            self.visits[visit] = model
        for one in entries:
            self.note(visit, one.id, one.payload)
        if numbered:
            self.take(visit, {str(result.number) for result in results})

    def take(self, visit: str, given: set[str]) -> None:
        known = self.numbers.get((visit, self.today))
        if known is None:
            self.counts[self.today] = self.counts.get(self.today, 0) + 1
            known = self.numbers[visit, self.today] = f"A{self.counts[self.today]:03d}"
            self.note(visit, "kept", b"")
        assert given == {known}

    @rule(process=PROCESS, visit=VISITS)
    def next_number(self, process: str, visit: str) -> None:
        results = self.both(lambda ledgers: ledgers[process].next_number(self.today, visit))
        assert isinstance(results[0], type) == (visit not in self.visits)
        if visit in self.visits:
            self.take(visit, {str(result) for result in results})

    @rule(process=PROCESS, visit=VISITS)
    def request(self, process: str, visit: str) -> None:
        results = self.both(lambda ledgers: ledgers[process].request(visit, "Settle"))
        assert isinstance(results[0], type) == (visit not in self.visits)
        if visit in self.visits:
            self.note(visit, None, b"")
            self.open_requests.append([*results, visit])

    @precondition(lambda self: self.open_requests)
    @rule(process=PROCESS, data=st.data(), accepted=st.booleans())
    def answer(self, process: str, data: st.DataObject, accepted: bool) -> None:
        asked = data.draw(st.sampled_from(self.open_requests))
        ids = iter(asked[:2])
        results = self.both(lambda ledgers: ledgers[process].answer(next(ids), accepted))
        lawful = self.visits[asked[2]][0] == process
        assert isinstance(results[0], type) != lawful
        if lawful:
            self.note(asked[2], None, b"")
            self.open_requests.remove(asked)

    @rule(process=PROCESS)
    def restart(self, process: str) -> None:
        for kit, ledgers in zip(self.kits, self.ledgers, strict=True):
            ledgers[process].close()
            ledgers[process] = kit.open(process)

    @rule(hours=st.sampled_from([1, 13, 30]))
    def time_passes(self, hours: int) -> None:
        for kit in self.kits:
            kit.clock.advance(hours=hours)

    @rule(process=PROCESS)
    def checkpoint(self, process: str) -> None:
        results = self.both(lambda ledgers: ledgers[process].checkpoint())
        assert (results[0] is None) == (results[1] is None)

    @rule(process=PROCESS, back=st.integers(0, 2))
    def purge(self, process: str, back: int) -> None:
        before = self.today - timedelta(days=back)
        results = self.both(lambda ledgers: ledgers[process].purge(before))
        limit = f"{before - timedelta(days=1)}T15:00:00.000Z"  # midnight in Japan
        kept = {visit for visit, (_, _, _, at) in self.visits.items() if at >= limit}
        erased = 0
        for place, (visit, id_, at, payload) in enumerate(self.rows):
            if at < limit and visit not in kept and payload is not None and id_ != "kept":
                self.rows[place] = (visit, id_, at, None)
                erased += 1
        assert {result.erased for result in results} == {erased}
        self.visits = {visit: model for visit, model in self.visits.items() if visit in kept}
        self.numbers = {
            key: number for key, number in self.numbers.items() if key[0] in kept or key[1] >= before
        }
        self.open_requests = [asked for asked in self.open_requests if asked[2] in kept]
        self.note("", "kept", b"")

    @invariant()
    def reads_agree_with_the_model(self) -> None:
        for ledgers in self.ledgers:
            records = list(ledgers["kiosk"].entries())
            assert len(records) == len(self.rows)
            for record, (visit, id_, at, payload) in zip(records, self.rows, strict=True):
                assert (record.visit, record.at) == (visit, at)
                assert isinstance(record.payload, Purged) == (payload is None)
                if record.type == "CardInserted":
                    assert record.id == id_
                    assert payload is None or record.payload == payload
            found = ledgers["console"].open_visits(CLOSED)
            assert {v.visit: (v.chain.split(".")[1], v.owner_epoch, v.state, v.at) for v in found} == {
                visit: model for visit, model in self.visits.items() if model[2] not in CLOSED
            }
            assert len(ledgers["kiosk"].requests()) == len(self.open_requests)

    def teardown(self) -> None:
        for kit in self.kits:
            report = kit.verify()
            kit.finish()
            assert (report.verdict, report.findings) == ("ok", [])
            assert report.erased == sum(payload is None for *_, payload in self.rows)
        shutil.rmtree(self.root)


TestLedgers = LedgerMachine.TestCase
TestLedgers.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
