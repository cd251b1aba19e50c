"""The three kinds of reader, with the card coming, lying there, and being taken."""

from __future__ import annotations

from collections.abc import Callable

from ui.pictures import Moment
from ui.pictures.canvas import Canvas, Point, ease
from ui.pictures.parts import CARD, arrow, card, ground, hand, person, short_hair, waves

# Draws reader and card; ``near``: 0 far away, 1 in place. Gives the point at which a hand holds the card.
Stage = Callable[[Canvas, float], Point]


def _flat(c: Canvas, near: float) -> Point:
    """A pad on the counter; the card is laid upon it."""
    ground(c, 8, 312, 228)
    c.shape(
        "M 34 164 L 286 164 L 308 210 L 308 216 Q 308 228 296 228 L 24 228 Q 12 228 12 216 L 12 210 Z",
        "shade",
    )
    c.shape(
        "M 50 134 L 270 134 Q 278 134 282 141 L 307 203 Q 310 213 298 213 L 22 213 Q 10 213 13 203 L 38 141"
        " Q 42 134 50 134 Z",
        "paper",
    )
    c.shape("M 94 145 L 226 145 L 246 202 L 74 202 Z", "accent_soft", "accent", 2.4)
    lift, grow = (1 - near) * 96, (1 - near) * 6
    if near < 0.99:
        with c.at(0, 0, opacity=0.3):
            c.solid("M 100 149 L 220 149 L 240 199 L 80 199 Z", "shade")
    top, bottom = 149 - lift - (1 - near) * 14, 199 - lift
    with c.laid(*CARD, ((99 - grow, top), (221 + grow, top), (240 + grow, bottom), (80 - grow, bottom))):
        card(c)
    return 226 + grow, (top + bottom) / 2 + 4


def _slot(c: Canvas, near: float) -> Point:
    """A box with a slot on top; the card goes down into it, and its upper half stays visible."""
    left, top = 88.0, 12 + near * 76
    ground(c, 30, 290, 228)
    c.shape("M 68 142 L 252 142 L 266 162 L 54 162 Z", "shade")
    c.rect(78, 147, 164, 8, 4, "stroke")
    with c.at(left, top, 1.2):
        card(c)
    c.shape("M 54 160 L 266 160 L 266 216 Q 266 228 254 228 L 66 228 Q 54 228 54 216 Z", "paper")
    c.dot(160, 194, 7, "accent")
    return left + 132, top + 36


def _upright(c: Canvas, near: float) -> Point:
    """A stand with a ledge; the card leans against it."""
    aside, above = (1 - near) * 30, (1 - near) * 46
    ground(c, 20, 300, 228)
    c.shape("M 66 42 Q 66 28 80 28 L 240 28 Q 254 28 254 42 L 254 206 L 66 206 Z", "paper")
    c.rect(82, 46, 156, 104, 6, "accent_soft", "accent", 2.4)
    with c.at(88 + aside, 66 - above, 1.2):
        card(c)
    c.shape(
        "M 44 190 L 276 190 L 284 206 L 284 216 Q 284 228 272 228 L 48 228 Q 36 228 36 216 L 36 206 Z",
        "shade",
    )
    c.shape("M 54 157 L 266 157 L 284 206 L 36 206 Z", "paper")
    return 222 + aside, 120 - above


_STAGES: dict[str, Stage] = {"flat": _flat, "slot": _slot, "upright": _upright}
_ABOVE_CARD: dict[str, Point] = {"flat": (160, 134), "slot": (160, 84), "upright": (160, 62)}
_STILL = 0.4  # how near the card is where nothing may move


def place_card(c: Canvas, moment: Moment) -> None:
    """A hand brings the card; it rests in its place, and it begins again."""
    near = ease(moment.phase, 0.08, 0.5) if moment.phase >= 0 else _STILL
    hold = _STAGES[moment.reader](c, near)
    if near < 1:
        with c.at(*hold, 0.95):
            hand(c)
        with c.at(32, 74):
            arrow(c)


early = place_card


def reading(c: Canvas, moment: Moment) -> None:
    """The card lies in its place and answers."""
    _STAGES[moment.reader](c, 1.0)
    with c.at(*_ABOVE_CARD[moment.reader], 1.2):
        waves(c)


def take_card(c: Canvas, moment: Moment) -> None:
    """A hand takes the card away."""
    away = ease(moment.phase, 0.12, 0.6) if moment.phase >= 0 else 1 - _STILL
    hold = _STAGES[moment.reader](c, 1 - away)
    with c.at(*hold, 0.95):
        hand(c)
    with c.at(32, 74):
        arrow(c, up=True)


def certified_reader(c: Canvas, _moment: Moment) -> None:
    """A stand with a screen of its own that looks at a face, and the card in its slot."""
    ground(c, 50, 270, 228)
    c.shape("M 82 24 Q 82 10 96 10 L 224 10 Q 238 10 238 24 L 238 172 L 82 172 Z", "paper")
    c.rect(96, 24, 128, 122, 6, "accent_soft", "accent", 2.4)
    c.dot(160, 17, 3, "accent")
    with c.at(120, 44, 0.8):
        person(c, clothes="tint", hair=short_hair)
    for x, y, dx, dy in ((108, 36, 1, 1), (212, 36, -1, 1), (108, 136, 1, -1), (212, 136, -1, -1)):
        c.line(f"M {x} {y + 18 * dy} L {x} {y} L {x + 18 * dx} {y}", "accent", 5)
    c.shape(
        "M 62 186 L 258 186 L 270 206 L 270 216 Q 270 228 258 228 L 62 228 Q 50 228 50 216 L 50 206 Z",
        "shade",
    )
    with c.at(100, 158, 1.0):
        card(c)
    c.shape("M 50 200 L 270 200 L 270 216 Q 270 228 258 228 L 62 228 Q 50 228 50 216 Z", "paper")
