"""When the queue asks: back-off, an outage and its end, restarts, clocks (kiosk/desk/recheck.py, rechecking.py)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.coverage.qualification import Answer
from kiosk.desk.board import Board, Filter
from kiosk.desk.notes import RecheckAsked, asked_of, note_entry, question_of
from kiosk.desk.recheck import RecheckPolicy, back_off, due
from kiosk.desk.rechecking import Rechecker
from kiosk.desk.row import Light, Need
from kiosk.eligibility.port import FailedAnswer, Question
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.ledger import Entry, Head, Ledger, SqliteLedger
from kiosk.ledger.errors import LedgerFull
from kiosk.reception.world import SystemWorld
from kiosk.visit.moment import Moment
from simulator.national.faults import Fault
from simulator.playing.full_disk import FillableLedger
from tests.support.desks import STAFF, House
from tests.support.papers_of_people import paper_of

POLICY = RecheckPolicy()
MINUTE = 60_000


def accept_unasked(house: House, persona: str = "yamada") -> str:
    """Somebody is received by their 資格確認書 while the system is down."""
    house.faults.always(Fault.NO_ANSWER)
    house.verify(persona).take(Way.CERTIFICATE).touch("type_numbers").type(paper_of(persona))
    visit = house.visit
    house.desk.poll()
    assert house.ask("accept")
    house.leave()
    return visit


def asked_by_queue(house: House) -> int:
    return sum(bool(asked_of(id_)) for _kind, id_ in house.service.asked)


# ------------------------------------------------------------------------------------------- back-off


@given(st.integers(0, 1_000), st.integers(0, 255))
def test_waits_double_up_to_the_longest_and_differ_by_chance(failures: int, chance: int) -> None:
    wait = back_off(POLICY, failures, chance)
    whole = min(POLICY.longest, POLICY.first * 2 ** max(0, failures - 1))
    assert 0.8 * whole - 1 <= wait <= 1.2 * whole + 1
    assert back_off(POLICY, failures + 1, chance) >= wait


def test_an_outage_is_probed_ever_more_seldom(house: House) -> None:
    accept_unasked(house)
    queue = house.open_queue()
    asked_at = []
    for _ in range(240):
        house.world.advance(MINUTE // 4)
        if queue.tick():
            asked_at.append(house.world.now().mono)
    gaps = [later - sooner for sooner, later in pairwise(asked_at)]
    assert 5 <= len(asked_at) <= 12
    assert gaps[-1] >= 0.8 * POLICY.longest
    assert gaps[0] <= 3 * POLICY.first


def test_in_an_outage_one_visit_is_asked_about_and_its_end_wakes_all(house: House) -> None:
    people = ("yamada", "forty", "national_health", "seventy_eight")
    visits = [accept_unasked(house, person) for person in people]
    queue = house.open_queue()
    house.world.advance(POLICY.first)
    assert [queue.tick() for _ in people] == [True, False, False, False], "a probe, and no more"
    house.faults.always(None)
    house.confirm("thirty_nine")
    assert {house.row(visit).light for visit in visits} == {Light.RECHECK}
    house.world.advance(POLICY.first)
    assert [queue.tick() for _ in range(5)] == [True, True, True, True, False]
    assert {house.row(visit).light for visit in visits} == {Light.SETTLED}


def test_a_visit_that_fails_while_others_are_answered_stops_following_them(house: House) -> None:
    visit = accept_unasked(house)
    house.faults.always(None)
    queue = house.open_queue()
    house.tardy.holding = True
    for _ in range(4):
        house.world.advance(POLICY.longest + POLICY.longest // 4)
        assert queue.tick()
        house.tardy.holding = False
        house.confirm("forty")
        house.tardy.holding = True
    house.world.advance(POLICY.first)
    assert not queue.tick(), "its own time, not that of others"
    assert house.row(visit).next_ask


# -------------------------------------------------------------------------------- what is asked about


def test_a_paper_that_staff_look_at_is_asked_about_while_the_patient_waits(house: House) -> None:
    house.faults.always(Fault.NO_ANSWER)
    house.verify().take(Way.CERTIFICATE).touch("type_numbers")
    house.faults.always(None)
    queue = house.open_queue()
    house.world.advance(POLICY.first)
    assert not queue.tick(), "nothing is typed yet"
    house.type(paper_of("yamada"))
    assert queue.tick()
    row = house.row()
    assert (row.need, row.light) == (Need.EVIDENCE, Light.NEEDS_PERSON)
    assert house.desk.board.case(house.visit).answered  # type: ignore[union-attr]


def test_numbers_on_file_are_asked_with_after_the_patient_confirmed_them(house: House) -> None:
    house.faults.always(Fault.NO_ANSWER)
    house.verify().take(Way.KNOWN_DATA).type_known()
    house.desk.poll()
    assert house.ask("accept")
    visit = house.visit
    house.touch("known_same").leave()
    house.faults.always(None)
    house.world.advance(POLICY.first)
    assert house.row(visit).light is Light.RECHECK
    assert house.open_queue().tick()
    row = house.row(visit)
    assert (row.light, row.need, row.asked) == (Light.NEEDS_PERSON, Need.OUTCOME_CHANGED, 1), (
        "the system has no such member: staff must know"
    )


def test_who_left_or_was_voided_is_not_asked_about(house: House) -> None:
    house.faults.always(Fault.NO_ANSWER)
    house.verify()
    house.kiosk.wait(10 * MINUTE)
    visit = accept_unasked(house)
    house.desk.notebook.void(visit, "試し", STAFF)
    house.world.advance(POLICY.longest)
    house.faults.always(None)
    assert not house.open_queue().tick()
    house.desk.poll()
    assert house.desk.rows(Filter.RECHECK) == ()


def test_the_list_of_what_waits_is_the_boards_own(house: House) -> None:
    visit = accept_unasked(house)
    house.desk.poll()
    (row,) = house.desk.rows(Filter.RECHECK)
    assert (row.visit, row.reason, row.asked) == (visit, Reason.NETWORK_FAULT, 0)


def test_without_a_queue_what_could_not_be_asked_is_for_people(house: House) -> None:
    visit = accept_unasked(house)
    alone = house.open_desk("alone", asks=False)
    row = alone.row(visit)
    assert row is not None
    assert (row.light, row.need) == (Light.NEEDS_PERSON, Need.NOT_ANSWERABLE)


# -------------------------------------------------------------------------- restarts, clocks, full disks


def test_the_queue_goes_on_after_a_restart_where_it_was(house: House) -> None:
    visit = accept_unasked(house)
    first = house.open_queue()
    house.world.advance(POLICY.first)
    assert first.tick()
    again = house.open_queue("restarted")
    assert not again.tick(), "the wait stands in the ledger"
    house.world.advance(POLICY.longest)
    assert again.tick()
    assert house.row(visit).asked == 2


# --------------------------------------------------------------------- several programs over one ledger


def queue_of(house: House, process: str, **options: Any) -> Rechecker:
    own = house.ledger(process)
    return Rechecker(own, house.service, house.world, owners=own, **options)


def test_visits_of_others_are_left_to_them(house: House) -> None:
    accept_unasked(house)
    house.world.advance(POLICY.first)
    assert not queue_of(house, "queue", about=lambda _case: False).tick()
    assert asked_by_queue(house) == 0


class Slow:
    """A service that lets another program look while it is asked."""

    def __init__(self, house: House, meanwhile: Callable[[], None]) -> None:
        self._within = house.service
        self._meanwhile = meanwhile
        self.capabilities = house.service.capabilities

    def ask(self, question: Question, deadline_s: float) -> Answer | FailedAnswer:
        self._meanwhile()
        return self._within.ask(question, deadline_s)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._within, name)


def test_while_one_asks_another_one_asks_nothing_also_not_about_another_visit(house: House) -> None:
    accept_unasked(house)
    accept_unasked(house, "forty")
    house.faults.always(None)
    house.world.advance(POLICY.first)
    other = queue_of(house, "second")
    seen: list[bool] = []
    own = house.ledger("first")
    first = Rechecker(own, Slow(house, lambda: seen.append(other.tick())), house.world, owners=own)
    assert first.tick()
    assert seen == [False]
    assert other.tick(), "now it is free"
    assert asked_by_queue(house) == 2


class Overtaken(FillableLedger):
    """Another program appends its claim between this one's look and its own."""

    def __init__(self, within: Ledger, overtake: Callable[[], object]) -> None:
        super().__init__(within)
        self._overtakes = [overtake]

    def append(self, entries: Sequence[Entry], *, take_number: date | None = None) -> Head:
        while self._overtakes:
            self._overtakes.pop()()
        return super().append(entries, take_number=take_number)


