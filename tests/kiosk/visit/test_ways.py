"""The page of the other ways: which are offered, in which order, and where each leads (flow/evidence.py)."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from drivers.interface import Failure, Fault
from kiosk.coverage.services import Capability
from kiosk.evidence.case import Facility
from kiosk.evidence.loading import book
from kiosk.evidence.model import Way
from kiosk.evidence.own_contacts import own_contact
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import (
    AlertStaff,
    Ask,
    AssignNumber,
    FindPatient,
    ForgetCard,
    MakePaper,
    OpenCard,
    PlaySound,
    PrintTicket,
    ReadCard,
    Register,
)
from kiosk.visit.form import Form, FormField
from kiosk.visit.moves import FOR_STAFF
from kiosk.visit.policy import Policy
from kiosk.visit.presenting import view_of
from kiosk.visit.states import ChoosingEvidence, IdentifyingKnown, WaitingForStaff
from tests.support.visits import ALL, FULL, TARO, Table, answer, facts

WITH_CARD = ["certificate", "card_portal", "card_notice", "card_declaration", "self_pay"]


# ------------------------------------------------------------------------------------- what is offered


@pytest.mark.parametrize(
    ("reason", "electronic"),
    [
        (Reason.NETWORK_FAULT, ["retry"]),
        (Reason.SERVICE_FAULT, ["retry"]),
        (Reason.VERIFICATION_FAILED, ["retry", "verify_by_pin"]),
        (Reason.NO_PHOTO, ["verify_by_pin"]),
        (Reason.MAINTENANCE, []),
        (Reason.SERVICE_ERROR, []),
        (Reason.NOT_REGISTERED, ["register_here"]),
        (Reason.DEREGISTERED, ["register_here"]),
        (Reason.CERTIFICATE_REVOKED, []),
    ],
)
def test_what_still_ends_electronically_comes_first_and_then_the_papers_in_the_order_of_the_book(
    reason: Reason, electronic: list[str]
) -> None:
    ways = Table().until_ways(reason).ways()
    assert ways == electronic + WITH_CARD
    order = [str(way) for way in book().ways]
    assert ways == sorted(ways, key=order.index)


def test_without_a_card_nothing_that_needs_one_is_offered() -> None:
    assert Table().without_card().ways() == ["certificate", "declaration_emergency", "self_pay"]


@pytest.mark.parametrize(
    ("day", "old_card"),
    [
        (date(2025, 12, 1), ["legacy_card"]),
        (date(2025, 12, 2), ["legacy_tolerance"]),
        (date(2026, 7, 31), ["legacy_tolerance"]),
        (date(2026, 8, 1), []),
    ],
)
def test_the_old_insurance_card_is_offered_to_its_last_day_and_not_beyond(
    day: date, old_card: list[str]
) -> None:
    """S0, S1#4, S4#31; the tolerance: M."""
    table = Table(FULL, day).until_ways(Reason.PIN_LOCKED, day=day)
    assert [way for way in table.ways() if way.startswith("legacy")] == old_card


def test_the_old_card_with_its_look_up_is_not_offered_while_nothing_can_be_asked() -> None:
    day = date(2026, 1, 15)
    assert "legacy_tolerance" not in Table(FULL, day).until_ways(Reason.NETWORK_FAULT, day=day).ways()


@pytest.mark.parametrize(("patient_file", "offered"), [(True, True), (False, False)])
def test_who_may_be_in_the_facilitys_file_is_offered_to_be_looked_for(
    patient_file: bool, offered: bool
) -> None:
    table = Table(Policy(capabilities=ALL, patient_file=patient_file)).until_ways()
    assert ("known_data" in table.ways()) is offered


def test_what_a_facility_has_besides_this_reader_is_offered_too() -> None:
    facility = Facility(face_check=True, staff_check=True, other_reader=True)
    table = Table(Policy(capabilities=ALL, facility=facility)).until_ways(Reason.FACE_FAILED)
    assert table.ways()[:2] == ["verify_by_pin", "verify_by_staff"]
    broken = Table(Policy(capabilities=ALL, facility=facility)).until_ways(Reason.READER_FAULT)
    assert broken.ways()[:2] == ["retry", "other_reader"]


