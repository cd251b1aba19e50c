"""The look at the face: no more than its authority allows, and nothing left of a card that is taken in hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from drivers.interface import Authority, CardFacts
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import CheckCamera, DiscardSecret, MatchFace, OpenCard, ReadCard, ReadPhoto
from tests.support.face_pages import (
    AID,
    BESIDE,
    FACE_ONLY,
    MATCH,
    OTHER,
    PAGES,
    again,
    camera_gone,
    choosing,
    helping_before_the_camera,
    judged,
    matching,
    photo,
    put_back,
)
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
    assert (table.state, table.visit.verified) == ("ReadingCardFront", None)
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


# ----------------------------------------------------------------- no more than the terminal's authority allows


def lesser(authority: Authority | None) -> Table:
    """The settings are others by the time the verdict comes."""
    table = matching()
    table.visit = replace(table.visit, policy=replace(table.visit.policy, face=authority), face_check=None)
    return table


@pytest.mark.parametrize("authority", [None, "aid", "certified"])
def test_a_match_verifies_nobody_where_the_authority_does_not_count_when_it_comes(
    authority: Authority | None,
) -> None:
    table = judged(lesser(authority), MATCH)
    assert (table.visit.verified, table.of(OpenCard)) == (None, [])
    assert table.state in ("MatchingFace", "ChoosingVerification")


@pytest.mark.parametrize("page", BESIDE)
def test_a_look_that_staff_asked_for_settles_nothing(page: str) -> None:
    """Whatever it says: back on their page, with what it said beside it."""
    for verdict in (MATCH, OTHER):
        table = helping_before_the_camera(page)()
        before = table.visit
        while table.state == "MatchingFace":
            judged(table, verdict)
            if table.state == "MatchingFace":
                table.touch("look_again")
        assert type(table.visit.state) is type(before.state.back_to)  # type: ignore[union-attr]
        assert (table.visit.verified, table.visit.verified_by) == (before.verified, before.verified_by)
        assert (table.visit.evidence, table.visit.outcome) == (None, before.outcome)
        assert table.visit.face_check is not None
        assert table.visit.face_check.confirmed is (verdict is MATCH)
        assert table.visit.face_check.purpose == "aid"
        assert [effect.proves for effect in table.of(MatchFace)] == [""] * len(table.of(MatchFace))


@pytest.mark.parametrize("name", ["photo", "again", "camera gone", "opening"])
def test_a_verdict_that_nobody_waits_for_any_more_changes_nothing(name: str) -> None:
    table = PAGES[f"face: {name}"]()
    asked = table.of(MatchFace)
    questions = {getattr(table.visit.state, "question", ""), *(one.question for one in asked)}
    for question in questions:
        before = table.visit
        assert table.feed(e.FaceJudged, question=question, verdict=MATCH) is before


def test_the_verdict_of_an_earlier_attempt_does_not_count_for_this_one() -> None:
    table = again()
    first = table.of(MatchFace)[0].question
    table.touch("look_again")
    before = table.visit
    assert table.feed(e.FaceJudged, question=first, verdict=MATCH) is before


@pytest.mark.parametrize("gone", ["removed", "swapped", "reader away"])
def test_nor_does_that_of_a_card_which_does_not_lie_there_any_more(gone: str) -> None:
    table = matching()
    question = table.question()
    match gone:
        case "removed":
            table.feed(e.CardRemoved, insertion=1)
        case "swapped":
            table.feed(e.CardInserted, insertion=2)
        case _:
            table.feed(e.ReaderChanged, available=False)
    before = table.visit
    assert table.feed(e.FaceJudged, question=question, verdict=MATCH) is before
    assert before.verified is None


def test_the_photograph_of_another_insertion_is_not_this_cards() -> None:
    table = choosing()
    before = table.visit
    assert table.feed(e.PhotoRead, insertion=7, genuine=True) is before
    table = photo()
    before = table.visit
    assert table.feed(e.PhotoRead, insertion=7, genuine=True) is before


def test_another_card_put_back_ends_the_visit_and_gets_no_number() -> None:
    table = put_back()
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=facts(sha256="bb"))
    assert (table.state, table.of(ReadPhoto)) == ("TakeCard", [])
    assert DiscardSecret("s") in table.last


def test_three_tries_are_all_whichever_way_leads_back_to_the_camera() -> None:
    table = judged(matching(), OTHER)
    for _ in range(2):
        table.feed(e.BackChosen)
        table.touch("face")
        judged(table, OTHER)
    assert (table.state, table.visit.reason) == ("ChoosingVerification", Reason.FACE_MISMATCH)
    before = table.visit
    assert table.feed(e.FaceChosen) is before


@pytest.mark.parametrize(
    ("card", "page"), [(FACE_ONLY, "ReadingCardFront"), (facts(0), "ChoosingVerification")]
)
def test_a_camera_that_is_back_is_known_before_a_card_is_read_whose_only_way_it_is(
    card: CardFacts, page: str
) -> None:
    table = camera_gone()
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2)
    assert table.last == (CheckCamera(), ReadCard(2))
    table.feed(e.CameraChanged, available=True)
    table.feed(e.CardRead, insertion=2, facts=card)
    assert table.state == page


def test_a_certificate_that_has_ended_is_no_better_with_a_face() -> None:
    table = matching()
    card = table.visit.card
    assert card is not None
    ended = replace(card, facts=facts(days=-400))
    table.visit = replace(table.visit, card=ended)
    judged(table, MATCH)
    assert (table.state, table.visit.verified) == ("ChoosingEvidence", None)
    assert table.visit.reason is Reason.CERTIFICATE_EXPIRED
