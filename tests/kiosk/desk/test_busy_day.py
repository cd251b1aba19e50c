"""A kiosk that crashes, two consoles, a queue and a courier do whatever they like, seed by seed; what must always hold,
holds."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from kiosk.desk.deliveries import Handed
from kiosk.desk.notes import Action
from kiosk.desk.row import Next
from kiosk.eligibility.port import AskByNumbers
from kiosk.evidence.model import Way
from kiosk.handoff.carrier import Later, Outcome, Refused, Taken
from kiosk.handoff.courier import Courier
from kiosk.handoff.notes import HandedOver, How
from kiosk.handoff.outbox_memory import MemoryOutbox
from kiosk.handoff.parcel import Parcel
from kiosk.handoff.queue_json import QueueJson
from kiosk.handoff.receiver import Receiver
from kiosk.ledger import Record
from kiosk.ledger.chain import ACCEPTED, REFUSED, REQUESTED
from kiosk.reception.remembering import Remembering
from kiosk.visit.acts import Act
from simulator.national.faults import Fault
from tests.support.desks import House
from tests.support.ledgers import SqliteKit
from tests.support.papers_of_people import paper_of
from tests.support.visits import DECLARED, TARO

STEPS = 160
PEOPLE = ("yamada", "forty", "unregistered", "no_record", "several", "private_character", "damaged")
FAULTS = (
    None,
    None,
    None,
    Fault.NO_ANSWER,
    Fault.MAINTENANCE,
    Fault.STILL_PROCESSING,
    Fault.DROP_AFTER_COMMIT,
)
WAITS = (500, 5_000, 40_000, 200_000)
TYPED = DECLARED | paper_of("yamada")


class FickleChart:
    """Takes, refuses, is silent, or takes and dies before it says so."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.kept: dict[str, bytes] = {}

    def deliver(self, parcel: Parcel, key: str, _now: datetime) -> Outcome:
        outcome: Outcome = self._rng.choice((Taken(), Taken(), Later("no_reply"), Refused("http_403")))
        if isinstance(outcome, Taken) or self._rng.random() < 0.3:
            assert self.kept.setdefault(key, parcel.content) == parcel.content
        return outcome

    def close(self) -> None:
        pass


