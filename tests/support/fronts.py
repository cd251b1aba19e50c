"""Fronts and backs of cards for the reader of fronts: rendered, or as the lines that were found on them."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
from msgspec.structs import replace
from PIL import Image

from drivers.confined.files import models_dir
from drivers.front.lines import Line
from drivers.front.networks import Networks, Pixels
from drivers.front.weights import Weights, load
from drivers.interface import CardFront
from simulator.camera.seeing import Sight, seen
from simulator.people import Persona
from simulator.people import load as person
from simulator.playing.cast import number_b

TODAY = date(2026, 11, 24)
CODE = "6842"
HEIGHT = 30.0


def somebody(name: str = "yamada", code: str = CODE, born: date | None = None) -> Persona:
    """A persona whose card has this security code, born on another day where one is given."""
    known = person(name)
    card, who = replace(known.card, security_code=code), known.person
    return replace(known, card=card, person=replace(who, birth_date=born or who.birth_date))


def front_of(persona: Persona) -> CardFront:
    """What is to be read."""
    digits = number_b(persona, TODAY)
    return CardFront(digits[:6], digits[6:10], digits[10:])


@cache
def networks() -> Networks:
    """Loaded once: it takes most of a second."""
    weights = load(models_dir())
    assert isinstance(weights, Weights), weights
    return Networks(weights.finding, weights.reading)


def pixels(card: Image.Image | None, sight: Sight | None = None) -> Pixels:
    """The camera's picture of it, as the driver gets it."""
    return bgr(seen(card, sight or Sight(noise=12)))


def bgr(picture: Image.Image) -> Pixels:
    """As cameras give it."""
    return np.ascontiguousarray(np.asarray(picture.convert("RGB"), np.uint8)[:, :, ::-1])


def line(text: str, row: int = 0, x: float = 300.0, sureness: float = 1.0) -> Line:
    """A level line; ``row`` counts from above."""
    return Line(text, sureness, x, 100.0 + 60.0 * row, HEIGHT * 0.7 * len(text), HEIGHT)


def lines(
    birth: str = "昭和56年 5月20日生",
    expiry: str = "2034年5月20日まで有効",
    code: str = CODE,
    serial: str = "7519232423335595",
) -> list[Line]:
    """A front's lines; empty ones are left out."""
    texts = ("□□ □□ □□", birth, expiry, "□□□□□□有効□□", serial, code)
    return [line(text, row) for row, text in enumerate(texts) if text]
