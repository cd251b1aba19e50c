"""Scenes of the pages on which something is shown, written or signed instead of an electronic check."""

from __future__ import annotations

from ui.pictures import Moment
from ui.pictures.canvas import Canvas
from ui.pictures.documents import (
    certificate_card,
    certificate_sheet,
    clinic_card,
    coin,
    form_sheet,
    notice_sheet,
    pen,
    plus,
    portal_phone,
    receipt,
)
from ui.pictures.parts import arrow, badge, bob_hair, card, ground, person, short_hair


def evidence(c: Canvas, _moment: Moment) -> None:
    """Everything that may be at hand."""
    with c.at(26, 26, 1.12, -5):
        notice_sheet(c)
    with c.at(226, 22, 1.0, 4):
        portal_phone(c)
    with c.at(98, 118, 1.22, -3):
        certificate_card(c)


def no_card(c: Canvas, _moment: Moment) -> None:
    """The place of a card, empty."""
    c.dashed(52, 44, 216, 138, "accent", 5)
    c.solid("M 74 158 C 74 128 86 120 104 120 C 122 120 134 128 134 158 Z", "shade")
    c.dot(104, 96, 20, "shade")
    c.words(140, 60, 116, 112, "?", 78, "accent")
    ground(c, 24, 296, 214)


def companion(c: Canvas, _moment: Moment) -> None:
    """Somebody beside the patient."""
    with c.at(148, 22, 1.58):
        person(c, clothes="shade", hair=short_hair)
    with c.at(24, 54, 1.36):
        person(c, clothes="paper", hair=bob_hair)
    ground(c, 14, 320, 214)
    c.shape(_heart(158, 178, 18), "warm")


def _heart(x: float, y: float, r: float) -> str:
    return (
        f"M {x} {y + r} C {x - 2 * r} {y - 0.2 * r} {x - r} {y - 1.4 * r} {x} {y - 0.4 * r}"
        f" C {x + r} {y - 1.4 * r} {x + 2 * r} {y - 0.2 * r} {x} {y + r} Z"
    )


def school_trip(c: Canvas, _moment: Moment) -> None:
    """A teacher with a flag, and children in caps."""
    c.line("M 40 216 L 40 30", width=6)
    c.shape("M 42 32 C 60 22 70 42 90 32 L 90 70 C 70 80 60 60 42 70 Z", "accent")
    with c.at(58, 56, 1.32):
        person(c, clothes="paper", hair=bob_hair)
    for x, y, scale in ((232, 106, 0.9), (168, 118, 0.8)):
        with c.at(x, y, scale):
            person(c, clothes="tint", hair=cap)
    ground(c, 14, 316, 214)


def cap(c: Canvas) -> None:
    """A child's head with a yellow cap."""
    c.circle(50, 44, 26, "skin")
    c.shape("M 22 38 C 22 4 78 4 78 38 Z", "warm")
    c.line("M 14 39 L 84 39", width=7)


def certificate(c: Canvas, _moment: Moment) -> None:
    """A card or a sheet: both exist."""
    with c.at(196, 30, 1.28, 5):
        certificate_sheet(c)
    with c.at(18, 78, 1.46, -4):
        certificate_card(c)


def card_notice(c: Canvas, _moment: Moment) -> None:
    with c.at(14, 82, 1.14, -4):
        card(c)
    plus(c, 172, 122, 17)
    with c.at(204, 40, 1.06, 3):
        notice_sheet(c)


def card_portal(c: Canvas, _moment: Moment) -> None:
    with c.at(14, 82, 1.14, -4):
        card(c)
    plus(c, 176, 122, 17)
    with c.at(212, 36, 1.08, 3):
        portal_phone(c)


def known(c: Canvas, _moment: Moment) -> None:
    """The card of this house, and the same as last time."""
    with c.at(20, 76, 1.5, -4):
        clinic_card(c)
    c.circle(258, 82, 44, "paper", "accent", 8)
    c.line("M 258 56 L 258 84 L 278 96", "accent", 7)
    with c.at(204, 178, 1.25):
        badge(c, "check", "good")


def form(c: Canvas, _moment: Moment) -> None:
    with c.at(72, 16, 1.36, -3):
        form_sheet(c)
    with c.at(206, 176, 1.32):
        pen(c)


def sign(c: Canvas, _moment: Moment) -> None:
    """A name on a line."""
    c.rect(26, 40, 268, 164, 10, "paper")
    c.line("M 52 166 L 268 166", "shade", 4)
    c.line(
        "M 66 148 C 84 92 98 92 94 130 C 92 154 76 148 88 132 C 104 112 116 116 112 140 C 110 152 124 152 130 132"
        " C 134 118 146 120 142 138 C 140 152 154 152 168 128",
        "stroke",
        6,
    )
    with c.at(176, 138, 1.3):
        pen(c)


def self_pay(c: Canvas, _moment: Moment) -> None:
    """Paid now, and most of it comes back."""
    with c.at(36, 30, 1.42, -4):
        receipt(c)
    with c.at(244, 186, 1.15):
        coin(c)
    with c.at(226, 164, 1.15):
        coin(c)
    c.line("M 176 98 C 204 52 260 60 264 112", "accent", 10)
    with c.at(264, 118, 0.62):
        arrow(c)
