"""Icons of the other ways, 100 × 100: the papers themselves, so that a patient finds what they hold in their hand."""

from __future__ import annotations

from ui.pictures import Moment
from ui.pictures.canvas import Canvas
from ui.pictures.documents import (
    certificate_card,
    clinic_card,
    coin,
    form_sheet,
    insurance_card,
    notice_sheet,
    pen,
    portal_phone,
    printed_screen,
    receipt,
)
from ui.pictures.parts import SCARF, arrow, badge, bob_hair, card, person, sheet
from ui.pictures.readers import reading
from ui.pictures.ways import cap

W = 7.0


def certificate(c: Canvas, _m: Moment) -> None:
    with c.at(3, 20, 0.78):
        certificate_card(c)


def card_notice(c: Canvas, _m: Moment) -> None:
    with c.at(40, 3, 0.56):
        notice_sheet(c)
    with c.at(2, 50, 0.56):
        card(c)


def card_portal(c: Canvas, _m: Moment) -> None:
    with c.at(50, 2, 0.58):
        portal_phone(c)
    with c.at(2, 50, 0.56):
        card(c)


def notice_copy(c: Canvas, _m: Moment) -> None:
    with c.at(18, 4, 0.62):
        notice_sheet(c)


def portal_print(c: Canvas, _m: Moment) -> None:
    with c.at(18, 4, 0.62):
        printed_screen(c)


def legacy_card(c: Canvas, _m: Moment) -> None:
    with c.at(3, 20, 0.78):
        insurance_card(c)


def known_data(c: Canvas, _m: Moment) -> None:
    with c.at(3, 14, 0.72):
        clinic_card(c)
    with c.at(72, 70, 0.9):
        badge(c, "check", "good")


def same(c: Canvas, _m: Moment) -> None:
    with c.at(50, 50, 1.5):
        badge(c, "check", "good")


def changed(c: Canvas, _m: Moment) -> None:
    with c.at(6, 8, 0.62):
        sheet(c, 106, 130, lines=4)
    with c.at(58, 90, 0.78):
        pen(c)


def form(c: Canvas, _m: Moment) -> None:
    with c.at(6, 4, 0.62):
        form_sheet(c)
    with c.at(62, 82, 0.68):
        pen(c)


def form_card(c: Canvas, _m: Moment) -> None:
    """From the card into the form."""
    with c.at(38, 4, 0.56):
        form_sheet(c)
    with c.at(2, 52, 0.52):
        card(c)
    with c.at(24, 30, 0.5, -90):
        arrow(c)


def form_hand(c: Canvas, _m: Moment) -> None:
    """A keyboard of kana."""
    c.rect(8, 8, 84, 84, 9, "paper", width=5)
    for place, sign in enumerate("あかさいきしうくす"):
        x, y = 19 + place % 3 * 22, 19 + place // 3 * 22
        c.rect(x, y, 18, 18, 3, "accent_soft", "accent", 2.6)
        c.words(x, y, 18, 18, sign, 13, "stroke")


def form_paper(c: Canvas, m: Moment) -> None:
    form(c, m)


def number_b(c: Canvas, _m: Moment) -> None:
    """What stands on the card."""
    with c.at(3, 12, 0.78):
        card(c)
    c.rect(38, 58, 58, 24, 4, "warm", width=4)
    c.words(38, 58, 58, 24, "1234", 18, "on_ribbon")


def type_numbers(c: Canvas, _m: Moment) -> None:
    c.rect(6, 22, 88, 56, 7, "paper", width=5)
    c.words(6, 22, 88, 56, "0123", 30, "stroke")
    c.line("M 16 70 L 84 70", "accent", 4)


def self_pay(c: Canvas, _m: Moment) -> None:
    with c.at(8, 4, 0.68):
        receipt(c)
    with c.at(70, 68, 1.0):
        coin(c)


