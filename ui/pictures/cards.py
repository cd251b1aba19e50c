"""Pictures in which a card is the matter itself."""

from __future__ import annotations

from ui.pictures import Moment
from ui.pictures.canvas import Canvas
from ui.pictures.parts import badge, card, other_card, sheet


def sleeve(c: Canvas, _moment: Moment) -> None:
    """The card comes out of its cover."""
    with c.at(112, 52, 1.3, -8):
        card(c)
    with c.at(0, 0):
        c.painter.setOpacity(0.9)
        c.shape(
            "M 44 108 L 172 90 Q 180 89 181 97 L 194 190 Q 195 198 187 199"
            " L 59 217 Q 51 218 50 210 L 37 117 Q 36 109 44 108 Z",
            "accent_soft",
        )
        c.painter.setOpacity(1.0)
    c.line("M 62 190 L 78 188 M 92 186 L 126 181", "shade", 5)
    c.shape("M 196 178 L 232 172 L 230 160 L 262 176 L 236 200 L 234 188 L 198 194 Z", "accent", "accent", 4)


def wrong_card(c: Canvas, _moment: Moment) -> None:
    """Not this one, but that one."""
    with c.at(14, 44, 1.05, -6):
        other_card(c)
    with c.at(132, 48):
        badge(c, "cross", "danger")
    with c.at(150, 124, 1.25, 4):
        card(c)
    with c.at(292, 120):
        badge(c, "check", "good")


def register(c: Canvas, _moment: Moment) -> None:
    """The card becomes an insurance card."""
    with c.at(156, 22, 1.0, 6):
        sheet(c, 128, 164, lines=4)
    with c.at(28, 92, 1.4, -4):
        card(c)
    with c.at(198, 96, 1.15):
        badge(c, "plus", "accent")


def confirmed(c: Canvas, _moment: Moment) -> None:
    with c.at(58, 56, 1.55, -4):
        card(c)
    with c.at(244, 166, 1.9):
        badge(c, "check", "good")
    c.line("M 268 64 L 276 44 M 288 80 L 306 68 M 246 52 L 244 32", "warm", 6)


def card_front(c: Canvas, _moment: Moment) -> None:
    """Its front, as large as it goes: what is asked for stands there."""
    with c.at(18, 34, 2.5):
        card(c)


def card_numbers(c: Canvas, _moment: Moment) -> None:
    """Where on its front the three parts of the number stand, in the order in which they are typed."""
    c.rect(8, 26, 304, 188, 14, "paper")
    c.line("M 26 46 L 150 46 M 26 64 L 232 64", "shade", 6)
    c.rect(26, 80, 66, 82, 6, "accent_soft")
    c.solid("M 34 160 C 34 134 46 130 59 130 C 72 130 84 134 84 160 Z", "shade")
    c.dot(59, 108, 17, "shade")
    c.line("M 112 166 L 286 166 M 26 170 L 92 170", "shade", 5)
    for number, (x, y, wide) in enumerate(((112, 80, 184), (112, 122, 184), (26, 178, 76)), 1):
        c.rect(x, y, wide, 30, 6, "accent_soft", "accent", 4)
        c.circle(x, y + 15, 13, "accent", "page", 3)
        c.words(x - 13, y + 2, 26, 26, str(number), 19, "page")
    c.words(127, 81, 166, 28, "○○ 00年 00月 00日", 14.5, "stroke")
    c.words(127, 123, 166, 28, "0000年", 14.5, "stroke")
    c.words(38, 179, 64, 28, "0000", 15.5, "stroke")
