"""The pictures on the chip: an invented face in JPEG 2000, and text as one-bit PNG.

Faces are drawn from the persona's identifier: no photograph of anybody was used.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

# The chip's own size is not known; this is the shape of the printed photo, large enough to be matched.
PHOTO_SIZE = (240, 320)
_OVERSAMPLING = 2

# Fonts that the set-up installs, then what Debian has; a box stands for what none of them holds.
_FONTS = (
    "/usr/share/fonts/opentype/morisawa-bizud-gothic/BIZUDGothic-Regular.ttf",
    "/usr/share/fonts/truetype/morisawa-bizud-gothic/BIZUDGothic-Regular.ttf",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
)

# 5 by 7 digits, one row of five bits each: the chip shows numbers in cells of 6 by 12 pixels.
_DIGITS = {
    "0": (14, 17, 19, 21, 25, 17, 14),
    "1": (4, 12, 4, 4, 4, 4, 14),
    "2": (14, 17, 1, 2, 4, 8, 31),
    "3": (31, 2, 4, 2, 1, 17, 14),
    "4": (2, 6, 10, 18, 31, 2, 2),
    "5": (31, 16, 30, 1, 1, 17, 14),
    "6": (6, 8, 16, 30, 17, 17, 14),
    "7": (31, 1, 2, 4, 8, 8, 8),
    "8": (14, 17, 17, 14, 17, 17, 14),
    "9": (14, 17, 17, 15, 1, 2, 12),
}
_CELL = (6, 12)


@cache
def photo(persona_id: str) -> bytes:
    """The face on the chip: greyscale JPEG 2000 in a JP2 container."""
    out = BytesIO()
    face(persona_id).save(out, "JPEG2000", quality_mode="rates", quality_layers=[12], irreversible=True)
    return out.getvalue()


@cache
def face(persona_id: str) -> Image.Image:
    """The same face as a picture, for whoever plays the patient before a simulated camera. Do not change it."""
    chance = random.Random(f"face/{persona_id}")  # noqa: S311 - a drawing, not a secret
    width, height = (side * _OVERSAMPLING for side in PHOTO_SIZE)
    canvas = Image.new("L", (width, height), 225)
    _Portrait(ImageDraw.Draw(canvas), width, height, chance).draw()
    soft = canvas.filter(ImageFilter.GaussianBlur(1.5 * _OVERSAMPLING))
    return soft.resize(PHOTO_SIZE, Image.Resampling.LANCZOS)


@dataclass(frozen=True, slots=True)
class FaceMeasures:
    """Where things are in ``face``, in its pixels: the middle of the head and half of its width and height; then the
    eye, the nose's tip and the corner of the mouth on the picture's left, right, and between."""

    head: tuple[float, float, float, float]
    eyes: tuple[tuple[float, float], tuple[float, float]]
    nose: tuple[float, float]
    mouth: tuple[tuple[float, float], tuple[float, float]]


@cache
def measures(persona_id: str) -> FaceMeasures:
    chance = random.Random(f"face/{persona_id}")  # noqa: S311 - a drawing, not a secret
    width, height = (side * _OVERSAMPLING for side in PHOTO_SIZE)
    portrait = _Portrait(ImageDraw.Draw(Image.new("L", (1, 1))), width, height, chance)
    middle, half, down = portrait.middle, portrait.half_width, portrait.chin - portrait.eyes

    def at(aside: float, below: float) -> tuple[float, float]:
        return (middle + aside * half) / _OVERSAMPLING, (portrait.eyes + below * down) / _OVERSAMPLING

    top, chin = portrait.top / _OVERSAMPLING, portrait.chin / _OVERSAMPLING
    head = (middle / _OVERSAMPLING, (top + chin) / 2, half / _OVERSAMPLING, (chin - top) / 2)
    return FaceMeasures(
        head, (at(-_EYE, 0), at(_EYE, 0)), at(0, _NOSE), (at(-_MOUTH, _LIPS), at(_MOUTH, _LIPS))
    )


_EYE, _NOSE, _LIPS, _MOUTH = 0.46, 0.42, 0.70, 0.34


class _Portrait:
    """Ovals and lines with a little chance in each measure."""

    def __init__(self, pen: ImageDraw.ImageDraw, width: int, height: int, chance: random.Random) -> None:
        self.pen, self.chance = pen, chance
        self.skin = chance.randint(165, 205)
        self.hair = chance.randint(25, 90)
        self.middle = width / 2
        self.eyes = height * chance.uniform(0.44, 0.47)
        self.half_width = width * chance.uniform(0.27, 0.31)
        self.top, self.chin = height * 0.20, height * chance.uniform(0.73, 0.78)
        self.width, self.height = width, height
        self.lid = self.half_width * chance.uniform(0.08, 0.11)

    def draw(self) -> None:
        self._hair_behind()
        self._shoulders_and_neck()
        self._head()
        for side in (-1, 1):
            self._eye(side)
        self._nose_and_mouth()
        self._fringe()
        if self.chance.random() < 0.3:
            self._glasses()

    def _oval(self, x: float, y: float, across: float, down: float, shade: int) -> None:
        self.pen.ellipse((x - across, y - down, x + across, y + down), fill=shade)

    def _shoulders_and_neck(self) -> None:
        cloth = self.chance.randint(40, 120)
        self._oval(self.middle, self.height * 1.08, self.width * 0.46, self.height * 0.22, cloth)
        neck = self.half_width * 0.5
        self.pen.rectangle(
            (self.middle - neck, self.chin - neck, self.middle + neck, self.height * 0.9), fill=self.skin - 22
        )

    def _hair_behind(self) -> None:
        down = self.chance.choice((0.30, 0.36, 0.46)) * self.height
        self._oval(self.middle, self.top + down * 0.8, self.half_width * 1.15, down, self.hair)

    def _head(self) -> None:
        middle, down = (self.top + self.chin) / 2, (self.chin - self.top) / 2
        for side in (-1, 1):
            self._oval(self.middle + side * self.half_width, self.eyes + down * 0.15, 18, 40, self.skin - 15)
        for step in range(6):  # lighter towards the middle, as if lit from the front
            shrink = 1 - step * 0.06
            self._oval(self.middle, middle, self.half_width * shrink, down * shrink, self.skin + step * 4 - 8)

    def _eye(self, side: int) -> None:
        x = self.middle + side * self.half_width * _EYE
        across, down = self.half_width * 0.21, self.lid
        self._oval(x, self.eyes, across * 1.2, down * 1.9, self.skin - 20)
        self._oval(x, self.eyes, across, down, 238)
        self._oval(x, self.eyes, down * 0.95, down * 0.95, 25)
        self._oval(x - down * 0.3, self.eyes - down * 0.3, down * 0.22, down * 0.22, 250)
        self.pen.arc((x - across, self.eyes - down * 1.3, x + across, self.eyes + down), 190, 350, 40, 6)
        brow = self.eyes - self.half_width * 0.26
        self.pen.line(
            (x - across * 1.2, brow - side * 4, x + across * 1.2, brow + side * 4), fill=self.hair, width=12
        )

    def _nose_and_mouth(self) -> None:
        tip = self.eyes + (self.chin - self.eyes) * _NOSE
        self.pen.line((self.middle - 6, self.eyes + 20, self.middle - 10, tip), fill=self.skin - 18, width=8)
        self._oval(self.middle, tip, 26, 15, self.skin - 10)
        for side in (-1, 1):
            self._oval(self.middle + side * 15, tip + 8, 7, 5, self.skin - 70)
        lips = self.eyes + (self.chin - self.eyes) * _LIPS
        across = self.half_width * self.chance.uniform(0.30, 0.38)
        box = (self.middle - across, lips - 40, self.middle + across, lips + 18)
        self.pen.chord(box, 20, 160, fill=self.skin - 55)
        self.pen.arc((box[0], lips - 50, box[2], lips + 8), 25, 155, self.skin - 95, 6)

    def _fringe(self) -> None:
        """The upper part of an oval a little larger than the head, cut off above the brows."""
        low = self.top + (self.eyes - self.top) * self.chance.uniform(0.25, 0.45)
        across, down = self.half_width * 1.12, (self.chin - self.top) * 0.55
        middle = self.top + down - 34
        angle = math.degrees(math.asin((low - middle) / down))
        box = (self.middle - across, middle - down, self.middle + across, middle + down)
        parting = self.chance.randint(-6, 6)
        self.pen.chord(box, 180 - angle + parting, 360 + angle + parting, fill=self.hair)

    def _glasses(self) -> None:
        radius = self.half_width * 0.34
        for side in (-1, 1):
            x = self.middle + side * self.half_width * _EYE
            box = (x - radius, self.eyes - radius * 0.8, x + radius, self.eyes + radius * 0.8)
            self.pen.ellipse(box, outline=45, width=7)
        self.pen.line((self.middle - 20, self.eyes - 6, self.middle + 20, self.eyes - 6), fill=45, width=7)


@cache
def text(written: str, size: int = 24, per_line: int = 16) -> bytes:
    """Text as a one-bit PNG, black on white, broken into lines of ``per_line`` characters."""
    lines = [written[start : start + per_line] for start in range(0, len(written), per_line)] or [""]
    picture = Image.new("1", (size * max(map(len, lines)) or size, size * len(lines)), 1)
    pen, font = ImageDraw.Draw(picture), _font(size)
    for row, line in enumerate(lines):
        if font:
            pen.text((0, row * size), line, fill=0, font=font)
        else:
            for column in range(len(line)):
                left, top = column * size, row * size
                pen.rectangle((left + 3, top + 3, left + size - 4, top + size - 4), outline=0)
    return _png(picture)


@cache
def digits(number: str) -> bytes:
    """Digits as a one-bit PNG of 6 by 12 pixels each."""
    across, down = _CELL
    picture = Image.new("1", (across * len(number), down), 1)
    for place, digit in enumerate(number):
        for y, row in enumerate(_DIGITS[digit]):
            for x in range(5):
                if row >> (4 - x) & 1:
                    picture.putpixel((place * across + x, 2 + y), 0)
    return _png(picture)


def _png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", bits=1)
    return out.getvalue()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | None:
    for path in _FONTS:
        if Path(path).exists():
            return ImageFont.truetype(path, size)
    return None
