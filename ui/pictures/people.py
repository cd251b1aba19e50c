"""Pictures of people: staff, doctor, the patient's face."""

from __future__ import annotations

from ui.pictures import Moment
from ui.pictures.canvas import Canvas
from ui.pictures.parts import SCARF, badge, bob_hair, card, person, sheet, short_hair


def staff(c: Canvas, _moment: Moment) -> None:
    """Someone comes: a person of the reception behind the counter, with a bell."""
    with c.at(86, 14, 1.5):
        person(c, clothes="paper", hair=bob_hair)
        c.shape(SCARF, "accent")
    c.shape("M 24 186 L 296 186 L 306 204 L 14 204 Z", "tint")
    c.rect(26, 204, 268, 26, 0, "paper")
    bell(c, 250, 184, 1.0)


def bell(c: Canvas, x: float, y: float, scale: float) -> None:
    with c.at(x, y, scale):
        c.rect(-30, -8, 60, 9, 4, "paper")
        c.shape("M -24 -9 C -24 -40 24 -40 24 -9 Z", "warm")
        c.circle(0, -35, 4.5, "paper")


def out_of_service(c: Canvas, _moment: Moment) -> None:
    """Reception goes on by people and paper."""
    with c.at(28, 22, 1.4):
        person(c, clothes="paper", hair=bob_hair)
        c.shape(SCARF, "accent")
    with c.at(186, 60, 1.0, 6):
        sheet(c, 92, 118, lines=4)
    c.shape("M 14 186 L 296 186 L 306 204 L 14 204 Z", "tint")
    c.rect(26, 204, 268, 26, 0, "paper")


def consent(c: Canvas, _moment: Moment) -> None:
    """A doctor looks at the patient's records."""
    with c.at(18, 20, 1.72):
        person(c, clothes="paper", hair=short_hair)
        c.line("M 50 92 L 38 120 M 50 92 L 62 120")
        c.line("M 34 86 C 34 104 40 106 40 112", "accent", 3.6)
        c.line("M 66 86 C 68 98 70 98 70 104", "accent", 3.6)
        c.circle(70, 109, 4.6, "paper", "accent", 3.2)
    with c.at(204, 46, 1.0, 5):
        sheet(c, 100, 140, lines=5)
    with c.at(206, 190, 0.95):
        badge(c, "question", "accent")


def choose(c: Canvas, _moment: Moment) -> None:
    """Is it you? A card and its holder."""
    with c.at(30, 24, 1.6):
        person(c, clothes="tint", hair=short_hair)
    with c.at(176, 92, 1.05, 5):
        card(c)
    with c.at(186, 90, 1.0):
        badge(c, "question", "accent")


def face(c: Canvas, _moment: Moment) -> None:
    """A face within a frame."""
    with c.at(92, 42, 1.36):
        person(c, clothes="tint", hair=short_hair)
    for x, y, dx, dy in ((66, 20, 1, 1), (254, 20, -1, 1), (66, 220, 1, -1), (254, 220, -1, -1)):
        c.line(f"M {x} {y + 40 * dy} L {x} {y} L {x + 40 * dx} {y}", "accent", 8)


def camera_gone(c: Canvas, _moment: Moment) -> None:
    """A camera that cannot be used."""
    c.rect(74, 58, 172, 116, 20, "paper")
    c.circle(160, 116, 40, "screen")
    c.circle(160, 116, 18, "tint")
    c.line("M 128 174 L 116 206 L 204 206 L 192 174")
    c.line("M 86 204 L 234 36", "page", 20)
    c.line("M 86 204 L 234 36", "danger", 9)


def mirror(c: Canvas, _moment: Moment) -> None:
    """Somebody before the mirror, as large as the guide for the face wants it."""
    with c.at(42, 4, 2.36):
        person(c, clothes="tint", hair=short_hair)
