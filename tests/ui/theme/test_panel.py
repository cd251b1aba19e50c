from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.visit.policy import TextSize
from ui.theme.panel import GRID, PORTRAIT, PROFILES, SMALL, PanelProfile, Role, Sizes

PANELS = pytest.mark.parametrize("panel", PROFILES.values(), ids=PROFILES)


@PANELS
@given(st.floats(0.1, 300))
def test_pixels_are_never_fewer_than_the_millimetres_asked_for(panel: PanelProfile, mm: float) -> None:
    assert panel.mm(panel.px(mm)) >= mm - 1e-6


@PANELS
@given(st.floats(0.0, 100))
def test_gaps_are_whole_steps_of_the_grid(panel: PanelProfile, mm: float) -> None:
    assert panel.grid(mm) % GRID == 0
    assert panel.grid(mm) >= GRID


@PANELS
@pytest.mark.parametrize("role", get_args(Role))
def test_each_text_size_is_larger_than_the_one_before(panel: PanelProfile, role: Role) -> None:
    sizes: list[TextSize] = ["small", "medium", "large", "extra_large"]
    ems = [Sizes(panel, size).em(role) for size in sizes]
    assert ems == sorted(set(ems))


@PANELS
def test_extra_large_text_is_twice_as_large_as_small(panel: PanelProfile) -> None:
    assert Sizes(panel, "extra_large").em("body") >= 2 * Sizes(panel, "small").em("body") - 1


def test_letters_but_not_targets_shrink_with_the_panel() -> None:
    assert SMALL.reading_scale < PORTRAIT.reading_scale
    assert SMALL.mm(SMALL.px(20.0)) >= 20.0
