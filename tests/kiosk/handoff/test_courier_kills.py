"""Killed anywhere, started again: every visit is at every receiver exactly once by its key, in its newest revision, and
the ledger says so exactly once.

The program dies at a numbered point: before or after any step of the outbox or of the ledger, and before or after a
receiver has kept what it was given. What a transaction had not committed is gone; what a receiver kept stays.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.handoff.carrier import Later, Outcome, Refused
from kiosk.handoff.courier import Courier
from kiosk.handoff.outbox import Backoff, Outbox
from kiosk.handoff.outbox_memory import MemoryOutbox
from kiosk.handoff.outbox_sqlite import SqliteOutbox
from kiosk.handoff.parcel import Parcel
from kiosk.handoff.queue_json import QueueJson
from kiosk.handoff.receiver import Receiver
from kiosk.ledger import MemoryLedger, Options, Record, SqliteLedger
from kiosk.ledger.chain import ACCEPTED, REFUSED, REQUESTED
from tests.support.handoff import Clock, Shelf, entry, memory_ledger, visit_entries

BACKOFF = Backoff(first=timedelta(seconds=1), most=timedelta(seconds=8))
VISITS = ("v1", "v2", "v3")


class Killed(BaseException):
    """The power went."""


class Fate:
    """Counts the points that are passed, and ends the program at one of them."""

    def __init__(self, kills: Iterator[int]) -> None:
        self._kills = kills
        self._left = next(kills, -1)

    def point(self) -> None:
        if self._left == 0:
            self._left = next(self._kills, -1)
            raise Killed
        self._left -= 1


class Mortal:
    """An outbox or a ledger whose every step may be the last before or after it was done."""

    def __init__(self, store: Outbox | MemoryLedger, fate: Fate) -> None:
        self._store, self._fate = store, fate

    def __getattr__(self, name: str) -> Any:
        step = getattr(self._store, name)
        if not callable(step):
            return step

        def mortal(*arguments: Any, **named: Any) -> Any:
            self._fate.point()
            done = step(*arguments, **named)
            self._fate.point()
            return done

        return mortal


class Unsure(Shelf):
    """Dies with us before or after keeping, and says whatever it was told to say."""

    def __init__(self, answers: Iterator[Outcome | None]) -> None:
        super().__init__()
        self.answers = answers
        self.fate: Fate | None = None

    def deliver(self, parcel: Parcel, key: str, now: datetime) -> Outcome:
        assert self.fate is not None
        self.fate.point()
        said = next(self.answers, None)
        if isinstance(said, Refused):
            return said
        if said == Later("before"):
            return said
        taken = super().deliver(parcel, key, now)
        self.fate.point()
        return said or taken  # Later("after"): kept, and the answer was lost


def run_to_the_end(outbox: Outbox, shelves: dict[str, Unsure], kills: Iterator[int]) -> MemoryLedger:
    """Runs, dies and starts again until nothing is open, and the receivers' clocks go on. Gives the ledger."""
    clock, ledger = Clock(), memory_ledger()
    fate = Fate(kills)
    writing = [
        [entry("v2", "Voided", at=clock.at, why="a trial")],
        [entry("v1", "NameDisplayCorrected", at=clock.at, name="山田　多郎")],
        *(visit_entries(name, clock.at) for name in reversed(VISITS)),
    ]
    receivers = [Receiver(name=name, form=QueueJson(), carrier=shelf) for name, shelf in shelves.items()]
    for shelf in shelves.values():
        shelf.fate = fate
    for name in shelves:
        outbox.since(name, clock.at)
    for _ in range(400):
        if writing:
            ledger.append(writing.pop())
        letters: Any = Mortal(outbox, fate)
        book: Any = Mortal(ledger, fate)
        courier = Courier(book, letters, receivers, now=clock, chance=lambda: 1.0, backoff=BACKOFF)
        lived = False
        with suppress(Killed):
            courier.run()
            lived = True
        for status in outbox.needing_person(clock.at):  # people want what was refused to be tried again
            wanted = {"receiver": status.receiver, "key": status.key}
            ledger.request(status.visit, "handoff_again", json.dumps(wanted).encode(), "staff:sato")
        clock.go_on(minutes=1)
        read = outbox.place().position == len(ledger.store.rows)
        if lived and read and not writing and outbox.open_letters() == 0:
            return ledger
    raise AssertionError("it never came to an end")


def held_to_the_promise(outbox: Outbox, shelves: dict[str, Unsure]) -> None:
    for name, shelf in shelves.items():
        newest: dict[str, dict[str, Any]] = {}
        for content in shelf.kept.values():
            found = json.loads(content)
            visit = found["visit"]["id"]
            known = newest.setdefault(visit, found)
            same = known["revision"] == found["revision"]
            assert known is found or not same, "two keys for one revision"
            newest[visit] = max(known, found, key=lambda one: int(one["revision"]))
        if set(newest) != {"v1", "v3"}:  # v2 need not be told of where it was void before its turn came
            assert set(newest) == set(VISITS)
            assert newest["v2"]["kind"] == "voided"
        assert newest["v1"]["patient"]["name"] == "山田　多郎"
        assert newest["v3"]["kind"] == "settled"
        for visit in newest:
            (status,) = (one for one in outbox.status(visit) if one.receiver == name)
            assert (status.state, status.key) == ("taken", newest[visit]["key"])