def test_what_goes_on_by_itself_is_no_way_to_choose() -> None:
    for reason in Reason:
        if reason not in FOR_STAFF:
            assert not {"recheck_later", "verify_by_face"} & set(Table(FULL).until_ways(reason).ways())


def test_more_ways_than_a_page_holds_are_turned_over_and_begin_again() -> None:
    table = Table(FULL).until_ways()
    first = table.options
    assert first[-1] == "more_ways"
    assert len(first) == 5
    table.touch("more_ways")
    assert table.options == ["way_known_data", "way_card_declaration", "way_self_pay", "more_ways"]
    table.touch("more_ways")
    assert table.options == first


def test_a_page_that_lost_its_ways_begins_again() -> None:
    """The patient is found while the last page is open, and the list ends before it."""
    table = Table(FULL).until_lookup()
    table.feed(e.Answered, question=table.question(), answer=answer("2"))
    asked = table.of(FindPatient)[0].question
    table.staff("refuse", Way.CARD_PORTAL)
    table.touch("more_ways")
    assert table.options == ["way_self_pay", "more_ways"]
    table.feed(e.PatientFound, question=asked, patient=TARO, match="numbers")
    assert table.options == ["way_certificate", "way_card_notice", "way_known_data", "way_self_pay"]


# ------------------------------------------------------------------------------ what is said about them


def test_the_page_says_why_and_what_helps_and_what_is_not_accepted() -> None:
    table = Table(FULL).until_ways(Reason.PIN_LOCKED)
    view = table.view
    assert view.title.key == "reason.pin_locked.patient"
    assert [sentence.key for sentence in view.body] == ["reason.pin_locked.remedy"]
    assert view.code == "pin_locked"
    told = {detail.label: detail.value.key for detail in view.details if not isinstance(detail.value, str)}
    assert told["document.legacy_card.name"] == "refused.old_card_ended"
    assert told["document.notice_copy.name"] == "refused.only_for_school_trips"


def test_staff_see_the_code_as_received() -> None:
    table = Table().until_lookup()
    failed = answer("", segment="9", error_code="X1", error_message="架空")
    table.feed(e.Answered, question=table.question(), answer=failed)
    assert table.view.code == "X1"
    assert isinstance(table.visit.state, ChoosingEvidence)
    assert table.visit.state.message == "架空"


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (Reason.NETWORK_FAULT, True),
        (Reason.SERVICE_FAULT, True),
        (Reason.SERVICE_ERROR, True),
        (Reason.PIN_FORGOTTEN, False),
        (Reason.INVALID, False),
        (Reason.MAINTENANCE, False),
    ],
)
def test_what_the_facility_must_mend_is_told_to_staff_although_the_patient_goes_on(
    reason: Reason, told: bool
) -> None:
    table = Table().until_ways(reason)
    assert (AlertStaff(reason) in table.last) is told
    assert PlaySound("attention") in table.last


@pytest.mark.parametrize("reason", sorted(FOR_STAFF))
def test_what_a_person_must_settle_is_not_left_to_the_patient(reason: Reason) -> None:
    table = Table().until_ways(reason)
    assert isinstance(table.visit.state, WaitingForStaff)
    assert AlertStaff(reason) in table.last


@pytest.mark.parametrize("reason", sorted(FOR_STAFF))
def test_and_still_nobody_has_to_wait_for_that_person(reason: Reason) -> None:
    table = Table(FULL).until_ways(reason)
    table.touch("other_ways")
    assert table.view.title.key == f"reason.{reason}.patient"
    assert table.ways()[-1] == "self_pay"


# --------------------------------------------------------------------------------- which way is taken


