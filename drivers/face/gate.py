"""The first thing that keeps a picture from being compared. Pure: it judges what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drivers.face.geometry import Face, nose_along_eyes
from drivers.face.rules import Gate
from drivers.interface import FaceHint


@dataclass(frozen=True, slots=True)
class PictureLight:
    """``mean``: brightness of the whole picture. ``burnt``: which part of it is white or nearly so."""

    mean: float
    burnt: float


@dataclass(frozen=True, slots=True)
class FaceLooks:
    """What the pixels of one face tell. ``light``: mean brightness. ``sharpness``: see ``measuring``. ``mask``: how
    much unlike the upper half the lower half is; above the gate's number it is covered."""

    light: float
    sharpness: float
    mask: float


def largest(faces: Sequence[Face]) -> Face | None:
    return max(faces, key=lambda face: face.eyes_apart, default=None)


def picture_hint(light: PictureLight, faces: Sequence[Face], gate: Gate) -> FaceHint | None:
    """What is wrong before there is one face to look at."""
    if light.mean < gate.black:
        return FaceHint.CAMERA_BLACK
    first = largest(faces)
    if first is None:
        return FaceHint.CAMERA_BLINDED if light.burnt > gate.blinded else FaceHint.NO_FACE
    near = [face for face in faces if face.eyes_apart >= gate.second_face * first.eyes_apart]
    return FaceHint.TWO_FACES if len(near) > 1 else None


def place_hint(face: Face, size: tuple[int, int], gate: Gate) -> FaceHint | None:
    """``size``: width and height of the picture."""
    width, height = size
    if face.eyes_apart < gate.eyes_apart:
        return FaceHint.TOO_FAR
    if face.box[3] > gate.most_height * height:
        return FaceHint.TOO_NEAR
    across, down = face.centre
    if abs(across / width - 0.5) > gate.off_centre or abs(down / height - 0.5) > gate.off_centre:
        return FaceHint.OFF_CENTRE
    return None


def turned(face: Face, gate: Gate) -> bool:
    return abs(nose_along_eyes(face.points) - 0.5) >= gate.turned


def looks_hint(face: Face, looks: FaceLooks, gate: Gate) -> FaceHint | None:
    """Light first: in the dark nothing else can be told. A mask before a turn: the points of a covered face are
    guessed, and stand aside as if it were turned."""
    if looks.light < gate.dark:
        return FaceHint.DARK
    if looks.light > gate.bright:
        return FaceHint.BRIGHT
    if looks.sharpness < gate.sharp:
        return FaceHint.BLURRED
    if looks.mask > gate.mask:
        return FaceHint.MASK
    return FaceHint.TURNED if turned(face, gate) else None
