"""Strokes as a form keeps them, read for a document."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.documents.signature import MOST_POINTS, SignatureFault, Strokes, strokes_of

TENTHS = st.integers(-9_999, 99_999)
STROKES = st.lists(st.lists(st.tuples(TENTHS, TENTHS), min_size=1, max_size=5), max_size=4)


@given(STROKES)
def test_tenths_become_millimetres(strokes: list[list[tuple[int, int]]]) -> None:
    text = ";".join(" ".join(f"{x},{y}" for x, y in stroke) for stroke in strokes)
    assert strokes_of(text) == Strokes(
        tuple(tuple((x / 10, y / 10) for x, y in stroke) for stroke in strokes)
    )


def test_nothing_is_no_signature() -> None:
    assert strokes_of("") == Strokes(())


@pytest.mark.parametrize(
    "text",
    ["1", "1,", "1,2,3", "1,2;", ";1,2", "1,2  3,4", "a,b", "1.5,2", "nan,1", "٣,٤", "1,2\n", "1,9999999"],
)
def test_what_is_not_strokes_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(SignatureFault) as caught:
        strokes_of(text)
    assert text not in str(caught.value)


def test_more_points_than_a_hand_can_write_are_refused() -> None:
    with pytest.raises(SignatureFault, match="points"):
        strokes_of(" ".join(["1,1"] * (MOST_POINTS + 1)))