@pytest.mark.parametrize(
    ("way", "page"),
    [
        (Way.CERTIFICATE, "ShowingCertificate"),
        (Way.CARD_PORTAL, "ShowingPortal"),
        (Way.CARD_NOTICE, "ShowingNotice"),
        (Way.KNOWN_DATA, "IdentifyingKnown"),
        (Way.CARD_DECLARATION, "FillingDeclaration"),
        (Way.SELF_PAY, "ExplainingSelfPay"),
    ],
)
def test_each_way_has_its_page_and_leads_back_to_the_list(way: Way, page: str) -> None:
    table = Table(FULL).until_ways()
    table.take(way)
    assert table.state == page
    table.feed(e.BackChosen)
    assert table.state == "ChoosingEvidence"
    assert way in table.ways()


@pytest.mark.parametrize("way", [Way.CERTIFICATE, Way.CARD_PORTAL, Way.CARD_NOTICE])
def test_what_a_person_must_see_calls_that_person(way: Way) -> None:
    table = Table(FULL).until_ways().take(way)
    assert table.last == (AlertStaff("evidence"),)


@pytest.mark.parametrize("way", [Way.LEGACY_TOLERANCE, Way.DECLARATION_EMERGENCY, Way.OTHER_READER])
def test_what_has_no_page_of_its_own_is_for_a_person(way: Way) -> None:
    day = date(2026, 1, 15)
    facility = Facility(face_check=False, staff_check=False, other_reader=True)
    policy = Policy(capabilities=ALL | {Capability.BY_NUMBERS}, facility=facility)
    if way is Way.DECLARATION_EMERGENCY:
        table = Table(policy, day).without_card()
    else:
        table = Table(policy, day).until_ways(Reason.READER_FAULT, day=day)
    table.take(way)
    assert table.state == "StaffVerifying"
    assert table.view.variant == way
    assert table.last == (AlertStaff("evidence"),)


def test_a_way_that_is_not_offered_is_not_taken() -> None:
    table = Table().until_ways(Reason.PIN_FORGOTTEN)
    before = table.visit
    for way in (Way.LEGACY_CARD, Way.SCHOOL_TRIP_COPY, Way.REGISTER_HERE, Way.RECHECK_LATER, Way.KNOWN_DATA):
        assert table.feed(e.EvidenceChosen, way=way) is before


def test_a_look_up_is_asked_again_with_a_new_question_and_the_same_consents() -> None:
    table = Table().until_lookup()
    table.feed(e.AskFailed, question=table.question(), reason=Reason.NETWORK_FAULT)
    table.take(Way.RETRY)
    first, second = table.of(Ask)
    assert first.question != second.question
    assert first.consents == second.consents


def test_a_recognition_that_failed_is_asked_again() -> None:
    table = Table().until_ways(Reason.SERVICE_FAULT).take(Way.RETRY)
    assert table.state == "EnteringPin"
    assert len(table.of(OpenCard)) == 2


def test_where_the_card_was_taken_trying_again_begins_with_placing_it() -> None:
    table = Table().until_ways()
    table.feed(e.CardRemoved, insertion=1)
    table.take(Way.RETRY)
    assert table.state == "Welcome"
    assert table.visit.fallback is None


def test_a_patient_who_declined_may_still_register_on_the_spot() -> None:
    """S0, S1#8."""
    table = Table().until_opening()
    table.feed(e.CardOpened, question=table.question(), registered=False)
    table.touch("register_not")
    table.take(Way.REGISTER_HERE)
    assert table.state == "OfferingRegistration"
    table.touch("register")
    assert len(table.of(Register)) == 1


def test_registering_is_not_offered_for_a_card_that_is_gone() -> None:
    table = Table().until_opening()
    table.feed(e.CardOpened, question=table.question(), registered=False)
    table.touch("register_not")
    table.feed(e.CardRemoved, insertion=1)
    assert "register_here" not in table.ways()


