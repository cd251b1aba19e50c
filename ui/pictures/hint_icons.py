"""Signs for what to do before a camera, 100 × 100: each stands beside its words and never alone."""

from __future__ import annotations

from ui.pictures import Moment
from ui.pictures.canvas import Canvas
from ui.pictures.parts import badge, card, person, short_hair

W = 7.0


def _head(c: Canvas, x: float, y: float, scale: float) -> None:
    with c.at(x - 50 * scale, y - 46 * scale, scale):
        person(c, clothes="tint", hair=short_hair)


def _arrow(c: Canvas, x: float, y: float, turn: float, scale: float = 1.0) -> None:
    """To the right, where it is not turned."""
    with c.at(x, y, scale, turn):
        c.line("M -18 0 L 16 0 M 2 -14 L 18 0 L 2 14", "accent", 10)


def _corners(c: Canvas) -> None:
    for x, y, dx, dy in ((6, 6, 1, 1), (94, 6, -1, 1), (6, 94, 1, -1), (94, 94, -1, -1)):
        c.line(f"M {x} {y + 18 * dy} L {x} {y} L {x + 18 * dx} {y}", "accent", 6)


def stand(c: Canvas, _m: Moment) -> None:
    c.line("M 50 12 C 30 12 26 30 26 44 C 26 60 36 70 50 70 C 64 70 74 60 74 44 C 74 30 70 12 50 12", width=5)
    _corners(c)
    _arrow(c, 50, 84, -90, 0.6)


def one(c: Canvas, _m: Moment) -> None:
    _head(c, 34, 46, 0.62)
    _head(c, 76, 46, 0.5)
    c.line("M 56 14 L 96 86 M 96 14 L 56 86", "danger", 7)


def nearer(c: Canvas, _m: Moment) -> None:
    _head(c, 50, 46, 0.5)
    for x, y, turn in ((14, 14, -135), (86, 14, -45), (14, 88, 135), (86, 88, 45)):
        _arrow(c, x, y, turn, 0.5)


def further(c: Canvas, _m: Moment) -> None:
    _head(c, 50, 46, 0.72)
    for x, y, turn in ((14, 14, 45), (86, 14, 135), (14, 88, -45), (86, 88, -135)):
        _arrow(c, x, y, turn, 0.5)


def middle(c: Canvas, _m: Moment) -> None:
    _corners(c)
    _head(c, 68, 46, 0.55)
    _arrow(c, 24, 50, 180, 0.7)


def ahead(c: Canvas, _m: Moment) -> None:
    _corners(c)
    _head(c, 50, 46, 0.68)


def light(c: Canvas, _m: Moment) -> None:
    c.circle(50, 50, 19, "warm", width=5)
    for turn in range(0, 360, 45):
        with c.at(50, 50, 1.0, turn):
            c.line("M 0 -30 L 0 -43", width=W)


def shade(c: Canvas, m: Moment) -> None:
    light(c, m)
    c.line("M 14 90 L 86 10", "page", 15)
    c.line("M 14 90 L 86 10", "danger", W)


def still(c: Canvas, _m: Moment) -> None:
    _head(c, 42, 44, 0.72)
    with c.at(76, 76, 0.8):
        badge(c, "check", "good")


def mask(c: Canvas, _m: Moment) -> None:
    _head(c, 50, 42, 0.8)
    c.shape("M 29 50 C 39 45 61 45 71 50 L 67 66 C 60 74 40 74 33 66 Z", "paper", width=4)
    _arrow(c, 50, 84, 90, 0.75)


def left(c: Canvas, _m: Moment) -> None:
    _head(c, 66, 46, 0.62)
    _arrow(c, 22, 50, 180, 1.0)


def right(c: Canvas, _m: Moment) -> None:
    _head(c, 34, 46, 0.62)
    _arrow(c, 78, 50, 0, 1.0)


def camera(c: Canvas, _m: Moment) -> None:
    c.rect(10, 26, 80, 56, 10, "paper", width=5)
    c.circle(50, 54, 19, "screen", width=5)
    c.circle(78, 38, 3, "accent", width=0)


def lens(c: Canvas, m: Moment) -> None:
    camera(c, m)
    c.line("M 14 92 L 86 14", "page", 15)
    c.line("M 14 92 L 86 14", "danger", W)


def lamp(c: Canvas, m: Moment) -> None:
    with c.at(-8, -8, 0.66):
        light(c, m)
    _head(c, 68, 66, 0.5)
    _arrow(c, 24, 84, 0, 0.7)


def show_card(c: Canvas, _m: Moment) -> None:
    _corners(c)
    with c.at(12, 26, 0.63):
        card(c)


def straight(c: Canvas, _m: Moment) -> None:
    with c.at(10, 40, 0.6, -18):
        card(c)
    c.arc(50, 52, 42, 20, 70, "accent", W)
    _arrow(c, 90, 34, 75, 0.55)


def glare(c: Canvas, m: Moment) -> None:
    with c.at(6, 40, 0.66):
        card(c)
    with c.at(46, 0, 0.52):
        light(c, m)


def other_side(c: Canvas, _m: Moment) -> None:
    with c.at(14, 34, 0.6):
        card(c)
    c.arc(50, 50, 44, 40, 100, "accent", W)
    _arrow(c, 15, 26, 135, 0.55)


def hold_card(c: Canvas, _m: Moment) -> None:
    with c.at(4, 20, 0.7):
        card(c)
    with c.at(76, 78, 0.8):
        badge(c, "check", "good")


ICONS = {
    "hint_stand": stand, "hint_one": one, "hint_nearer": nearer, "hint_further": further, "hint_middle": middle,
    "hint_ahead": ahead, "hint_light": light, "hint_shade": shade, "hint_still": still, "hint_mask": mask,
    "hint_left": left, "hint_right": right, "hint_lens": lens, "hint_lamp": lamp, "hint_card": show_card,
    "hint_camera": camera, "hint_straight": straight, "hint_glare": glare, "hint_other_side": other_side,
    "hint_hold_card": hold_card,
}  # fmt: skip
