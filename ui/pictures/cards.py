"""Pictures in which a card or a phone is the matter itself."""

from __future__ import annotations

from ui.pictures import Moment
from ui.pictures.canvas import Canvas
from ui.pictures.parts import badge, card, other_card, sheet, waves


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


def phone(c: Canvas, _moment: Moment) -> None:
    c.rect(106, 14, 108, 212, 16, "paper")
    c.rect(116, 34, 88, 164, 5, "screen", width=2.4)
    c.line("M 148 24 L 172 24")
    c.dot(160, 212, 5)
    with c.at(122, 90, 0.63):
        card(c)
    with c.at(160, 74, 0.8):
        waves(c, 2)


def card_front(c: Canvas, _moment: Moment) -> None:
    """Its front, as large as it goes: what is asked for stands there."""
    with c.at(18, 34, 2.5):
        card(c)
