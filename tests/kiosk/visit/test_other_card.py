"""When the card on the reader may be another one, nothing of the person before is used any more."""

from __future__ import annotations

import pytest

from drivers.interface import Failure, Fault
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import Ask, ForgetCard, OpenCard, ReadCard, Register
from kiosk.visit.states import ReadingCard, TakeCard
from tests.support.visits import Table, facts

ASKING = (Ask, OpenCard, Register)


def with_no_answer() -> Table:
    """Verified, and the look-up failed: the other ways are shown, and the first is to try again."""
    table = Table().until_lookup()
    table.feed(e.AskFailed, question=table.question(), reason=Reason.NETWORK_FAULT)
    return table


def nothing_is_known(table: Table) -> bool:
    visit = table.visit
    return not (visit.verified or visit.answer or visit.consents or visit.birth_date or visit.registered)


def ends_by_itself(table: Table) -> bool:
    return table.visit.deadline is not None


def another_card_comes_unseen(table: Table) -> None:
    table.feed(e.ReaderChanged, available=False)
    table.feed(e.ReaderChanged, available=True)
    table.feed(e.CardInserted, insertion=2)


def test_a_card_that_nobody_saw_coming_on_the_other_ways_voids_what_was_verified() -> None:
    table = with_no_answer()
    another_card_comes_unseen(table)
    assert nothing_is_known(table)
    assert ForgetCard() in table.effects


def test_trying_again_then_reads_the_card_and_asks_nothing() -> None:
    table = with_no_answer()
    table.feed(e.StaffCalled)
    another_card_comes_unseen(table)
    table.feed(e.StaffCancelled)
    table.touch("way_retry")
    assert table.state == "ReadingCard"
    assert ReadCard(2) in table.last
    assert not any(isinstance(effect, ASKING) for effect in table.last)


def test_going_on_alone_then_reads_the_card() -> None:
    table = Table().until_consent()
    table.feed(e.StaffCalled)
    another_card_comes_unseen(table)
    table.feed(e.StaffCancelled)
    assert (table.state, table.last) == ("ReadingCard", (ReadCard(2),))


@pytest.mark.parametrize("seen", [True, False], ids=["taken away", "exchanged unseen"])
def test_consents_of_one_person_never_travel_with_anothers_question(seen: bool) -> None:
    table = Table().until_lookup()
    table.feed(e.StaffCalled)  # in the middle of the look-up: there is no page to come back to
    if seen:
        table.feed(e.CardRemoved, insertion=1)
        table.feed(e.CardInserted, insertion=2)
    else:
        another_card_comes_unseen(table)
    assert nothing_is_known(table)


def test_taking_the_card_away_forgets_the_proof_too() -> None:
    table = with_no_answer()
    table.feed(e.CardRemoved, insertion=1)
    assert table.last == (ForgetCard(),)
    assert table.state == "ChoosingEvidence"
    assert nothing_is_known(table)


@pytest.mark.parametrize("fault", [Fault.CERTIFICATE_UNTRUSTED, Fault.INTERNAL, Fault.NO_CERTIFICATE])
def test_a_card_that_cannot_be_recognised_after_the_reader_came_back_voids_what_was_verified(
    fault: Fault,
) -> None:
    table = Table().until_lookup()
    another_card_comes_unseen(table)
    assert isinstance(table.visit.state, ReadingCard)
    assert table.visit.verified is not None
    table.feed(e.CardFailed, insertion=2, failure=Failure(fault, False, ""))
    assert table.state == "ChoosingEvidence"
    assert nothing_is_known(table)
    if "retry" in table.ways():
        table.take("retry")
        assert not any(isinstance(effect, ASKING) for effect in table.last)


def test_reading_a_card_anew_begins_with_nobody() -> None:
    table = Table().until_lookup()
    table.feed(e.ReaderChanged, available=False)
    table.feed(e.StaffCalled)
    table.feed(e.ReaderChanged, available=True)
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.StaffCancelled)
    assert nothing_is_known(table)
    table.feed(e.CardRead, insertion=2, facts=facts(sha256="bb"))
    assert table.state == "ChoosingVerification"


def test_a_registration_is_not_offered_again_in_a_visit_that_has_sent_one() -> None:
    table = Table().until_opening()
    table.feed(e.CardOpened, question=table.question(), registered=False)
    table.feed(e.RegistrationAccepted)
    table.feed(e.StaffCalled)
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=facts())
    table.feed(e.PinChosen)
    table.feed(e.PinEntered, slot="s2")
    table.feed(e.PinVerified, insertion=2, certificate=facts().certificate)
    table.feed(e.CardOpened, question=table.question(), registered=False)
    assert table.road.reason is Reason.NOT_REGISTERED
    assert "register_here" not in table.ways()
    assert sum(isinstance(effect, Register) for effect in table.effects) == 1


def test_a_forgotten_card_that_nobody_can_see_any_more_ends_the_page_by_itself() -> None:
    table = Table().until_confirmed()
    table.feed(e.Acknowledged)
    table.feed(e.TimePassed, after=11_000)
    assert isinstance(table.visit.state, TakeCard)
    assert table.visit.state.alerted
    assert not ends_by_itself(table)
    table.feed(e.ReaderChanged, available=False)
    assert ends_by_itself(table)
    table.feed(e.TimePassed, after=11_000)
    assert table.state == "Finished"
