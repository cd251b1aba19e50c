"""Codes in a picture, by zxing-cpp. The picture may show anything: what cannot be read gives nothing."""

from __future__ import annotations

import zxingcpp
from PIL import Image

from drivers.interface import ScannedCode
from drivers.scanner.text import readable

MOST_PIXELS = 12_000_000  # noise of this size keeps a core busy for one second
MOST_CODES = 16
MOST_BYTES = 8192  # the largest QR code has 7,089 digits
LEAST_OF_A_LINE = 4  # shorter bar codes are mostly print that looks like bars

LINEAR = frozenset({"Code 39", "Code 128", "Codabar", "EAN/UPC"})
"""Codes of bars alone; all others correct their own errors."""

_FORMATS = zxingcpp.barcode_formats_from_str(
    "QRCode,MicroQRCode,RMQRCode,DataMatrix,Aztec,PDF417,Code128,Code39,Codabar,EAN13"
)


def decode(picture: Image.Image | memoryview | object) -> tuple[ScannedCode, ...]:
    """Every code in the picture, each once, from top to bottom; empty for a picture without, or one that is too large,
    truncated or broken.

    ``picture``: a PIL image, or an array of bytes (numpy, memoryview): height × width in grey, or × 3 in blue, green,
    red. Raises ``TypeError`` for what is neither.
    """
    ready = _of_image(picture) if isinstance(picture, Image.Image) else _of_array(picture)
    if ready is None:
        return ()
    found = sorted(
        zxingcpp.read_barcodes(ready, formats=_FORMATS),
        key=lambda code: (code.position.top_left.y, code.position.top_left.x),
    )
    codes = dict.fromkeys(
        ScannedCode(str(code.symbology), readable(code.bytes), code.bytes)
        for code in found
        if _plausible(code)
    )
    return tuple(codes)[:MOST_CODES]


def _plausible(code: zxingcpp.Barcode) -> bool:
    least = LEAST_OF_A_LINE if str(code.symbology) in LINEAR else 1
    return least <= len(code.bytes) <= MOST_BYTES


def _of_array(picture: object) -> object | None:
    view = memoryview(picture)  # type: ignore[arg-type]  # raises TypeError for what has no bytes
    shape = view.shape or ()
    if view.format != "B" or len(shape) not in (2, 3) or shape[2:] not in ((), (3,)):
        raise TypeError("a picture is height × width bytes, or height × width × 3")
    return picture if _size_fits(shape[1], shape[0]) else None


def _of_image(picture: Image.Image) -> Image.Image | None:
    if not _size_fits(*picture.size):
        return None
    try:
        if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
            opaque = Image.new("RGBA", picture.size, "white")
            opaque.alpha_composite(picture.convert("RGBA"))
            return opaque.convert("L")
        return picture.convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None  # a file that ends too soon, or is none


def _size_fits(width: int, height: int) -> bool:
    return 0 < width * height <= MOST_PIXELS and max(width, height) <= 0xFFFF
