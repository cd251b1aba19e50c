"""What staff say to what is shown, and how they are called from the other ways (kiosk/visit/flow/staff.py)."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from kiosk.evidence.case import Case, Facility
from kiosk.evidence.deciding import decide
from kiosk.evidence.loading import book
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import AlertStaff, AssignNumber, MakePaper, PrintTicket
from kiosk.visit.flow.staff import way_shown
from kiosk.visit.policy import Policy
from kiosk.visit.states import ChoosingEvidence, FillingDeclaration, WaitingForStaff
from tests.support.arguments import PAPER
from tests.support.on_the_road import PAGES, question, taken, unlocking, ways
from tests.support.visits import ALL, FULL, TEXT, Table, answer, coverage, facts

VALID = answer("1", coverage(insurer_number="01130012", insured_identification_number="4711"))

# --------------------------------------------------------------------------------------- called and back


@pytest.mark.parametrize("name", PAGES)
def test_staff_can_be_called_from_every_page_and_the_patient_finds_it_again(name: str) -> None:
    table = PAGES[name]()
    page, road = table.visit.state, table.visit.fallback
    table.feed(e.StaffCalled)
    assert table.last == (AlertStaff("called"),)
    assert isinstance(table.visit.state, WaitingForStaff)
    assert table.visit.deadline is None
    table.touch("go_on_alone")
    assert (table.visit.state, table.visit.fallback) == (page, road)


@pytest.mark.parametrize("name", PAGES)
def test_so_does_whom_staff_send_on(name: str) -> None:
    table = PAGES[name]()
    page = table.visit.state
    table.feed(e.StaffCalled)
    table.staff("resume")
    assert table.visit.state == page


def test_where_a_person_is_on_the_way_already_the_page_stays() -> None:
    table = Table(FULL).without_card().take(Way.DECLARATION_EMERGENCY)
    before = table.visit
    assert table.feed(e.StaffCalled) is before
    assert table.last == (AlertStaff("called"),)


@pytest.mark.parametrize("step", ["tries", "reading"])
def test_who_calls_staff_while_the_card_is_read_finds_the_form_again(step: str) -> None:
    table = ways().take(Way.CARD_DECLARATION)
    table.touch("form_card")
    table.touch("text_key_pin")
    if step == "reading":
        table.feed(e.TextTriesTold, insertion=1, key="pin", tries_left=2)
        table.feed(e.PinEntered, slot="a")
    table.feed(e.StaffCalled)
    table.feed(e.CardTextRead, insertion=1, text=TEXT)
    table.touch("go_on_alone")
    assert table.visit.state == FillingDeclaration(way=Way.CARD_DECLARATION)
    assert table.road.form.answers == ()


@pytest.mark.parametrize("name", ["form: question", "form: summary", "form: signature"])
def test_a_form_is_found_under_its_cover_when_the_card_went_meanwhile(name: str) -> None:
    table = PAGES[name]()
    page = table.visit.state
    table.feed(e.StaffCalled)
    table.feed(e.CardRemoved, insertion=1)
    table.touch("go_on_alone")
    assert table.view.variant == "covered"
    table.touch("form_go_on")
    assert table.visit.state == page


def test_a_key_is_not_asked_for_a_card_that_went_meanwhile() -> None:
    for gone in ({"card": True}, {"reader": True}):
        table = unlocking()
        table.feed(e.StaffCalled)
        if "card" in gone:
            table.feed(e.CardRemoved, insertion=1)
        else:
            table.feed(e.ReaderChanged, available=False)
        table.touch("go_on_alone")
        assert table.options == ["form_hand", "form_paper"]


def test_what_has_its_own_page_without_the_card_is_found_again() -> None:
    for name in ("certificate", "notice", "known: number", "full payment", "ways"):
        table = PAGES[name]()
        page = table.visit.state
        table.feed(e.StaffCalled)
        table.feed(e.CardRemoved, insertion=1)
        table.touch("go_on_alone")
        assert table.visit.state == page


def test_who_waits_for_a_person_may_place_the_card_after_all() -> None:
    table = Table(FULL).without_card()
    table.feed(e.StaffCalled)
    table.feed(e.CardInserted, insertion=1)
    assert table.state == "ReadingCard"
    table.feed(e.CardRead, insertion=1, facts=facts())
    assert table.state == "ChoosingVerification"


# ------------------------------------------------------------------------------------- accept, and refuse


@pytest.mark.parametrize("name", PAGES)
def test_staff_accept_from_any_page_what_the_book_offers_this_patient_and_nothing_else(name: str) -> None:
    for way in Way:
        table = PAGES[name]()
        if way is way_shown(table.visit.state) and name.startswith("known: "):
            continue  # that is to see who it is: test_known_data.py
        before = table.visit
        offered = set(book().ways) & set(table_ways(table))
        table.staff("accept", way)
        if way not in offered:
            assert table.visit is before, way
        elif way in book().electronic:
            assert table.visit.outcome == "handed_to_staff"
        else:
            assert table.visit.evidence is way


def table_ways(table: Table) -> set[Way]:
    """What the book offers somebody in that situation, whether the facility knows them or not."""
    reason = table.visit.reason or Reason.NEEDS_ASSISTANCE
    cause = table.visit.fallback.cause if table.visit.fallback is not None else ""
    policy = table.visit.policy
    facility = replace(policy.facility, capabilities=policy.capabilities)
    cases = [
        Case(reason=reason, day=table.day, known=known, cause=cause, facility=facility)
        for known in (False, True)
    ]
    return {way for case in cases for way in decide(case, book()).ways}


def test_the_old_card_is_accepted_to_its_last_day_by_staff_too() -> None:
    """S4#31, M."""
    for day, accepted in ((date(2026, 7, 31), True), (date(2026, 8, 1), False)):
        table = Table(FULL, day).until_ways(Reason.PIN_LOCKED, day=day)
        table.staff("accept", Way.LEGACY_TOLERANCE, looked_up="elsewhere")
        assert (table.visit.evidence is Way.LEGACY_TOLERANCE) is accepted


