"""Cards to hold before the camera: sketches of a front and a back, of invented people, marked 見本.

They have what public descriptions name, about where it is, and deliberately neither colours, patterns nor marks of a
real card. The twelve digits of the back fail their check digit.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Literal, get_args

import zxingcpp
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from kiosk.coverage.japanese_dates import EraDay, by_era
from kiosk.documents.fonts import fonts_dir
from simulator.camera.papers import MARK, SIZE
from simulator.camera.scenes import Scene
from simulator.camera.seeing import Sight, seen
from simulator.card import codes, pictures
from simulator.card.lifetimes import lifetimes
from simulator.people import Persona

Face = Literal["gothic", "gothic_bold", "noto", "noto_bold"]
FACES: tuple[Face, ...] = get_args(Face)
BirthYear = Literal["era", "western"]

_FILES: dict[Face, str] = {
    "gothic": "BIZUDPGothic-Regular.ttf",
    "gothic_bold": "BIZUDPGothic-Bold.ttf",
    "noto": "NotoSansCJK-Regular.ttc",
    "noto_bold": "NotoSansCJK-Bold.ttc",
}
_INK, _QUIET, _MARK, _PAPER = (25, 25, 30), (95, 95, 100), (190, 40, 40), (240, 240, 236)
_PHOTO = (40, 150, 195, 260)  # left, top, width, height
_RIGHT = 270
_THUMB = (210, 160, 130)
_Pen = Callable[[tuple[int, int], str, int], None]


def front(
    persona: Persona, day: date, *, face: Face = "gothic", birth_year: BirthYear = "era"
) -> Image.Image:
    """The front of this person's card as it is on that day; its size is ``papers.SIZE``. ``birth_year``: cards of
    foreign residents show Western years."""
    card, write = _blank(face)
    last = lifetimes(persona, day).card_until
    born = persona.person.birth_date
    write((40, 28), f"氏名  {persona.person.name}", 34)
    write((40, 84), f"住所  {persona.person.address[:24]}", 24)
    _paste_photo(card, persona)
    write((_RIGHT, 190), _birth(born, birth_year), 32)
    write((_RIGHT + 420, 192), "性別  " + {"1": "男", "2": "女"}.get(persona.person.sex, ""), 28)
    write((_RIGHT, 262), f"{last.year}年 {last.month:2d}月{last.day:2d}日まで有効", 32)
    write((_RIGHT, 330), "電子証明書の有効期限        年      月      日", 20)
    write((40, 432), _serial(persona), 19)
    write((40, 470), persona.card.security_code, 26)
    return card


def back(persona: Persona) -> Image.Image:
    """The other side, which must never be read."""
    card, write = _blank("gothic")
    number = codes.individual_number(persona.id)
    write((60, 90), "個人番号", 30)
    write((60, 150), f"{number[:4]} {number[4:8]} {number[8:]}", 46)
    write((60, 280), f"氏名  {persona.person.name}", 32)
    write((60, 340), _birth(persona.person.birth_date, "era"), 30)
    code = Image.fromarray(zxingcpp.create_barcode(MARK, zxingcpp.BarcodeFormat.QRCode).to_image(scale=5))
    card.paste(code, (SIZE[0] - 40 - code.width, 90))
    return card


def shiny(card: Image.Image, *, at: tuple[float, float] = (0.6, 0.42), size: float = 0.3) -> Image.Image:
    """With the reflection of a lamp on it. ``at``, ``size``: parts of width and height, and of the width."""
    lamp = Image.new("L", card.size, 0)
    x, y, radius = at[0] * card.width, at[1] * card.height, size * card.width / 2
    ImageDraw.Draw(lamp).ellipse((x - radius, y - radius / 2, x + radius, y + radius / 2), fill=255)
    soft = lamp.filter(ImageFilter.GaussianBlur(radius / 4))
    return Image.composite(Image.new("RGB", card.size, "white"), card, soft)


def in_hands(
    card: Image.Image, behind: Image.Image, *, tilt: float = 6.0, over_the_code: bool = False
) -> Image.Image:
    """A card held up before this picture, a thumb on each side. ``over_the_code``: where people like to hold it."""
    held = card.resize((round(card.width * 0.8), round(card.height * 0.8)), Image.Resampling.LANCZOS)
    held = held.convert("RGBA").rotate(tilt, Image.Resampling.BICUBIC, expand=True)
    picture = behind.convert("RGB")
    left, top = (picture.width - held.width) // 2, (picture.height - held.height) // 2
    picture.paste(held, (left, top), held)
    pen = ImageDraw.Draw(picture)
    for x, y in ((0.06, 0.84) if over_the_code else (0.45, 0.95), (0.85, 0.85)):
        middle = (left + x * held.width, top + y * held.height)
        pen.ellipse((middle[0] - 70, middle[1] - 65, middle[0] + 70, middle[1] + 75), fill=_THUMB)
    return picture


def scene(card: Image.Image | None, sight: Sight | None = None) -> Scene:
    """A card (or nothing) before the camera of ``faces``, whose pictures have the noise of a sensor."""
    return Scene(picture=seen(card, sight))


def _blank(face: Face) -> tuple[Image.Image, _Pen]:
    card = Image.new("RGB", SIZE, _PAPER)
    pen = ImageDraw.Draw(card)
    pen.rectangle((3, 3, SIZE[0] - 4, SIZE[1] - 4), outline=_QUIET, width=2)
    pen.text((SIZE[0] - 36, SIZE[1] - 60), "見本 SPECIMEN", _MARK, _font("gothic", 30), anchor="ra")

    def write(place: tuple[int, int], text: str, size: int) -> None:
        pen.text(place, text, _INK, _font(face, size))

    return card, write


def _paste_photo(card: Image.Image, persona: Persona) -> None:
    left, top, width, height = _PHOTO
    if persona.card.photo:
        card.paste(pictures.face(persona.id).resize((width, height)).convert("RGB"), (left, top))
    else:
        ImageDraw.Draw(card).rectangle((left, top, left + width, top + height), outline=_QUIET, width=2)


def _birth(born: date, year: BirthYear) -> str:
    era = by_era(born)
    if year == "western" or not isinstance(era, EraDay):
        return f"{born.year}年 {born.month:2d}月{born.day:2d}日生"
    number = "元" if era.year == 1 else f"{era.year:2d}"
    return f"{era.era.name}{number}年 {born.month:2d}月{born.day:2d}日生"


def _serial(persona: Persona) -> str:
    """Sixteen invented digits, where cards have a number of their own."""
    drawn = int.from_bytes(sha256(b"serial/" + persona.id.encode()).digest(), "big")
    return f"{drawn % 10**16:016d}"


@cache
def _font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(fonts_dir() / _FILES[face]), size)
