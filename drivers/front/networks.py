"""Finds lines of text in a picture and reads them, with two networks on ONNX Runtime. Only in the process that reads.

The networks are PP-OCRv6's: a map of where text is (differentiable binarisation, arXiv 1911.08947), and for a line 48
pixels high a row of characters (CTC, Graves 2006), whose list the file itself carries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from drivers.front.lines import ALPHABET, Line, spelt

Pixels: TypeAlias = npt.NDArray[np.uint8]
Corners: TypeAlias = npt.NDArray[np.float32]
"""Four points of x and y: left above, right above, right below, left below."""

_Map: TypeAlias = npt.NDArray[np.float32]

FINDING_WIDTH = 640
"""Pixels across of the picture in which lines are looked for; they are read in the full one."""

_GRID = 32  # the first network halves its picture five times
_TEXT, _BOX = 0.3, 0.5
_UNCLIP = 1.6  # how much of its area, by its circumference, a found line has lost
_LEAST_SIDE = 3.0
_MOST_LINES = 32
_READING_HEIGHT, _LEAST_WIDTH, _MOST_WIDTH = 48, 48, 960


class NetworksRefused(Exception):
    """The runtime takes them not. Says of which kind the error was."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a line of text is. ``angle``: degrees by which it falls to the right."""

    corners: Corners
    width: float
    height: float
    angle: float

    def turned(self) -> Found:
        """The same line, read from its other end."""
        return Found(np.roll(self.corners, 2, axis=0), self.width, self.height, self.angle + 180)


