"""照合番号B has ten tries: they are asked for, shown and guarded, and somebody who confirmed it spends each."""

from __future__ import annotations

import pytest

from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import AskPhotoTries, DiscardSecret, ReadPhoto
from kiosk.visit.presenting import view_of
from kiosk.visit.states import ReadingCardFront
from kiosk.wording.catalogues import catalogue
from tests.support.face_pages import BY_CAMERA, at_the_front, choosing
from tests.support.visits import Table


def asked(tries: int) -> Table:
    """The face was chosen, and the card has told its tries."""
    return at_the_front(BY_CAMERA, tries)


def sent(table: Table) -> list[str]:
    """The numbers that went to the card."""
    return [effect.slot for effect in table.effects if isinstance(effect, ReadPhoto)]


def said(table: Table) -> str:
    view = view_of(table.visit)
    sentences = (view.title, *view.body, *view.notices)
    return " ".join(catalogue("en").sentence(one.key, one.slots).plain for one in sentences)


def test_no_number_is_sent_before_the_card_has_told_its_tries() -> None:
    table = choosing(BY_CAMERA)
    table.touch("face")
    assert table.last == (AskPhotoTries(1),)
    table.feed(e.PinEntered, slot="s1")
    assert DiscardSecret("s1") in table.effects
    assert sent(table) == []


@pytest.mark.parametrize("tries", [10, 9, 2])
@pytest.mark.parametrize("typed", [False, True])
def test_the_tries_that_are_left_are_shown_where_the_number_is_given(tries: int, typed: bool) -> None:
    table = asked(tries)
    if typed:
        table.feed(e.NumbersWanted)
    assert f"Tries left: {tries}" in said(table)


def test_a_confirmed_number_is_sent_once_and_no_second_while_it_is_tried() -> None:
    table = asked(10)
    table.feed(e.PinEntered, slot="s1")
    table.feed(e.PinEntered, slot="s2")
    assert sent(table) == ["s1"]
    assert DiscardSecret("s2") in table.effects


def test_after_a_wrong_number_nothing_is_sent_until_somebody_gives_another() -> None:
    table = asked(10)
    table.feed(e.PinEntered, slot="s1")
    table.feed(e.PhotoRefused, insertion=1, tries_left=9)
    state = table.visit.state
    assert isinstance(state, ReadingCardFront)
    assert (state.typed, state.wrong) == (True, True)
    assert "Tries left: 9" in said(table)
    table.feed(e.PhotoTriesTold, insertion=1, tries_left=9)
    table.feed(e.FrontWanted)
    assert sent(table) == ["s1"]
    table.feed(e.PinEntered, slot="s2")
    assert sent(table) == ["s1", "s2"]


def test_the_last_try_is_spent_only_by_who_accepted_to() -> None:
    table = asked(tries=1)
    assert "locked until your municipality" in said(table)
    table.feed(e.PinEntered, slot="s1")
    assert sent(table) == []
    table.feed(e.LastTryAccepted)
    table.feed(e.PinEntered, slot="s2")
    assert sent(table) == ["s2"]
    table.feed(e.PhotoRefused, insertion=1, tries_left=0)
    card = table.visit.card
    assert card is not None
    assert card.no_face is Reason.NUMBER_B_LOCKED
    assert table.state == "ChoosingVerification"


def test_a_locked_number_is_not_asked_for() -> None:
    table = asked(tries=0)
    assert table.state == "ChoosingVerification"
    table.feed(e.FaceChosen)
    assert (table.state, sent(table)) == ("ChoosingVerification", [])