TOLERATED = date(2026, 7, 31)


def test_the_old_card_is_tolerated_only_with_a_look_up_by_its_numbers() -> None:
    """From 2025-12-02 on staff's eyes alone do not do."""
    table = Table(FULL, TOLERATED).until_ways(Reason.PIN_LOCKED, day=TOLERATED).take(Way.LEGACY_TOLERANCE)
    assert table.staff("accept").result() == (None, None)
    table.feed(e.AnswerCame, question="q1", answer=answer("2"), paper=PAPER, asked="for_staff")
    assert table.staff("accept").result() == (None, None), "the system says otherwise"
    table.feed(e.AnswerCame, question="q2", answer=VALID, paper=PAPER, asked="for_staff")
    assert table.staff("accept").result() == ("accepted_by_evidence", Way.LEGACY_TOLERANCE)


def test_staff_may_say_that_they_looked_the_old_card_up_at_another_place() -> None:
    table = Table(FULL, TOLERATED).until_ways(Reason.PIN_LOCKED, day=TOLERATED).take(Way.LEGACY_TOLERANCE)
    table.staff("accept", looked_up="elsewhere")
    assert table.result() == ("accepted_by_evidence", Way.LEGACY_TOLERANCE)


def test_the_old_card_is_shown_to_a_person_and_accepted() -> None:
    day = date(2025, 11, 30)
    table = Table(FULL, day).until_ways(Reason.PIN_LOCKED, day=day).take(Way.LEGACY_CARD).staff("accept")
    assert table.result() == ("accepted_by_evidence", Way.LEGACY_CARD)


@pytest.mark.parametrize("way", [Way.VERIFY_BY_STAFF, Way.OTHER_READER])
def test_what_ends_on_another_machine_or_by_eye_is_handed_to_staff(way: Way) -> None:
    facility = Facility(face_check=False, staff_check=True, other_reader=True)
    reason = Reason.PIN_LOCKED if way is Way.VERIFY_BY_STAFF else Reason.READER_FAULT
    table = Table(Policy(capabilities=ALL, facility=facility)).until_ways(reason).take(way).staff("accept")
    assert table.result() == ("handed_to_staff", None)
    assert table.state == "TakeCard"


def test_what_staff_accept_while_they_are_awaited_ends_the_visit_with_number_and_papers() -> None:
    table = Table(FULL).until_ways(Reason.AMBIGUOUS)
    assert isinstance(table.visit.state, WaitingForStaff)
    table.staff("accept", Way.SELF_PAY)
    assert AssignNumber() in table.last
    table.number("A4")
    assert table.state == "TakeCard"
    assert PrintTicket("A4") in table.last
    assert [paper.kind for paper in table.of(MakePaper)] == ["refund_slip"]


def test_so_does_what_they_accept_beside_a_form_that_was_begun() -> None:
    table = question()
    table.feed(e.StaffCalled)
    table.staff("accept", Way.CERTIFICATE).number("A4")
    assert (table.state, table.visit.evidence) == ("TakeCard", Way.CERTIFICATE)
    assert table.of(MakePaper) == []


