"""What may have become of a question, one by one. The numbers are those of the table in kiosk/desk/recheck.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from kiosk.desk import recheck
from kiosk.desk.case import Numbers
from kiosk.desk.desk import Look
from kiosk.desk.notes import asked_of
from kiosk.desk.recheck import RecheckPolicy
from kiosk.desk.rechecking import Rechecker
from kiosk.desk.refusing import Done, Refusal, Why
from kiosk.desk.row import Light, Need, Next, Row
from kiosk.eligibility.port import AskByNumbers
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit.form import FormField
from simulator.national.faults import Fault
from tests.support.desks import STAFF, House
from tests.support.papers_of_people import paper_of

FIRST, LONGEST = RecheckPolicy().first, RecheckPolicy().longest


@dataclass
class Queue:
    """A visit that was accepted by its 資格確認書 while the system could not be asked, and the queue behind it."""

    house: House
    rechecker: Rechecker
    visit: str = ""

    def accept_unasked(self, persona: str = "yamada", fault: Fault = Fault.NO_ANSWER) -> Queue:
        self.house.faults.always(fault)
        self.house.verify(persona).take(Way.CERTIFICATE).touch("type_numbers").type(paper_of(persona))
        self.visit = self.house.visit
        self.house.desk.poll()
        assert self.house.ask("accept")
        self.house.leave()
        return self

    def system(self, fault: Fault | None) -> Queue:
        self.house.faults.always(fault)
        return self

    def after(self, milliseconds: int) -> Queue:
        self.house.world.advance(milliseconds)
        return self

    def asks(self) -> bool:
        return self.rechecker.tick()

    @property
    def asked(self) -> list[str]:
        """The questions of the queue that were sent."""
        return [id_ for _kind, id_ in self.house.service.asked if asked_of(id_)]

    def types(self) -> list[str]:
        """What the queue has written to the visit."""
        kinds = ("Recheck", "LateAnswer")
        return [one.type for one in self.house.ledgers[0].entries(self.visit) if one.type.startswith(kinds)]

    def row(self) -> Row:
        return self.house.row(self.visit)


@pytest.fixture
def queue(house: House) -> Queue:
    return Queue(house, house.open_queue())


def test_the_table_has_a_test_for_each_of_its_rows() -> None:
    rows = [line.split()[0] for line in (recheck.__doc__ or "").splitlines() if line[:1].isdigit()]
    tested = "".join(name for name in globals() if name.startswith("test_case_"))
    assert rows
    assert [row for row in rows if f"test_case_{row}_" not in tested] == []


# ---------------------------------------------------------------------------------------- look-ups: reads


def test_case_1_a_question_that_never_left_is_asked_again_with_a_new_id(queue: Queue) -> None:
    queue.accept_unasked()
    assert queue.row().light is Light.RECHECK
    queue.system(None).after(FIRST)
    assert queue.asks()
    assert len(queue.asked) == 1
    assert len({id_ for _kind, id_ in queue.house.service.asked}) == len(queue.house.service.asked)
    assert queue.types() == ["RecheckAsked", "RecheckAnswered"]
    row = queue.row()
    assert (row.light, row.need, row.asked, row.outcome) == (Light.SETTLED, None, 1, "accepted_by_evidence")
    assert not queue.after(LONGEST).asks()


def test_case_2a_so_is_one_whose_answer_was_lost(queue: Queue) -> None:
    queue.accept_unasked(fault=Fault.DROP_AFTER_COMMIT).system(Fault.DROP_AFTER_COMMIT).after(FIRST)
    assert queue.asks()
    assert queue.types() == ["RecheckAsked", "RecheckFailed"]
    assert queue.row().light is Light.RECHECK
    assert queue.system(None).after(LONGEST).asks()
    assert len(set(queue.asked)) == 2
    assert queue.row().light is Light.SETTLED


def test_case_2b_an_answer_that_comes_before_the_next_question_ends_the_matter(queue: Queue) -> None:
    queue.accept_unasked().system(None).after(FIRST)
    queue.house.tardy.holding = True
    assert queue.asks()
    queue.house.tardy.arrive()
    assert not queue.after(LONGEST).asks()
    assert queue.types() == ["RecheckAsked", "RecheckFailed", "LateAnswer"]
    assert queue.row().light is Light.SETTLED


def two_answers(queue: Queue, change: Callable[[], None]) -> None:
    """The first question's answer is held back; the second is answered; then the first arrives."""
    queue.system(None).after(FIRST)
    queue.house.tardy.holding = True
    assert queue.asks()
    queue.house.tardy.holding = False
    change()
    assert queue.after(LONGEST).asks()
    queue.house.tardy.arrive()
    assert not queue.asks()
    assert queue.types() == ["RecheckAsked", "RecheckFailed", "RecheckAsked", "RecheckAnswered", "LateAnswer"]