def test_verification_by_pin_reads_the_card_anew() -> None:
    table = Table().until_ways(Reason.VERIFICATION_FAILED).take(Way.VERIFY_BY_PIN)
    assert (table.state, table.last) == ("ReadingCard", (ForgetCard(), ReadCard(1)))
    table.feed(e.CardRead, insertion=1, facts=facts())
    assert table.state == "ChoosingVerification"


def test_a_card_that_cannot_be_read_leads_to_the_other_ways_from_its_own_page() -> None:
    table = Table()
    table.feed(e.CardInserted, insertion=1, mute=True)
    table.touch("other_ways")
    assert table.road.reason is Reason.CARD_UNREADABLE
    assert table.ways()[:2] == ["retry", "certificate"]


def test_the_page_tells_of_what_went_wrong_last() -> None:
    """Somebody without a card finds one, and it cannot be read."""
    table = Table().without_card()
    table.feed(e.CardInserted, insertion=1, mute=True)
    table.touch("other_ways")
    assert table.view.title.key == "reason.card_unreadable.patient"
    assert "card_notice" in table.ways()


def test_after_a_second_fault_the_ways_are_those_of_the_second() -> None:
    table = Table().until_ways(Reason.NETWORK_FAULT).take(Way.RETRY)
    table.feed(e.AskFailed, question=table.question(), reason=Reason.AMBIGUOUS)
    assert isinstance(table.visit.state, WaitingForStaff)
    table.touch("other_ways")
    assert table.road.reason is Reason.AMBIGUOUS
    assert "retry" not in table.ways()


def test_a_verified_visit_whose_card_cannot_be_recognised_any_more_has_nothing_verified() -> None:
    """The reader went away and came back, and a card lies there that does not answer: nobody knows whose it is."""
    table = Table().until_lookup()
    table.feed(e.ReaderChanged, available=False)
    table.feed(e.ReaderChanged, available=True)
    table.feed(e.CardInserted, insertion=2, mute=True)
    table.touch("other_ways")
    assert table.visit.verified is None
    assert ForgetCard() in table.last
    table.take(Way.RETRY)
    assert (table.state, table.last) == ("ReadingCard", (ReadCard(2),))


def test_a_fault_of_the_card_on_the_way_to_the_pin_is_a_fault_of_the_terminal_where_it_is_one() -> None:
    table = Table().until_keypad()
    table.feed(e.PinEntered, slot="a")
    table.feed(e.CardFailed, insertion=1, failure=Failure(Fault.INTERNAL, False, "detail"))
    assert table.road.reason is Reason.TERMINAL_FAULT
    assert AlertStaff(Reason.TERMINAL_FAULT) in table.last


# --------------------------------------------------------------------------------------- back from it


def test_back_leads_only_to_a_page_of_questions() -> None:
    assert not Table().until_ways().view.back
    without = Table().without_card()
    assert without.view.back
    without.feed(e.BackChosen)
    assert without.state == "ExplainingNoCard"
    helped = Table()
    helped.touch("companion")
    helped.touch("with_companion")
    helped.feed(e.BackChosen)
    assert helped.state == "Companion"
    phone = Table()
    phone.touch("phone")
    assert phone.road.reason is Reason.PHONE_WITHOUT_READER
    phone.feed(e.BackChosen)
    assert phone.state == "Welcome"


def test_after_something_went_wrong_back_means_nothing() -> None:
    table = Table().until_ways()
    before = table.visit
    assert table.feed(e.BackChosen) is before


# ----------------------------------------------------------------------------- found by an answer's data


def denied(code: str = "2", policy: Policy = FULL) -> Table:
    table = Table(policy).until_lookup()
    table.feed(e.Answered, question=table.question(), answer=answer(code))
    return table


@pytest.mark.parametrize("code", ["2", "3", "4"])
def test_whom_the_system_does_not_confirm_is_looked_for_in_the_facilitys_file(code: str) -> None:
    """``known`` (a): by the answer's reference or numbers."""
    table = denied(code)
    (asked,) = table.of(FindPatient)
    assert asked.answer == table.visit.answer
    table.feed(e.PatientFound, question=asked.question, patient=TARO, match="reference")
    assert table.road.known == TARO
    table.take(Way.KNOWN_DATA)
    assert table.state == "ConfirmingKnownData"


