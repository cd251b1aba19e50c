from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from drivers.face.hints import Hints
from drivers.interface import FaceHint

seen = st.lists(st.tuples(st.sampled_from(FaceHint), st.integers(0, 400)))


def told_of(pictures: list[tuple[FaceHint, int]], settle: int) -> list[tuple[int, FaceHint]]:
    hints, at, told = Hints(settle), 0, []
    for hint, later in pictures:
        at += later
        told += [(at, one) for one in hints.see(hint, at)]
    return told


@given(seen)
def test_no_hint_is_told_twice_in_a_row(pictures: list[tuple[FaceHint, int]]) -> None:
    told = [hint for _, hint in told_of(pictures, 250)]
    assert all(one != other for one, other in pairwise(told))


@given(seen)
def test_hints_never_follow_faster_than_they_settle(pictures: list[tuple[FaceHint, int]]) -> None:
    moments = [at for at, _ in told_of(pictures, 250)]
    assert all(later - earlier >= 250 for earlier, later in pairwise(moments))


def test_the_first_hint_and_one_that_is_asked_for_come_at_once() -> None:
    hints = Hints(250)
    assert hints.see(FaceHint.TOO_FAR, 0) == [FaceHint.TOO_FAR]
    assert hints.ask(FaceHint.TURN_LEFT) == [FaceHint.TURN_LEFT]
    assert hints.ask(FaceHint.TURN_LEFT) == []


def test_a_flicker_is_not_told_and_what_stays_is() -> None:
    told = told_of(
        [(FaceHint.DARK, 0), (FaceHint.BRIGHT, 100), (FaceHint.DARK, 100), (FaceHint.BRIGHT, 100)], 250
    )
    assert told == [(0, FaceHint.DARK)]
    assert told_of([(FaceHint.DARK, 0), (FaceHint.BRIGHT, 100), (FaceHint.BRIGHT, 250)], 250)[-1] == (
        350,
        FaceHint.BRIGHT,
    )