def overtaken(house: House, visit: str) -> tuple[Rechecker, SqliteLedger]:
    """A queue that is about to claim, and the other program that does so a moment before."""
    other, own = house.ledger("other"), house.ledger("own")
    claim = note_entry(
        RecheckAsked(attempt=1),
        visit,
        house.world.new_id(),
        house.world.now(),
        actor="service",
        simulated=True,
    )
    late = Overtaken(own, lambda: other.append([claim]))
    return Rechecker(late, house.service, house.world, owners=own), other


def test_of_two_that_begin_at_the_same_moment_the_first_in_the_ledgers_order_asks(house: House) -> None:
    visit = accept_unasked(house)
    house.faults.always(None)
    house.world.advance(POLICY.first)
    queue, _other = overtaken(house, visit)
    assert not queue.tick()
    assert asked_by_queue(house) == 0
    types = [one.type for one in house.ledgers[0].entries(visit) if one.type.startswith("Recheck")]
    assert types == ["RecheckAsked", "RecheckAsked", "RecheckLeft"]
    assert house.row(visit).asked == 1, "what was not sent is not counted"
    house.world.advance(POLICY.deadline + POLICY.grace)
    assert queue.tick(), "the other one's question counts as lost"


class Counted:
    """A service that notes how many ask at the same time."""

    def __init__(self, house: House) -> None:
        self._within = house.service
        self._lock, self._asking = threading.Lock(), threading.Semaphore(1)
        self.capabilities = house.service.capabilities
        self.asked: list[str] = []
        self.met = 0

    def ask(self, question: Question, deadline_s: float) -> Answer | FailedAnswer:
        alone = self._asking.acquire(blocking=False)
        try:
            with self._lock:
                self.met += not alone
                self.asked.append(question.question_id)
                return self._within.ask(question, deadline_s)
        finally:
            if alone:
                self._asking.release()

    def late_answers(self) -> tuple[()]:
        return ()


