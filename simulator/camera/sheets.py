"""Faces that are none: prints and telephones that are held up before the camera.

Made from what a deceiver has: a picture of the other person from the front. What makes them differ from a head (no
depth, dots of ink, fewer colours, a frame, lines and light on glass) is drawn, as a guide for whoever judges; how well
a drawing stands for the real thing nobody has measured.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from simulator.camera.portraits import Portrait, turned

_AWAY = 6.0  # the camera's distance in half widths of the sheet
_STRIPS, _SAMPLES = 64, 400
_HEIGHT = 720  # rows of what is on the sheet, before it is held up
_ASPECT = 0.75
_PAPER = (238, 234, 226)


class Medium(StrEnum):
    PRINT = "print"
    PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """``bend``: radians from edge to edge of a sheet that is bent round a standing axis, 0 for flat. ``head``: how much
    of its height the head takes. ``glare``: strength of the light on a screen's glass, 0 to 1. ``shown_turn``: degrees
    that the person *on* it is turned, as in a film; a still picture has 0."""

    medium: Medium = Medium.PRINT
    bend: float = 0.0
    head: float = 0.55
    glare: float = 0.35
    shown_turn: float = 0.0


def held(sheet: Sheet, who: Portrait, turn: float, height: int, tilt: float = 0.0) -> Image.Image:
    """The sheet as it is seen when turned and tilted by so many degrees (in halves), ``height`` pixels high;
    transparent around it."""
    return _held(sheet, who, round(turn * 2) / 2, round(tilt * 2) / 2, max(8, height))


@lru_cache(maxsize=24)
def _held(sheet: Sheet, who: Portrait, turn: float, tilt: float, height: int) -> Image.Image:
    flat = _face_on(sheet, who)
    if (
        height < flat.height
    ):  # a lens mixes dots that are too small for its sensor; sampling alone would keep a few
        flat = flat.resize((round(flat.width * height / flat.height), height), Image.Resampling.LANCZOS)
    seen = _in_space(flat, math.radians(turn), sheet.bend, height)
    return seen.rotate(tilt, Image.Resampling.BILINEAR, expand=True) if tilt else seen


@lru_cache(maxsize=32)
def _face_on(sheet: Sheet, who: Portrait) -> Image.Image:
    """The sheet itself, seen straight on."""
    face = turned(who, sheet.shown_turn)
    size = (round(_HEIGHT * _ASPECT), _HEIGHT)
    page = Image.new("RGB", size, _PAPER)
    scale = _HEIGHT * sheet.head / (2 * face.head.down)
    person = face.picture.resize(
        (round(face.picture.width * scale), round(face.picture.height * scale)), Image.Resampling.LANCZOS
    )
    place = (round(size[0] / 2 - face.head.x * scale), round(size[1] * 0.48 - face.head.y * scale))
    page.paste(person, place, person if person.mode == "RGBA" else None)
    return _printed(page) if sheet.medium is Medium.PRINT else _on_glass(page, sheet.glare)


def _printed(page: Image.Image) -> Image.Image:
    """Fewer colours, no deep black, and dots of ink in a grid for each of them."""
    dull = ImageEnhance.Contrast(ImageEnhance.Color(page).enhance(0.75)).enhance(0.85)
    large = dull.resize((dull.width * 3, dull.height * 3), Image.Resampling.BILINEAR)
    inks = [
        ImageChops.subtract(band, _screen(large.size, shift)).point(lambda level: 235 if level else 38)
        for shift, band in enumerate(large.split())
    ]
    return Image.merge("RGB", inks).resize(page.size, Image.Resampling.BOX).convert("RGBA")


@lru_cache(maxsize=8)
def _screen(size: tuple[int, int], shift: int) -> Image.Image:
    """Thresholds that grow outwards from the middle of each dot; every ink's dots stand elsewhere."""
    period = 6
    cell = Image.new("L", (period, period))
    for x in range(period):
        for y in range(period):
            wave = math.cos(2 * math.pi * x / period) + math.cos(2 * math.pi * y / period)
            cell.putpixel((x, y), round(120 + 54 * wave + x + 1.7 * y))  # no two alike: more shades
    tiled = Image.new("L", size)
    for left in range(-2 * shift, size[0], period):
        tiled.paste(cell, (left, 0))
    row = tiled.crop((0, 0, size[0], period))
    for top in range(-2 * shift, size[1], period):
        tiled.paste(row, (0, top))
    return tiled


