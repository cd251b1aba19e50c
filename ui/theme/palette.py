"""Roles instead of colours: what a widget asks for, and what each contrast scheme answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from kiosk.visit.policy import Contrast
from ui.theme.tokens import BLACK, BLUE, GREEN, ORANGE, RED, SOLID_GRAY, WHITE, YELLOW

TEXT_CONTRAST = 7.0  # WCAG 2.2, 1.4.6 (AAA)
EDGE_CONTRAST = 3.0  # WCAG 2.2, 1.4.11


@dataclass(frozen=True, slots=True)
class Palette:
    """One scheme. ``…_soft`` are large quiet surfaces, ``on_…`` is text upon them."""

    name: Contrast
    page: str
    ink: str
    ink_soft: str  # second voice: notes, codes
    ink_off: str  # a target that does nothing now
    accent: str
    on_accent: str
    accent_soft: str
    pressed: str
    edge: str  # what tells where a target is
    line: str  # mere ornament
    good: str
    good_soft: str
    notice: str
    notice_soft: str
    danger: str
    danger_soft: str
    ribbon: str
    on_ribbon: str
    focus_inner: str
    focus_outer: str
    # pictures
    stroke: str
    paper: str
    tint: str
    shade: str
    skin: str
    hair: str
    warm: str
    screen: str


STANDARD = Palette(
    name="standard",
    page=WHITE, ink=SOLID_GRAY[900], ink_soft=SOLID_GRAY[700], ink_off=SOLID_GRAY[600],
    accent=BLUE[900], on_accent=WHITE, accent_soft=BLUE[50], pressed=BLUE[100],
    edge=SOLID_GRAY[536], line=SOLID_GRAY[200],
    good=GREEN[900], good_soft=GREEN[50],
    notice=ORANGE[1000], notice_soft=YELLOW[50],
    danger=RED[1100], danger_soft=RED[50],
    ribbon=YELLOW[300], on_ribbon=BLACK,
    focus_inner=BLACK, focus_outer=YELLOW[300],
    stroke=BLUE[1000], paper=WHITE, tint=BLUE[200], shade=BLUE[300], skin=ORANGE[100], hair=BLUE[1100],
    warm=YELLOW[300], screen=BLUE[100],
)  # fmt: skip
HIGH = Palette(
    name="high",
    page=BLACK, ink=WHITE, ink_soft=WHITE, ink_off=SOLID_GRAY[300],
    accent=YELLOW[300], on_accent=BLACK, accent_soft=BLACK, pressed=SOLID_GRAY[800],
    edge=WHITE, line=SOLID_GRAY[600],
    good=GREEN[300], good_soft=BLACK,
    notice=YELLOW[300], notice_soft=BLACK,
    danger=RED[300], danger_soft=BLACK,
    ribbon=YELLOW[300], on_ribbon=BLACK,
    focus_inner=BLACK, focus_outer=YELLOW[300],
    stroke=WHITE, paper=BLACK, tint=SOLID_GRAY[800], shade=SOLID_GRAY[536], skin=BLACK, hair=WHITE,
    warm=YELLOW[300], screen=SOLID_GRAY[900],
)  # fmt: skip
PALETTES: dict[Contrast, Palette] = {palette.name: palette for palette in (STANDARD, HIGH)}
assert set(PALETTES) == set(get_args(Contrast))

# Every pair that is ever drawn: text upon a surface, and an edge against what lies around it.
TEXT_PAIRS = (
    ("ink", "page"), ("ink_soft", "page"), ("accent", "page"), ("on_accent", "accent"), ("ink", "accent_soft"),
    ("ink_soft", "accent_soft"), ("accent", "accent_soft"), ("ink", "pressed"), ("ink", "notice_soft"),
    ("good", "page"), ("notice", "notice_soft"), ("danger", "page"), ("danger", "danger_soft"),
    ("ink", "danger_soft"), ("ink", "good_soft"), ("on_ribbon", "ribbon"),
)  # fmt: skip
EDGE_PAIRS = (
    ("edge", "page"), ("edge", "pressed"), ("accent", "page"), ("accent", "accent_soft"), ("notice", "notice_soft"),
    ("danger", "danger_soft"), ("good", "good_soft"), ("stroke", "accent_soft"), ("stroke", "paper"),
    ("stroke", "tint"), ("stroke", "skin"), ("stroke", "screen"), ("focus_inner", "focus_outer"), ("ink_off", "page"),
)  # fmt: skip


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, 0 to 1 (WCAG 2.2)."""

    def linear(channel: int) -> float:
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)