def test_a_facility_without_a_file_asks_none() -> None:
    assert denied(policy=Policy(capabilities=ALL)).of(FindPatient) == []


def test_nobody_found_leaves_the_ways_as_they_are() -> None:
    table = denied()
    ways = table.ways()
    table.feed(e.PatientFound, question=table.of(FindPatient)[0].question, patient=None)
    assert table.ways() == ways
    table.take(Way.KNOWN_DATA)
    assert isinstance(table.visit.state, IdentifyingKnown)


def test_another_questions_patient_is_nobodys() -> None:
    table = denied()
    before = table.visit
    assert table.feed(e.PatientFound, question="another", patient=TARO, match="numbers") is before


def test_a_patient_found_after_the_card_was_taken_is_not_shown_to_who_stands_there() -> None:
    table = denied()
    asked = table.of(FindPatient)[0].question
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.PatientFound, question=asked, patient=TARO, match="numbers")
    assert table.road.known is None


# ------------------------------------------------------------------------------------------ the result


def test_an_accepted_visit_takes_its_number_first_and_gives_the_card_back() -> None:
    table = Table().until_ways().take(Way.CERTIFICATE).staff("accept")
    assert AssignNumber() in table.last
    assert table.result() == ("accepted_by_evidence", Way.CERTIFICATE)
    table.number("A7")
    assert table.state == "TakeCard"
    assert PrintTicket("A7") in table.last
    assert table.of(MakePaper) == []
    table.feed(e.CardRemoved, insertion=1)
    assert table.state == "Finished"
    view = table.view
    assert (view.variant, view.number) == ("accepted", "A7")
    assert table.visit.fallback is None


def test_a_second_number_changes_nothing() -> None:
    table = Table().until_ways().take(Way.CERTIFICATE).staff("accept").number("A7")
    table.number("A8")
    assert table.visit.number == "A7"


def test_a_number_that_nobody_waits_for_changes_nothing() -> None:
    table = Table().until_ways()
    before = table.visit
    assert table.feed(e.NumberAssigned, number="A9") is before


def test_once_accepted_no_touch_changes_the_page_any_more() -> None:
    table = Table(FULL).until_ways().take(Way.CERTIFICATE).staff("accept")
    accepted = table.visit
    for touch in (e.BackChosen, e.EvidenceWanted, e.NumbersWanted):
        assert table.feed(touch) is accepted
    assert table.feed(e.CodeScanned, text="x") is accepted
    table.feed(e.LanguageChosen, language="en")
    assert table.visit.preferences.language == "en"


def test_a_card_placed_after_the_acceptance_is_only_given_back() -> None:
    table = Table(FULL).without_card()
    table.staff("accept", Way.CERTIFICATE)
    table.feed(e.CardInserted, insertion=1)
    assert table.state == "ChoosingEvidence"
    assert table.of(ReadCard) == []
    table.number()
    assert table.state == "TakeCard"


def test_a_facility_s_own_line_is_told_to_the_insurer_s_members_alone() -> None:
    """rules.md 7: insurers' own lines are data."""
    own = own_contact("見本健保 適用課", "03-0000-0000", "架空健康保険")
    for named, told in (("架空健康保険", True), ("別の健康保険", False)):
        table = Table(replace(FULL, own_contacts=(own,))).until_ways(Reason.INVALID)
        road = table.visit.fallback
        assert road is not None
        written = Form(((FormField.INSURER_NAME, named),))
        table.visit = replace(table.visit, answer=None, fallback=replace(road, form=written))
        table.touch("more_ways")
        table.take(Way.SELF_PAY)
        values = [detail.value for detail in view_of(table.visit).details]
        assert ("見本健保 適用課　03-0000-0000" in values) is told
