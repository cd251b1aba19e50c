"""The path that most visits take, page by page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from drivers.interface import CardFacts, Failure, Fault, Revocation, Token
from kiosk.coverage.services import Capability, Choice, ConsentItem
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import (
    AlertStaff,
    Ask,
    AssignNumber,
    DiscardSecret,
    ForgetCard,
    OpenCard,
    PrintTicket,
    ReadCard,
    Register,
    VerifyPin,
)
from kiosk.visit.policy import Policy
from kiosk.visit.presenting import view_of
from kiosk.visit.states import (
    AskingConsent,
    ChoosingEvidence,
    EnteringPin,
    LookingUp,
    ReadingCard,
    WaitingForStaff,
)
from tests.support.visits import ALL, Table, answer, certificate, coverage, facts


def reason(table: Table) -> Reason | None:
    """Why the visit left the main path: on the page of the other ways, or while a person is awaited."""
    match table.visit.state:
        case ChoosingEvidence():
            assert table.road.reason is table.visit.reason
            return table.road.reason
        case WaitingForStaff(reason=why):
            return why
        case _:
            raise AssertionError(table.state)


def asks(table: Table) -> list[Ask]:
    return [effect for effect in table.effects if isinstance(effect, Ask)]


def test_card_pin_consent_answer_card_back_number() -> None:
    table = Table()
    states = [table.state]
    for kind, fields in (
        (e.CardInserted, {"insertion": 1}),
        (e.CardRead, {"insertion": 1, "facts": facts()}),
        (e.PinChosen, {}),
        (e.PinEntered, {"slot": "s1"}),
        (e.PinVerified, {"insertion": 1, "certificate": certificate()}),
    ):
        table.feed(kind, **fields)
        states.append(table.state)
    table.feed(e.CardOpened, question=table.question(), registered=True, birth_date="1981-04-05")
    states.append(table.state)
    table.feed(e.ConsentAllGiven)
    states.append(table.state)
    table.feed(e.Answered, question=table.question(), answer=answer())
    states.append(table.state)
    table.feed(e.NumberAssigned, number="A1")
    table.feed(e.Acknowledged)
    states.append(table.state)
    table.feed(e.CardRemoved, insertion=1)
    states.append(table.state)
    assert states == [
        "Welcome", "ReadingCard", "ChoosingVerification", "EnteringPin", "EnteringPin", "EnteringPin", "AskingConsent",
        "LookingUp", "Confirmed", "TakeCard", "Finished",
    ]  # fmt: skip
    kinds = [type(effect) for effect in table.effects]
    for once in (ReadCard, VerifyPin, OpenCard, Ask, AssignNumber, PrintTicket):
        assert kinds.count(once) == 1, once
    assert table.visit.outcome == "confirmed"
    assert table.visit.number == "A1"


def test_tries_are_shown_before_the_keypad() -> None:
    table = Table()
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.CardRead, insertion=1, facts=facts(tries=2))
    pin = view_of(table.visit).options[0]
    assert (pin.id, dict(pin.slots)) == ("pin", {"tries": "2"})
    assert not view_of(table.visit).keypad
    table.feed(e.PinChosen)
    assert view_of(table.visit).keypad
    assert dict(view_of(table.visit).title.slots)["tries"] == "2"


def test_wrong_pin_shows_what_the_card_says_is_left() -> None:
    table = Table().until_keypad()
    table.feed(e.PinEntered, slot="a")
    table.feed(e.PinRefused, insertion=1, tries_left=2)
    assert table.visit.state == EnteringPin(tries_left=2, wrong=True)


def test_last_try_needs_the_patients_word_and_the_digits_before_it_are_thrown_away() -> None:
    table = Table().until_keypad(tries=1)
    assert table.visit.state == EnteringPin(tries_left=1, last_try=True)
    table.feed(e.PinEntered, slot="a")
    assert list(table.last) == [DiscardSecret("a")]
    table.feed(e.LastTryAccepted)
    table.feed(e.PinEntered, slot="b")
    assert list(table.last) == [VerifyPin(1, "b")]
    table.feed(e.PinRefused, insertion=1, tries_left=0)
    assert reason(table) is Reason.PIN_LOCKED


def test_acceptance_of_the_last_try_ends_with_the_insertion() -> None:
    table = Table().until_keypad(tries=1)
    table.feed(e.LastTryAccepted)
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=facts(tries=1))
    table.feed(e.PinChosen)
    assert table.visit.state == EnteringPin(tries_left=1, last_try=True)


@pytest.mark.parametrize(
    ("birth", "asked"), [("1986-11-24", True), ("1986-11-25", False), ("", False), ("1981-04-05", True)]
)
def test_health_checkups_are_asked_from_age_40_to_the_day(birth: str, asked: bool) -> None:
    table = Table().until_consent(birth_date=birth)
    assert isinstance(table.visit.state, AskingConsent)
    assert (ConsentItem.CHECKUPS in table.visit.state.items) is asked


def test_consent_item_by_item_can_go_back_and_sends_exactly_what_was_decided() -> None:
    table = Table().until_consent()
    assert isinstance(table.visit.state, AskingConsent)
    items = table.visit.state.items
    table.feed(e.ConsentItemsChosen)
    table.feed(e.ConsentItemDecided, item=items[0], choice=Choice.DECLINED)
    table.feed(e.BackChosen)
    for item in items:
        choice = Choice.AGREED if item is ConsentItem.CARE else Choice.DECLINED
        table.feed(e.ConsentItemDecided, item=item, choice=choice)
    sent = dict(asks(table)[0].consents)
    assert sent == {item: Choice.AGREED if item is ConsentItem.CARE else Choice.DECLINED for item in items}


def test_a_decision_about_another_item_is_not_taken_for_the_one_on_the_page() -> None:
    table = Table().until_consent()
    table.feed(e.ConsentItemsChosen)
    before = table.visit
    table.feed(e.ConsentItemDecided, item=ConsentItem.SPECIFIC_DISEASES, choice=Choice.AGREED)
    assert table.visit == before


def test_nothing_is_preset_and_refusing_everything_still_looks_up() -> None:
    table = Table().until_consent()
    table.feed(e.ConsentAllRefused)
    assert all(
        choice is Choice.DECLINED for item, choice in asks(table)[0].consents if item is not ConsentItem.LIMIT
    )


def test_no_consent_question_where_its_answer_goes_nowhere() -> None:
    table = Table(Policy(capabilities=frozenset({Capability.BY_CARD}))).until_consent()
    assert table.state == "LookingUp"
    assert asks(table)[0].consents == ()


def test_in_grace_no_medical_information_is_asked_for_and_the_patient_is_told() -> None:
    table = Table().until_consent(days=-10)
    assert table.state == "LookingUp"
    table.feed(e.Answered, question=table.question(), answer=answer())
    assert [n.key for n in view_of(table.visit).notices] == ["notice.certificate_expired_grace"]


def test_without_a_look_up_by_card_the_other_ways_follow_the_pin() -> None:
    table = Table(Policy(capabilities=frozenset({Capability.BY_NUMBERS}))).until_keypad()
    table.feed(e.PinEntered, slot="a")
    table.feed(e.PinVerified, insertion=1, certificate=certificate())
    assert reason(table) is Reason.NO_LOOKUP_BY_CARD
    assert not [effect for effect in table.effects if isinstance(effect, OpenCard | Ask)]


def test_registration_on_the_spot_then_consent() -> None:
    table = Table().until_opening()
    table.feed(e.CardOpened, question=table.question(), registered=False, birth_date="1981-04-05")
    table.feed(e.RegistrationAccepted)
    table.feed(e.RegistrationAccepted)
    table.feed(e.Registered, question=table.question())
    assert table.state == "AskingConsent"
    assert len([effect for effect in table.effects if isinstance(effect, Register)]) == 1


@pytest.mark.parametrize(("again", "expected"), [(False, Reason.NOT_REGISTERED), (True, Reason.DEREGISTERED)])
def test_who_does_not_register_is_shown_the_other_ways(again: bool, expected: Reason) -> None:
    table = Table().until_opening()
    table.feed(e.CardOpened, question=table.question(), registered=False, deregistered=again)
    table.feed(e.RegistrationDeclined)
    assert reason(table) is expected


def test_a_registration_of_unknown_outcome_is_never_sent_again() -> None:
    table = Table().until_opening()
    table.feed(e.CardOpened, question=table.question(), registered=False)
    table.feed(e.RegistrationAccepted)
    table.feed(e.TimePassed, after=31_000)
    assert reason(table) is Reason.ANSWER_UNKNOWN
    table.feed(e.RetryChosen)
    table.touch("other_ways")
    assert "register_here" not in table.ways()
    table.feed(e.StaffActed, action="resume")
    assert len([effect for effect in table.effects if isinstance(effect, Register)]) == 1


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("2", Reason.INVALID),
        ("3", Reason.INVALID_NEW_EXISTS),
        ("4", Reason.NO_RECORD),
        ("5", Reason.AMBIGUOUS),
        ("8", Reason.SERVICE_ERROR),
    ],
)
def test_each_validity_has_its_reason(code: str, expected: Reason) -> None:
    table = Table().until_lookup()
    table.feed(e.Answered, question=table.question(), answer=answer(code))
    assert reason(table) is expected


def test_public_assistance_is_valid_and_staff_are_told() -> None:
    table = Table().until_lookup()
    table.feed(e.Answered, question=table.question(), answer=answer("6"))
    assert table.visit.outcome == "confirmed"
    assert AlertStaff(Reason.PUBLIC_ASSISTANCE) in table.last


def test_two_coverages_in_force_are_for_staff_to_choose() -> None:
    table = Table().until_lookup()
    two = answer("1", coverage(), coverage(insurer_number="131011"))
    table.feed(e.Answered, question=table.question(), answer=two)
    assert reason(table) is Reason.AMBIGUOUS


def test_valid_but_not_in_force_today_is_not_confirmed() -> None:
    table = Table().until_lookup()
    table.feed(
        e.Answered, question=table.question(), answer=answer("1", coverage(disqualification_date="20261101"))
    )
    assert reason(table) is Reason.SERVICE_ERROR


def test_an_answer_about_somebody_else_is_never_shown() -> None:
    table = Table().until_lookup()
    table.feed(e.Answered, question=table.question(), answer=answer("1", coverage(birth="19500101")))
    assert reason(table) is Reason.IDENTITY_MISMATCH
    assert table.visit.answer is None


def test_late_and_foreign_answers_change_nothing() -> None:
    table = Table().until_lookup()
    before = table.visit
    table.feed(e.Answered, question="another", answer=answer())
    assert table.visit == before


def test_still_processing_is_asked_again_a_few_times_with_new_questions() -> None:
    table = Table().until_lookup()
    for _ in range(3):
        table.feed(e.Answered, question=table.question(), answer=answer("", segment="2"))
        assert isinstance(table.visit.state, LookingUp)
        table.feed(e.TimePassed, after=3_000)
    assert len({ask.question for ask in asks(table)}) == 4
    table.feed(e.Answered, question=table.question(), answer=answer("", segment="2"))
    assert reason(table) is Reason.STILL_PROCESSING


def test_a_failed_look_up_can_be_asked_again_by_the_patient_because_it_is_a_read() -> None:
    table = Table().until_lookup()
    table.feed(e.AskFailed, question=table.question(), reason=Reason.NETWORK_FAULT)
    assert table.options[0] == "way_retry"
    table.touch("way_retry")
    assert table.state == "LookingUp"
    assert len({ask.question for ask in asks(table)}) == 2


@pytest.mark.parametrize(
    ("fault", "shown"),
    [(Fault.CARD_MUTE, "problem.card_unreadable"), (Fault.NOT_MY_NUMBER_CARD, "problem.not_my_number_card")],
)
def test_a_card_that_lies_wrongly_is_said_on_the_page_itself(fault: Fault, shown: str) -> None:
    table = Table()
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.CardFailed, insertion=1, failure=Failure(fault, True))
    assert view_of(table.visit).variant == shown
    table.feed(e.RetryChosen)
    assert table.visit.state == ReadingCard()
    assert table.last == (ReadCard(1),)


def test_every_fault_of_a_device_has_a_reason() -> None:
    for fault in Fault:
        table = Table()
        table.feed(e.CardInserted, insertion=1)
        table.feed(e.CardFailed, insertion=1, failure=Failure(fault, True))
        assert table.state in ("ReadingCard", "ChoosingEvidence"), fault


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        (facts(0), Reason.PIN_LOCKED),
        (facts(3, days=-200), Reason.CERTIFICATE_EXPIRED),
    ],
)
def test_a_card_that_cannot_do_is_told_apart_before_any_secret(card: object, expected: Reason) -> None:
    table = Table()
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.CardRead, insertion=1, facts=card)
    assert reason(table) is expected
    assert not [effect for effect in table.effects if isinstance(effect, VerifyPin)]


def test_removal_takes_everything_personal_off_the_screen_at_once() -> None:
    for prepare in (Table.until_keypad, Table.until_consent, Table.until_lookup):
        table = prepare(Table())
        table.feed(e.CardRemoved, insertion=1)
        assert table.state == "Abandoned"
        assert ForgetCard() in table.last


def test_a_swap_voids_the_visit_and_the_next_card_begins_its_own() -> None:
    table = Table().until_consent()
    first = table.visit.id
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2)
    assert table.state == "ReadingCard"
    assert table.visit.id != first
    assert table.visit.verified is None


def test_a_card_left_behind_calls_staff_after_ten_seconds_and_the_visit_does_not_end() -> None:
    table = Table().until_confirmed()
    table.feed(e.Acknowledged)
    table.feed(e.TimePassed, after=10_000)
    assert AlertStaff("card_left") in table.last
    table.feed(e.TimePassed, after=600_000)
    assert table.state == "TakeCard"
    table.feed(e.CardRemoved, insertion=1)
    assert table.state == "Finished"


def test_a_page_warns_extends_and_ends() -> None:
    table = Table().until_consent()
    table.feed(e.TimePassed, after=40_000)
    assert view_of(table.visit).warned
    table.feed(e.TimeExtended)
    assert not view_of(table.visit).warned
    table.feed(e.TimePassed, after=39_000)
    assert table.state == "AskingConsent"
    table.feed(e.TimePassed, after=21_000)
    assert table.state == "TakeCard"
    assert table.visit.outcome == "abandoned"


def test_time_that_a_machine_owes_cannot_be_extended() -> None:
    table = Table().until_lookup()
    table.feed(e.TimeExtended, after=29_000)
    table.feed(e.TimePassed, after=1_100)
    assert reason(table) is Reason.NETWORK_FAULT


def test_staff_can_be_called_from_a_page_and_the_patient_can_go_on_alone() -> None:
    table = Table().until_consent()
    page = table.visit.state
    table.feed(e.StaffCalled)
    assert reason(table) is None
    table.feed(e.StaffCancelled)
    assert table.visit.state == page


def test_who_takes_the_card_while_waiting_for_staff_does_not_come_back_to_a_verified_page() -> None:
    table = Table().until_consent()
    table.feed(e.StaffCalled)
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.StaffCancelled)
    assert table.state == "Welcome"


def test_a_family_goes_on_in_its_own_language() -> None:
    table = Table().until_confirmed()
    table.feed(e.LanguageChosen, language="en")
    table.feed(e.Acknowledged)
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.AnotherPatient)
    assert (table.state, table.visit.preferences.language) == ("Welcome", "en")
    table.feed(e.TimePassed, after=60_000)
    assert table.visit.preferences.language == "ja"


def test_a_card_that_does_not_say_its_tries_is_treated_as_having_one() -> None:
    table = Table()
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.CardRead, insertion=1, facts=facts(tries=None))
    table.feed(e.PinChosen)
    assert table.visit.state == EnteringPin(tries_left=1, last_try=True)


PHONES = Policy(capabilities=ALL, phones=True)
PHONE = CardFacts(Token.ANDROID, None, 3)


def test_a_phone_needs_a_reader_for_phones() -> None:
    table = Table()
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.CardRead, insertion=1, facts=PHONE)
    assert reason(table) is Reason.PHONE_WITHOUT_READER


@pytest.mark.parametrize(
    ("days", "revocation", "expected"),
    [
        (900, Revocation.UNKNOWN, None),
        (-10, Revocation.UNKNOWN, None),
        (-200, Revocation.UNKNOWN, Reason.CERTIFICATE_EXPIRED),
        (900, Revocation.REVOKED, Reason.CERTIFICATE_REVOKED),
    ],
)
def test_a_phones_certificate_is_judged_when_the_pin_gives_it(
    days: int, revocation: Revocation, expected: Reason | None
) -> None:
    table = Table(PHONES)
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.CardRead, insertion=1, facts=PHONE)
    table.feed(e.PinChosen)
    table.feed(e.PinEntered, slot="a")
    table.feed(e.PinVerified, insertion=1, certificate=certificate(days=days, revocation=revocation))
    assert table.visit.reason is expected
    if days < 0 and expected is None:
        assert table.visit.notices == (Reason.CERTIFICATE_EXPIRED_GRACE,)


@pytest.mark.parametrize("without_asking", [True, False])
def test_the_limit_information_is_asked_only_where_the_facility_wants_it_and_never_agreed_by_silence(
    without_asking: bool,
) -> None:
    table = Table(Policy(capabilities=ALL, limit_without_asking=without_asking)).until_consent()
    table.feed(e.ConsentAllRefused)
    sent = dict(asks(table)[0].consents)
    assert sent.get(ConsentItem.LIMIT) is (None if without_asking else Choice.DECLINED)


def test_a_reader_for_phones_is_told_on_the_first_page_and_no_way_says_that_there_is_none() -> None:
    table = Table(PHONES)
    view = view_of(table.visit)
    assert [option.id for option in view.options] == ["no_card", "companion"]
    assert view.body[-1].key == "Welcome.phone"
    table.feed(e.WayChosen, way="phone")
    assert table.state == "Welcome"


def test_staff_can_be_called_by_somebody_whose_card_is_stuck() -> None:
    table = Table().until_confirmed()
    table.feed(e.Acknowledged)
    assert view_of(table.visit).staff
    table.feed(e.StaffCalled)
    assert AlertStaff("called") in table.last
    assert table.state == "TakeCard"
    assert view_of(table.visit).body[0].key == "WaitingForStaff.called.title"
    table.feed(e.CardRemoved, insertion=1)
    assert table.state == "Finished"


def test_without_paper_the_number_stays_as_long_as_any_page() -> None:
    for printed, seconds in ((True, 10), (False, 60)):
        table = Table().until_confirmed()
        table.feed(e.TicketPrinted, number="A1", ok=printed)
        table.feed(e.Acknowledged)
        table.feed(e.CardRemoved, insertion=1)
        table.feed(e.TimePassed, after=seconds * 1000 - 1)
        assert table.state == "Finished"
        table.feed(e.TimePassed, after=1)
        assert table.state == "Welcome"


def test_a_slow_printers_word_about_the_visit_before_is_not_taken_for_this_one() -> None:
    table = Table().until_confirmed()
    table.feed(e.TicketPrinted, number="A0", ok=True)
    assert not table.visit.ticket


@pytest.mark.parametrize("prepare", [Table.until_lookup, Table.until_opening])
def test_who_calls_staff_while_the_service_is_asked_can_ask_again(prepare: Callable[[Table], Table]) -> None:
    """What was asked is a read; its answer, come meanwhile, is not shown to whoever stands there now."""
    table = prepare(Table())
    before = table.state
    table.feed(e.StaffCalled)
    assert [option.id for option in view_of(table.visit).options] == ["try_again", "stop"]
    table.feed(e.RetryChosen)
    assert table.state == before


def test_who_calls_staff_while_the_registration_is_under_way_cannot_send_it_again() -> None:
    table = Table().until_opening()
    table.feed(e.CardOpened, question=table.question(), registered=False)
    table.feed(e.RegistrationAccepted)
    table.feed(e.StaffCalled)
    assert [option.id for option in view_of(table.visit).options] == ["stop"]