def test_case_2c_one_that_comes_after_the_next_answer_is_kept_beside_it(queue: Queue) -> None:
    two_answers(queue.accept_unasked(), lambda: None)
    assert queue.row().light is Light.SETTLED


def test_case_2c_and_raises_the_visit_where_it_says_something_else(queue: Queue) -> None:
    """The person is put on the list of invalid ones between the two."""
    queue.accept_unasked()
    two_answers(queue, lambda: queue.house.cancel_membership("yamada"))
    row = queue.row()
    assert (row.light, row.need, row.next) == (Light.NEEDS_PERSON, Need.OUTCOME_CHANGED, Next.COMPARE)
    look = queue.house.desk.look(queue.visit, STAFF)
    assert isinstance(look, Look)
    shown = look.detail()
    assert shown is not None
    assert {(one.verdict.says, one.late) for one in shown.answers} == {("valid", True), ("not_valid", True)}


def test_case_2d_an_answer_that_overtakes_the_next_one_counts(queue: Queue) -> None:
    queue.accept_unasked().system(None).after(FIRST)
    tardy = queue.house.tardy
    tardy.holding = True
    assert queue.asks()
    assert queue.after(LONGEST).asks()
    tardy.arrive(1)
    tardy.arrive(0)
    assert not queue.after(LONGEST).asks()
    assert queue.types()[-2:] == ["LateAnswer", "LateAnswer"]
    assert queue.row().light is Light.SETTLED
    assert len(queue.asked) == 2


def test_case_3_what_the_system_still_processes_has_a_time_of_its_own(queue: Queue) -> None:
    queue.accept_unasked().system(Fault.STILL_PROCESSING)
    for _ in range(3):
        assert queue.after(LONGEST).asks()
    waits = queue.row().next_ask
    queue.system(None)
    queue.house.confirm("forty")
    assert not queue.asks(), "that others are answered means nothing for this one"
    assert queue.row().next_ask == waits
    assert queue.after(LONGEST).asks()
    assert queue.row().light is Light.SETTLED


def test_case_4_an_error_that_asking_again_would_bring_again_is_for_a_person(queue: Queue) -> None:
    queue.accept_unasked().system(Fault.SERVICE_ERROR).after(FIRST)
    assert queue.asks()
    row = queue.row()
    assert (row.light, row.need, row.next) == (Light.NEEDS_PERSON, Need.NOT_ANSWERABLE, Next.ASK_AGAIN)
    assert not queue.system(None).after(10 * LONGEST).asks()
    case = queue.house.desk.case(queue.visit)
    assert case is not None
    assert isinstance(queue.house.desk.notebook.ask_again(case, queue.house.desk.today, STAFF), Done)
    assert queue.asks()
    assert queue.row().light is Light.SETTLED


def test_case_5_an_answer_about_somebody_else_is_none(queue: Queue) -> None:
    queue.accept_unasked().system(Fault.WRONG_PERSON).after(FIRST)
    assert queue.asks()
    assert queue.types() == ["RecheckAsked", "RecheckFailed"]
    row = queue.row()
    assert (row.need, row.kana) == (Need.NOT_ANSWERABLE, "")
    assert not queue.system(None).after(LONGEST).asks()


def test_case_6_after_maintenance_it_is_asked_again(queue: Queue) -> None:
    queue.accept_unasked(fault=Fault.MAINTENANCE).after(FIRST)
    assert queue.asks()
    assert queue.row().light is Light.RECHECK
    assert queue.system(None).after(LONGEST).asks()
    assert queue.row().light is Light.SETTLED


