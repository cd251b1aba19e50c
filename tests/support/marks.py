"""Pieces of pictures, photographs and templates that must turn up nowhere, in every form in which bytes are written."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence

import numpy as np

from tests.support.faces import Seen
from tests.support.photographs import Pixels

PIECE = 24
_ROWS, _ACROSS = 8, 64
_CHANCE = np.random.default_rng(20261124)
PATTERN = _CHANCE.integers(1, 255, (_ROWS, _ACROSS, 3), dtype=np.uint8)
"""In the upper left corner of every picture of a marked camera: no other bytes are like these."""


def marked(seen: Seen) -> Seen:
    """The same before the camera, whose pictures carry the pattern."""

    def see(degrees: int, number: int) -> Pixels:
        picture = seen(degrees, number).copy()
        picture[:_ROWS, :_ACROSS] = PATTERN
        return picture

    return see


def of_pictures() -> list[bytes]:
    """A piece of each row: whoever copies a picture copies whole ones."""
    return [row.tobytes()[PIECE : 2 * PIECE] for row in PATTERN]


def of_photograph(jpeg2000: bytes) -> list[bytes]:
    """Every second piece of it, but for its head, which all photographs share."""
    return [jpeg2000[at : at + PIECE] for at in range(200, len(jpeg2000) - PIECE, 2 * PIECE)]


def of_template(numbers: Sequence[float]) -> list[bytes]:
    """Neighbouring numbers as a computer keeps them, and single ones as they are printed."""
    kept = [
        np.asarray(numbers[at : at + 4], kind).tobytes()
        for kind in (np.float32, np.float64)
        for at in range(0, len(numbers) - 4, 4)
    ]
    printed = [f"{abs(number):.9f}"[:8].encode() for number in numbers if abs(number) > 0.01]
    return [*kept, *printed]


def forms(piece: bytes) -> dict[str, bytes]:
    """The bytes to look for, by the name of their form."""
    listed = ", ".join(map(str, piece))
    found = {
        "raw": piece,
        "hexadecimal": piece.hex().encode(),
        "hexadecimal with blanks": piece.hex(" ").encode(),
        "as Python shows it": repr(piece)[2:-1].encode(),
        "numbers": listed.encode(),
        "numbers without blanks": listed.replace(" ", "").encode(),
    }
    for shift in range(3):  # within something longer, wherever it begins
        encoded = base64.b64encode(b"\0" * shift + piece)
        found[f"base64 from {shift}"] = encoded[(shift * 8 + 5) // 6 : (shift + len(piece)) * 8 // 6]
    return found


def found_in(data: bytes, pieces: Iterable[bytes]) -> list[str]:
    """Which pieces are in there and in which form; never the piece itself. Hexadecimal in any case."""
    small = data.lower()
    return [
        f"piece {number} as {name}"
        for number, piece in enumerate(pieces)
        for name, form in forms(piece).items()
        if form in (small if name.startswith("hex") else data)
    ]
