"""From picture to picture: agreement, hints that change, and a card on its head."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drivers.front.fields import Never
from drivers.front.watching import Told, Watching
from drivers.interface import CardFront, FrontHint

ONE, OTHER = CardFront("560520", "2034", "6842"), CardFront("560520", "2034", "6843")
HOLD, FAR, BACK = FrontHint.HOLD_STILL, FrontHint.TOO_FAR, FrontHint.OTHER_SIDE
WESTERN = Never.WESTERN_BIRTH


def told(*seen: CardFront | Never | FrontHint) -> list[Told]:
    watching = Watching()
    return [one for picture in seen for one in watching.see(picture)]


def test_one_picture_alone_tells_nothing_but_to_hold_still() -> None:
    assert told(ONE) == [HOLD]


def test_two_pictures_that_agree_are_told_once() -> None:
    assert told(ONE, ONE, ONE, ONE) == [HOLD, ONE]


def test_pictures_that_disagree_tell_nothing() -> None:
    assert told(ONE, OTHER, ONE, OTHER) == [HOLD]


def test_what_comes_between_breaks_the_agreement() -> None:
    assert told(ONE, FAR, ONE, FAR) == [HOLD, FAR, HOLD, FAR]


def test_it_is_told_again_only_where_it_differs() -> None:
    assert told(ONE, ONE, FAR, ONE, ONE, OTHER, OTHER) == [HOLD, ONE, FAR, HOLD, OTHER]


def test_a_hint_is_told_when_it_changes() -> None:
    assert told(FAR, FAR, HOLD, HOLD, FAR) == [FAR, HOLD, FAR]


def test_the_other_side_forgets_what_was_read() -> None:
    assert told(ONE, Never.OTHER_SIDE, ONE) == [HOLD, BACK, HOLD]
    assert told(ONE, ONE, Never.OTHER_SIDE, Never.OTHER_SIDE, ONE, ONE) == [HOLD, ONE, BACK, HOLD, ONE]


def test_a_covered_front_forgets_too_and_is_not_taken_for_the_other_side() -> None:
    assert told(ONE, Never.COVERED, ONE, ONE) == [HOLD, ONE]
    assert told(ONE, ONE, Never.COVERED, ONE, ONE) == [HOLD, ONE, ONE]


def test_a_western_birth_needs_two_pictures_too() -> None:
    """And is told for as long as it is seen; the next card is read."""
    western = FrontHint.WESTERN_BIRTH
    assert told(WESTERN, ONE, WESTERN) == [HOLD]
    assert told(WESTERN, WESTERN, WESTERN, WESTERN) == [HOLD, western]
    assert told(ONE, ONE, WESTERN, WESTERN, ONE, ONE) == [HOLD, ONE, western, HOLD, ONE]


def test_a_card_on_its_head_is_read_the_other_way_next_time() -> None:
    watching = Watching()
    watching.see(HOLD, on_its_head=True)
    assert watching.upside_down
    watching.see(ONE)
    assert watching.upside_down
    watching.see(HOLD, on_its_head=True)
    assert not watching.upside_down


@given(st.lists(st.sampled_from([ONE, OTHER, FAR, HOLD, *Never]), max_size=30))
def test_nothing_is_ever_told_that_the_last_two_pictures_did_not_agree_on(
    seen: list[CardFront | Never | FrontHint],
) -> None:
    watching = Watching()
    for at, picture in enumerate(seen):
        for one in watching.see(picture):
            if not isinstance(one, FrontHint):
                assert at > 0
                assert seen[at - 1 : at + 1] == [one, one]
