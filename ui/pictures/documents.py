"""The papers, cards and screens that take the place of an electronic check, as one recognises them across a room.

Their headings are in Japanese in every language, because that is what stands on them.
"""

from __future__ import annotations

from ui.pictures.canvas import Canvas
from ui.pictures.parts import CARD

SHEET = (106.0, 150.0)  # A4
_CUT_OUT = (54.0, 36.0)


def certificate_card(c: Canvas) -> None:
    """資格確認書 of a card's size, 120 × 76: a heading on a coloured band, no portrait, the insurer's seal."""
    width, height = CARD
    c.rect(0, 0, width, height, 7, "paper")
    c.solid(f"M 0 21 L 0 7 Q 0 0 7 0 L {width - 7} 0 Q {width} 0 {width} 7 L {width} 21 Z", "warm")
    c.rect(0, 0, width, height, 7)
    c.line(f"M 0 21 L {width} 21", width=2.4)
    c.words(8, 2, width - 16, 19, "資格確認書", 13, "on_ribbon")
    for row, right in enumerate((66, 108, 74, 80)):
        y = 32 + row * 11
        c.line(f"M 10 {y} L 26 {y}", "stroke", 3.2)
        c.line(f"M 36 {y} L {right} {y}", "shade", 3.2)
    c.rect(92, 47, 19, 19, 2, "", "danger", 2.6)
    c.words(92, 47, 19, 19, "印", 12, "danger")


def certificate_sheet(c: Canvas) -> None:
    """資格確認書 on paper, 92 × 126."""
    c.rect(0, 0, 92, 126, 5, "paper")
    c.solid("M 0 24 L 0 5 Q 0 0 5 0 L 87 0 Q 92 0 92 5 L 92 24 Z", "warm")
    c.rect(0, 0, 92, 126, 5)
    c.line("M 0 24 L 92 24", width=2.4)
    c.words(4, 3, 84, 20, "資格確認書", 14, "on_ribbon")
    c.line("M 10 42 L 82 42 M 10 60 L 82 60 M 10 78 L 82 78 M 38 34 L 38 86", "shade", 2.4)
    c.line("M 14 51 L 30 51 M 14 69 L 30 69", "stroke", 3)
    c.line("M 46 51 L 76 51 M 46 69 L 66 69", "shade", 3)
    c.line("M 12 98 L 54 98 M 12 110 L 44 110", "shade", 3)
    c.rect(64, 94, 19, 19, 2, "", "danger", 2.6)
    c.words(64, 94, 19, 19, "印", 12, "danger")


def notice_sheet(c: Canvas) -> None:
    """資格情報のお知らせ: a large sheet, 106 × 150, with a part to cut out at its foot."""
    width, height = SHEET
    c.rect(0, 0, width, height, 5, "paper")
    c.words(7, 7, width - 14, 16, "資格情報のお知らせ", 9.6, "stroke")
    c.line("M 9 26 L 97 26", "accent", 2.6)
    c.line("M 12 38 L 94 38 M 12 50 L 88 50 M 12 62 L 94 62 M 12 74 L 70 74", "shade", 3.2)
    left, top = width - _CUT_OUT[0] - 8, height - _CUT_OUT[1] - 10
    c.rect(left, top, *_CUT_OUT, 4, "accent_soft", "", 2)
    c.dashed(left, top, *_CUT_OUT, "accent", 2.8)
    c.line(f"M {left + 8} {top + 10} L {left + 32} {top + 10}", "stroke", 3)
    c.line(f"M {left + 8} {top + 19} L {left + 46} {top + 19} M {left + 8} {top + 28} L {left + 38} {top + 28}",
           "shade", 3)  # fmt: skip
    with c.at(left - 14, top + 4, 0.72, -8):
        scissors(c)


def scissors(c: Canvas) -> None:
    """Around the origin, 30 high, open to the right."""
    c.circle(-14, -8, 6, "paper", width=3.4)
    c.circle(-14, 10, 6, "paper", width=3.4)
    c.line("M -9 -4 L 14 10 M -9 6 L 14 -8", width=3.8)


def portal_phone(c: Canvas) -> None:
    """A phone that shows マイナポータル, 84 × 156."""
    c.rect(0, 0, 84, 156, 13, "paper")
    c.rect(7, 15, 70, 122, 4, "page", width=2.4)
    c.solid("M 7 19 Q 7 15 11 15 L 73 15 Q 77 15 77 19 L 77 37 L 7 37 Z", "accent")
    c.words(8, 17, 68, 19, "資格情報", 13, "on_accent")
    for row, right in enumerate((58, 68, 50, 64)):
        y = 50 + row * 14
        c.line(f"M 15 {y} L {right} {y}", "stroke" if row == 0 else "shade", 3.4)
    c.rect(15, 104, 54, 24, 4, "accent_soft", "accent", 2.4)
    c.line("M 34 116 L 40 122 L 51 110", "accent", 4)
    c.line("M 34 8 L 50 8", width=3)
    c.dot(42, 147, 4)


