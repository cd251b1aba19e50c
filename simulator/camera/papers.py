"""Papers to hold before the camera. Their layout and the content of their codes are invented: no insurer's are public,
and nothing may be learnt from these. Each is marked 模擬."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from kiosk.coverage.japanese_dates import EraDay, by_era
from kiosk.documents.fonts import fonts_dir
from simulator.people import Persona

MARK = "UKETSUKE-SIMULATED"
SIZE = (860, 540)  # a plastic card, 85.6 mm × 54 mm, at 10 pixels a millimetre
_MARGIN = 36
_INK, _QUIET, _MARK = (20, 20, 20), (90, 90, 90), (190, 40, 40)


def certificate(persona: Persona, *, code: str | bytes | None = None, format: str = "QRCode") -> Image.Image:
    """A persona's 資格確認書 with what such a paper tells (S3, S4) and a code. ``code``: its content, else an invented
    one."""
    person, rows = persona.person, _rows(persona)
    rows = [("氏名", f"{person.name}（{person.kana}）"), ("生年月日", _day(persona)), *rows]
    return sheet("資格確認書", rows, code_text(persona) if code is None else code, format)


def code_text(persona: Persona) -> str:
    """The invented content: a mark, then the paper's own numbers, one on each line."""
    return "\n".join((MARK, *(f"{label}={value}" for label, value in _rows(persona))))


def sheet(
    title: str, rows: Sequence[tuple[str, str]], code: str | bytes, format: str = "QRCode"
) -> Image.Image:
    """A paper of the size of a card: title, rows of label and value, one code of this zxing-cpp format."""
    paper = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(paper)
    pen.rectangle((4, 4, SIZE[0] - 5, SIZE[1] - 5), outline=_QUIET, width=2)
    pen.text((_MARGIN, 24), title, _INK, _font(40))
    pen.text((SIZE[0] - _MARGIN, 30), "模擬 SIMULATED", _MARK, _font(26), anchor="ra")
    for place, (label, value) in enumerate(rows):
        top = 96 + 46 * place
        pen.text((_MARGIN, top + 4), label, _QUIET, _font(20))
        pen.text((_MARGIN + 150, top), value, _INK, _font(26))
    drawn = _code(code, format)
    paper.paste(drawn, (SIZE[0] - _MARGIN - drawn.width, SIZE[1] - _MARGIN - drawn.height))
    return paper


def _rows(persona: Persona) -> list[tuple[str, str]]:
    if not persona.eligibility.coverages:
        return []
    held = persona.eligibility.coverages[0]
    rows = [
        ("保険者番号", held.insurer_number),
        ("記号", held.insured_card_symbol),
        ("番号", held.insured_identification_number),
        ("枝番", held.insured_branch_number),
        ("保険者名称", held.insurer_name),
    ]
    return [(label, value) for label, value in rows if value]


def _day(persona: Persona) -> str:
    day = by_era(persona.person.birth_date)
    return day.written if isinstance(day, EraDay) else persona.person.birth_date.isoformat()


def _code(content: str | bytes, format: str) -> Image.Image:
    """At least 3 pixels a module, and not larger than a third of the card."""
    made = zxingcpp.create_barcode(content, zxingcpp.barcode_format_from_str(format))
    plain = Image.fromarray(made.to_image(scale=1))
    return plain.resize(
        (plain.width * (scale := max(3, 240 // plain.height)), plain.height * scale), Image.Resampling.NEAREST
    )


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(fonts_dir() / "BIZUDPGothic-Regular.ttf"), size)
