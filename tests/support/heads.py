"""People before a camera, rendered out of one photograph each: a head of the measured depth that can turn, and the flat
things that are held up in its place. A rendering is no camera: what it shows of real heads and prints is little, and
drivers/face/README.md says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.support.photographs import Pixels

Points = NDArray[np.float64]
SIZE = (640, 480)


@dataclass(frozen=True)
class Shot:
    """How a picture is taken. ``eyes``: pixels apart. ``at``: the middle of the face, in parts of the picture."""

    eyes: float = 80.0
    at: tuple[float, float] = (0.5, 0.5)
    size: tuple[int, int] = SIZE
    light: float = 1.0
    side_light: float = 0.0
    noise: float = 2.0
    blur: float = 0.0
    quality: int = 90
    seed: int = 1


SHOT = Shot()
POOR = replace(SHOT, light=0.62, side_light=0.6, noise=9.0, blur=1.0, quality=50)


class Head:
    """A photograph with its five points, cut out at a known scale (``_EYES`` pixels between the eyes)."""

    def __init__(self, photo: Pixels, points: Points) -> None:
        self.flat, self.points = _upright(photo, points)

    def shot(self, shot: Shot = SHOT, *, yaw: float = 0.0) -> Pixels:
        """The head itself, turned by so many degrees to its own left."""
        return taken(self.turned(round(yaw)), shot)

    def printed(self, shot: Shot = SHOT, *, yaw: float = 0.0, bent: float = 0.0) -> Pixels:
        """A print of it, turned, or bent round a vertical tube over so many radians."""
        return taken(self.sheet(round(yaw), bent), shot)

    @lru_cache(maxsize=64)  # noqa: B019
    def sheet(self, degrees: int, bent: float) -> Pixels:
        return _sheet(self.flat, float(np.radians(degrees)), bent)

    @lru_cache(maxsize=64)  # noqa: B019  a handful of heads live as long as the tests
    def turned(self, degrees: int) -> Pixels:
        return _carried(self.flat, _depth(self.points), float(np.radians(degrees))) if degrees else self.flat

    def masked(self, colour: tuple[int, int, int]) -> Head:
        """With a mask from the bridge of the nose to the chin, shaded as the face below it, with folds."""
        flat, points = self.flat.astype(np.float64), self.points
        wide = float(points[1, 0] - points[0, 0])
        mouth = (points[3] + points[4]) / 2
        top = (points[0, 1] + points[1, 1]) / 2 * 0.45 + points[2, 1] * 0.55
        edge = [(points[2, 0], top), (points[1, 0] + 0.35 * wide, top + 0.18 * wide)]
        edge += [(points[4, 0] + 0.55 * wide, mouth[1]), (mouth[0] + 0.45 * wide, mouth[1] + 0.75 * wide)]
        edge += [(mouth[0] - 0.45 * wide, mouth[1] + 0.75 * wide), (points[3, 0] - 0.55 * wide, mouth[1])]
        edge += [(points[0, 0] - 0.35 * wide, top + 0.18 * wide)]
        cover = np.zeros(flat.shape[:2], np.uint8)
        cv2.fillPoly(cover, [np.array(edge).astype(np.int32)], (255,))
        soft = cv2.GaussianBlur(cover, (0, 0), 1.5).astype(np.float64)[..., None] / 255
        shade = np.asarray(cv2.GaussianBlur(flat.mean(axis=2), (0, 0), 18))
        shade = np.clip(shade / shade[cover > 0].mean(), 0.6, 1.25) ** 0.7
        folds = 1 + 0.06 * np.sin(np.arange(flat.shape[0]) / wide * 10 * np.pi)[:, None]
        worn = flat * (1 - soft) + np.array(colour) * (shade * folds)[..., None] * soft
        other = object.__new__(Head)
        other.flat, other.points = _pixels(np.clip(worn, 0, 255)), points
        return other


MASKS = {
    "white": (235, 235, 235),
    "blue": (215, 185, 150),
    "black": (35, 35, 35),
    "grey": (150, 150, 150),
    "pink": (190, 175, 235),
}
"""Cloth in blue, green, red."""

_EYES = 120.0
_CANVAS = (640, 640)
_MIDDLE = (320.0, 330.0)


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
        sigma = 0.4 / scale
        photo = _pixels(cv2.GaussianBlur(photo, (0, 0), sigma))
        way = cv2.INTER_LINEAR
    cut = cv2.warpAffine(photo, matrix, _CANVAS, flags=way, borderMode=cv2.BORDER_REPLICATE)
    return _pixels(cut), points @ matrix[:, :2].T + matrix[:, 2]


def _depth(points: Points) -> NDArray[np.float64]:
    """How far each pixel stands before the back of the head, in pixels: an ellipsoid and a nose. The nose's tip stands
    about half an eye distance before the eyes."""
    down, across = np.mgrid[0 : _CANVAS[1], 0 : _CANVAS[0]].astype(np.float64)
    x, y = (across - _MIDDLE[0]) / _EYES, (down - _MIDDLE[1]) / _EYES
    inside = 1 - (x / 1.1) ** 2 - ((y + 0.1) / 1.75) ** 2
    ball = 1.25 * np.sqrt(np.clip(inside, 0, None))
    nose_x, nose_y = (points[2] - np.asarray(_MIDDLE)) / _EYES
    nose = 0.45 * np.exp(-(((x - nose_x) / 0.17) ** 2) / 2 - ((y - nose_y) / 0.20) ** 2 / 2) * (inside > 0)
    return np.asarray((ball + nose) * _EYES)


def _carried(flat: Pixels, depth: NDArray[np.float64], angle: float) -> Pixels:
    """Turns what stands out of the plane; the plane itself (what is behind the head) stays."""
    grow = 2
    left, top, right, bottom = 150, 90, 490, 560  # where the head is
    big = cv2.resize(flat[top:bottom, left:right], None, fx=grow, fy=grow, interpolation=cv2.INTER_CUBIC)
    deep = cv2.resize(
        depth[top:bottom, left:right], None, fx=grow, fy=grow, interpolation=cv2.INTER_LINEAR
    ).ravel()
    head = deep > 1.0
    down, across = np.divmod(np.flatnonzero(head), big.shape[1])
    x, z = across / grow + left - _MIDDLE[0], deep[head]
    turned_x = np.rint(x * np.cos(angle) + z * np.sin(angle) + _MIDDLE[0]).astype(np.intp)
    rows = np.rint(down / grow + top).astype(np.intp)
    order = np.argsort(z * np.cos(angle) - x * np.sin(angle), kind="stable")  # the nearest is painted last
    painted, hit = np.zeros_like(flat), np.zeros(flat.shape[:2], np.uint8)
    painted[rows[order], turned_x[order]] = big.reshape(-1, 3)[head][order]
    hit[rows, turned_x] = 255
    kernel = np.ones((5, 5), np.uint8)
    holes = (cv2.morphologyEx(hit, cv2.MORPH_CLOSE, kernel) > 0) & (hit == 0)
    painted[holes] = cv2.dilate(painted, kernel)[holes]
    behind = _pixels(cv2.GaussianBlur(flat, (0, 0), 25))
    behind[(hit > 0) | holes] = painted[(hit > 0) | holes]
    return behind


def _sheet(flat: Pixels, angle: float, bent: float) -> Pixels:
    """A sheet of paper seen from five of its widths away."""
    height, width = flat.shape[:2]
    far = 5.0 * width
    across = (np.arange(width) - width / 2) / (width / 2)
    if bent:
        radius = width / bent
        x = radius * np.sin(across * bent / 2)
        z = radius * np.cos(across * bent / 2) - radius
    else:
        x, z = across * width / 2, np.zeros(width)
    seen_x = x * np.cos(angle) + z * np.sin(angle)
    seen_z = z * np.cos(angle) - x * np.sin(angle)
    nearness = far / (far - seen_z)
    place = seen_x * nearness + width / 2
    columns = np.interp(np.arange(width), place, np.arange(width), left=-1, right=-1)
    scale = np.interp(np.arange(width), place, nearness, left=1, right=1)
    rows = (np.arange(height)[:, None] - height / 2) / scale[None, :] + height / 2
    maps = np.broadcast_to(columns, (height, width)).astype(np.float32), rows.astype(np.float32)
    return _pixels(
        cv2.remap(flat, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(96, 96, 96))
    )


def taken(flat: Pixels, shot: Shot) -> Pixels:
    """The camera's part: place, scale, light, blur, noise, compression."""
    width, height = shot.size
    scale = shot.eyes / _EYES
    shift = (shot.at[0] * width - _MIDDLE[0] * scale, shot.at[1] * height - _MIDDLE[1] * scale)
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    smooth = cv2.GaussianBlur(flat, (0, 0), 0.4 / scale) if scale < 1 else flat
    seen = cv2.warpAffine(smooth, matrix, shot.size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    lit = seen.astype(np.float32) * shot.light
    if shot.side_light:
        lit *= np.linspace(1 - shot.side_light, 1 + shot.side_light / 3, width, dtype=np.float32)[
            None, :, None
        ]
    if shot.blur:
        lit = cv2.GaussianBlur(lit, (0, 0), shot.blur).astype(np.float32)
    if shot.noise:
        lit += np.random.default_rng(shot.seed).normal(0, shot.noise, lit.shape).astype(np.float32)
    picture = _pixels(np.clip(lit, 0, 255))
    _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, shot.quality])
    seen = _pixels(cv2.imdecode(packed, cv2.IMREAD_COLOR))
    seen.flags.writeable = False  # several tests share it
    return seen


def _pixels(picture: Any) -> Pixels:
    return np.ascontiguousarray(picture).astype(np.uint8, copy=False)
