"""People before the camera: personas as they are drawn, or photographs. A head is turned as a relief: each point goes
aside by its depth, so that nose, eyes and mouth move against each other as on a head and not as on a sheet."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cache, lru_cache

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from simulator.card import pictures

MOST_TURNED = 30.0
"""Degrees. Beyond, what a picture taken from the front does not show would have to be seen."""

_DEPTH, _NOSE_DEPTH = 0.9, 0.35
"""How far the middle of a face, and the tip of its nose beyond it, stand before the plane through the ears, in half
widths of the head: a nose of two thirds of the distance between corner and corner of an eye."""
_NOSE_ACROSS, _NOSE_DOWN = 0.16, 0.22
_COLUMNS, _ROWS, _SAMPLES = 48, 40, 160
_MOST_HIGH = 900
_SHADOW, _SKIN, _LIT = (18, 14, 16), (186, 142, 116), (252, 240, 230)

Point = tuple[float, float]
Colour = tuple[int, int, int]
"""Red, green, blue."""

CLOTH: Colour = (168, 196, 210)
WORN = 0.45


@dataclass(frozen=True, slots=True)
class Head:
    """Its middle, half of its width and height, and the row of the nose's tip, in pixels of the picture."""

    x: float
    y: float
    across: float
    down: float
    nose: float


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """Somebody from the front. ``landmarks``: the eye and the corner of the mouth on the picture's left and right, and
    the nose's tip between, in this order: left eye, right eye, nose, left, right."""

    picture: Image.Image = field(repr=False)
    head: Head
    landmarks: tuple[Point, Point, Point, Point, Point]


@cache
def drawn(persona_id: str) -> Portrait:
    """A persona's face as on the chip, cut out, in colours."""
    grey, told = pictures.face(persona_id), pictures.measures(persona_id)
    colours = ImageOps.colorize(grey, _SHADOW, _LIT, mid=_SKIN).convert("RGBA")
    colours.putalpha(_outline(grey))
    return Portrait(colours, Head(*told.head, told.nose[1]), (*told.eyes, told.nose, *told.mouth))


def photographed(picture: Image.Image, landmarks: tuple[Point, Point, Point, Point, Point]) -> Portrait:
    """A photograph of somebody who looks ahead. The head is taken to be where heads mostly are around these points."""
    scale = min(1.0, _MOST_HIGH / picture.height)
    if scale < 1:
        picture = picture.resize((round(picture.width * scale), _MOST_HIGH), Image.Resampling.LANCZOS)
        landmarks = tuple((x * scale, y * scale) for x, y in landmarks)  # type: ignore[assignment]
    left, right, nose, *mouth = landmarks
    between = math.dist(left, right)
    lips = (mouth[0][1] + mouth[1][1]) / 2
    eyes = (left[1] + right[1]) / 2
    chin = eyes + (lips - eyes) / 0.70
    across = between / 0.92
    down = max(1.2 * across, (chin - eyes) / 1.07)
    head = Head((left[0] + right[0]) / 2, chin - down, across, down, nose[1])
    return Portrait(picture.convert("RGB"), head, landmarks)


def turned(portrait: Portrait, degrees: float) -> Portrait:
    """The head turned to its own left (the picture's right) by up to 30 degrees, to its right below 0; in steps of half
    a degree, so that somebody who stands still is drawn once."""
    step = round(max(-MOST_TURNED, min(MOST_TURNED, degrees)) * 2) / 2
    return _turned(portrait, step) if step else portrait


@lru_cache(maxsize=24)
def _turned(portrait: Portrait, degrees: float) -> Portrait:
    picture, head = portrait.picture, portrait.head
    angle = math.radians(degrees)
    columns = [picture.width * step / _COLUMNS for step in range(_COLUMNS + 1)]
    rows = [picture.height * step / _ROWS for step in range(_ROWS + 1)]
    sources = [[_source(head, angle, x, y, picture.width) for x in columns] for y in rows]
    mesh = [
        (
            (round(columns[c]), round(rows[r]), round(columns[c + 1]), round(rows[r + 1])),
            (
                *(sources[r][c], rows[r], sources[r + 1][c], rows[r + 1]),
                *(sources[r + 1][c + 1], rows[r + 1], sources[r][c + 1], rows[r]),
            ),
        )
        for r in range(_ROWS)
        for c in range(_COLUMNS)
    ]
    moved = picture.transform(picture.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)
    return Portrait(moved, head, tuple((_aside(head, angle, x, y), y) for x, y in portrait.landmarks))  # type: ignore[arg-type]


