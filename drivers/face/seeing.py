"""From a picture to what it showed: faces, quality, and the template where it is asked for."""

from __future__ import annotations

from functools import cache

import numpy as np

from drivers.face.attempt import Sight
from drivers.face.gate import largest, looks_hint, picture_hint, place_hint
from drivers.face.geometry import Face, turn_from
from drivers.face.measuring import face_looks, picture_light
from drivers.face.networks import Networks, Pixels, Template, mean
from drivers.face.rules import Gate


def look(networks: Networks, picture: Pixels, at: int, gate: Gate, *, better: bool = False) -> Sight:
    """``at``: monotonic milliseconds of the picture's arrival. ``better``: see ``improved``."""
    faces = networks.faces(picture)
    face = largest(faces)
    hint = picture_hint(picture_light(picture), faces, gate)
    if face is None:
        return Sight(at, hint, None, _nothing)
    aligned = networks.aligned(picture, face)
    hint = hint or place_hint(face, (picture.shape[1], picture.shape[0]), gate)
    hint = hint or looks_hint(face, face_looks(aligned), gate)

    @cache
    def template() -> Template:
        return networks.template(improved(aligned) if better else aligned)

    return Sight(at, hint, face, template)


def improved(aligned: Pixels) -> Pixels:
    """An aligned face with less noise, and with the brightness of its parts evened out. README.md has what it gains and
    what it costs."""
    import cv2

    quiet = cv2.fastNlMeansDenoisingColored(aligned, None, 3, 3, 5, 11)
    parts = np.asarray(cv2.cvtColor(quiet, cv2.COLOR_BGR2LAB), np.uint8)
    parts[:, :, 0] = cv2.createCLAHE(2.0, (4, 4)).apply(parts[:, :, 0])
    return np.asarray(cv2.cvtColor(parts, cv2.COLOR_LAB2BGR), np.uint8)


def rehearse(networks: Networks) -> None:
    """Everything that ``look`` and an attempt do, once, over a picture of nothing."""
    nothing = np.zeros((480, 640, 3), np.uint8)
    picture_light(nothing)
    points = np.array([(280.0, 200.0), (360.0, 200.0), (320.0, 250.0), (290.0, 290.0), (350.0, 290.0)])
    face = Face((250.0, 150.0, 140.0, 180.0), points, 1.0)
    networks.faces(nothing)
    aligned = networks.aligned(nothing, face)
    face_looks(aligned)
    mean([networks.template(aligned), networks.template(improved(aligned))])
    turn_from([points], points)


def _nothing() -> Template:
    raise ValueError("there is no face in this picture")