class Networks:
    """Both networks, loaded from checked bytes."""

    def __init__(self, finding: bytes, reading: bytes, threads: int = 2) -> None:
        """Raises ``NetworksRefused``."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # gives memory back after each picture
        options.log_severity_level = 4
        try:
            self._finding = onnxruntime.InferenceSession(finding, options, ["CPUExecutionProvider"])
            self._reading = onnxruntime.InferenceSession(reading, options, ["CPUExecutionProvider"])
            listed = self._reading.get_modelmeta().custom_metadata_map["character"].splitlines()
        except Exception as error:  # its own, of many kinds
            raise NetworksRefused(type(error).__name__) from None
        self._characters = ["", *listed, " "]  # the blank before, the space behind

    def find(self, picture: Pixels) -> list[Found]:
        """Lines of text, at most 32, the largest first."""
        down, across = picture.shape[:2]
        width = _on_grid(min(FINDING_WIDTH, across))
        height = _on_grid(down * width / across)
        small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).astype(
            np.uint8, copy=False
        )
        (answer,) = self._finding.run(None, {self._finding.get_inputs()[0].name: _normal(small)[None]})
        certainty: _Map = answer[0, 0]
        scale = (across / width, down / height)
        found = [line for line in _outlined(certainty, scale) if line is not None]
        return sorted(found, key=lambda line: -line.width * line.height)[:_MOST_LINES]

    def read(self, picture: Pixels, found: Sequence[Found], *, upside_down: bool = False) -> list[Line]:
        """Reads them; empty ones are left out. ``upside_down``: the picture stands on its head."""
        lines = [self._line(picture, one.turned() if upside_down else one) for one in found]
        return [line for line in lines if line.text]

    @staticmethod
    def whole(picture: Pixels) -> Found:
        """The picture as one line."""
        down, across = picture.shape[:2]
        corners = np.asarray([(0, 0), (across, 0), (across, down), (0, down)], np.float32)
        return Found(corners, across, down, 0.0)

    def _line(self, picture: Pixels, found: Found) -> Line:
        strip = _cut_out(picture, found)
        (answer,) = self._reading.run(None, {self._reading.get_inputs()[0].name: _normal(strip)[None]})
        text, sureness = _decoded(answer[0], self._characters)
        x, y = found.corners.mean(axis=0)
        return Line(text, sureness, float(x), float(y), found.width, found.height, found.angle)


def _normal(picture: Pixels) -> _Map:
    """Channels first, from -1 to 1."""
    return np.ascontiguousarray((picture.astype(np.float32) / 127.5 - 1).transpose(2, 0, 1))


def _on_grid(length: float) -> int:
    return max(_GRID, round(length / _GRID) * _GRID)


def _outlined(certainty: _Map, scale: tuple[float, float]) -> list[Found | None]:
    """What the map shows as text, as slanting rectangles of the full picture."""
    text = cv2.dilate((certainty > _TEXT).astype(np.uint8), np.ones((2, 2), np.uint8))
    outlines, _ = cv2.findContours(text, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    return [_rectangle(outline.astype(np.float32), certainty, scale) for outline in outlines]


def _rectangle(outline: npt.NDArray[np.float32], certainty: _Map, scale: tuple[float, float]) -> Found | None:
    middle, (across, down), turn = cv2.minAreaRect(outline)
    if min(across, down) < _LEAST_SIDE or _mean_within(outline, certainty) < _BOX:
        return None
    grown = across * down * _UNCLIP / (2 * (across + down))
    corners = cv2.boxPoints((middle, (across + 2 * grown, down + 2 * grown), turn))
    return _ordered(np.asarray(corners, np.float32) * np.asarray(scale, np.float32))


def _mean_within(outline: npt.NDArray[np.float32], certainty: _Map) -> float:
    x, y, width, height = cv2.boundingRect(outline.astype(np.int32))
    inside = np.zeros((height, width), np.uint8)
    cv2.fillPoly(inside, [(outline.reshape(-1, 2) - (x, y)).astype(np.int32)], 1)
    return float(cv2.mean(certainty[y : y + height, x : x + width], inside)[0])


def _ordered(corners: Corners) -> Found:
    """Of a line that is read from the left: its long side lies within 45 degrees of level, a short one's too."""
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    long = lengths[0] >= lengths[1]
    square = min(lengths[0], lengths[1]) > 0.8 * max(lengths[0], lengths[1])
    best = max(
        range(4), key=lambda side: float(sides[side, 0]) + (0 if square else 1e6 * (long == (side % 2 == 0)))
    )
    turned = np.roll(corners, -best, axis=0)
    along = turned[1] - turned[0]
    angle = float(np.degrees(np.arctan2(along[1], along[0])))
    return Found(turned, float(lengths[best]), float(lengths[(best + 1) % 4]), angle)


def _cut_out(picture: Pixels, found: Found) -> Pixels:
    """The line, laid level and 48 pixels high."""
    width = round(_READING_HEIGHT * found.width / max(found.height, 1.0))
    width = min(max(width, _LEAST_WIDTH), _MOST_WIDTH)
    level = np.asarray([(0, 0), (width, 0), (width, _READING_HEIGHT), (0, _READING_HEIGHT)], np.float32)
    turning = cv2.getPerspectiveTransform(found.corners, level)
    strip = cv2.warpPerspective(
        picture, turning, (width, _READING_HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(strip, np.uint8)


def _decoded(steps: _Map, characters: Sequence[str]) -> tuple[str, float]:
    """The likeliest character of each step, runs of the same taken for one, blanks left out. Only what is in the
    alphabet is spelt, and counted for its sureness."""
    likeliest = steps.argmax(axis=1)
    sure = steps[np.arange(len(steps)), likeliest]
    begins = np.r_[True, likeliest[1:] != likeliest[:-1]] & (likeliest > 0)
    chosen = [
        (characters[index] if index < len(characters) else "", at) for at, index in enumerate(likeliest)
    ]
    kept = [(one, float(sure[at])) for (one, at), new in zip(chosen, begins, strict=True) if new]
    text = spelt("".join(one for one, _ in kept))
    told = [sureness for one, sureness in kept if any(part in ALPHABET for part in spelt(one))]
    return text, min(told, default=1.0)
