"""The chip's photograph: JPEG 2000 out of a card, which may be anybody's. Its header is judged before it is decoded,
which is done only in the process that ends with the visit."""

from __future__ import annotations

from typing import Any

import numpy as np

from drivers.card.jpeg2000 import NotAPhotograph, shape
from drivers.face.geometry import Face
from drivers.face.networks import Networks, Pixels, Template

LEAST_EYES = 20.0
"""Pixels between the eyes, as the network sees them in the photograph."""


class PhotoUnusable(Exception):
    """Why there is nothing to compare with. Says nothing of the picture's content."""


def decoded(jpeg2000: bytes) -> Pixels:
    """Its pixels in blue, green, red. Raises ``PhotoUnusable``."""
    import cv2

    try:
        size = shape(jpeg2000)
    except NotAPhotograph as wrong:
        raise PhotoUnusable(str(wrong)) from None
    # Each way of reading refuses the other's bare codestream.
    way = cv2.IMREAD_COLOR if size.components >= 3 else cv2.IMREAD_GRAYSCALE
    try:
        picture: Any = cv2.imdecode(np.frombuffer(jpeg2000, np.uint8), way)  # None where it cannot
    except cv2.error:
        picture = None
    if picture is None:
        raise PhotoUnusable("cannot be decoded")
    pixels = np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR) if picture.ndim == 2 else picture, np.uint8)
    if pixels.shape != (size.height, size.width, 3):
        raise PhotoUnusable("not what it announced")
    return pixels


def only_face(networks: Networks, pixels: Pixels) -> Face:
    """The face of a photograph. Raises ``PhotoUnusable``."""
    faces = networks.faces(pixels)
    if not faces:
        raise PhotoUnusable("no face found")
    if faces[0].eyes_apart < LEAST_EYES:
        raise PhotoUnusable("face too small")
    return faces[0]


def card_template(networks: Networks, jpeg2000: bytes) -> Template:
    """What the live faces are compared with. Raises ``PhotoUnusable``."""
    pixels = decoded(jpeg2000)
    return networks.template(networks.aligned(pixels, only_face(networks, pixels)))
