"""What the pixels of a picture and of one face tell about its quality."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drivers.face.gate import FaceLooks, PictureLight
from drivers.face.networks import Pixels

_BURNT = 245
_STEP = 8

# Places in an aligned face of 112 × 112 pixels: top, bottom, left, right.
_FACE = (20, 104, 16, 96)
_BRIDGE = (52, 60, 50, 62)
_ABOVE = ((42, 52, 50, 62), (22, 34, 44, 68))  # between the eyes, and the forehead
_COVERED = (
    (78, 90, 28, 38),
    (78, 90, 74, 84),
    (102, 110, 48, 64),
)  # both cheeks beside the mouth, and the chin

_LEAST_COLOUR = 4.0

_Colours = NDArray[np.float64]
_Place = tuple[int, int, int, int]


def picture_light(picture: Pixels) -> PictureLight:
    """From every eighth row and column."""
    grey = picture[::_STEP, ::_STEP].mean(axis=2)
    return PictureLight(float(grey.mean()), float((grey >= _BURNT).mean()))


def face_looks(aligned: Pixels) -> FaceLooks:
    """Of a face as ``Networks.aligned`` gives it."""
    import cv2

    top, bottom, left, right = _FACE
    grey = np.asarray(cv2.cvtColor(aligned, cv2.COLOR_BGR2GRAY), np.uint8)[top:bottom, left:right]
    return FaceLooks(float(grey.mean()), _sharpness(grey), _mask(aligned))


def _sharpness(grey: Pixels) -> float:
    """How quickly brightness bends, along rows or along columns, whichever is less (a moved picture is sharp across
    the movement), as a share of all its variance. The sensor's noise is smoothed away before."""
    import cv2

    smooth = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 1.0)
    bend = np.array([[1.0, -2.0, 1.0]], np.float32)
    least = min(float(cv2.filter2D(smooth, -1, kernel).var()) for kernel in (bend, bend.T))
    return least / (float(grey.var()) + 25.0)


def _mask(aligned: Pixels) -> float:
    """How far the colour beside the mouth and at the chin is from that of the bridge of the nose, or, for a mask may be
    worn as high as that, from what is above it: of two places the one that is more alike, for hair or glasses may be
    there. In parts of that colour's own distance from grey; 0 where none of them has a skin's colour. Cloth of the
    skin's own colour is not seen."""
    import cv2

    colours = np.asarray(cv2.cvtColor(aligned, cv2.COLOR_BGR2LAB))[:, :, 1:].astype(np.float64) - 128
    covered = [_middle(colours, place) for place in _COVERED]

    def away(place: _Place) -> list[float]:
        bare = _middle(colours, place)
        length = float(np.linalg.norm(bare))
        skin = bare.min() > 0 and length >= _LEAST_COLOUR  # redder and yellower than grey, light or dark
        return [float(np.median([np.linalg.norm(one - bare) for one in covered])) / length] if skin else []

    above = [measure for place in _ABOVE for measure in away(place)]
    return max((*away(_BRIDGE), min(above, default=0.0)))


def _middle(colours: _Colours, place: _Place) -> _Colours:
    top, bottom, left, right = place
    return np.asarray(np.median(colours[top:bottom, left:right].reshape(-1, 2), axis=0))
