"""Lines of text as they were found in one picture."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

UNSPELT = "□"
"""Stands for every character that no field is made of: names and addresses are never spelt out."""

ALPHABET = frozenset("0123456789元年月日生まで有効明治大正昭和平成令個人番号カード")

_SAME_ROW, _WORD_GAP = 0.6, 1.2  # of a line's height


@dataclass(frozen=True, slots=True)
class Line:
    """``text``: as ``spelt`` makes it. ``sureness``: of the least sure of its characters that are spelt, 0 to 1. ``x``,
    ``y``: its middle, ``width``, ``height``: in pixels, along and across the line; ``angle``: degrees by which it falls
    to the right."""

    text: str = field(repr=False)
    sureness: float = 1.0
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0
    angle: float = 0.0

    @property
    def plain(self) -> str:
        """Without spaces."""
        return self.text.replace(" ", "")


def spelt(text: str) -> str:
    """Full width becomes half width, any gap one space; what is not in the alphabet is not spelt."""
    narrow = " ".join(unicodedata.normalize("NFKC", text).split())
    return "".join(one if one in ALPHABET or one == " " else UNSPELT for one in narrow)


def rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines beside each other, from the left, of a picture in which they may all fall or rise."""
    level = [(_levelled(line), line) for line in lines]
    found: list[list[tuple[tuple[float, float], Line]]] = []
    for place, line in sorted(level, key=lambda one: one[0][1]):
        last = found[-1] if found else None
        if last and place[1] - last[-1][0][1] <= _SAME_ROW * min(line.height, last[-1][1].height):
            last.append((place, line))
        else:
            found.append([(place, line)])
    return [[line for _, line in sorted(row, key=lambda one: one[0][0])] for row in found]


def runs(row: Sequence[Line]) -> list[list[Line]]:
    """The row's lines, taken together where one follows the other as words of a sentence do."""
    found: list[list[Line]] = []
    for line in row:
        before = found[-1][-1] if found else None
        if before is not None and _gap(before, line) <= _WORD_GAP * min(before.height, line.height):
            found[-1].append(line)
        else:
            found.append([line])
    return found


def slant(lines: Sequence[Line]) -> float:
    """Degrees by which most of the lines fall; 0 without any. Long ones count more: short ones are nearly square."""
    if not lines:
        return 0.0
    ordered = sorted(lines, key=lambda line: line.angle)
    half, seen = sum(line.width for line in lines) / 2, 0.0
    for line in ordered:
        seen += line.width
        if seen >= half:
            return line.angle
    return ordered[-1].angle


def _gap(before: Line, line: Line) -> float:
    return math.hypot(line.x - before.x, line.y - before.y) - (before.width + line.width) / 2


def _levelled(line: Line) -> tuple[float, float]:
    """Its middle, turned back by its own angle about the picture's corner."""
    angle = math.radians(line.angle)
    return (
        line.x * math.cos(angle) + line.y * math.sin(angle),
        line.y * math.cos(angle) - line.x * math.sin(angle),
    )
