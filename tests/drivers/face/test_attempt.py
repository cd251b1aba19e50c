"""One attempt, on what pictures showed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from drivers.face.attempt import Attempt, Sight, Told
from drivers.face.geometry import Face, Points, turn_from
from drivers.face.rules import Rules, Side
from drivers.interface import FaceDoubt, FaceHint, FaceVerdict
from tests.support.sights import direction, nobody, sight

RULES = Rules()
EVERY = 66
LEFT, RIGHT, AHEAD, STILL = FaceHint.TURN_LEFT, FaceHint.TURN_RIGHT, FaceHint.LOOK_AHEAD, FaceHint.HOLD_STILL

Showing = Callable[[int, FaceHint | None, float], Sight]
"""The next picture, from its time, what was told last, and how long ago that was."""


def played(showing: Showing, turns: tuple[Side, ...] = ("left", "right"), rules: Rules = RULES) -> list[Told]:
    attempt, told, last, since = Attempt(rules, direction(), turns, 0), [], None, 0
    for at in range(EVERY, 60_000, EVERY):
        for one in attempt.see(showing(at, last, at - since)):
            told.append(one)
            if isinstance(one, FaceHint):
                last, since = one, at
        if attempt.over:
            return told
    raise AssertionError("an attempt ends")


def obeying(at: int, ask: FaceHint | None, since: float) -> Sight:
    """Needs 400 ms to understand, then turns 25 degrees."""
    goal = {LEFT: 25.0, RIGHT: -25.0}.get(ask or STILL, 0.0)
    return sight(at, degrees=goal if since > 400 else 0.0)


def verdict(told: list[Told]) -> FaceVerdict:
    end = told[-1]
    assert isinstance(end, FaceVerdict)
    assert all(isinstance(one, FaceHint) for one in told[:-1])
    return end


def points_of(seen: Sight) -> Points:
    assert seen.face is not None
    return seen.face.points


def test_the_holder_who_turns_as_asked_is_accepted() -> None:
    told = played(obeying)
    assert told == [STILL, LEFT, AHEAD, RIGHT, AHEAD, FaceVerdict(None, 5, True, 5)]


def test_without_turns_five_good_pictures_decide() -> None:
    assert played(lambda at, *_: sight(at), turns=()) == [STILL, FaceVerdict(None, 5, None, 5)]


def test_after_a_verdict_nothing_is_said() -> None:
    attempt = Attempt(RULES, direction(), (), 0)
    for at in range(66, 1_000, 66):
        attempt.see(sight(at))
    assert attempt.over
    assert attempt.see(sight(1_066)) == []


@pytest.mark.parametrize(("like", "steps"), [(0.39, 3), (0.25, 2), (0.05, 0), (-0.3, 0)])
def test_a_stranger_is_asked_to_turn_nowhere(like: float, steps: int) -> None:
    told = played(lambda at, *_: sight(at, who=direction(like)))
    assert told == [STILL, FaceVerdict(FaceDoubt.OTHER_PERSON, steps, None, 5)]


@pytest.mark.parametrize(("like", "steps"), [(0.41, 4), (0.54, 4), (0.56, 5)])
def test_steps_four_and_five_are_a_match(like: float, steps: int) -> None:
    told = played(lambda at, *_: sight(at, who=direction(like)), turns=())
    assert verdict(told) == FaceVerdict(None, steps, None, 5)


def test_a_raised_threshold_refuses_what_the_usual_one_takes() -> None:
    told = played(
        lambda at, *_: sight(at, who=direction(0.45)), turns=(), rules=replace(RULES, threshold=0.5)
    )
    assert verdict(told).doubt is FaceDoubt.OTHER_PERSON


def test_what_is_flat_is_refused_as_flat_however_it_is_turned() -> None:
    def print_that_turns(at: int, ask: FaceHint | None, since: float) -> Sight:
        return sight(at, degrees=45.0 if ask in (LEFT, RIGHT) else 0.0, flat=True)

    assert verdict(played(print_that_turns)) == FaceVerdict(FaceDoubt.FLAT, 5, False, 5)


def test_a_flat_picture_that_is_held_aslant_shows_no_depth_however_far_its_nose_goes_aside() -> None:
    """A shear moves the nose between the eyes as a turn does, and keeps their distance."""

    def aslant(at: int, ask: FaceHint | None, since: float) -> Sight:
        seen = sight(at)
        assert seen.face is not None
        lean = {LEFT: 0.5, RIGHT: -0.5}.get(ask or STILL, 0.0) if since > 400 else 0.0
        points = seen.face.points.copy()
        points[:, 0] += lean * (points[:, 1] - points[0, 1])
        return Sight(at, None, Face(seen.face.box, points, 0.9), seen.template)

    turn = turn_from([points_of(aslant(0, None, 0))], points_of(aslant(0, LEFT, 500)))
    assert (turn.by > RULES.turn, turn.kept > RULES.kept, turn.depth < 0.01) == (True, True, True)
    assert verdict(played(aslant)) == FaceVerdict(FaceDoubt.FLAT, 5, False, 5)


def test_a_sheet_that_is_bent_and_turned_until_it_is_narrow_is_no_head() -> None:
    """Bent, it has depth and its nose goes aside; what it cannot keep is the distance of the eyes."""

    def bent(at: int, ask: FaceHint | None, since: float) -> Sight:
        seen = sight(at)
        assert seen.face is not None
        side = {LEFT: 1, RIGHT: -1}.get(ask or STILL, 0) if since > 400 else 0
        points = seen.face.points.copy()
        if side:
            points[:, 0] = 320 + 0.7 * (points[:, 0] - 320)
            points[2, 0] += side * 12
        return Sight(at, None, Face(seen.face.box, points, 0.9), seen.template)

    turn = turn_from([points_of(bent(0, None, 0))], points_of(bent(0, LEFT, 500)))
    assert (turn.by > RULES.turn, turn.depth > RULES.depth, turn.kept < RULES.kept) == (True, True, True)
    assert verdict(played(bent)).doubt is FaceDoubt.NO_TURN


def test_a_turn_that_shows_in_one_picture_alone_is_none() -> None:
    """Points tremble."""

    def trembling(at: int, ask: FaceHint | None, since: float) -> Sight:
        return sight(at, degrees=25.0 if ask is LEFT and 400 < since <= 400 + EVERY else 0.0)

    assert verdict(played(trembling, turns=("left",))).doubt is FaceDoubt.NO_TURN


@pytest.mark.parametrize(
    ("likes", "taken"),
    [
        ((0.6, 0.6, 0.6, 0.6, 0.2), True),
        ((0.2, 0.6, 0.6, 0.6, 0.6), True),
        ((0.6, 0.2, 0.2, 0.2, 0.2), False),
        ((0.2, 0.2, 0.2, 0.2, 0.6), False),
        ((0.2, 0.2, 0.6, 0.2, 0.2), False),
    ],
)
def test_all_five_pictures_decide_together_and_none_alone(likes: tuple[float, ...], taken: bool) -> None:
    told = played(lambda at, *_: sight(at, who=direction(likes[at // EVERY - 1], person=1)), turns=())
    assert (verdict(told).doubt is None) is taken
    assert verdict(told).frames == 5


def test_who_does_not_turn_is_refused_when_the_time_is_over() -> None:
    told = played(lambda at, *_: sight(at))
    assert verdict(told) == FaceVerdict(FaceDoubt.NO_TURN, 5, False, 5)


def test_a_turn_that_stood_before_it_was_asked_for_is_none() -> None:
    def turned_at_once(at: int, ask: FaceHint | None, since: float) -> Sight:
        return sight(at, degrees=25.0 if ask is LEFT and since < RULES.reaction else 0.0)

    assert verdict(played(turned_at_once, turns=("left",))).doubt is FaceDoubt.NO_TURN


def test_one_confusion_of_sides_is_forgiven() -> None:
    def confused(at: int, ask: FaceHint | None, since: float) -> Sight:
        side = {LEFT: 1, RIGHT: -1}.get(ask or STILL, 0)
        return sight(at, degrees=side * (-25.0 if 400 < since < 1_000 else 25.0 if since > 1_500 else 0.0))

    assert verdict(played(confused)).doubt is None


def test_who_swings_to_and_fro_without_end_is_not_following() -> None:
    def swinging(at: int, ask: FaceHint | None, since: float) -> Sight:
        return sight(at, degrees=-25.0 if ask is LEFT and since % 600 > 300 else 0.0)

    assert verdict(played(swinging, turns=("left",))).doubt is FaceDoubt.NO_TURN


def test_another_person_in_the_middle_of_the_turns_is_noticed() -> None:
    def swapped(at: int, ask: FaceHint | None, since: float) -> Sight:
        return sight(at, who=direction(0.3, person=4) if ask is LEFT and since > 300 else None)

    assert verdict(played(swapped)) == FaceVerdict(FaceDoubt.SWAPPED, 5, False, 5)


def test_another_person_between_the_counted_pictures_is_noticed() -> None:
    told = played(
        lambda at, *_: sight(at, who=direction(0.9, person=1) if at < 250 else direction(0.3, person=4))
    )
    assert verdict(told).doubt is FaceDoubt.SWAPPED


def test_one_strange_picture_alone_decides_nothing() -> None:
    def flashing(at: int, ask: FaceHint | None, since: float) -> Sight:
        strange = at % (EVERY * 6) == 0
        return sight(at, who=direction(0.2, person=3)) if strange else obeying(at, ask, since)

    assert verdict(played(flashing)) == FaceVerdict(None, 5, True, 5)


def test_a_strange_face_at_another_place_at_once_is_no_accident() -> None:
    def elsewhere(at: int, ask: FaceHint | None, since: float) -> Sight:
        if ask is LEFT and 200 < since <= 200 + EVERY:
            return sight(at, who=direction(0.2, person=3), aside=200)
        return obeying(at, ask, since)

    assert verdict(played(elsewhere)).doubt is FaceDoubt.SWAPPED


def test_somebody_else_after_a_gap_in_the_turns_has_no_chance() -> None:
    def leaving(at: int, ask: FaceHint | None, since: float) -> Sight:
        if ask is LEFT and 300 < since < 300 + RULES.gap + 4 * EVERY:
            return nobody(at)
        return obeying(at, ask, since)

    assert verdict(played(leaving)).doubt is FaceDoubt.SWAPPED


def test_a_short_loss_of_the_face_is_none() -> None:
    def blinking(at: int, ask: FaceHint | None, since: float) -> Sight:
        return nobody(at) if ask is LEFT and 300 < since < 700 else obeying(at, ask, since)

    assert verdict(played(blinking)).doubt is None


def test_a_computer_that_is_busy_elsewhere_loses_nobody() -> None:
    attempt, told, last, since, at = Attempt(RULES, direction(), ("left",), 0), [], None, 0, 0
    while not attempt.over:
        at += 66 if at < 700 else 1_500
        for one in attempt.see(obeying(at, last, at - since)):
            told.append(one)
            if isinstance(one, FaceHint):
                last, since = one, at
    assert verdict(told) == FaceVerdict(None, 5, True, 5)


def test_who_goes_before_being_compared_makes_room_for_the_next() -> None:
    """Whoever looked in first is not mixed with the one who came."""

    def two(at: int, ask: FaceHint | None, since: float) -> Sight:
        if at <= 3 * EVERY:
            return sight(at, who=direction(-0.3, person=7))
        return nobody(at) if at < 2_000 else sight(at)

    assert verdict(played(two, turns=())) == FaceVerdict(None, 5, None, 5)


def test_a_swap_while_looking_ahead_again_is_noticed_however_slowly_it_came() -> None:
    """Step by step a face is drawn into another: each picture is like the last, the end is not like the beginning."""
    drift = [direction(like, person=1) for like in (1.0, 0.9, 0.75, 0.55, 0.3, 0.0, -0.3)]

    def drawn(at: int, ask: FaceHint | None, since: float) -> Sight:
        if ask is AHEAD:
            return sight(at, who=drift[min(int(since // 132), 6)], degrees=0.0 if since > 900 else 25.0)
        return obeying(at, ask, since)

    assert verdict(played(drawn, turns=("left",))) == FaceVerdict(FaceDoubt.SWAPPED, 5, False, 5)


@pytest.mark.parametrize(
    "hint",
    [hint for hint in FaceHint if hint not in (STILL, LEFT, RIGHT, AHEAD, FaceHint.MASK)],
)
def test_pictures_that_are_never_good_end_without_a_comparison(hint: FaceHint) -> None:
    told = played(lambda at, *_: sight(at, hint=hint))
    assert told == [hint, FaceVerdict(FaceDoubt.NO_GOOD_PICTURE, 0, None, 0)]


def test_a_mask_is_asked_for_and_after_some_patience_compared_as_it_is() -> None:
    """A beard or a scarf may look like one; nobody is locked out for it."""
    told = played(lambda at, *_: sight(at, hint=FaceHint.MASK), turns=())
    assert told == [FaceHint.MASK, STILL, FaceVerdict(None, 5, None, 5)]


def test_a_covered_face_that_stays_turned_has_not_looked_ahead_again() -> None:
    """Its hint is MASK, turned or not: how it stood ahead tells."""

    def covered(at: int, ask: FaceHint | None, since: float) -> Sight:
        back = ask is AHEAD and since > 1_000
        return sight(at, degrees=25.0 if ask in (LEFT, AHEAD) and not back else 0.0, hint=FaceHint.MASK)

    told = played(covered, turns=("left", "left"))
    lefts = [number for number, one in enumerate(told) if one is LEFT]
    assert verdict(told).doubt is None
    assert [told[number + 1] for number in lefts] == [AHEAD, AHEAD]

    def never(at: int, ask: FaceHint | None, since: float) -> Sight:
        return sight(at, degrees=25.0 if ask in (LEFT, AHEAD) else 0.0, hint=FaceHint.MASK)

    assert verdict(played(never, turns=("left", "left"))).doubt is FaceDoubt.NO_TURN


def test_a_blurred_turn_is_not_judged() -> None:
    def shaken(at: int, ask: FaceHint | None, since: float) -> Sight:
        seen = obeying(at, ask, since)
        return Sight(at, FaceHint.BLURRED, seen.face, seen.template) if ask is LEFT else seen

    assert verdict(played(shaken)).doubt is FaceDoubt.SWAPPED  # nobody could follow the face for that long


def test_pictures_closer_than_the_eye_can_differ_count_once() -> None:
    attempt = Attempt(RULES, direction(), (), 0)
    for at in range(10, 200, 10):
        attempt.see(sight(at))
    assert not attempt.over