def held_to_the_truth(ledger: MemoryLedger, outbox: Outbox, shelves: dict[str, Unsure]) -> None:
    """What the ledger tells is what happened: each thing once."""
    records = [record for record in ledger.entries() if isinstance(record.payload, bytes)]
    taken = Counter(told_of(record)["key"] for record in records if record.type == "HandedOver")
    assert set(taken.values()) <= {1}
    newest = {status.key for visit in VISITS for status in outbox.status(visit)}
    assert newest <= set(taken) <= {key for shelf in shelves.values() for key in shelf.kept}
    asked = [record.id for record in records if record.type == REQUESTED]
    answered = {record.ref: record.type for record in records if record.type in (ACCEPTED, REFUSED)}
    assert sorted(answered) == sorted(asked)
    done = Counter(record.ref for record in records if record.type == "HandoffTriedAgain")
    assert done == Counter(request for request, type in answered.items() if type == ACCEPTED)
    for before, after in pairwise_by_letter(records):
        assert before.type != "HandedOver", "nothing more is said of what was handed over"
        if after.type == before.type:
            assert after.type == "HandoffTriedAgain" or after.at[:10] != before.at[:10]


def told_of(record: Record) -> dict[str, Any]:
    assert isinstance(record.payload, bytes)
    told: dict[str, Any] = json.loads(record.payload)
    return told


def pairwise_by_letter(records: list[Record]) -> Iterator[tuple[Record, Record]]:
    last: dict[str, Record] = {}
    for record in records:
        if record.type in ("HandedOver", "HandoffDelayed", "HandoffNeedsPerson", "HandoffTriedAgain"):
            key = told_of(record)["key"]
            if key in last:
                yield last[key], record
            last[key] = record


ANSWERS = st.lists(
    st.sampled_from([None, None, Later("before"), Later("after"), Refused("http_400")]), max_size=12
)
KILLS = st.lists(st.integers(0, 40), max_size=8)


@settings(max_examples=120, deadline=None)
@given(KILLS, ANSWERS, ANSWERS)
def test_killed_anywhere_every_visit_arrives_exactly_once_by_key(
    kills: list[int], chart: list[Outcome | None], queue: list[Outcome | None]
) -> None:
    outbox = MemoryOutbox()
    shelves = {"chart": Unsure(iter(chart)), "queue": Unsure(iter(queue))}
    ledger = run_to_the_end(outbox, shelves, iter(kills))
    held_to_the_promise(outbox, shelves)
    held_to_the_truth(ledger, outbox, shelves)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kills=KILLS, chart=ANSWERS)
def test_the_same_on_a_disk(
    tmp_path_factory: pytest.TempPathFactory, kills: list[int], chart: list[Outcome | None]
) -> None:
    folder = tmp_path_factory.mktemp("kills")
    SqliteLedger(folder / "ledger", Options(terminal="A")).close()
    outbox = SqliteOutbox(folder / "handoff", folder / "ledger")
    outbox._db.execute("PRAGMA synchronous = OFF")  # no power is cut here: only our own program ends
    try:
        shelves = {"chart": Unsure(iter(chart))}
        ledger = run_to_the_end(outbox, shelves, iter(kills))
        held_to_the_promise(outbox, shelves)
        held_to_the_truth(ledger, outbox, shelves)
    finally:
        outbox.close()


def test_every_single_point_is_survived() -> None:
    """One death at each point that a whole run passes; then two in a row."""
    points = 0
    while True:
        outbox, shelf = MemoryOutbox(), Unsure(iter([Later("after"), Refused("http_400")]))
        kills = iter([points, 0])
        ledger = run_to_the_end(outbox, {"chart": shelf}, kills)
        held_to_the_promise(outbox, {"chart": shelf})
        held_to_the_truth(ledger, outbox, {"chart": shelf})
        if next(kills, None) is not None:  # the run ended before this point
            break
        points += 1
    assert points > 30


# -- a real process, really killed -----------------------------------------------------------------
PROGRAM = textwrap.dedent(
    """
    import os, signal, sys
    from datetime import timedelta
    from pathlib import Path
    from kiosk.handoff.courier import Courier
    from kiosk.handoff.folder import FolderCarrier
    from kiosk.handoff.outbox_sqlite import SqliteOutbox
    from kiosk.handoff.queue_json import QueueJson
    from kiosk.handoff.receiver import Receiver
    from kiosk.ledger import Options, SqliteLedger
    from tests.support.handoff import Clock, visit_entries

    folder, mode = Path(sys.argv[1]), sys.argv[2]
    class Dying(FolderCarrier):
        def deliver(self, parcel, key, now):
            if mode == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            outcome = super().deliver(parcel, key, now)
            if mode == "after":
                os.kill(os.getpid(), signal.SIGKILL)
            return outcome

    clock = Clock()
    with SqliteLedger(folder / "ledger", Options(terminal="A")) as ledger:
        outbox = SqliteOutbox(folder / "handoff", folder / "ledger")
        outbox.since("queue", clock.at)
        if mode == "before":
            ledger.append(visit_entries("v1", clock.at))
        clock.at += timedelta(minutes={"before": 0, "after": 10, "well": 20}[mode])
        receiver = Receiver(name="queue", form=QueueJson(), carrier=Dying(folder / "in"))
        print("taken", Courier(ledger, outbox, [receiver], now=clock).run().taken)
    """
)


def test_a_process_that_is_killed_before_and_after_the_file_leaves_one_file(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()

    def run(mode: str) -> subprocess.CompletedProcess[str]:
        root = Path(__file__).parents[3]
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, str(tmp_path), mode],
            capture_output=True, text=True, timeout=60, check=False, cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
        )  # fmt: skip

    assert run("before").returncode == -signal.SIGKILL
    assert list((tmp_path / "in").iterdir()) == []
    assert run("after").returncode == -signal.SIGKILL
    assert len(list((tmp_path / "in").iterdir())) == 1
    done = run("well")
    assert (done.returncode, "taken 1" in done.stdout.splitlines()) == (0, True), done.stderr
    (file,) = (tmp_path / "in").iterdir()
    assert json.loads(file.read_bytes())["visit"]["id"] == "v1"
