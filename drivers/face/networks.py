"""The two networks in OpenCV: YuNet finds faces and their five points, SFace turns one into 128 numbers. OpenCV is
loaded when the first is made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.face.geometry import Face
from drivers.face.weights import Weights

Pixels = NDArray[np.uint8]
"""Height × width × blue, green, red."""

Template = NDArray[np.float32]
"""128 numbers of length 1. Two of them, multiplied, give the likeness of two faces (their cosine)."""

CROP = 112
"""Pixels along the side of an aligned face."""

_LONGEST = 640
_SURE = 0.8
_OVERLAP = 0.3
_MOST_FACES = 50
_NO_TEXT = np.empty(0, np.uint8)


class WeightsRefused(Exception):
    """OpenCV could not make a network of the right bytes: another version of it than the tried one."""


class Networks:
    """Both, ready. For one thread. ``threads``: how many processors OpenCV may use."""

    def __init__(self, weights: Weights, threads: int = 2) -> None:
        import cv2

        cv2.setNumThreads(threads)
        try:
            self._detector = cv2.FaceDetectorYN.create(
                "onnx",
                _buffer(weights.detector),
                _NO_TEXT,
                (_LONGEST, _LONGEST),
                _SURE,
                _OVERLAP,
                _MOST_FACES,
            )
            self._recogniser = cv2.FaceRecognizerSF.create("onnx", _buffer(weights.recogniser), _NO_TEXT)
        except cv2.error:
            raise WeightsRefused(f"OpenCV {cv2.__version__} cannot load the networks") from None
        self._size = (0, 0)

    def faces(self, picture: Pixels) -> list[Face]:
        """The faces in it, the largest first, in the picture's own pixels. Looked for in at most 640 pixels."""
        import cv2

        height, width = picture.shape[:2]
        scale = min(1.0, _LONGEST / max(height, width))
        if scale < 1:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        size = (picture.shape[1], picture.shape[0])
        if size != self._size:
            self._detector.setInputSize(size)
            self._size = size
        rows: Any = self._detector.detect(picture)[1]  # None where there is no face
        found = [] if rows is None else [_face(row, scale) for row in np.asarray(rows, np.float64)]
        return sorted(found, key=lambda face: -face.eyes_apart)

    def aligned(self, picture: Pixels, face: Face) -> Pixels:
        """The face upright in 112 × 112 pixels, eyes and mouth always at the same places."""
        row = np.zeros(15, np.float32)
        row[:4], row[4:14], row[14] = face.box, face.points.ravel(), face.score
        return np.asarray(self._recogniser.alignCrop(picture, row), np.uint8)

    def template(self, aligned: Pixels) -> Template:
        numbers = np.array(self._recogniser.feature(aligned), np.float32).ravel()
        return unit(numbers)


def unit(numbers: NDArray[np.float32]) -> Template:
    """The same direction, with length 1."""
    length = float(np.linalg.norm(numbers))
    return (numbers / length if length else numbers).astype(np.float32)


def mean(templates: Iterable[Template]) -> Template:
    """What several pictures of one face have in common."""
    return unit(np.mean(list(templates), axis=0, dtype=np.float32))


def likeness(one: Template, other: Template) -> float:
    """The cosine of two faces: 1 for the same picture, about 0 for strangers."""
    return float(one @ other)


def _buffer(content: bytes) -> Any:
    return np.frombuffer(content, np.uint8)


def _face(row: NDArray[np.float64], scale: float) -> Face:
    left, top, width, height = (row[:4] / scale).tolist()
    return Face((left, top, width, height), row[4:14].reshape(5, 2) / scale, float(row[14]))