def test_several_programs_that_look_all_the_time_never_ask_twice_nor_two_at_once(house: House) -> None:
    people = ("yamada", "forty", "national_health", "seventy_eight", "thirty_nine")
    visits = [accept_unasked(house, person) for person in people]
    house.faults.always(None)
    house.world.advance(POLICY.first)
    service = Counted(house)
    world = SystemWorld()
    queues = []
    for name in ("kiosk2", "console", "third"):
        own = house.ledger(name)
        frozen = Frozen(world, house.world.now())
        queues.append(Rechecker(own, service, frozen, owners=own))  # type: ignore[arg-type]
    together = threading.Barrier(len(queues))

    def work(queue: Rechecker) -> None:
        together.wait()
        for _ in range(60):
            queue.tick()

    threads = [threading.Thread(target=work, args=(queue,)) for queue in queues]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert service.met == 0
    assert len(service.asked) == len(set(service.asked)) == len(visits)
    for visit in visits:
        sent = [one.type for one in house.ledgers[0].entries(visit)]
        assert sent.count("RecheckAnswered") == 1
        assert sent.count("RecheckAsked") == 1 + sent.count("RecheckLeft")


class Frozen:
    """The machine's identifiers, at one moment of the house."""

    def __init__(self, world: SystemWorld, now: Moment) -> None:
        self._world, self._now = world, now

    def now(self) -> Moment:
        return self._now

    def new_id(self) -> str:
        return self._world.new_id()

    def random_bytes(self, count: int) -> bytes:
        return self._world.random_bytes(count)