@lru_cache(maxsize=16)
def masked(portrait: Portrait, cloth: Colour = CLOTH, worn: float = WORN) -> Portrait:
    """With a mask over nose and mouth. ``worn``: where it begins, from the eyes (0) to the tip of the nose (1)."""
    picture, head = portrait.picture.copy(), portrait.head
    over = 4
    (_, left), (_, right), (_, nose), *_ = portrait.landmarks
    top = ((left + right) / 2 * (1 - worn) + nose * worn - head.y) / head.down
    cover = Image.new("L", (picture.width * over, picture.height * over))
    edge = [(-0.95, top), (-0.3, top + 0.08), (0, top), (0.3, top + 0.08), (0.95, top)]
    edge += [(0.85, 0.50), (0.45, 0.92), (0, 1.02), (-0.45, 0.92), (-0.85, 0.50)]
    outline = [((head.x + u * head.across) * over, (head.y + v * head.down) * over) for u, v in edge]
    ImageDraw.Draw(cover).polygon(outline, fill=255)
    pen = ImageDraw.Draw(cover)
    for v in (0.32, 0.52, 0.72):  # folds
        x, y, half = head.x * over, (head.y + v * head.down) * over, 0.7 * head.across * over
        pen.line((x - half, y, x + half, y), fill=225, width=over)
    cover = cover.resize(picture.size, Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(0.8))
    picture.paste(Image.new(picture.mode, picture.size, cloth), (0, 0), cover)
    return Portrait(picture, head, portrait.landmarks)


def _depth(head: Head, x: float, y: float) -> float:
    """How far a point stands before the plane through the ears, in pixels; 0 beside the head."""
    u, v = (x - head.x) / head.across, (y - head.y) / head.down
    away = u * u + v * v
    if away >= 1:
        return 0.0
    nose = _NOSE_DEPTH * math.exp(
        -((u / _NOSE_ACROSS) ** 2) - ((y - head.nose) / head.down / _NOSE_DOWN) ** 2
    )
    return head.across * (_DEPTH * (1 - away) + nose)


def _aside(head: Head, angle: float, x: float, y: float) -> float:
    """Where a point of the picture is seen once the head has turned. What is beside the head stays."""
    u, v = (x - head.x) / head.across, (y - head.y) / head.down
    away = u * u + v * v
    if away >= 1:
        return x
    turns = 1 - away * away  # the rim goes over into what stays
    shrunk = (math.cos(angle) - 1) * (x - head.x) * turns
    return x + shrunk + _depth(head, x, y) * math.sin(angle)


def _source(head: Head, angle: float, seen: float, y: float, width: int) -> float:
    """The point of the picture that is seen there: of several the one before the others."""
    places, aside = _row(head, angle, y, width)
    at = bisect_left(aside, seen)
    if at == 0:
        return places[0]
    if at == len(aside):
        return places[-1]
    low, high = aside[at - 1], aside[at]
    part = (seen - low) / (high - low) if high > low else 0.0
    return places[at - 1] + part * (places[at] - places[at - 1])


@lru_cache(maxsize=256)
def _row(head: Head, angle: float, y: float, width: int) -> tuple[list[float], list[float]]:
    places = [width * step / _SAMPLES for step in range(_SAMPLES + 1)]
    aside: list[float] = []
    for place in places:
        aside.append(max(_aside(head, angle, place, y), aside[-1] if aside else 0.0))
    return places, aside


def _outline(grey: Image.Image) -> Image.Image:
    """The person without the plain ground that is drawn around it."""
    ground = grey.point(lambda level: 255 if level >= 222 else 0)
    for corner in ((0, 0), (grey.width - 1, 0)):
        if ground.getpixel(corner) == 255:
            ImageDraw.floodfill(ground, corner, 128)
    person = ground.point(lambda level: 0 if level == 128 else 255)
    return person.filter(ImageFilter.MinFilter(5)).filter(ImageFilter.GaussianBlur(0.8))
