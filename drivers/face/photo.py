"""The chip's photograph: JPEG 2000 out of a card, which may be anybody's. Capped before it is decoded, and decoded only
in the process that ends with the visit."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from drivers.face.geometry import Face
from drivers.face.networks import Networks, Pixels, Template

MOST_BYTES = 64 * 1024
MOST_SIDE = 1024
LEAST_SIDE = 60
MOST_COMPONENTS = 4
LEAST_EYES = 20.0
"""Pixels between the eyes, as the network sees them in the photograph."""

_BOXES = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_CODESTREAM = b"\xff\x4f\xff\x51"
_SIZ = struct.Struct(">HHIIIIIIIIH")  # Lsiz Rsiz Xsiz Ysiz XOsiz YOsiz XTsiz YTsiz XTOsiz YTOsiz Csiz


class PhotoUnusable(Exception):
    """Why there is nothing to compare with. Says nothing of the picture's content."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What a picture says of itself before it is decoded."""

    width: int
    height: int
    components: int
    tiles: int


def announced(jpeg2000: bytes) -> Announced:
    """From the SIZ segment that begins every codestream (ISO/IEC 15444-1, A.5.1), within its boxes or bare. Raises
    ``PhotoUnusable``."""
    if not jpeg2000.startswith((_BOXES, _CODESTREAM)):
        raise PhotoUnusable("not JPEG 2000")
    if jpeg2000.count(_CODESTREAM) != 1:
        raise PhotoUnusable("not one codestream")
    begin = jpeg2000.index(_CODESTREAM) + len(_CODESTREAM)
    try:
        _, _, right, bottom, left, top, across, down, tile_left, tile_top, components = _SIZ.unpack_from(
            jpeg2000, begin
        )
    except struct.error:
        raise PhotoUnusable("cut short") from None
    if not (right > left and bottom > top and across and down):
        raise PhotoUnusable("without a size")
    tiles = -(-(right - tile_left) // across) * -(-(bottom - tile_top) // down)
    return Announced(right - left, bottom - top, components, tiles)


def decoded(jpeg2000: bytes) -> Pixels:
    """Its pixels in blue, green, red. Raises ``PhotoUnusable``."""
    import cv2

    if len(jpeg2000) > MOST_BYTES:
        raise PhotoUnusable("too many bytes")
    size = announced(jpeg2000)
    if not all(LEAST_SIDE <= side <= MOST_SIDE for side in (size.width, size.height)):
        raise PhotoUnusable("too small or too large")
    if size.components > MOST_COMPONENTS or not 1 <= size.tiles <= MOST_SIDE:
        raise PhotoUnusable("too many parts")
    way = (
        cv2.IMREAD_COLOR if size.components >= 3 else cv2.IMREAD_GRAYSCALE
    )  # each refuses the other's bare stream
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