def test_accepting_nothing_in_particular_where_nothing_is_shown_changes_nothing() -> None:
    for name in ("ways", "no card", "companion"):
        table = PAGES[name]()
        before = table.visit
        table.staff("accept")
        table.staff("refuse")
        assert table.visit is before
    waiting = ways()
    waiting.feed(e.StaffCalled)
    before = waiting.visit
    waiting.staff("accept")
    assert waiting.visit is before


def test_full_payment_is_never_refused() -> None:
    """Always last, always there."""
    for prepare in (taken(Way.SELF_PAY), ways):
        table = prepare()
        table.staff("refuse", Way.SELF_PAY)
        table.feed(e.EvidenceWanted)
        assert table.state in ("ChoosingEvidence", "ExplainingSelfPay")
        if table.state == "ChoosingEvidence":
            assert table.ways()[-1] == "self_pay"
    waiting = ways()
    waiting.feed(e.StaffCalled)
    waiting.staff("refuse", Way.SELF_PAY)
    assert waiting.ways()[-1] == "self_pay"


def test_everything_else_refused_leaves_full_payment() -> None:
    table = ways()
    for way in Way:
        table.staff("refuse", way)
        table.feed(e.EvidenceWanted)
    assert table.ways() == ["self_pay"]


def test_staff_lead_a_waiting_patient_to_the_ways() -> None:
    for prepare in (Table.until_consent, Table.until_lookup, Table.until_keypad):
        table = prepare(Table(FULL))
        table.feed(e.StaffCalled)
        table.staff("evidence")
        assert isinstance(table.visit.state, ChoosingEvidence)
        assert table.road.reason is Reason.NEEDS_ASSISTANCE
        assert table.ways()[-1] == "self_pay"


def test_and_a_patient_who_shows_something_to_another_way() -> None:
    table = ways().take(Way.CERTIFICATE).staff("evidence")
    assert table.state == "ChoosingEvidence"
    assert "certificate" in table.ways(), "nothing was refused"


def test_staff_refuse_a_way_for_a_waiting_patient() -> None:
    table = ways()
    table.feed(e.StaffCalled)
    table.staff("refuse", Way.CARD_PORTAL)
    assert "card_portal" not in table.ways()


@pytest.mark.parametrize("name", PAGES)
def test_staff_end_any_page_from_their_side(name: str) -> None:
    for action, outcome in (("handled", "handed_to_staff"), ("restart", "abandoned")):
        table = PAGES[name]().staff(action)
        assert table.visit.outcome == outcome
        assert table.visit.fallback is None
        assert table.state in ("TakeCard", "Finished", "Abandoned")


def test_to_go_on_is_said_only_to_who_waits() -> None:
    table = ways()
    before = table.visit
    table.staff("resume")
    assert table.visit is before


# ---------------------------------------------------------------------- accepted, and the number is not there


def accepted() -> Table:
    return ways().take(Way.CERTIFICATE).staff("accept")


def test_a_second_word_of_staff_changes_no_result() -> None:
    table = accepted()
    before = table.visit
    for action in ("accept", "refuse", "evidence", "resume"):
        table.staff(action, Way.SELF_PAY)
        assert table.visit is before


@pytest.mark.parametrize("action", ["handled", "restart"])
def test_a_page_that_waits_for_a_number_can_still_be_ended(action: str) -> None:
    table = accepted().staff(action)
    assert table.state == "TakeCard"
    assert table.visit.outcome == "accepted_by_evidence"
    table.number("A3")
    assert table.visit.number == "A3"


def test_who_calls_staff_at_that_moment_is_finished_with_the_number() -> None:
    table = accepted()
    table.feed(e.StaffCalled)
    table.number("A3")
    assert (table.state, table.visit.number) == ("TakeCard", "A3")


def test_and_without_one_goes_on_to_the_end() -> None:
    table = accepted()
    table.feed(e.StaffCalled)
    table.feed(e.StaffCancelled)
    assert (table.state, table.visit.outcome) == ("TakeCard", "accepted_by_evidence")


def test_an_accepted_visit_is_not_led_back_to_the_ways() -> None:
    table = accepted()
    table.feed(e.StaffCalled)
    before = table.visit
    table.staff("evidence")
    table.staff("accept", Way.SELF_PAY)
    table.feed(e.EvidenceWanted)
    assert table.visit is before


def test_a_service_that_can_do_nothing_is_no_hindrance() -> None:
    table = Table(Policy(capabilities=frozenset())).without_card().take(Way.CERTIFICATE).staff("accept")
    assert table.visit.evidence is Way.CERTIFICATE
