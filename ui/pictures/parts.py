"""Things that appear in several pictures: the card, a hand, people, badges, arrows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QPainterPath

from ui.pictures.canvas import LINE, Canvas, capsule, path

CARD = (120.0, 76.0)
SCARF = "M 38 84 L 50 98 L 62 84 L 66 92 L 52 104 L 62 118 L 50 112 L 38 118 L 48 104 L 34 92 Z"
"""What tells staff from patients, on a ``person``."""


def card(c: Canvas) -> None:
    """The My Number Card, photo side, 120 × 76 with its top left corner at the origin. Not the official design: only
    what one recognises it by."""
    width, height = CARD
    c.rect(0, 0, width, height, 7, "paper")
    c.solid(_rounded_top(width, 15, 7), "tint")
    c.rect(0, 0, width, height, 7)
    c.rect(9, 24, 31, 41, 3, "accent_soft", width=2.4)
    c.solid("M 12.5 64 C 12.5 53 18 50 24.5 50 C 31 50 36.5 53 36.5 64 Z", "shade")
    c.dot(24.5, 40, 8.5, "shade")
    c.line("M 50 29 L 104 29", width=3.4)
    c.line("M 50 41 L 92 41", "shade", 3.4)
    c.line("M 50 52 L 109 52", "shade", 3.4)
    c.line("M 50 63 L 80 63", "shade", 3.4)


def _rounded_top(width: float, height: float, r: float) -> str:
    return f"M 0 {height} L 0 {r} Q 0 0 {r} 0 L {width - r} 0 Q {width} 0 {width} {r} L {width} {height} Z"


def other_card(c: Canvas) -> None:
    """A card of some shop: stripe and star."""
    width, height = CARD
    c.rect(0, 0, width, height, 7, "warm")
    c.rect(0, 14, width, 13, 0, "stroke")
    star = "M 90 38 L 94.5 48 L 105 49 L 97 56 L 99.5 66.5 L 90 61 L 80.5 66.5 L 83 56 L 75 49 L 85.5 48 Z"
    c.shape(star, "paper", width=2.4)
    c.line("M 12 46 L 50 46", width=3.4)
    c.line("M 12 58 L 36 58", width=3.4)


def hand(c: Canvas) -> None:
    """A hand that holds a card by its right edge, thumb at the origin; drawn after the card."""
    palm = capsule([(8, -18), (26, 6), (24, 22)], 40)
    hand = palm.united(capsule([(10, -26), (-18, -30)], 17)).united(capsule([(28, 16), (52, 40)], 34))
    c.shape(hand.simplified(), "skin")
    c.shape(_cuff(), "paper")


def _cuff() -> QPainterPath:
    return path("M 30 48 L 58 20 L 84 46 L 56 74 Z")


def arrow(c: Canvas, *, up: bool = False) -> None:
    """A thick arrow, 44 × 54 around the origin."""
    y = -1 if up else 1
    area = f"M -9 {-27 * y} L 9 {-27 * y} L 9 {2 * y} L 22 {2 * y} L 0 {27 * y} L -22 {2 * y} L -9 {2 * y} Z"
    c.shape(area, "accent", "accent", 4)


def badge(c: Canvas, sign: str, role: str) -> None:
    """A round badge of radius 26 around the origin: ``check``, ``cross``, ``plus``, ``question``."""
    c.circle(0, 0, 26, role, "page", 5)
    lines = {
        "check": "M -12 1 L -3 10 L 13 -9",
        "cross": "M -10 -10 L 10 10 M 10 -10 L -10 10",
        "plus": "M 0 -12 L 0 12 M -12 0 L 12 0",
        "question": "M -8 -6 C -8 -16 9 -16 8 -5 C 7 1 0 1 0 7 M 0 13 L 0 13.5",
    }
    c.line(lines[sign], "page", 6)


def waves(c: Canvas, shown: int = 3) -> None:
    """Radio waves upwards from the origin."""
    for number in range(shown):
        c.arc(0, 0, 16 + number * 13, 50, 80, "accent", 5)


def person(c: Canvas, *, clothes: str = "shade", hair: Callable[[Canvas], None] | None = None) -> None:
    """Head and shoulders in 100 × 120, feet of the picture at the bottom."""
    c.shape("M 4 120 C 4 92 26 80 50 80 C 74 80 96 92 96 120 Z", clothes)
    c.shape("M 41 66 L 41 82 C 41 90 59 90 59 82 L 59 66 Z", "skin")
    (hair or short_hair)(c)
    c.dot(42, 46, 2.8)
    c.dot(58, 46, 2.8)
    c.arc(50, 50, 8, 210, 120, width=2.8)


def short_hair(c: Canvas) -> None:
    c.circle(50, 44, 26, "skin")
    c.solid(
        "M 23 44 C 20 14 42 12 50 12 C 62 12 80 16 77 44 C 74 34 68 32 62 31 C 50 32 34 30 30 33 C 26 36 25 40 23 44 Z",
        "hair",
    )


def bob_hair(c: Canvas) -> None:
    c.solid(
        "M 50 11 C 22 11 18 33 19 52 C 19 66 23 75 30 75 L 70 75 C 77 75 81 66 81 52 C 82 33 78 11 50 11 Z",
        "hair",
    )
    c.shape("M 41 60 L 41 82 C 41 90 59 90 59 82 L 59 60 Z", "skin")
    c.solid(
        "M 27 46 C 34 43 46 38 52 29 C 58 38 67 43 73 45 C 75 62 64 71 50 71 C 36 71 25 62 27 46 Z", "skin"
    )


def sheet(c: Canvas, width: float, height: float, *, lines: int = 4, heading: bool = True) -> None:
    """A paper with writing, its top left corner at the origin."""
    c.rect(0, 0, width, height, 6, "paper")
    top = height * 0.17
    if heading:
        c.line(f"M {width * 0.16} {top} L {width * 0.62} {top}", "stroke", 5)
        top += height * 0.17
    step = (height * 0.86 - top) / max(1, lines - 1) if lines > 1 else 0
    for number in range(lines):
        y = top + number * step
        right = width * (0.84 if number % 2 == 0 else 0.68)
        c.line(f"M {width * 0.16} {y} L {right} {y}", "shade", 3.6)


def ground(c: Canvas, left: float = 20, right: float = 300, y: float = 222) -> None:
    c.line(f"M {left} {y} L {right} {y}", "stroke", LINE)
