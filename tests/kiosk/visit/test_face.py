"""The look at the face: what a card that is taken in hand meanwhile leaves of the visit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.visit import events as e
from kiosk.visit.effects import DiscardSecret
from tests.support.face_pages import AID, put_back
from tests.support.visits import Table, facts

CALLED_FROM: dict[str, Callable[[Table], Table]] = {
    "the choice": lambda table: _choosing(table),
    "the keypad": lambda table: table.until_keypad(),
    "the question of consent": lambda table: table.until_consent(),
}
"""Pages that hang on the card that lies there."""


def _choosing(table: Table) -> Table:
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.CardRead, insertion=1, facts=facts())
    return table


def lifted_for_staff(page: str) -> Table:
    """The patient called from that page, staff have the camera look, and the card is taken in hand to be read."""
    table = CALLED_FROM[page](Table(AID))
    table.feed(e.StaffCalled)
    table.staff("face")
    table.feed(e.PhotoTriesTold, insertion=1, tries_left=10)
    table.feed(e.CardRemoved, insertion=1)
    assert table.state == "ReadingCardFront"
    return table


@pytest.mark.parametrize("page", CALLED_FROM)
@pytest.mark.parametrize("whose", ["the same card", "another card"])
def test_who_called_and_put_a_card_back_begins_with_it(page: str, whose: str) -> None:
    """Whatever was verified or offered hung on a card that was away for a while."""
    table = lifted_for_staff(page)
    table.feed(e.CardInserted, insertion=2)
    table.staff("resume")
    assert table.state == "WaitingForStaff"
    table.feed(e.StaffCancelled)
    assert (table.state, table.visit.verified) == ("ReadingCard", None)
    fingerprint = "aa" if whose == "the same card" else "bb"
    table.feed(e.CardRead, insertion=2, facts=facts(sha256=fingerprint))
    assert table.state == "ChoosingVerification"


@pytest.mark.parametrize("page", CALLED_FROM)
def test_who_called_and_keeps_the_card_in_hand_begins_at_the_first_page(page: str) -> None:
    table = lifted_for_staff(page)
    table.staff("resume")
    table.feed(e.StaffCancelled)
    assert (table.state, table.visit.verified) == ("Welcome", None)


def test_who_has_the_card_in_hand_is_told_that_the_reader_is_away() -> None:
    """It cannot be put back now; and the number that waits for it is thrown away."""
    table = put_back()
    table.feed(e.ReaderChanged, available=False)
    assert (table.state, table.view.variant) == ("ReadingCard", "reader_away")
    assert DiscardSecret("s") in table.last
    table.feed(e.ReaderChanged, available=True)
    table.feed(e.CardInserted, insertion=3)
    table.feed(e.CardRead, insertion=3, facts=facts())
    assert table.state == "ChoosingVerification"