class Day:
    """Each step is one thing that one of them does."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.house = House(folder, known=TARO)
        self.desks = [self.house.desk, self.house.open_desk("second")]
        self.queue = self.house.open_queue()
        self.breaches: list[str] = []
        self.remembering = self.open_remembering()
        self.outbox, self.chart = MemoryOutbox(), FickleChart(self.rng)
        self.courier = self.open_courier()
        self.courier.run()
        self.steps = {
            self.patient: 50, self.card: 12, self.staff: 20, self.look: 12, self.ask: 8, self.outage: 4,
            self.wait: 10, self.write: 5, self.crash: 1, self.deliver: 12, self.hand_over: 8, self.remember: 5,
            self.straight: 20,
        }  # fmt: skip

    def step(self) -> None:
        self.house.tardy.holding = self.rng.random() < 0.2
        self.rng.choices(list(self.steps), list(self.steps.values()))[0]()
        self.house.tardy.holding = False
        if self.house.tardy.held and self.rng.random() < 0.3:
            self.house.tardy.arrive()

    def patient(self) -> None:
        kiosk = self.house.kiosk
        view = kiosk.view
        if view.field is not None and view.field.field in TYPED:
            kiosk.act(Act("FieldAnswered", (("field", view.field.field), ("value", TYPED[view.field.field]))))
        elif view.keypad:
            kiosk.act(Act("PinEntered", (("slot", kiosk.secrets.put(bytearray(b"1234"))),)))
        elif view.options:
            kiosk.act(self.rng.choice(view.options).act)

    def straight(self) -> None:
        """Somebody who knows how it goes; the answer may be late."""
        kiosk = self.house.kiosk
        if kiosk.view.state != "Welcome" or self.house.reader.snapshot().card_present:
            return
        self.house.tardy.holding = self.rng.random() < 0.5
        self.house.insert("yamada")
        slot = kiosk.secrets.put(bytearray(b"1234"))
        for act in (Act("PinChosen"), Act("PinEntered", (("slot", slot),)), Act("ConsentAllGiven")):
            kiosk.act(act)
        for _ in range(self.rng.choice((0, 0, 2))):
            self.patient()
        if self.house.tardy.held and self.rng.random() < 0.6:
            self.house.tardy.arrive()
            self.wait()

    def card(self) -> None:
        if self.house.reader.snapshot().card_present:
            self.house.remove()
        else:
            self.house.insert(self.rng.choice(PEOPLE))

    def staff(self) -> None:
        desk = self.rng.choice(self.desks)
        for row in desk.rows()[: self.rng.choice((1, 1, 3))]:
            desk.act(row.visit, self.rng.choice(get_args(Action)), "sato", way=self.rng.choice((None, *Way)))
        if self.rng.random() < 0.7:
            self.house.kiosk.reception.poll_requests()
            self.house.kiosk.settle()

    def look(self) -> None:
        desk = self.rng.choice(self.desks)
        desk.poll()
        for row in desk.rows():
            if row.next is Next.TAKE_OVER:
                desk.take_over(row.visit, "suzuki")

    def ask(self) -> None:
        self.queue.tick()

    def outage(self) -> None:
        self.house.faults.always(self.rng.choice(FAULTS))

    def wait(self) -> None:
        self.house.kiosk.wait(self.rng.choice(WAITS))
        self.house.kiosk.reception.look_for_late_answers()
        self.house.kiosk.settle()
        self.house.kiosk.reception.look_for_news()
        self.house.kiosk.settle()

    def remember(self) -> None:
        self.remembering.tick()

    def open_remembering(self) -> Remembering:
        return Remembering(self.house.kiosk_ledger, self.house.patients, self.house.world)

    def write(self) -> None:
        desk = self.rng.choice(self.desks)
        rows = desk.rows()
        if not rows:
            return
        visit, book = self.rng.choice(rows).visit, desk.notebook
        self.rng.choice((book.settle, book.reopen, book.undo_void))(visit, "sato")
        if self.rng.random() < 0.1:
            book.void(visit, "試し", "sato")

    def open_courier(self) -> Courier:
        receiver = Receiver(name="chart", form=QueueJson(), carrier=self.chart, takes_simulated=True)
        ledger, now = self.house.kiosk_ledger, self.house.world.utc
        return Courier(ledger, self.outbox, [receiver], now=now, chance=self.rng.random)

    def deliver(self) -> None:
        self.courier.run()

    def hand_over(self) -> None:
        """Whatever they want of what needs somebody, also both at once."""
        for desk in self.rng.sample(self.desks, self.rng.choice((1, 2))):
            desk.poll()
            for row in [row for row in desk.rows() if row.handed is not None][:3]:
                how = self.rng.choice(get_args(How))
                desk.hand_over(row.visit, "chart", how, "sato", why="電話で伝えた")

    def crash(self) -> None:
        self.breaches += self.house.kiosk.breaches
        self.house.crash()
        if self.rng.random() < 0.5:
            self.house.world.advance(5_000)
            self.look()
        self.house.kiosk = self.house.open_kiosk()
        self.remembering = self.open_remembering()
        self.courier = self.open_courier()

    def end(self) -> None:
        self.house.kiosk.reception.poll_requests()
        self.courier.run()
        self.remembering.tick()
        for desk in self.desks:
            desk.poll()


@pytest.fixture(params=range(10))
def day(request: pytest.FixtureRequest, tmp_path: Path) -> Day:
    day = Day(tmp_path / "ledger", request.param)
    for _ in range(STEPS):
        day.step()
    day.end()
    return day


def test_whatever_they_do_the_ledger_and_what_is_made_of_it_agree(day: Day) -> None:
    records = list(day.house.kiosk_ledger.entries())
    each_request_is_answered_at_most_once_and_none_is_left_open_at_a_terminal_that_runs(day, records)
    only_the_owner_moves_a_visit_and_each_take_over_is_the_only_one_of_its_epoch(records)
    nothing_is_asked_twice_under_one_name_nor_registered_twice(day, records)
    both_consoles_and_one_that_opens_now_show_the_same(day)
    what_was_handed_over_stands_there_once_and_as_the_outbox_knows_it(day, records)
    a_late_answer_moves_only_who_had_no_result_yet(day, records)
    each_visit_is_remembered_once_by_the_same(records)
    day.house.close()
    assert SqliteKit(day.house.folder).verify().verdict == "ok"


def each_request_is_answered_at_most_once_and_none_is_left_open_at_a_terminal_that_runs(
    day: Day, records: list[Record]
) -> None:
    answers = Counter(record.ref for record in records if record.type in (ACCEPTED, REFUSED))
    assert set(answers.values()) <= {1}
    assert set(answers) <= {record.id for record in records if record.type == REQUESTED}
    mine = [one for one in day.house.kiosk_ledger.requests() if one.owner == day.house.kiosk_ledger.chain]
    assert mine == []


def only_the_owner_moves_a_visit_and_each_take_over_is_the_only_one_of_its_epoch(
    records: list[Record],
) -> None:
    owners: dict[tuple[str, int], str] = {}
    for record in records:
        if record.visit and record.state:
            assert owners.setdefault((record.visit, record.owner_epoch), record.chain) == record.chain


def nothing_is_asked_twice_under_one_name_nor_registered_twice(day: Day, records: list[Record]) -> None:
    sent = Counter(id_ for _kind, id_ in day.house.service.asked)
    assert set(sent.values()) <= {1}
    registering = Counter(
        record.visit for record in records if record.type == "RegistrationAccepted" and record.state
    )
    assert day.house.service.counts.get("register", 0) <= sum(registering.values())
    noted = {record.id for record in records if record.type == "RecheckAsked"}
    assert {
        id_.removesuffix(".recheck") for _kind, id_ in day.house.service.asked if id_.endswith(".recheck")
    } <= noted


def a_late_answer_moves_only_who_had_no_result_yet(day: Day, records: list[Record]) -> None:
    assert day.breaches + day.house.kiosk.breaches == []
    over: set[str] = set()
    for record in records:
        if record.type == "AnswerCame":
            assert record.visit not in over
        if record.state in ("TakeCard", "Finished", "Abandoned", "Confirmed"):
            over.add(record.visit)


def each_visit_is_remembered_once_by_the_same(records: list[Record]) -> None:
    told = Counter((one.visit, one.payload) for one in records if one.type == "PatientRemembered")
    assert set(told.values()) <= {1}


def both_consoles_and_one_that_opens_now_show_the_same(day: Day) -> None:
    one, other = day.desks
    fresh = day.house.open_desk("fresh")
    day.house.world.advance(5_000)
    for desk in (one, other, fresh):
        desk.poll()
    shown = [desk.rows() for desk in (one, other, fresh)]
    assert shown[0] == shown[1] == shown[2]
    assert shown[0], "a day on which nothing happens proves nothing"
    for row in shown[0]:
        assert fresh.make_detail(row.visit) is not None


def what_was_handed_over_stands_there_once_and_as_the_outbox_knows_it(
    day: Day, records: list[Record]
) -> None:
    notes = [record for record in records if record.type == HandedOver.__name__]
    keys = [msgspec.json.decode(record.payload, type=HandedOver).key for record in notes]  # type: ignore[arg-type]
    assert len(keys) == len(set(keys))
    assert set(keys) <= set(day.chart.kept)
    known = {"taken": Handed.DONE, "by_hand": Handed.BY_HAND, "needs_person": Handed.NEEDS_PERSON}
    compared = 0
    for case in day.house.desk.board.cases:
        delivery = case.delivery("chart")
        for status in day.outbox.status(case.visit):
            if status.state in known:
                compared += 1
                assert delivery is not None
                assert (delivery.key, delivery.state) == (status.key, known[status.state])
    assert compared or not notes


def test_the_queue_never_asks_about_what_is_over_or_needs_nobody(day: Day) -> None:
    asked: list[AskByNumbers] = []
    day.house.service._listener = lambda sent: asked.append(sent) if isinstance(sent, AskByNumbers) else None
    day.house.faults.always(None)
    for _ in range(30):
        day.house.world.advance(60_000)
        if not day.queue.tick():
            continue
        case = day.house.desk.board.case(day.queue._board.visit_of(asked[-1].question_id))
        assert case is not None
        assert not case.voided
        assert case.outcome not in ("confirmed", "abandoned")
