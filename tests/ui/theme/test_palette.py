from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.theme.palette import (
    EDGE_CONTRAST,
    EDGE_PAIRS,
    PALETTES,
    TEXT_CONTRAST,
    TEXT_PAIRS,
    Palette,
    contrast,
)

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
SCHEMES = pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)


@SCHEMES
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_every_text_reaches_seven_to_one(palette: Palette, text: str, ground: str) -> None:
    assert contrast(getattr(palette, text), getattr(palette, ground)) >= TEXT_CONTRAST


@SCHEMES
@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_every_edge_reaches_three_to_one(palette: Palette, edge: str, ground: str) -> None:
    assert contrast(getattr(palette, edge), getattr(palette, ground)) >= EDGE_CONTRAST


def test_contrast_has_the_values_of_the_published_definition() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#ffffff", "#ffffff") == pytest.approx(1.0)
    assert contrast("#0031d8", "#ffffff") == pytest.approx(8.64, abs=0.01)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@given(COLOURS, COLOURS)
def test_contrast_does_not_depend_on_the_order(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1.0 <= contrast(one, other) <= 21.0
