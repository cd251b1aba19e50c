from __future__ import annotations

import re

import pytest
from PySide6.QtWidgets import QPushButton

from ui.theme.palette import PALETTES, Palette
from ui.theme.style import style_sheet


@pytest.mark.parametrize("palette", PALETTES.values(), ids=list(PALETTES))
def test_the_style_sheet_has_only_colours_of_the_scheme(palette: Palette) -> None:
    allowed = {getattr(palette, name) for name in Palette.__slots__ if name != "name"}
    assert set(re.findall(r"#[0-9a-f]{6}", style_sheet(palette, 18))) <= allowed


@pytest.mark.usefixtures("qapp")
def test_a_standard_button_takes_its_colours() -> None:
    button = QPushButton("x")
    button.setStyleSheet(style_sheet(PALETTES["high"], 18))
    button.resize(80, 40)
    assert button.grab().toImage().pixelColor(40, 8).name() == PALETTES["high"].page
    button.deleteLater()
