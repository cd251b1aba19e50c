"""Pictures of papers and screens: keypad, look-up, ticket, farewell."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt

from ui.pictures import Moment
from ui.pictures.canvas import Canvas
from ui.pictures.parts import badge, card, sheet


def pin(c: Canvas, _moment: Moment) -> None:
    """A card with a lock and four dots."""
    with c.at(40, 34, 1.5, -4):
        card(c)
    c.rect(108, 150, 190, 62, 12, "paper")
    for number in range(4):
        c.dot(142 + number * 41, 181, 9.5, "accent")
    lock(c, 250, 96, 1.0)


def lock(c: Canvas, x: float, y: float, scale: float) -> None:
    with c.at(x, y, scale):
        c.line("M -16 -8 L -16 -22 C -16 -42 16 -42 16 -22 L 16 -8", width=6)
        c.rect(-26, -10, 52, 42, 7, "warm")
        c.dot(0, 7, 5)
        c.line("M 0 8 L 0 18", width=4)


def looking_up(c: Canvas, _moment: Moment) -> None:
    """A magnifying glass over the insurance record."""
    with c.at(70, 14, 1.0, -3):
        sheet(c, 150, 196, lines=5)
        c.rect(22, 116, 40, 50, 4, "accent_soft", width=2.6)
        c.line("M 42 126 L 42 156 M 27 141 L 57 141", "accent", 8)
    c.line("M 236 178 L 276 218", "stroke", 18)
    c.line("M 236 178 L 276 218", "shade", 10)
    c.circle(204, 144, 46, "", "stroke", 7)
    c.painter.setOpacity(0.35)
    c.dot(204, 144, 43, "paper")
    c.painter.setOpacity(1.0)
    c.arc(204, 144, 33, 100, 60, "accent", 5)


def finished(c: Canvas, moment: Moment) -> None:
    """The reception ticket with its number."""
    c.shape(
        "M 58 18 L 262 18 L 262 200 L 245 214 L 228 200 L 211 214 L 194 200 L 177 214 L 160 200 L 143 214 L 126 200"
        " L 109 214 L 92 200 L 75 214 L 58 200 Z",
        "paper",
    )
    c.line("M 118 46 L 202 46", "shade", 6)
    c.line("M 84 150 L 236 150 M 84 170 L 200 170", "shade", 4)
    if moment.number and moment.fonts is not None:
        size = 66 if len(moment.number) <= 4 else 46
        c.painter.setFont(moment.fonts.font(size, True))
        c.painter.setPen(c.colour("ink"))
        c.painter.drawText(QRectF(62, 58, 196, 80), Qt.AlignmentFlag.AlignCenter, moment.number)
    else:
        with c.at(160, 98, 1.2):
            badge(c, "check", "good")


def goodbye(c: Canvas, _moment: Moment) -> None:
    """An empty, clean screen: nothing of the patient is left on it."""
    c.rect(50, 18, 220, 150, 12, "paper")
    c.rect(64, 32, 192, 122, 4, "screen", width=2.4)
    c.shape("M 138 168 L 182 168 L 190 206 L 130 206 Z", "shade")
    c.line("M 98 208 L 222 208", width=6)
    for x, y, size in ((160, 88, 30.0), (208, 62, 15.0), (112, 116, 13.0)):
        c.shape(_sparkle(x, y, size), "warm", width=2.6)


def _sparkle(x: float, y: float, r: float) -> str:
    q = r * 0.16
    return (
        f"M {x} {y - r} Q {x + q} {y - q} {x + r} {y} Q {x + q} {y + q} {x} {y + r} "
        f"Q {x - q} {y + q} {x - r} {y} Q {x - q} {y - q} {x} {y - r} Z"
    )
