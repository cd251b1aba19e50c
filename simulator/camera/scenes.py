"""Who stands before the camera, and in which light. The same scene, size and seed give the same picture, byte for
byte."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from simulator.camera.portraits import CLOTH, WORN, Colour, Portrait, masked, turned
from simulator.camera.sheets import Sheet, held

SIZE = (1280, 720)
NOISE = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """``who``: None for nobody. ``second``: somebody beside. ``sheet``: what is held up before the camera in place of
    a face. ``cloth``, ``worn``: the mask's colour, and how high it is worn (see ``masked``). ``picture``: the whole of
    the camera's picture, as from a film. ``near``: height of the head, 1 fills the picture. ``x``, ``y``: where the
    middle of the head is, from 0 to 1. ``turn``: degrees to the person's own left (the right of the picture); a sheet
    is turned as one. ``tilt``: degrees counter-clockwise. ``light``: 1 as it was, 0 dark; from 2 on it burns out.
    ``side``: how much darker one side is, from -1 (left) to 1 (right). ``blur``: radius in pixels at 720 rows.
    ``noise``: 0 to 255, the strongest. ``covered``: something lies on the lens."""

    who: Portrait | None = field(default=None, repr=False)
    second: Portrait | None = field(default=None, repr=False)
    sheet: Sheet | None = None
    picture: Image.Image | None = field(default=None, repr=False)
    mask: bool = False
    cloth: Colour = CLOTH
    worn: float = WORN
    near: float = 0.55
    x: float = 0.5
    y: float = 0.5
    turn: float = 0.0
    tilt: float = 0.0
    light: float = 1.0
    side: float = 0.0
    blur: float = 0.0
    noise: int = NOISE
    covered: bool = False


def shot(scene: Scene, size: tuple[int, int] = SIZE, seed: str = "") -> Image.Image:
    """The camera's picture. ``seed``: of this picture's noise."""
    if scene.covered:
        return _noisy(Image.new("RGB", size, (3, 3, 4)), scene.noise and 2, seed)
    picture = scene.picture.convert("RGB").resize(size) if scene.picture else _staged(scene, size)
    if scene.side:
        picture = ImageChops.multiply(picture, _shade(size, scene.side))
    if scene.light != 1.0:
        picture = ImageEnhance.Brightness(picture).enhance(scene.light)
    if scene.blur:
        picture = picture.filter(ImageFilter.GaussianBlur(scene.blur * size[1] / 720))
    return _noisy(picture, scene.noise, seed)


def _staged(scene: Scene, size: tuple[int, int]) -> Image.Image:
    picture = room(size).copy()
    if scene.second is not None:
        aside = 0.2 if scene.x > 0.5 else 0.8
        _stand(picture, scene.second, aside, scene.y, scene.near * 0.85, 0.0)
    if scene.who is None:
        return picture
    person = masked(scene.who, scene.cloth, scene.worn) if scene.mask else scene.who
    if scene.sheet is None:
        _stand(picture, turned(person, scene.turn), scene.x, scene.y, scene.near, scene.tilt)
        return picture
    height = round(size[1] * scene.near / scene.sheet.head)
    sheet = held(scene.sheet, person, scene.turn, height, scene.tilt)
    place = (round(size[0] * scene.x - sheet.width / 2), round(size[1] * scene.y - sheet.height / 2))
    picture.paste(sheet, place, sheet)
    return picture


def _stand(picture: Image.Image, who: Portrait, x: float, y: float, near: float, tilt: float) -> None:
    """Puts somebody in, the clothes drawn down to the lower edge."""
    scale = picture.height * near / (2 * who.head.down)
    person = _sized(who, scale, round(tilt * 2) / 2)
    left = round(picture.width * x - who.head.x * scale)
    top = round(picture.height * y - who.head.y * scale)
    picture.paste(person, (left, top), person if person.mode == "RGBA" else None)
    below = picture.height - top - person.height
    if below > 0:
        hem = person.crop((0, person.height - 1, person.width, person.height)).resize((person.width, below))
        picture.paste(hem, (left, top + person.height), hem if hem.mode == "RGBA" else None)


@lru_cache(maxsize=24)
def _sized(who: Portrait, scale: float, tilt: float) -> Image.Image:
    person = who.picture
    if tilt:
        person = person.rotate(tilt, Image.Resampling.BICUBIC, center=(who.head.x, who.head.y))
    size = max(1, round(person.width * scale)), max(1, round(person.height * scale))
    return person.resize(size, Image.Resampling.BILINEAR)


@lru_cache(maxsize=8)
def room(size: tuple[int, int]) -> Image.Image:
    """A wall with a door and a notice, out of focus."""
    wall = Image.new("RGB", size, (176, 180, 176))
    pen, (width, height) = ImageDraw.Draw(wall), size
    pen.rectangle((width * 0.04, height * 0.08, width * 0.22, height), fill=(122, 98, 78))
    pen.rectangle((width * 0.75, height * 0.14, width * 0.92, height * 0.52), fill=(226, 226, 218))
    for line in range(5):
        top = height * (0.20 + 0.06 * line)
        pen.rectangle((width * 0.78, top, width * 0.89, top + height * 0.015), fill=(120, 130, 150))
    pen.rectangle((0, height * 0.93, width, height), fill=(96, 92, 88))
    return ImageChops.multiply(wall.filter(ImageFilter.GaussianBlur(height / 120)), _shade(size, 0.15))


@lru_cache(maxsize=16)
def _shade(size: tuple[int, int], side: float) -> Image.Image:
    """White on the lit side, darker towards the other."""
    fall = Image.linear_gradient("L").rotate(90 if side > 0 else -90).resize(size, Image.Resampling.BILINEAR)
    steep = fall.point(lambda level: 255 - abs(side) * max(0, level - 40) * 255 / 215)
    return Image.merge("RGB", (steep, steep, steep))


def _noisy(picture: Image.Image, noise: int, seed: str) -> Image.Image:
    """Grey noise, as that of a sensor nearly is: even between -``noise`` and ``noise``."""
    if not noise:
        return picture
    chance = random.Random(f"noise/{seed}")  # noqa: S311 - a picture, not a secret
    grain = Image.frombytes("L", picture.size, chance.randbytes(picture.width * picture.height))
    grain = grain.point([level * 2 * noise // 255 for level in range(256)])
    return ImageChops.add(picture, Image.merge("RGB", (grain, grain, grain)), 1, -noise)
