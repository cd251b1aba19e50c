"""How a camera sees a paper: turned, leaning, out of focus, in the dark, with noise. The same arguments give the same
picture, byte for byte."""

from __future__ import annotations

import random

import msgspec
from PIL import Image, ImageChops, ImageEnhance, ImageFilter

SIZE = (1280, 720)
_TABLE = (96, 92, 88)


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """``tilt``: degrees counter-clockwise. ``lean``: how much narrower the far edge is, from 0 to below 1. ``blur``:
    radius in pixels. ``light``: 1 as drawn, 0 dark. ``noise``: 0 to 255, the strongest. ``near``: width of the paper in
    the picture, 1 fills it. ``seed``: of the noise."""

    tilt: float = 0.0
    lean: float = 0.0
    blur: float = 0.0
    light: float = 1.0
    noise: int = 0
    near: float = 0.6
    seed: int = 0


def seen(paper: Image.Image | None, sight: Sight | None = None) -> Image.Image:
    """The camera's picture of a paper on a table; of the table alone without one."""
    sight = sight or Sight()
    picture = Image.new("RGB", SIZE, _TABLE)
    if paper is not None:
        held = _held(paper.convert("RGBA"), sight)
        picture.paste(held, ((SIZE[0] - held.width) // 2, (SIZE[1] - held.height) // 2), held)
    if sight.blur:
        picture = picture.filter(ImageFilter.GaussianBlur(sight.blur))
    if sight.light != 1.0:
        picture = ImageEnhance.Brightness(picture).enhance(sight.light)
    return _noisy(picture, sight) if sight.noise else picture


def _held(paper: Image.Image, sight: Sight) -> Image.Image:
    width = round(SIZE[0] * sight.near)
    held = paper.resize((width, round(paper.height * width / paper.width)), Image.Resampling.LANCZOS)
    if sight.lean:
        coefficients = _leaning(held.width, held.height, sight.lean)
        held = held.transform(held.size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)
    return held.rotate(sight.tilt, Image.Resampling.BICUBIC, expand=True)


def _leaning(width: int, height: int, lean: float) -> tuple[float, ...]:
    """The projection that leaves the near edge as it is and narrows the far one: PIL's eight numbers, which lead from
    the picture back to the paper."""
    wider = 1 / (1 - lean)
    aside = width * lean * wider / 2
    return (wider, aside / height, -aside, 0.0, wider, 0.0, 0.0, (wider - 1) / height)


def _noisy(picture: Image.Image, sight: Sight) -> Image.Image:
    """Noise that is grey, as that of a sensor nearly is; half of it brighter, half darker."""
    chance = random.Random(sight.seed)  # noqa: S311 - a picture, not a secret
    grain = Image.frombytes("L", SIZE, chance.randbytes(SIZE[0] * SIZE[1])).convert("RGB")
    half = sight.noise / 255
    brighter = grain.point(lambda level: max(0, level - 128) * 2 * half)
    darker = grain.point(lambda level: max(0, 127 - level) * 2 * half)
    return ImageChops.subtract(ImageChops.add(picture, brighter), darker)