def printed_screen(c: Canvas) -> None:
    """The same screen as a print: a sheet with the outline of a phone's page, 106 × 150."""
    width, height = SHEET
    c.rect(0, 0, width, height, 5, "paper")
    c.rect(20, 14, 66, 122, 5, "", "shade", 2.6)
    c.solid("M 20 19 Q 20 14 25 14 L 81 14 Q 86 14 86 19 L 86 36 L 20 36 Z", "accent")
    c.words(21, 16, 64, 18, "資格情報", 12, "on_accent")
    for row, right in enumerate((68, 76, 60, 74)):
        y = 50 + row * 14
        c.line(f"M 30 {y} L {right} {y}", "stroke" if row == 0 else "shade", 3.4)
    c.rect(30, 106, 46, 20, 3, "accent_soft", "accent", 2.2)


def form_sheet(c: Canvas) -> None:
    """A form with fields to fill in, 106 × 150."""
    width, height = SHEET
    c.rect(0, 0, width, height, 5, "paper")
    c.words(8, 8, width - 16, 16, "資格申立書", 12, "stroke")
    for row in range(4):
        y = 32 + row * 21
        c.line(f"M 10 {y + 8} L 26 {y + 8}", "stroke", 3.2)
        c.rect(34, y, 62, 15, 2.5, "accent_soft", "accent", 2)
    c.line("M 40 41 C 46 34 50 46 56 39 C 60 36 64 43 70 39", "stroke", 2.6)
    c.line("M 40 62 C 48 55 52 66 60 60", "stroke", 2.6)
    c.line("M 10 130 L 40 130", "stroke", 3.2)
    c.line("M 46 136 L 96 136", "shade", 2.6)


def pen(c: Canvas) -> None:
    """A pen whose point is at the origin, leaning to the right."""
    with c.at(0, 0, turn=38):
        c.shape("M 0 0 L -8 -18 L 8 -18 Z", "paper")
        c.solid("M 0 0 L -3 -7 L 3 -7 Z", "stroke")
        c.rect(-8, -92, 16, 74, 3, "warm")
        c.rect(-8, -92, 16, 13, 4, "accent")


def clinic_card(c: Canvas) -> None:
    """診察券, 120 × 76: a cross and a number."""
    width, height = CARD
    c.rect(0, 0, width, height, 7, "paper")
    c.solid(f"M 0 {height - 20} L {width} {height - 20} L {width} {height - 7} Q {width} {height} {width - 7} {height}"
            f" L 7 {height} Q 0 {height} 0 {height - 7} Z", "tint")  # fmt: skip
    c.rect(0, 0, width, height, 7)
    c.solid(
        "M 15 20 L 15 12 L 23 12 L 23 20 L 31 20 L 31 28 L 23 28 L 23 36 L 15 36 L 15 28 L 7 28 L 7 20 Z",
        "good",
    )
    c.words(38, 12, 74, 24, "診察券", 19, "stroke")
    for place in range(6):
        c.dot(16 + place * 11, 47, 3.4)


def insurance_card(c: Canvas) -> None:
    """The insurance card that came before, 120 × 76."""
    width, height = CARD
    c.rect(0, 0, width, height, 7, "shade")
    c.words(8, 5, width - 16, 18, "健康保険証", 13, "stroke")
    c.rect(8, 27, width - 16, 41, 3, "paper", width=2.4)
    c.line("M 16 38 L 60 38 M 16 48 L 96 48 M 16 58 L 76 58", "shade", 3.2)


def receipt(c: Canvas) -> None:
    """A slip from a till, 84 × 130, torn at its foot."""
    teeth = " ".join(f"L {84 - 7 * step} {130 if step % 2 == 0 else 120}" for step in range(13))
    c.shape(f"M 0 5 Q 0 0 5 0 L 79 0 Q 84 0 84 5 {teeth} Z", "paper")
    c.words(6, 8, 72, 20, "領収書", 16, "stroke")
    for row in range(3):
        y = 44 + row * 16
        c.line(f"M 12 {y} L 40 {y}", "shade", 3.4)
        c.line(f"M 56 {y} L 72 {y}", "stroke", 3.4)
    c.line("M 12 94 L 72 94", "stroke", 3.4)


def coin(c: Canvas, radius: float = 24) -> None:
    """Around the origin."""
    c.circle(0, 0, radius, "warm")
    c.circle(0, 0, radius * 0.74, "", "on_ribbon", 2.2)
    c.words(-radius, -radius, 2 * radius, 2 * radius, "円", radius * 0.95, "on_ribbon")


def plus(c: Canvas, x: float, y: float, arm: float = 15) -> None:
    """Both together."""
    c.line(f"M {x - arm} {y} L {x + arm} {y} M {x} {y - arm} L {x} {y + arm}", "accent", arm * 0.62)
