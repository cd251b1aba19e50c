"""Whatever the pictures show: what an attempt never does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drivers.face.attempt import Attempt
from drivers.face.rules import Rules, Side
from drivers.interface import FaceDoubt, FaceHint, FaceVerdict
from tests.support.sights import direction, nobody, sight

RULES = Rules()
people = st.sampled_from(
    [direction(), direction(0.9, 1), direction(0.45, 2), direction(0.1, 3), direction(-0.5, 4)]
)
pictures = st.lists(
    st.tuples(
        st.integers(0, 900),
        st.none() | people,
        st.integers(-45, 45),
        st.none() | st.sampled_from(FaceHint),
        st.booleans(),
        st.sampled_from([0.0, 0.0, 250.0]),
    ),
    max_size=80,
)
sides: st.SearchStrategy[list[Side]] = st.lists(st.sampled_from(("left", "right")), max_size=3)


@given(pictures, sides)
def test_no_attempt_ends_twice_or_accepts_without_all_that_was_asked(
    seen: list[tuple[int, object, int, FaceHint | None, bool, float]], turns: list[Side]
) -> None:
    attempt, at = Attempt(RULES, direction(), turns, 0), 0
    told: list[FaceHint | FaceVerdict] = []
    for later, who, degrees, hint, flat, aside in seen:
        at += later
        shown = (
            nobody(at)
            if who is None
            else sight(at, who=who, degrees=degrees, hint=hint, flat=flat, aside=aside)  # type: ignore[arg-type]
        )
        told += attempt.see(shown)
    verdicts = [one for one in told if isinstance(one, FaceVerdict)]
    assert len(verdicts) <= 1
    assert attempt.over == bool(verdicts)
    for verdict in verdicts:
        assert told[-1] is verdict
        assert 0 <= verdict.likeness <= 5
        assert 0 <= verdict.frames <= RULES.frames
        if verdict.doubt is None:
            assert verdict.likeness >= 4
            assert verdict.frames == RULES.frames
            assert verdict.turned is (True if turns else None)
            asked = [hint for hint in told if hint in (FaceHint.TURN_LEFT, FaceHint.TURN_RIGHT)]
            assert asked == [FaceHint.TURN_LEFT if side == "left" else FaceHint.TURN_RIGHT for side in turns]
        if verdict.doubt is FaceDoubt.OTHER_PERSON:
            assert verdict.likeness < 4


@given(st.lists(st.tuples(st.integers(30, 300), st.integers(-90, 90)), min_size=60, max_size=120))
def test_no_flat_thing_is_ever_accepted(moves: list[tuple[int, int]]) -> None:
    attempt, at = Attempt(RULES, direction(), ("left",), 0), 0
    told = []
    for number, (later, degrees) in enumerate(moves):
        at += later
        told += attempt.see(sight(at, degrees=0 if number < 12 else degrees, flat=True))
    assert not any(isinstance(one, FaceVerdict) and one.doubt is None for one in told)
