"""What a JPEG 2000 picture says of itself, read without decoding it.

The picture comes from whoever made the card, and a decoder allocates what its header announces: so the header is held
to what a card's photograph can be before any decoder sees it. ISO/IEC 15444-1, annexes A.5.1 (SIZ) and I (JP2 boxes).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAX_BYTES = 0x7000
MAX_SIDE = 1024
MIN_SIDE = 32
"""Pixels. What size cards use is not published; a face of fewer cannot be compared."""
MAX_COMPONENTS = 3
MAX_DEPTH = 8

_SIGNATURE = bytes.fromhex("0000000C6A5020200D0A870A")
_CODESTREAM = bytes.fromhex("FF4FFF51")  # SOC, SIZ
_MAX_BOXES = 16
_MAX_TILES = 16
_SIZ = struct.Struct(">HH8IH")


class NotAPhotograph(ValueError):
    """The bytes are not a JPEG 2000 picture as a card may keep one. Says why, never which bytes."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Pixels across and down, and colour components (1 is grey)."""

    width: int
    height: int
    components: int


def is_photograph(data: bytes) -> bool:
    """Whether ``shape`` finds nothing wrong."""
    try:
        shape(data)
    except NotAPhotograph:
        return False
    return True


def shape(data: bytes) -> Shape:
    """The size that the picture announces, in its container (JP2) or as a bare codestream.

    Raises ``NotAPhotograph``: another format, too many bytes, or a size that no card's photograph has.
    """
    if len(data) > MAX_BYTES:
        raise NotAPhotograph("too many bytes")
    if data.count(_CODESTREAM) > 1:  # whichever of them a decoder takes
        raise NotAPhotograph("several pictures")
    if data.startswith(_CODESTREAM):
        return _codestream(data)
    if not data.startswith(_SIGNATURE):
        raise NotAPhotograph("not JPEG 2000")
    announced: Shape | None = None
    for kind, content in _boxes(data[len(_SIGNATURE) :]):
        if kind == b"jp2h":
            announced = _image_header(content)
        elif kind == b"jp2c":
            found = _codestream(content)
            if announced != found:
                raise NotAPhotograph("container and picture differ")
            return found
    raise NotAPhotograph("no picture in the container")


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each box; the last one may say 0 for "to the end"."""
    at = 0
    for _ in range(_MAX_BOXES):
        if at == len(data):
            return
        if at + 8 > len(data):
            raise NotAPhotograph("box cut off")
        length, kind = struct.unpack_from(">I4s", data, at)
        length = length or len(data) - at
        if not 8 <= length <= len(data) - at:  # 1 would announce a length of 64 bits
            raise NotAPhotograph("box longer than the picture")
        yield kind, data[at + 8 : at + length]
        at += length
    if at != len(data):
        raise NotAPhotograph("too many boxes")


def _image_header(boxes: bytes) -> Shape:
    for kind, content in _boxes(boxes):
        if kind == b"ihdr" and len(content) == 14:
            height, width, components = struct.unpack_from(">IIH", content)
            return _within(width, height, components)
    raise NotAPhotograph("no image header")


def _codestream(data: bytes) -> Shape:
    if not data.startswith(_CODESTREAM) or len(data) < 4 + _SIZ.size:
        raise NotAPhotograph("no codestream")
    length, _, x1, y1, x0, y0, tile_x, tile_y, tile_x0, tile_y0, components = _SIZ.unpack_from(data, 4)
    if length != 38 + 3 * components or len(data) < 4 + length:
        raise NotAPhotograph("size marker malformed")
    if not (x0 < x1 and y0 < y1 and tile_x and tile_y and tile_x0 <= x0 and tile_y0 <= y0):
        raise NotAPhotograph("empty")
    found = _within(x1 - x0, y1 - y0, components)
    tiles = -(-(x1 - tile_x0) // tile_x) * -(-(y1 - tile_y0) // tile_y)
    if tiles > _MAX_TILES or x1 > 2 * MAX_SIDE or y1 > 2 * MAX_SIDE:
        raise NotAPhotograph("too many tiles")
    for component in range(components):
        depth, step_x, step_y = data[4 + _SIZ.size + 3 * component :][:3]
        if (depth & 0x7F) + 1 > MAX_DEPTH or not (step_x == step_y == 1):
            raise NotAPhotograph("not eight bits a pixel")
    return found


def _within(width: int, height: int, components: int) -> Shape:
    sides = MIN_SIDE <= width <= MAX_SIDE and MIN_SIDE <= height <= MAX_SIDE
    if not sides or not 1 <= components <= MAX_COMPONENTS:
        raise NotAPhotograph("no size of a card's photograph")
    return Shape(width, height, components)