def test_a_claim_whose_program_is_gone_holds_up_nobody_but_its_own_visit(house: House) -> None:
    visit = accept_unasked(house)
    second = accept_unasked(house, "forty")
    house.faults.always(None)
    house.world.advance(POLICY.first)
    queue, other = overtaken(house, visit)
    assert not queue.tick()
    house.ledgers.remove(other)
    other.close()
    assert queue.tick()
    assert house.row(second).light is Light.SETTLED
    assert house.row(visit).light is Light.RECHECK
    assert not queue.tick()
    house.world.advance(POLICY.deadline + POLICY.grace)
    assert queue.tick()
    assert house.row(visit).light is Light.SETTLED


def test_a_service_that_cannot_be_asked_with_numbers_is_not(house: House) -> None:
    accept_unasked(house)
    house.tardy.by_numbers = False
    house.world.advance(POLICY.first)
    assert not house.open_queue().tick()


def test_a_clock_that_is_set_back_does_not_stop_the_queue(house: House) -> None:
    accept_unasked(house)
    queue = house.open_queue()
    house.world.advance(POLICY.first)
    assert queue.tick()
    house.world.set_clock(-2 * 60 * MINUTE)
    assert queue.tick()


def test_what_cannot_be_noted_is_not_asked(house: House) -> None:
    accept_unasked(house)
    house.faults.always(None)
    ledger = FillableLedger(house.ledger("queue"))
    queue = Rechecker(ledger, house.service, house.world)
    house.world.advance(POLICY.first)
    ledger.full = True
    with pytest.raises(LedgerFull):
        queue.tick()
    assert asked_by_queue(house) == 0
    ledger.full = False
    assert queue.tick()


# ------------------------------------------------------------------------------------------ identifiers


@given(st.text(min_size=1))
def test_a_question_leads_back_to_its_entry(id_: str) -> None:
    assert asked_of(question_of(id_)) == id_
    assert asked_of(f"{id_}.ask") == ""


def test_a_late_answer_to_nobodys_question_is_passed_over(house: House) -> None:
    visit = accept_unasked(house)
    house.faults.always(None)
    queue = house.open_queue()
    house.world.advance(POLICY.first)
    house.tardy.holding = True
    assert queue.tick()
    other = house.tardy.held[0]
    house.tardy.arrived.append(type(other)(question_id="strange.recheck", answer=other.answer))
    assert not queue.tick()
    assert house.row(visit).light is Light.RECHECK


def test_a_full_disk_does_not_lose_a_late_answer(house: House) -> None:
    visit = accept_unasked(house)
    house.faults.always(None)
    ledger = FillableLedger(house.ledger("queue"))
    queue = Rechecker(ledger, house.service, house.world)
    house.world.advance(POLICY.first)
    house.tardy.holding = True
    assert queue.tick()
    house.tardy.arrive()
    ledger.full = True
    with pytest.raises(LedgerFull):
        queue.tick()
    ledger.full = False
    assert not queue.tick()
    assert house.row(visit).light is Light.SETTLED


def test_nothing_is_due_on_an_empty_board() -> None:
    now = Moment(mono=0, wall=int(datetime(2026, 11, 24, tzinfo=UTC).timestamp() * 1000))
    assert due(Board(), now, POLICY) is None
