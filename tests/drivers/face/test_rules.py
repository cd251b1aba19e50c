from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.face.rules import LOWEST_THRESHOLD, THRESHOLD, Rules, ThresholdTooLow, steps


@given(st.floats(max_value=LOWEST_THRESHOLD, exclude_max=True, allow_nan=False))
def test_no_settings_take_the_threshold_below_the_lowest(threshold: float) -> None:
    with pytest.raises(ThresholdTooLow) as refused:
        Rules(threshold=threshold)
    assert "never below 0.363" in refused.value.remedy


@pytest.mark.parametrize("threshold", [float("nan"), 1.01, float("inf")])
def test_a_threshold_that_is_no_cosine_is_refused(threshold: float) -> None:
    with pytest.raises(ValueError, match="face threshold"):
        Rules(threshold=threshold)


@given(st.floats(-1, 1), st.floats(LOWEST_THRESHOLD, 0.9))
def test_four_and_five_steps_are_exactly_what_is_above_the_threshold(score: float, threshold: float) -> None:
    told = steps(score, threshold)
    assert 0 <= told <= 5
    assert (told >= 4) == (score >= threshold)


@pytest.mark.parametrize(
    ("score", "told"), [(0.3999, 3), (0.40, 4), (0.5499, 4), (0.5501, 5), (0.0999, 0), (0.1, 1)]
)
def test_steps_begin_where_they_say(score: float, told: int) -> None:
    assert steps(score, 0.40) == told


@given(st.lists(st.floats(-1, 1), min_size=2))
def test_a_higher_score_never_has_fewer_steps(scores: list[float]) -> None:
    ordered = [steps(score, THRESHOLD) for score in sorted(scores)]
    assert ordered == sorted(ordered)
