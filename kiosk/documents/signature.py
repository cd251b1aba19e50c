"""A signature from the screen, as strokes of a finger or as a picture, made ready for a form."""

from __future__ import annotations

import io
import math
import re
import struct

import msgspec

Point = tuple[float, float]
Stroke = tuple[Point, ...]

_REACH = 10_000.0  # mm: no screen is larger
MOST_POINTS = 50_000
_MOST_BYTES = 4_000_000
_MOST_PIXELS = 8_000_000
_PRINTED_WIDTH = 1000  # pixels: 300 dpi over 85 mm
_NEAR = 0.12  # mm on paper: points closer together than this cannot be told apart
_TENTHS = re.compile(r"-?[0-9]{1,6},-?[0-9]{1,6}")
_PNG = b"\x89PNG\r\n\x1a\n"


class SignatureFault(Exception):
    """What was handed over is no signature that can be printed: a mistake of the screen's, never the signer's."""


class Strokes(msgspec.Struct, frozen=True, tag="strokes"):
    """``strokes``: each a run of (x, y) in millimetres, x to the right, y downwards, from any one origin; a single
    point is a dot. Raises ``SignatureFault`` for numbers that are no place on a screen."""

    strokes: tuple[Stroke, ...]

    def __post_init__(self) -> None:
        if sum(map(len, self.strokes)) > MOST_POINTS:
            raise SignatureFault(f"more than {MOST_POINTS} points")
        for value in (value for stroke in self.strokes for point in stroke for value in point):
            if not (math.isfinite(value) and abs(value) <= _REACH):
                raise SignatureFault("a point that is no place on a screen")

    def __repr__(self) -> str:
        return f"<Strokes: {len(self.strokes)}>"


class Picture(msgspec.Struct, frozen=True, tag="picture"):
    """``png``: dark ink on white or on nothing. Raises ``SignatureFault`` where it is no PNG of a sensible size."""

    png: bytes

    def __post_init__(self) -> None:
        head = self.png[:24]
        if (
            len(self.png) > _MOST_BYTES
            or len(head) < 24
            or not head.startswith(_PNG)
            or head[12:16] != b"IHDR"
        ):
            raise SignatureFault("no PNG of a sensible size")
        width, height = struct.unpack(">II", head[16:24])
        if not 0 < width * height <= _MOST_PIXELS:
            raise SignatureFault("a picture of an impossible size")

    def __repr__(self) -> str:
        return f"<Picture: {len(self.png)} bytes>"


Signature = Strokes | Picture


def strokes_of(text: str) -> Strokes:
    """Strokes as a form keeps them: ``x,y x,y;x,y …`` in whole tenths of a millimetre; "" for none. Raises
    ``SignatureFault``."""
    strokes = [stroke.split(" ") for stroke in text.split(";")] if text else []
    if not all(_TENTHS.fullmatch(point) for stroke in strokes for point in stroke):
        raise SignatureFault("not strokes in tenths of a millimetre")
    return Strokes(tuple(tuple(_millimetres(point) for point in stroke) for stroke in strokes))


def _millimetres(point: str) -> Point:
    x, y = point.split(",")
    return int(x) / 10, int(y) / 10


def for_template(signature: Signature | None, width: float, height: float) -> dict[str, object] | None:
    """The signature as the templates' function ``signed`` takes it, fitted into ``width`` × ``height`` mm; None where
    nothing was written. Strokes are made smaller where they must, never larger; a picture has no size of its own and
    fills the place. Raises ``SignatureFault``."""
    if isinstance(signature, Picture):
        return _picture(signature, width, height)
    strokes = [stroke for stroke in signature.strokes if stroke] if signature else []
    if not strokes:
        return None
    xs = [x for stroke in strokes for x, _ in stroke]
    ys = [y for stroke in strokes for _, y in stroke]
    left, top, wide, tall = min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)
    scale = min(1.0, width / wide if wide else 1.0, height / tall if tall else 1.0)
    placed = [[((x - left) * scale, (y - top) * scale) for x, y in stroke] for stroke in strokes]
    return {
        "width": round(wide * scale, 2),
        "height": round(tall * scale, 2),
        "strokes": [_thinned(stroke) for stroke in placed],
    }


def _thinned(stroke: list[Point]) -> list[Point]:
    """Without the points that lie upon the one before; the last one stays, so that the stroke ends where it did."""
    kept = stroke[:1]
    for point in stroke[1:-1]:
        if math.dist(point, kept[-1]) >= _NEAR:
            kept.append(point)
    kept += stroke[-1:] if len(stroke) > 1 and stroke[-1] != kept[-1] else []
    return [(round(x, 2), round(y, 2)) for x, y in kept]


def _picture(signature: Picture, width: float, height: float) -> dict[str, object] | None:
    """Grey on white without margins, and without whatever else the file carried."""
    from PIL import (
        Image,
        ImageChops,
        UnidentifiedImageError,
    )  # 20 MB that a form without a picture need not load

    try:
        with Image.open(io.BytesIO(signature.png), formats=["PNG"]) as image:
            seen = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise SignatureFault(f"a PNG that cannot be read: {type(error).__name__}") from None
    paper = Image.new("RGBA", seen.size, "white")
    paper.alpha_composite(seen)
    grey = paper.convert("L")
    ink = ImageChops.invert(grey).point(lambda level: 255 if level > 24 else 0).getbbox()
    if ink is None:
        return None
    grey = grey.crop(ink)
    grey.thumbnail((_PRINTED_WIDTH, _PRINTED_WIDTH))
    out = io.BytesIO()
    grey.save(out, "PNG", optimize=True)
    scale = min(width / grey.width, height / grey.height)
    return {"width": grey.width * scale, "height": grey.height * scale, "png": list(out.getvalue())}
