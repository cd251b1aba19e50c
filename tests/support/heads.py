"""People before the simulated camera, made out of one photograph each: their heads, and the prints that are held up in
their place. Lengths are the gate's: pixels of the camera's picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from simulator.camera.portraits import WORN, Colour, photographed
from simulator.camera.scenes import Scene, shot
from simulator.camera.sheets import Sheet
from tests.support.photographs import Pixels

Points = NDArray[np.float64]
SIZE = (640, 480)


@dataclass(frozen=True)
class Shot:
    """How a picture is taken. ``eyes``: pixels apart. ``at``: the middle of the head, in parts of the picture.
    ``side_light``, ``noise``, ``worn``: as ``Scene`` has them. ``blur``: radius in pixels. ``quality``: of the JPEG.
    ``cloth``: of a mask, where there is one."""

    eyes: float = 80.0
    at: tuple[float, float] = (0.5, 0.5)
    size: tuple[int, int] = SIZE
    light: float = 1.0
    side_light: float = 0.0
    noise: int = 4
    blur: float = 0.0
    quality: int = 90
    cloth: Colour | None = None
    worn: float = WORN
    seed: int = 1


SHOT = Shot()
POOR = replace(SHOT, light=0.62, side_light=0.6, noise=16, blur=1.0, quality=50)

MASKS: dict[str, Colour] = {
    "white": (235, 235, 235),
    "blue": (150, 185, 215),
    "black": (35, 35, 35),
    "grey": (150, 150, 150),
    "pink": (235, 175, 190),
}

_EYES = 120.0
_CANVAS = (640, 640)
_MIDDLE = (320.0, 330.0)


class Head:
    """A photograph with its five points, laid level and cut out at a known scale: ``flat``, with 120 pixels between the
    eyes."""

    def __init__(self, photo: Pixels, points: Points) -> None:
        self.flat, self.points = _upright(photo, points)
        one, two, three, four, five = ((float(x), float(y)) for x, y in self.points)
        picture = Image.fromarray(np.ascontiguousarray(self.flat[:, :, ::-1]))
        self.portrait = photographed(picture, (one, two, three, four, five))

    def shot(self, how: Shot = SHOT, *, yaw: float = 0.0) -> Pixels:
        """The head itself, turned by so many degrees to its own left, up to 30."""
        return self._taken(how, yaw, None)

    def printed(self, how: Shot = SHOT, *, yaw: float = 0.0, bent: float = 0.0) -> Pixels:
        """A print of it, turned, or bent round a standing axis over so many radians."""
        return self._taken(how, yaw, Sheet(bend=bent))

    def _taken(self, how: Shot, yaw: float, sheet: Sheet | None) -> Pixels:
        height = how.size[1]
        near = 2 * self.portrait.head.down * how.eyes / _EYES / height
        scene = Scene(
            who=self.portrait, sheet=sheet, mask=how.cloth is not None, turn=yaw, near=near, x=how.at[0], y=how.at[1],
            light=how.light, side=how.side_light, noise=how.noise, blur=how.blur * 720 / height,
        )  # fmt: skip
        if how.cloth is not None:
            scene = replace(scene, cloth=how.cloth, worn=how.worn)
        seen = np.asarray(shot(scene, how.size, str(how.seed)))[:, :, ::-1]
        _, packed = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, how.quality])
        picture = _pixels(cv2.imdecode(packed, cv2.IMREAD_COLOR))
        picture.flags.writeable = False  # several tests share it
        return picture


def _upright(photo: Pixels, points: Points) -> tuple[Pixels, Points]:
    eyes = points[1] - points[0]
    middle = (points[0] + points[1] + points[3] + points[4]) / 4
    scale = _EYES / float(np.hypot(*eyes))
    matrix = cv2.getRotationMatrix2D(
        (float(middle[0]), float(middle[1])), float(np.degrees(np.arctan2(eyes[1], eyes[0]))), scale
    )
    matrix[:, 2] += np.asarray(_MIDDLE) - middle
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    if scale < 0.6:
        photo = _pixels(cv2.GaussianBlur(photo, (0, 0), 0.4 / scale))
        way = cv2.INTER_LINEAR
    cut = cv2.warpAffine(photo, matrix, _CANVAS, flags=way, borderMode=cv2.BORDER_REPLICATE)
    return _pixels(cut), points @ matrix[:, :2].T + matrix[:, 2]


def _pixels(picture: Any) -> Pixels:
    return np.ascontiguousarray(picture).astype(np.uint8, copy=False)
