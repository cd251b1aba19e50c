"""A phone and the pad that reads it: held there, kept still, held again, confirmed, put away."""

from __future__ import annotations

from ui.pictures import Moment
from ui.pictures.canvas import Canvas, Point, ease
from ui.pictures.papers import lock
from ui.pictures.parts import arrow, badge, card, ground, hand, person, short_hair, waves

_STILL = 0.35  # how near the phone is where nothing may move


def hold_phone(c: Canvas, moment: Moment) -> None:
    """A hand brings the phone down to the pad, and it begins again."""
    near = ease(moment.phase, 0.08, 0.45) if moment.phase >= 0 else _STILL
    _pad(c)
    hold = _above(c, near)
    _held(c, hold)
    if near < 1:
        with c.at(40, 70):
            arrow(c)


def phone_still(c: Canvas, _moment: Moment) -> None:
    """It lies on the pad and answers: as long as the clock shows, nobody moves."""
    _pad(c)
    _held(c, _above(c, 1.0))
    with c.at(160, 92, 1.1):
        waves(c)
    with c.at(54, 66):
        _clock(c)


def phone_again(c: Canvas, moment: Moment) -> None:
    """It was taken away too early; there is its place."""
    near = ease(moment.phase, 0.08, 0.45) * 0.75 if moment.phase >= 0 else 0.0
    _pad(c)
    with c.laid(100, 60, ((121, 161), (199, 161), (211, 195), (109, 195))):
        c.dashed(0, 0, 100, 60, "accent", 4)
    _held(c, _above(c, near))
    with c.at(40, 70):
        arrow(c)


def phone_confirm(c: Canvas, _moment: Moment) -> None:
    """The phone itself looks at its holder, or feels their finger."""
    with c.at(92, 10, 1.3):
        c.rect(0, 0, 85, 168, 12, "paper")
        c.rect(8, 15, 69, 132, 4, "screen", width=2.4)
        c.line("M 33 7.5 L 52 7.5", width=3)
        for x, y, dx, dy in ((16, 24, 1, 1), (69, 24, -1, 1), (16, 84, 1, -1), (69, 84, -1, -1)):
            c.line(f"M {x} {y + 13 * dy} L {x} {y} L {x + 13 * dx} {y}", "accent", 4.5)
        with c.at(20, 26, 0.46):
            person(c, clothes="tint", hair=short_hair)
        for radius in (5, 11, 17):
            c.arc(42.5, 128, radius, -30, 240, "accent", 3)
        c.dot(42.5, 157, 4)
    with c.at(216, 66, 1.3):
        badge(c, "check", "good")


def phone_away(c: Canvas, moment: Moment) -> None:
    """It has said all; it may go."""
    away = ease(moment.phase, 0.12, 0.6) if moment.phase >= 0 else 0.8
    _pad(c)
    _held(c, _above(c, 1 - away))
    with c.at(40, 70):
        arrow(c, up=True)
    with c.at(160, 178, 1.0):
        badge(c, "check", "good")


def phone_locks(c: Canvas, _moment: Moment) -> None:
    """Its PIN is about to be of no use any more."""
    with c.at(70, 10, 1.1, -4):
        _phone(c)
    lock(c, 182, 74, 1.1)
    c.rect(108, 150, 190, 62, 12, "paper")
    for number in range(4):
        c.dot(142 + number * 41, 181, 9.5, "accent")


def _phone(c: Canvas) -> None:
    """Its front, 85 × 168 at the origin."""
    c.rect(0, 0, 85, 168, 12, "paper")
    c.rect(8, 15, 69, 132, 4, "screen", width=2.4)
    c.line("M 33 7.5 L 52 7.5", width=3)
    c.dot(42.5, 157, 4)
    with c.at(12.5, 60, 0.5):
        card(c)


def _pad(c: Canvas) -> None:
    """The general-purpose reader on the counter."""
    ground(c, 8, 312, 228)
    c.shape(
        "M 58 176 L 262 176 L 284 212 L 284 217 Q 284 228 272 228 L 48 228 Q 36 228 36 217 L 36 212 Z",
        "shade",
    )
    c.shape(
        "M 76 146 L 244 146 Q 252 146 256 153 L 282 204 Q 286 213 275 213 L 45 213 Q 34 213 38 204 L 64 153"
        " Q 68 146 76 146 Z",
        "paper",
    )
    c.shape("M 110 156 L 210 156 L 226 200 L 94 200 Z", "accent_soft", "accent", 2.4)


def _above(c: Canvas, near: float) -> Point:
    """The phone, seen from its holder's side; 1: on the pad. Gives the point at which a hand holds it."""
    lift, grow = (1 - near) * 100, (1 - near) * 8
    if near > 0.2:
        with c.at(0, 0, opacity=0.3 * near):
            c.solid("M 118 150 L 206 150 L 222 204 L 102 204 Z", "shade")
    top, bottom = 128 - lift - (1 - near) * 16, 206 - lift
    corners = ((121 - grow, top), (199 + grow, top), (214 + grow, bottom), (106 - grow, bottom))
    with c.laid(85, 168, corners):
        _phone(c)
    return 208 + grow, (top + bottom) / 2 + 10


def _held(c: Canvas, at: Point) -> None:
    with c.at(*at, 0.95):
        hand(c)


def _clock(c: Canvas) -> None:
    c.circle(0, 0, 30, "paper", width=5)
    c.line("M 0 -17 L 0 0 L 12 8", "accent", 6)