def _on_glass(page: Image.Image, glare: float) -> Image.Image:
    """Colder and brighter, with lines where two grids meet, light on the glass, and a black frame."""
    red, green, blue = ImageEnhance.Brightness(page).enhance(1.08).split()
    cold = Image.merge(
        "RGB", (red.point(lambda level: level * 0.93), green, blue.point(lambda level: level * 1.07))
    )
    screen = ImageChops.multiply(cold, _moire(page.size))
    shine = Image.new("L", page.size)
    wide, high = page.size
    ImageDraw.Draw(shine).polygon(
        ((wide * 0.55, 0), (wide * 0.85, 0), (wide * 0.35, high), (wide * 0.05, high)),
        fill=round(255 * glare),
    )
    screen.paste((255, 255, 255), (0, 0), shine.filter(ImageFilter.GaussianBlur(high / 30)))
    edge = round(wide * 0.05)
    phone = Image.new("RGBA", (wide + 2 * edge, high + 4 * edge))
    ImageDraw.Draw(phone).rounded_rectangle(
        (0, 0, phone.width - 1, phone.height - 1), edge * 1.5, (16, 16, 18, 255)
    )
    phone.paste(screen, (edge, 2 * edge))
    return phone


@lru_cache(maxsize=4)
def _moire(size: tuple[int, int]) -> Image.Image:
    """What is left when dots of a screen are seen through dots of a sensor: slow waves, aslant."""
    coarse = Image.new("L", (size[0] // 2, size[1] // 2))
    coarse.putdata(
        [
            round(238 + 12 * math.sin(0.21 * x + 0.06 * y) + 5 * math.sin(0.13 * y - 0.03 * x))
            for y in range(coarse.height)
            for x in range(coarse.width)
        ]
    )
    fine = coarse.resize(size, Image.Resampling.BILINEAR)
    return Image.merge("RGB", (fine, fine, fine))


def _in_space(flat: Image.Image, turn: float, bend: float, height: int) -> Image.Image:
    """The sheet turned about its standing middle, and bent round it, through a pinhole. Of what folds over itself the
    nearer part is seen."""
    across = flat.width / flat.height  # half of the sheet's height is 1
    places = [2 * step / _SAMPLES - 1 for step in range(_SAMPLES + 1)]  # along the sheet, edge to edge
    seen: list[float] = []
    for place in places:
        aside, near = _point(place * across, across, turn, bend)
        seen.append(max(aside * _AWAY / (_AWAY - near), seen[-1] if seen else -math.inf))
    half = height / 2
    low, high = seen[0], seen[-1]
    width = max(2, math.ceil((high - low) * half))
    tall = math.ceil(height * _AWAY / (_AWAY - across))
    mesh = []
    for strip in range(_STRIPS):
        edges = [round(width * at / _STRIPS) for at in (strip, strip + 1)]
        if edges[0] == edges[1]:
            continue
        corners = [
            _column(flat, low + edge / half, places, seen, (across, turn, bend), tall / height)
            for edge in edges
        ]
        (left, top_left, low_left), (right, top_right, low_right) = corners
        mesh.append(
            (
                (edges[0], 0, edges[1], tall),
                (left, top_left, left, low_left, right, low_right, right, top_right),
            )
        )
    opaque = flat.convert("RGBA")
    return opaque.transform((width, tall), Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def _column(
    flat: Image.Image,
    aside: float,
    places: list[float],
    seen: list[float],
    pose: tuple[float, float, float],
    room: float,
) -> tuple[float, float, float]:
    """Which column of the sheet is seen there, and which of its rows at the upper and the lower edge."""
    at = min(max(bisect_left(seen, aside), 1), len(seen) - 1)
    low, high = seen[at - 1], seen[at]
    part = min(1.0, max(0.0, (aside - low) / (high - low))) if high > low else 0.0
    place = places[at - 1] + part * (places[at] - places[at - 1])
    across, turn, bend = pose
    _, near = _point(place * across, across, turn, bend)
    reach = room * (_AWAY - near) / _AWAY
    return (
        (place + 1) / 2 * flat.width,
        flat.height / 2 * (1 - reach),
        flat.height / 2 * (1 + reach),
    )


def _point(along: float, across: float, turn: float, bend: float) -> tuple[float, float]:
    """How far aside and how near a point of the sheet is. The nearer side is the one turned away from: a face that
    turns to the picture's right shows more of its left."""
    if bend:
        radius = 2 * across / bend
        aside, near = radius * math.sin(along / radius), radius * (math.cos(along / radius) - 1)
    else:
        aside, near = along, 0.0
    return (
        aside * math.cos(turn) + near * math.sin(turn),
        near * math.cos(turn) - aside * math.sin(turn),
    )
