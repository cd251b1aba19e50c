"""Every picture that a page may ask for can be drawn, in every scheme, and tells itself from the others."""

from __future__ import annotations

from itertools import combinations
from typing import get_args

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from kiosk.visit.views import Picture
from ui.pictures import draw, names
from ui.theme.fonts import Fonts
from ui.theme.palette import PALETTES, Palette

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("qapp")]
GROUND = 0xFF808080
SCHEMES = pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)


def drawn(name: str, palette: Palette, *, stroke: str = "", fonts: Fonts | None = None) -> QImage:
    image = QImage(160, 120, QImage.Format.Format_RGB32)
    image.fill(QColor(GROUND))
    with QPainter(image) as painter:
        draw(name, painter, QRectF(image.rect()), palette, stroke=stroke, fonts=fonts)
    return image


def colours(image: QImage) -> set[int]:
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


def test_every_picture_of_a_view_is_drawn_here() -> None:
    assert set(get_args(Picture)) - {""} <= set(names())


def test_no_name_is_given_twice() -> None:
    assert len(set(names())) == len(names())


def test_a_name_that_is_no_picture_is_refused() -> None:
    for name in ("nothing", "icon.nothing"):
        with pytest.raises(KeyError):
            drawn(name, PALETTES["standard"])


@SCHEMES
def test_every_picture_shows_something(palette: Palette) -> None:
    fonts = Fonts()
    blank = [name for name in names() if colours(drawn(name, palette, fonts=fonts)) == {GROUND}]
    assert blank == []


@SCHEMES
def test_papers_cannot_be_taken_for_each_other(palette: Palette) -> None:
    papers = (
        "certificate",
        "card_notice",
        "card_portal",
        "notice_copy",
        "portal_print",
        "legacy_card",
        "form",
    )
    pictures = {
        name: drawn(f"icon.{name}", palette) for name in papers
    }  # even where their words cannot be read
    for one, other in combinations(papers, 2):
        same = sum(
            pictures[one].pixel(x, y) == pictures[other].pixel(x, y) for x in range(160) for y in range(120)
        )
        assert same < 0.97 * 160 * 120, f"{one} and {other}"


def test_papers_are_written_on_in_the_fonts_of_the_screen() -> None:
    plain, written = (drawn("certificate", PALETTES["standard"], fonts=fonts) for fonts in (None, Fonts()))
    assert plain != written


def test_on_a_coloured_button_a_picture_has_one_colour_and_its_shades() -> None:
    for name in names():
        if name.startswith("icon."):
            image = drawn(name, PALETTES["standard"], stroke="#ffffff", fonts=Fonts())
            assert all(QColor(pixel).saturation() == 0 for pixel in colours(image)), name