def test_case_7_a_question_whose_program_ended_counts_as_lost_and_is_asked_again(queue: Queue) -> None:
    queue.accept_unasked().system(None).after(FIRST)

    class Power(Exception):
        """It is gone."""

    def cut(question: object) -> None:
        if isinstance(question, AskByNumbers):
            raise Power

    queue.house.service._listener = cut
    with pytest.raises(Power):
        queue.asks()
    assert queue.types() == ["RecheckAsked"], "noted before it is sent"
    queue.house.service._listener = lambda _question: None
    queue.rechecker = queue.house.open_queue("restarted")
    assert not queue.asks(), "its answer may still be on the way"
    policy = RecheckPolicy()
    assert queue.after(policy.deadline + policy.grace).asks()
    assert queue.row().light is Light.SETTLED
    assert queue.row().asked == 2


def test_case_8_a_question_is_never_put_off_to_another_day(queue: Queue) -> None:
    queue.accept_unasked().after(24 * 3_600_000).system(None)
    assert not queue.asks()
    row = queue.row()
    assert (row.light, row.need, row.next) == (Light.NEEDS_PERSON, Need.DAY_OVER, Next.FIND_OUT)
    case = queue.house.desk.case(queue.visit)
    assert case is not None
    wish = queue.house.desk.notebook.ask_again(case, queue.house.desk.today, STAFF)
    assert wish == Refusal(Why.MOVED_ON)
    queue.house.desk.notebook.settle(queue.visit, STAFF, "加入先に電話で確認")
    assert queue.row().light is Light.SETTLED


def test_case_9_without_numbers_a_person_may_tell_them(queue: Queue) -> None:
    house = queue.house
    house.faults.always(Fault.NO_ANSWER)
    house.verify().take(Way.SELF_PAY).touch("pay_in_full")
    queue.visit = house.visit
    house.leave()
    house.faults.always(None)
    assert not queue.after(FIRST).asks()
    row = queue.row()
    assert (row.light, row.need, row.next) == (Light.NEEDS_PERSON, Need.NO_NUMBERS, Next.TELL_NUMBERS)
    paper = paper_of("yamada")
    numbers = Numbers(
        insurer_number=paper[FormField.INSURER_NUMBER],
        insured_card_symbol=paper[FormField.SYMBOL],
        insured_identification_number=paper[FormField.NUMBER],
        insured_branch_number=paper[FormField.BRANCH],
        birth_date=paper[FormField.BIRTH_DATE],
    )
    assert isinstance(house.desk.notebook.tell_numbers(queue.visit, numbers, STAFF), Done)
    assert queue.row().light is Light.RECHECK
    assert queue.asks()
    row = queue.row()
    assert (row.need, row.outcome) == (Need.OUTCOME_CHANGED, "self_pay"), (
        "valid after all: the bill is another"
    )


# ----------------------------------------------------------------------------------- registrations: writes


def test_case_10_a_registration_that_was_never_sent_is_the_patients_to_want_again(queue: Queue) -> None:
    house = queue.house
    house.verify("unregistered")
    house.tardy.unsent = True
    house.touch("register").take(Way.SELF_PAY).touch("pay_in_full")
    queue.visit = house.visit
    house.leave()
    for _ in range(3):
        queue.after(LONGEST).asks()
    assert house.service.counts["register"] == 1
    assert queue.row().reason is Reason.NETWORK_FAULT
    assert queue.row().need is not Need.REGISTRATION_UNKNOWN


def test_case_11_a_registration_of_unknown_outcome_is_never_repeated(queue: Queue) -> None:
    house = queue.house
    house.verify("unregistered")
    house.faults.next(Fault.DROP_AFTER_COMMIT)
    house.touch("register")
    queue.visit = house.visit
    house.desk.poll()
    assert house.ask("handled")
    house.leave()
    for _ in range(3):
        assert not queue.after(LONGEST).asks()
    assert house.service.counts["register"] == 1
    assert queue.row().need is Need.REGISTRATION_UNKNOWN
    house.desk.notebook.settle(queue.visit, STAFF, "登録済みと確認")
    assert queue.row().light is Light.SETTLED


def test_what_the_queue_writes_of_a_simulated_visit_is_marked_as_such(queue: Queue) -> None:
    queue.accept_unasked().system(None).after(FIRST)
    queue.asks()
    notes = [one for one in queue.house.ledgers[0].entries(queue.visit) if one.type.startswith("Recheck")]
    assert [one.simulated for one in notes] == [True, True]
