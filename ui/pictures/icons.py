"""Icons of the buttons, 100 × 100: heavier lines, no small parts."""

from __future__ import annotations

from ui.pictures import Moment
from ui.pictures.canvas import Canvas
from ui.pictures.parts import SCARF, badge, bob_hair, card, person, sheet, short_hair

W = 7.0


def pin(c: Canvas, _m: Moment) -> None:
    c.rect(16, 6, 68, 88, 10, "paper", width=5)
    c.rect(26, 16, 48, 18, 5, "screen", width=4)
    for number in range(4):
        c.dot(34 + number * 10.7, 25, 3.4, "accent")
    for row in range(3):
        for column in range(3):
            c.dot(32 + column * 18, 48 + row * 16, 5.2)


def staff(c: Canvas, _m: Moment) -> None:
    with c.at(10, 1, 0.8):
        person(c, clothes="paper", hair=bob_hair)
        c.shape(SCARF, "accent")


def face(c: Canvas, _m: Moment) -> None:
    with c.at(18, 16, 0.64):
        person(c, clothes="tint", hair=short_hair)
    for x, y, dx, dy in ((6, 6, 1, 1), (94, 6, -1, 1), (6, 94, 1, -1), (94, 94, -1, -1)):
        c.line(f"M {x} {y + 18 * dy} L {x} {y} L {x + 18 * dx} {y}", "accent", 6)


def phone(c: Canvas, _m: Moment) -> None:
    c.rect(27, 5, 46, 90, 10, "paper", width=W - 1)
    c.rect(36, 20, 28, 54, 2, "screen", width=3.4)
    c.line("M 45 84 L 55 84", width=5)


def no_card(c: Canvas, _m: Moment) -> None:
    with c.at(5, 20, 0.75):
        card(c)
    c.line("M 14 90 L 86 10", "page", 15)
    c.line("M 14 90 L 86 10", "danger", 7)


def companion(c: Canvas, _m: Moment) -> None:
    with c.at(36, 2, 0.62):
        person(c, clothes="shade", hair=short_hair)
    with c.at(2, 30, 0.58):
        person(c, clothes="paper", hair=bob_hair)


def register(c: Canvas, _m: Moment) -> None:
    with c.at(3, 14, 0.72):
        card(c)
    with c.at(70, 68, 0.95):
        badge(c, "check", "accent")


def register_not(c: Canvas, _m: Moment) -> None:
    with c.at(7, 23, 0.72):
        card(c)


def consent_all(c: Canvas, _m: Moment) -> None:
    for number in range(3):
        with c.at(40 - number * 14, 8 + number * 11):
            c.rect(0, 0, 46, 62, 5, "paper", width=4)
    with c.at(12, 30):
        c.line("M 10 16 L 36 16 M 10 29 L 36 29 M 10 42 L 28 42", "stroke", 4.5)


def consent_choose(c: Canvas, _m: Moment) -> None:
    c.rect(14, 6, 72, 88, 7, "paper", width=5)
    for row, on in enumerate((True, False, True)):
        y = 18 + row * 25
        c.rect(24, y, 16, 16, 3, "paper", width=4)
        if on:
            c.line(f"M 27 {y + 8} L 31 {y + 12} L 39 {y + 2}", "accent", 5)
        c.line(f"M 50 {y + 8} L 76 {y + 8}", width=4.5)


def consent_none(c: Canvas, _m: Moment) -> None:
    with c.at(16, 6):
        c.rect(0, 0, 68, 88, 7, "paper", width=5)
    c.line("M 36 48 L 36 38 C 36 22 64 22 64 38 L 64 48", width=6)
    c.rect(28, 46, 44, 32, 5, "tint", width=5)
    c.dot(50, 62, 5)


def consent_yes(c: Canvas, _m: Moment) -> None:
    with c.at(20, 6):
        sheet(c, 60, 86, lines=3)
    with c.at(74, 72, 0.8):
        badge(c, "check", "accent")


def people(c: Canvas, m: Moment) -> None:
    companion(c, m)


def forgotten(c: Canvas, _m: Moment) -> None:
    c.circle(50, 50, 42, "paper", width=W)
    c.line("M 36 40 C 36 20 66 22 64 42 C 62 52 50 52 50 62 M 50 76 L 50 77", width=9)


def back(c: Canvas, _m: Moment) -> None:
    c.line("M 44 18 L 14 50 L 44 82 M 16 50 L 88 50", width=10)


def call(c: Canvas, _m: Moment) -> None:
    """A bell on the counter."""
    c.shape("M 14 72 C 14 22 86 22 86 72 Z", "warm", width=W)
    c.line("M 6 84 L 94 84", width=10)
    c.line("M 50 30 L 50 20 M 40 18 L 60 18", width=W)


def display(c: Canvas, _m: Moment) -> None:
    """A large and a small letter."""
    c.line("M 6 82 L 28 20 L 34 20 L 56 82 M 15 60 L 47 60", width=9)
    c.line("M 64 82 L 77 46 L 81 46 L 94 82 M 70 70 L 88 70", width=W)


def language(c: Canvas, _m: Moment) -> None:
    c.circle(50, 50, 42, "", width=W)
    c.line("M 50 8 C 22 30 22 70 50 92 C 78 70 78 30 50 8 Z M 9 50 L 91 50", width=W - 1)


def again(c: Canvas, _m: Moment) -> None:
    c.arc(50, 52, 34, 60, 290, width=9)
    c.line("M 50 4 L 68 22 L 48 38", width=9)


def stop(c: Canvas, _m: Moment) -> None:
    c.circle(50, 50, 42, "", width=W)
    c.line("M 34 34 L 66 66 M 66 34 L 34 66", width=9)


def go_on(c: Canvas, _m: Moment) -> None:
    c.line("M 56 18 L 86 50 L 56 82 M 84 50 L 12 50", width=10)


def more(c: Canvas, _m: Moment) -> None:
    c.line("M 22 38 L 50 66 L 78 38", width=10)


def less(c: Canvas, _m: Moment) -> None:
    c.line("M 22 66 L 50 38 L 78 66", width=10)


def check(c: Canvas, _m: Moment) -> None:
    c.line("M 14 54 L 40 80 L 88 22", "accent", 13)


def contrast(c: Canvas, _m: Moment) -> None:
    c.circle(50, 50, 40, "paper", width=W)
    c.solid("M 50 10 C 103 10 103 90 50 90 Z", "stroke")


def info(c: Canvas, _m: Moment) -> None:
    c.circle(50, 50, 42, "", "notice", W)
    c.line("M 50 46 L 50 74 M 50 28 L 50 29", "notice", 10)


ICONS = {
    "pin": pin, "staff": staff, "face": face, "phone": phone, "no_card": no_card, "companion": companion,
    "register": register, "register_not": register_not, "consent_all": consent_all, "consent_choose": consent_choose,
    "consent_none": consent_none, "consent_yes": consent_yes, "people": people, "forgotten": forgotten, "back": back,
    "call": call, "display": display, "language": language, "again": again, "stop": stop, "go_on": go_on,
    "more": more, "less": less, "check": check, "contrast": contrast, "info": info,
}  # fmt: skip