def staff_look(c: Canvas, _m: Moment) -> None:
    """Staff look at the card and at the face."""
    with c.at(0, 2, 0.68):
        person(c, clothes="paper", hair=bob_hair)
        c.shape(SCARF, "accent")
    with c.at(46, 58, 0.44):
        card(c)


def other_reader(c: Canvas, _m: Moment) -> None:
    with c.at(0, 10, 0.31):
        reading(c, Moment(reader="slot"))


def school(c: Canvas, _m: Moment) -> None:
    for x, y, scale in ((42, 2, 0.58), (4, 36, 0.52), (46, 40, 0.5)):
        with c.at(x, y, scale):
            person(c, clothes="tint", hair=bob_hair if y < 10 else cap)


def lost(c: Canvas, _m: Moment) -> None:
    c.dashed(6, 24, 80, 54, "stroke", 5)
    c.words(6, 24, 80, 54, "?", 44, "accent")


def renewing(c: Canvas, _m: Moment) -> None:
    with c.at(2, 30, 0.62):
        card(c)
    c.arc(68, 36, 24, 60, 290, "accent", 8)
    c.line("M 70 2 L 82 14 L 68 26", "accent", 8)


def never_had(c: Canvas, _m: Moment) -> None:
    with c.at(4, 22, 0.76, opacity=0.45):
        card(c)
    with c.at(74, 72, 0.9):
        badge(c, "cross", "stroke")


def returned(c: Canvas, _m: Moment) -> None:
    """At the office of a municipality."""
    c.shape("M 10 44 L 50 14 L 90 44 Z", "tint", width=5)
    c.rect(16, 44, 68, 46, 2, "paper", width=5)
    c.rect(40, 60, 20, 30, 2, "shade", width=4)
    c.line("M 4 91 L 96 91", width=6)
    with c.at(54, 50, 0.36):
        card(c)


def forgotten(c: Canvas, _m: Moment) -> None:
    """The card lies at home."""
    c.shape("M 6 50 L 50 10 L 94 50 L 84 50 L 84 92 L 16 92 L 16 50 Z", "paper", width=6)
    with c.at(26, 54, 0.4):
        card(c)


def reveal(c: Canvas, _m: Moment) -> None:
    """An eye."""
    c.shape("M 4 50 C 26 16 74 16 96 50 C 74 84 26 84 4 50 Z", "paper", width=W)
    c.circle(50, 50, 15, "accent", "accent")


def hide(c: Canvas, m: Moment) -> None:
    reveal(c, m)
    c.line("M 16 88 L 84 12", "page", 15)
    c.line("M 16 88 L 84 12", "stroke", 7)


def mend(c: Canvas, _m: Moment) -> None:
    """A pencil."""
    with c.at(18, 88, 1.02, 7):
        pen(c)


def ways(c: Canvas, _m: Moment) -> None:
    """Several papers to choose from."""
    with c.at(50, 4, 0.46, 6):
        notice_sheet(c)
    with c.at(2, 8, 0.5, -4):
        portal_phone(c)
    with c.at(14, 50, 0.58):
        certificate_card(c)


def next_page(c: Canvas, _m: Moment) -> None:
    c.line("M 36 18 L 68 50 L 36 82", width=10)


def from_card(c: Canvas, _m: Moment) -> None:
    with c.at(3, 20, 0.78):
        card(c)


ICONS = {
    "certificate": certificate, "card_notice": card_notice, "card_portal": card_portal, "notice_copy": notice_copy,
    "portal_print": portal_print, "legacy_card": legacy_card, "known_data": known_data, "same": same,
    "changed": changed, "form": form, "form_card": form_card, "form_hand": form_hand, "form_paper": form_paper,
    "number_b": number_b, "type_numbers": type_numbers, "self_pay": self_pay, "staff_look": staff_look,
    "other_reader": other_reader, "school": school, "lost": lost, "renewing": renewing, "never_had": never_had,
    "returned": returned, "left_at_home": forgotten, "reveal": reveal, "hide": hide, "mend": mend,
    "from_card": from_card, "ways": ways, "next_page": next_page,
}  # fmt: skip
