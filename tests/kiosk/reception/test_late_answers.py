"""Answers that come when nobody waits for them any more (kiosk/reception/late_answers.py)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kiosk.desk.case import Numbers
from kiosk.desk.desk import Look
from kiosk.desk.rechecking import Rechecker
from kiosk.desk.refusing import Done, Refusal, Why
from kiosk.desk.row import Light, Need
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.reception.late_answers import LateAnswer, Questions
from kiosk.visit.acts import Act
from kiosk.visit.effects import Ask, PlaySound
from kiosk.visit.form import FormField
from simulator.national.faults import Fault
from simulator.playing.full_disk import FillableLedger
from tests.support.desks import STAFF, House
from tests.support.papers_of_people import paper_of
from tests.support.visits import DECLARED

EVERY_MS = 5_000


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "ledger")
    yield house
    house.close()


def looked_up_in_vain(house: House) -> str:
    """A verified patient whose answer is held back."""
    house.tardy.holding = True
    house.verify().touch("consent_all")
    house.tardy.holding = False
    assert house.kiosk.view.state == "ChoosingEvidence"
    return house.visit


def arrive(house: House) -> None:
    house.tardy.arrive()
    house.world.advance(EVERY_MS)
    house.kiosk.reception.look_for_late_answers()
    house.kiosk.settle()


def late(house: House) -> list[str]:
    return [record.visit for record in house.kiosk_ledger.entries() if record.type == "LateAnswer"]


def told(house: House, visit: str) -> list[tuple[str, str]]:
    """What was written of it, from the late answer on."""
    records = [(one.type, one.state) for one in house.kiosk_ledger.entries(visit)]
    return records[[type_ for type_, _state in records].index("LateAnswer") :]


def test_who_still_looks_for_another_way_is_confirmed_by_it(house: House) -> None:
    visit = looked_up_in_vain(house)
    arrive(house)
    assert late(house) == [visit]
    assert house.kiosk.view.state == "Confirmed"
    row = house.row(visit)
    assert (row.light, row.need, row.outcome) == (Light.GOING_ON, None, "confirmed")
    assert told(house, visit)[:2] == [("LateAnswer", ""), ("AnswerCame", "Confirmed")]
    house.leave()
    row = house.row(visit)
    assert (row.light, row.need, row.number) == (Light.SETTLED, None, "A001")
    answers = [one for one in house.kiosk_ledger.entries(visit) if b"insurer_number" in (one.payload or b"")]  # type: ignore[operator]
    assert [one.type for one in answers] == ["LateAnswer"], "it is kept once"
    assert house.kiosk.breaches == []


def test_so_is_who_is_writing_a_declaration_but_not_who_has_signed_it(house: House) -> None:
    writing = looked_up_in_vain(house)
    house.take(Way.CARD_DECLARATION).touch("form_hand").type(DECLARED)
    arrive(house)
    assert house.kiosk.view.state == "Confirmed"
    house.leave()
    assert house.row(writing).outcome == "confirmed"

    signed = looked_up_in_vain(house)
    house.take(Way.CARD_DECLARATION).touch("form_hand").type(DECLARED).touch("form_right").touch(
        "cannot_sign"
    )
    page = house.kiosk.view.state
    arrive(house)
    assert house.kiosk.view.state == page
    house.leave()
    row = house.row(signed)
    assert (row.outcome, row.need) == ("declared", Need.OUTCOME_CHANGED)


def test_an_answer_that_denies_leads_on_with_its_own_reason(house: House) -> None:
    house.cancel_membership("yamada")
    visit = looked_up_in_vain(house)
    arrive(house)
    assert house.kiosk.view.state == "ChoosingEvidence"
    assert house.kiosk.visit.reason is Reason.INVALID
    house.take(Way.CARD_DECLARATION).touch("form_hand").type(DECLARED).touch("form_right").touch(
        "cannot_sign"
    )
    house.leave()
    assert house.row(visit).need is None, "they declared knowing it"


def test_who_called_staff_meanwhile_keeps_waiting_for_them(house: House) -> None:
    visit = looked_up_in_vain(house)
    house.call()
    arrive(house)
    row = house.row(visit)
    assert (row.state, row.need, row.outcome) == ("WaitingForStaff", Need.CALLED, "confirmed")
    assert house.ask("resume")
    assert house.kiosk.view.state == "Confirmed"


def test_an_answer_that_no_page_waits_for_is_kept_as_well(house: House) -> None:
    """Staff are called in the very moment of the look-up."""
    house.verify()
    options = [one.act for one in house.kiosk.view.options if one.id == "consent_all"]
    house.kiosk.act(*options, Act("StaffCalled"))
    visit = house.visit
    assert late(house) == [visit]
    assert house.row(visit).outcome == "confirmed"


# -------------------------------------------------------------------------- of the re-check queue


def asked_again(house: House, queue: Rechecker) -> None:
    assert queue.tick()
    house.kiosk.reception.look_for_news()
    house.kiosk.settle()


def test_what_the_queue_is_answered_stands_beside_what_staff_are_shown(house: House) -> None:
    house.faults.always(Fault.NO_ANSWER)
    house.verify().take(Way.CERTIFICATE).touch("type_numbers").type(paper_of("yamada"))
    visit = house.visit
    assert house.row(visit).need is Need.EVIDENCE
    house.faults.always(None)
    house.world.advance(60_000)
    asked_again(house, house.open_queue())
    assert [kind for kind, state in told_types(house, visit) if state == "ShowingCertificate"][
        -1
    ] == "AnswerCame"
    check = house.kiosk.visit.fallback
    assert check is not None
    assert check.check is not None
    assert check.check.agrees
    assert house.row(visit).need is Need.EVIDENCE, "staff see it beside the paper, and decide"
    assert house.ask("accept")
    house.leave()
    row = house.row(visit)
    assert (row.light, row.need, row.to_ask_again) == (Light.SETTLED, None, False)


def told_types(house: House, visit: str) -> list[tuple[str, str]]:
    return [(one.type, one.state) for one in house.kiosk_ledger.entries(visit)]


def test_it_is_told_to_the_visit_once(house: House) -> None:
    house.faults.always(Fault.NO_ANSWER)
    house.verify().take(Way.CERTIFICATE).touch("type_numbers").type(paper_of("yamada"))
    visit = house.visit
    house.faults.always(None)
    house.world.advance(60_000)
    asked_again(house, house.open_queue())
    for _ in range(3):
        house.kiosk.reception.look_for_news()
    assert [kind for kind, _ in told_types(house, visit)].count("AnswerCame") == 1


def test_the_old_card_is_accepted_once_the_numbers_that_staff_told_were_looked_up(tmp_path: Path) -> None:
    house = House(tmp_path / "old", day=date(2026, 7, 31))
    house.without_card().take(Way.LEGACY_TOLERANCE)
    visit = house.visit
    house.row(visit)
    assert house.desk.act(visit, "accept", STAFF) == Refusal(Why.NOT_LOOKED_UP)
    paper = paper_of("yamada")
    numbers = Numbers(
        insurer_number=paper[FormField.INSURER_NUMBER],
        insured_card_symbol=paper[FormField.SYMBOL],
        insured_identification_number=paper[FormField.NUMBER],
        birth_date=paper[FormField.BIRTH_DATE],
    )
    house.desk.notebook.tell_numbers(visit, numbers, STAFF)
    queue = house.open_queue()
    assert not queue.tick(), "nobody has wished for it yet"
    case = house.desk.case(visit)
    house.desk.poll()
    assert case is not None
    assert isinstance(house.desk.notebook.ask_again(case, house.desk.today, STAFF), Done)
    asked_again(house, queue)
    house.row(visit)
    assert house.ask("accept")
    assert house.row(visit).evidence is Way.LEGACY_TOLERANCE
    house.close()


def test_or_when_staff_say_that_they_looked_it_up_elsewhere_which_is_recorded(tmp_path: Path) -> None:
    house = House(tmp_path / "old", day=date(2026, 7, 31))
    house.without_card().take(Way.LEGACY_TOLERANCE)
    visit = house.visit
    house.row(visit)
    assert house.ask("accept", looked_up="elsewhere")
    assert house.row(visit).evidence is Way.LEGACY_TOLERANCE
    (acted,) = [one for one in house.kiosk_ledger.entries(visit) if one.type == "StaffActed"]
    assert b'"looked_up":"elsewhere"' in acted.payload  # type: ignore[operator]
    look = house.desk.look(visit, STAFF)
    assert isinstance(look, Look)
    shown = look.detail()
    assert shown is not None
    assert any("desk.looked_up.elsewhere" in line.named for line in shown.lines)
    house.close()


def test_it_is_kept_with_its_visit_after_that_is_over_and_another_patient_stands_there(house: House) -> None:
    visit = looked_up_in_vain(house)
    house.take(Way.SELF_PAY).touch("pay_in_full").leave()
    house.without_card()
    assert house.visit != visit
    arrive(house)
    assert late(house) == [visit]
    row = house.row(visit)
    assert (row.need, row.outcome) == (Need.OUTCOME_CHANGED, "self_pay")
    assert house.row(house.visit).need is None


def test_it_is_looked_for_now_and_then_and_given_once(house: House) -> None:
    looked_up_in_vain(house)
    house.kiosk.reception.look_for_late_answers()
    house.kiosk.settle()
    house.tardy.arrive()
    house.kiosk.reception.look_for_late_answers()
    house.kiosk.settle()
    assert late(house) == [], "not every moment"
    house.world.advance(EVERY_MS)
    for _ in range(3):
        house.kiosk.reception.look_for_late_answers()
        house.kiosk.settle()
        house.world.advance(EVERY_MS)
    assert len(late(house)) == 1


def test_a_full_disk_does_not_lose_it(house: House) -> None:
    visit = looked_up_in_vain(house)
    ledger = FillableLedger(house.kiosk_ledger)
    house.kiosk.reception._ledger = ledger
    ledger.full = True
    arrive(house)
    assert late(house) == []
    ledger.full = False
    house.world.advance(EVERY_MS)
    house.kiosk.reception.look_for_late_answers()
    assert late(house) == [visit]


def test_an_answer_to_nobodys_question_is_not_put_to_somebody(house: House) -> None:
    looked_up_in_vain(house)
    held = house.tardy.held[0]
    now = house.world.now()
    house.kiosk.reception.handle(LateAnswer(id="x", at=now, question="strange", answer=held.answer))
    assert late(house) == []


def test_only_the_last_questions_are_remembered() -> None:
    questions = Questions()
    questions.note(PlaySound("ok"), "v")
    for number in range(1_500):
        questions.note(Ask(f"q{number}", ()), f"v{number}")
    assert questions.visit_of("q0") is None
    assert questions.visit_of("q1499") == "v1499"
    assert len(questions._asked) == 1_000
