"""A phone is held to the reader for a moment and need not lie there: what may be asked of it, and what is never."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from drivers.interface import CardFacts, Failure, Fault, Token
from kiosk.coverage.services import Capability
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import (
    AnyEffect,
    DiscardSecret,
    ForgetCard,
    OpenCard,
    PlaySound,
    ReadCard,
    VerifyOnPhone,
    VerifyPin,
)
from kiosk.visit.phones import RETURN_MS
from kiosk.visit.policy import Policy
from kiosk.visit.states import EnteringPin, ReadingPhone
from tests.support.phone_pages import (
    ANDROID,
    IPHONE,
    LOST,
    PHONES,
    VERIFIED,
    awaited,
    held,
    in_hand,
    last_try,
    looked_at,
    lost,
    not_confirmed,
    opening,
    verifying,
    wrong,
)
from tests.support.visits import Table, certificate, facts


def state(table: Table) -> ReadingPhone:
    assert isinstance(table.visit.state, ReadingPhone)
    return table.visit.state


def verified(table: Table, *, on_phone: bool = False, days: int = 900) -> None:
    table.feed(e.PinVerified, insertion=1, certificate=certificate(days=days), on_phone=on_phone)


def ends_with(table: Table, why: str) -> bool:
    return getattr(table.visit.state, "why", "") == why


# -------------------------------------------------------------------------------------- PIN before all


def test_an_android_phones_pin_is_asked_for_at_once_and_its_tries_are_told_before() -> None:
    table = held()
    assert table.visit.state == EnteringPin(tries_left=3, phone=True)
    assert dict(table.view.title.slots or table.view.body[0].slots) == {"tries": "3"}
    assert table.view.keypad
    assert not table.view.back, "it leaves no choice to go back to"


def test_a_plastic_card_at_the_same_reader_keeps_its_choice() -> None:
    table = held(facts())
    assert table.state == "ChoosingVerification"


def test_an_iphone_is_asked_to_verify_by_itself_and_no_keypad_is_shown() -> None:
    table = held(IPHONE)
    assert (state(table).step, state(table).token) == ("verify", Token.IPHONE)
    assert table.of(VerifyOnPhone) == [VerifyOnPhone(1)]
    assert not table.of(VerifyPin)
    assert table.view.waiting
    assert not table.view.keypad


def test_the_last_try_of_a_phone_needs_its_holders_word_as_a_cards_does() -> None:
    table = last_try()
    shown = [table.view.keypad]
    table.feed(e.PinEntered, slot="s1")
    assert table.last == (DiscardSecret("s1"),)
    table.feed(e.LastTryAccepted)
    assert [*shown, table.view.keypad] == [False, True]
    table.feed(e.PinEntered, slot="s2")
    assert table.of(VerifyPin) == [VerifyPin(1, "s2")]


def test_a_locked_phone_leads_to_the_other_ways_and_is_asked_nothing() -> None:
    table = held(CardFacts(Token.ANDROID, None, 0))
    assert table.visit.reason is Reason.PIN_LOCKED
    assert table.state == "ChoosingEvidence"
    assert not table.of(VerifyPin)


@pytest.mark.parametrize("phone", [ANDROID, IPHONE])
def test_where_no_reader_for_phones_is_set_up_nothing_is_asked_of_one(phone: CardFacts) -> None:
    table = Table(Policy(capabilities=PHONES.capabilities, wording_version="test"))
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.CardRead, insertion=1, facts=phone)
    assert table.visit.reason is Reason.PHONE_WITHOUT_READER
    assert not table.of(VerifyPin) + table.of(VerifyOnPhone)


# ---------------------------------------------------------------------------- in the hand, and held again


def test_the_pin_may_be_typed_with_the_phone_in_the_hand_and_waits_until_it_is_held_again() -> None:
    table = in_hand()
    assert table.view.keypad
    table.feed(e.PinEntered, slot="s1")
    assert (state(table).step, state(table).slot) == ("hold", "s1")
    assert not table.of(VerifyPin)
    table.feed(e.CardInserted, insertion=2)
    assert not table.of(VerifyPin), "looked at first: it may be another one"
    table.feed(e.CardRead, insertion=2, facts=ANDROID)
    assert table.last == (VerifyPin(2, "s1"),)


@pytest.mark.parametrize(
    "other",
    [facts(), IPHONE, CardFacts(Token.ANDROID, None, 2), CardFacts(Token.ANDROID, None, None)],
    ids=["card", "iPhone", "phone with other tries", "phone that tells no tries"],
)
def test_what_is_not_the_phone_whose_tries_were_told_is_sent_no_pin(other: CardFacts) -> None:
    table = looked_at()
    table.feed(e.CardRead, insertion=2, facts=other)
    assert ends_with(table, "card_changed")
    assert DiscardSecret("s1") in table.last
    assert not table.of(VerifyPin)


@pytest.mark.parametrize("fault", [Fault.NOT_MY_NUMBER_CARD, Fault.OLD_RESIDENT_CARD])
def test_a_stranger_in_place_of_the_phone_ends_the_visit(fault: Fault) -> None:
    table = looked_at()
    table.feed(e.CardFailed, insertion=2, failure=Failure.of(fault))
    assert ends_with(table, "card_changed")
    assert DiscardSecret("s1") in table.last


@pytest.mark.parametrize("leaves", ["staff", "ways", "time", "reader", "restart"])
def test_digits_that_wait_are_thrown_away_whatever_the_patient_does_instead(leaves: str) -> None:
    table = awaited()
    match leaves:
        case "staff":
            table.feed(e.StaffCalled)
        case "ways":
            table.feed(e.EvidenceWanted)
        case "time":
            table.feed(e.TimePassed, after=61_000)
        case "reader":
            table.feed(e.ReaderChanged, available=False)
        case _:
            table.staff("restart")
    assert not isinstance(table.visit.state, ReadingPhone)
    assert DiscardSecret("s1") in table.last


# ---------------------------------------------------------------------------------- a field that is lost


def test_lost_before_the_pin_was_sent_costs_neither_a_try_nor_the_typing() -> None:
    table = lost(kept=True)
    assert (state(table).step, state(table).slot, state(table).why) == ("hold", "s1", "lost")
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=ANDROID)
    assert table.of(VerifyPin) == [VerifyPin(1, "s1"), VerifyPin(2, "s1")]


@pytest.mark.parametrize("told", [3, 2])
def test_lost_afterwards_the_phone_is_asked_for_its_tries_before_anything_is_typed(told: int) -> None:
    table = lost(kept=False)
    assert (state(table).step, state(table).slot) == ("hold", "")
    table.feed(e.CardInserted, insertion=2)
    assert table.last == (ReadCard(2),)
    table.feed(e.CardRead, insertion=2, facts=CardFacts(Token.ANDROID, None, told))
    assert table.visit.state == EnteringPin(tries_left=told, phone=True)
    assert len(table.of(VerifyPin)) == 1, "what was sent is not sent again"


def test_a_last_try_that_was_accepted_is_asked_for_again_once_it_may_have_been_spent() -> None:
    table = last_try()
    table.feed(e.LastTryAccepted)
    table.feed(e.PinEntered, slot="s1")
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardFailed, insertion=1, failure=LOST, kept=False)
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=CardFacts(Token.ANDROID, None, 1))
    assert table.visit.state == EnteringPin(tries_left=1, phone=True, last_try=True)


def test_a_last_try_that_was_accepted_and_not_sent_waits_for_the_phone() -> None:
    table = last_try()
    table.feed(e.LastTryAccepted)
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.PinEntered, slot="s1")
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=CardFacts(Token.ANDROID, None, 1))
    assert table.last == (VerifyPin(2, "s1"),)


def test_a_phone_that_is_back_before_its_failure_is_told_is_looked_at_at_once() -> None:
    table = verifying()
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2)
    assert not table.of(ReadCard)[1:], "its answer may still come"
    table.feed(e.CardFailed, insertion=1, failure=LOST, kept=True)
    assert table.last == (ReadCard(2),)


def test_an_answer_that_was_under_way_counts_although_the_phone_has_left() -> None:
    table = verifying()
    table.feed(e.CardRemoved, insertion=1)
    verified(table)
    assert state(table).step == "opening"
    assert len(table.of(OpenCard)) == 1


def test_a_phone_that_does_not_answer_where_it_lies_is_held_anew() -> None:
    table = verifying()
    table.feed(e.CardFailed, insertion=1, failure=Failure.of(Fault.CARD_MUTE), kept=True)
    assert state(table).why == "lost"
    assert table.view.options


@pytest.mark.parametrize("fault", [Fault.READER_GONE, Fault.SERVICE_GONE])
def test_a_reader_that_is_gone_begins_anew_and_keeps_no_digits(fault: Fault) -> None:
    table = verifying()
    table.feed(e.CardFailed, insertion=1, failure=Failure.of(fault), kept=True)
    assert table.state == "ReadingCard"
    assert DiscardSecret("s1") in table.last


def test_who_looks_at_the_phone_hears_that_it_must_be_held_again_or_may_go() -> None:
    for table in (lost(kept=True), lost(kept=False), not_confirmed()):
        assert PlaySound("attention") in table.last
    left = looked_at()
    left.feed(e.CardRemoved, insertion=2)
    assert left.last == (PlaySound("attention"),)
    assert PlaySound("take_card") in opening().last


def test_a_wrong_pin_is_told_with_what_is_left_and_by_the_phone_that_may_be_away_by_then() -> None:
    table = verifying()
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.PinRefused, insertion=1, tries_left=2)
    assert table.visit.state == EnteringPin(tries_left=2, phone=True, wrong=True)
    table.feed(e.PinEntered, slot="s2")
    assert state(table).step == "hold"
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=CardFacts(Token.ANDROID, None, 2))
    assert table.last == (VerifyPin(2, "s2"),)


def test_a_wrong_pin_where_the_phone_lies_goes_to_it_without_another_look() -> None:
    table = wrong()
    table.feed(e.PinEntered, slot="s2")
    assert table.last == (VerifyPin(1, "s2"),)


def test_the_pin_that_locks_leads_to_the_other_ways() -> None:
    table = last_try()
    table.feed(e.LastTryAccepted)
    table.feed(e.PinEntered, slot="s1")
    table.feed(e.PinRefused, insertion=1, tries_left=0)
    assert (table.state, table.visit.reason) == ("ChoosingEvidence", Reason.PIN_LOCKED)


# ----------------------------------------------------------------------------------------------- iPhone


def test_an_iphone_that_was_not_confirmed_is_held_again_after_its_holder_has() -> None:
    table = not_confirmed()
    assert (state(table).step, state(table).why) == ("hold", "not_confirmed")
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=IPHONE)
    assert table.last == (VerifyOnPhone(2),)
    assert not table.of(VerifyPin)


def test_neither_phone_is_taken_for_the_other() -> None:
    android, iphone = verifying(), verifying(IPHONE)
    verified(android, on_phone=True)
    verified(iphone, on_phone=False)
    for table in (android, iphone):
        assert table.visit.verified is None
        assert state(table).step == "verify"


# ------------------------------------------------------------------------------- verified, and put away


@pytest.mark.parametrize("page", VERIFIED)
def test_a_phone_that_has_verified_its_holder_may_be_put_away_on_every_page(page: str) -> None:
    table = VERIFIED[page]()
    before = table.visit.state
    table.feed(e.CardRemoved, insertion=1)
    assert table.visit.state == before
    assert table.visit.verified is not None


def test_an_answer_about_a_phone_that_was_put_away_is_its_holders() -> None:
    table = opening()
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardOpened, question=table.question(), registered=True, birth_date="1981-04-05")
    assert table.state == "AskingConsent"


@pytest.mark.parametrize(("ms", "stays"), [(100, True), (RETURN_MS, True), (RETURN_MS + 1, False)])
def test_a_phone_may_slip_out_and_back_but_what_comes_later_is_somebody_elses(ms: int, stays: bool) -> None:
    table = VERIFIED["consent"]()
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2, after=ms)
    assert (table.state == "AskingConsent") is stays
    if not stays:
        assert ends_with(table, "card_changed")
        assert ForgetCard() in table.effects


def test_a_phone_on_a_changed_reader_keeps_its_verified_visit_and_loses_any_other() -> None:
    table = opening()
    table.feed(e.ReaderChanged, available=False)
    assert state(table).step == "opening"
    other = verifying()
    other.feed(e.ReaderChanged, available=False)
    assert other.state == "ReadingCard"


@pytest.mark.parametrize("days", [-200, -10])
def test_a_certificate_that_came_with_the_pin_is_judged_like_a_cards(days: int) -> None:
    table = verifying()
    verified(table, days=days)
    if days == -10:
        assert table.visit.notices == (Reason.CERTIFICATE_EXPIRED_GRACE,)
    else:
        assert table.visit.reason is Reason.CERTIFICATE_EXPIRED


def test_where_nobody_can_be_asked_by_card_the_other_ways_follow() -> None:
    table = Table(replace(PHONES, capabilities=PHONES.capabilities - {Capability.BY_CARD}))
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.CardRead, insertion=1, facts=ANDROID)
    table.feed(e.PinEntered, slot="s1")
    verified(table)
    assert table.visit.reason is Reason.NO_LOOKUP_BY_CARD


# ---------------------------------------------------------------------------- whatever comes, in any order


class Phone:
    """A phone that counts, and a hand that holds it badly. What the reception asked of it is answered, or lost."""

    def __init__(self, rng: random.Random, tries: int) -> None:
        self.rng = rng
        self.tries = tries
        self.sent: list[str] = []
        self.waiting: set[str] = set()
        self.spent = 0
        self.insertion: int | None = None
        self.last = 0

    def answer(self, table: Table, effects: tuple[AnyEffect, ...]) -> None:
        for effect in effects:
            match effect:
                case ReadCard(insertion=insertion):
                    self._read(table, insertion)
                case VerifyPin(insertion=insertion, slot=slot):
                    self._verify(table, insertion, slot)
                case DiscardSecret(slot=slot):
                    self.waiting.discard(slot)
                case _:
                    pass

    def hold(self, table: Table) -> None:
        if self.insertion is None:
            self.last += 1
            self.insertion = self.last
            table.feed(e.CardInserted, insertion=self.insertion)
        else:
            left, self.insertion = self.insertion, None
            table.feed(e.CardRemoved, insertion=left)
        self.answer(table, table.last)

    def _read(self, table: Table, insertion: int) -> None:
        if insertion != self.insertion or self.rng.random() < 0.2:
            table.feed(e.CardFailed, insertion=insertion, failure=LOST)
        else:
            table.feed(e.CardRead, insertion=insertion, facts=CardFacts(Token.ANDROID, None, self.tries))
        self.answer(table, table.last)

    def _verify(self, table: Table, insertion: int, slot: str) -> None:
        assert slot in self.waiting, "thrown away or sent before"
        if insertion != self.insertion or self.rng.random() < 0.3:
            table.feed(e.CardFailed, insertion=insertion, failure=LOST, kept=True)
        else:
            self.waiting.discard(slot)
            self.sent.append(slot)
            self.tries -= 1
            if self.rng.random() < 0.5:
                table.feed(e.PinRefused, insertion=insertion, tries_left=self.tries)
            else:
                table.feed(e.CardFailed, insertion=insertion, failure=LOST, kept=False)
        self.answer(table, table.last)


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_no_way_of_holding_a_phone_sends_digits_twice_or_spends_a_try_that_was_not_typed(seed: int) -> None:
    rng = random.Random(seed)
    table, phone = Table(PHONES), Phone(rng, rng.choice((3, 3, 2)))
    typed = accepted = 0
    for _ in range(40):
        state = table.visit.state
        if isinstance(state, EnteringPin) and state.last_try and rng.random() < 0.5:
            accepted += 1
            table.feed(e.LastTryAccepted)
        elif table.view.keypad and rng.random() < 0.6:
            typed += 1
            phone.waiting.add(f"s{typed}")
            table.feed(e.PinEntered, slot=f"s{typed}")
            phone.answer(table, table.last)
        else:
            phone.hold(table)
        assert phone.tries >= 0
        assert phone.tries > 0 or accepted, "locked without a word"
    assert len(phone.sent) == len(set(phone.sent)) <= typed
    if not isinstance(table.visit.state, ReadingPhone):
        assert not phone.waiting, "digits that nobody will send are thrown away"
