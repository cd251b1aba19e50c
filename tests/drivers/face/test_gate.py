from __future__ import annotations

import numpy as np
import pytest

from drivers.face.gate import FaceLooks, PictureLight, looks_hint, picture_hint, place_hint
from drivers.face.geometry import Face
from drivers.face.rules import Gate
from drivers.interface import FaceHint

GATE = Gate()
SIZE = (640, 480)
LIT = PictureLight(120, 0.02)
GOOD = FaceLooks(light=120, sharpness=0.01, mask=0.2)


def face(eyes: float = 80.0, at: tuple[float, float] = (320.0, 240.0), nose: float = 0.5) -> Face:
    left, top = at[0] - eyes / 2, at[1] - eyes / 2
    down = eyes * 1.1
    points = [(left, top), (left + eyes, top), (left + nose * eyes, top + eyes * 0.6)]
    points += [(left + 0.1 * eyes, top + down), (left + 0.9 * eyes, top + down)]
    box = (at[0] - eyes, at[1] - 1.25 * eyes, 2 * eyes, 2.5 * eyes)
    return Face(box, np.array(points), 0.9)


def test_a_good_picture_has_no_hint() -> None:
    assert picture_hint(LIT, [face()], GATE) is None
    assert place_hint(face(), SIZE, GATE) is None
    assert looks_hint(face(), GOOD, GATE) is None


@pytest.mark.parametrize(
    ("light", "faces", "hint"),
    [
        (PictureLight(5, 0), [], FaceHint.CAMERA_BLACK),
        (PictureLight(5, 0), [face()], FaceHint.CAMERA_BLACK),
        (PictureLight(240, 0.9), [], FaceHint.CAMERA_BLINDED),
        (PictureLight(200, 0.9), [face()], None),
        (LIT, [], FaceHint.NO_FACE),
        (LIT, [face(80), face(70, (150, 240))], FaceHint.TWO_FACES),
        (LIT, [face(80), face(30, (150, 200))], None),
    ],
)
def test_what_stands_before_the_camera(light: PictureLight, faces: list[Face], hint: FaceHint | None) -> None:
    assert picture_hint(light, faces, GATE) is hint


@pytest.mark.parametrize(
    ("seen", "hint"),
    [
        (face(59), FaceHint.TOO_FAR),
        (face(150), FaceHint.TOO_NEAR),
        (face(at=(120, 240)), FaceHint.OFF_CENTRE),
        (face(at=(320, 400)), FaceHint.OFF_CENTRE),
        (face(40, (60, 60)), FaceHint.TOO_FAR),
    ],
)
def test_where_the_face_is(seen: Face, hint: FaceHint) -> None:
    assert place_hint(seen, SIZE, GATE) is hint


@pytest.mark.parametrize(
    ("looks", "nose", "hint"),
    [
        (FaceLooks(40, 0.01, 0.2), 0.5, FaceHint.DARK),
        (FaceLooks(220, 0.01, 0.2), 0.5, FaceHint.BRIGHT),
        (FaceLooks(120, 0.0005, 0.2), 0.5, FaceHint.BLURRED),
        (FaceLooks(120, 0.01, 0.2), 0.65, FaceHint.TURNED),
        (FaceLooks(120, 0.01, 0.2), 0.35, FaceHint.TURNED),
        (FaceLooks(120, 0.01, 0.9), 0.5, FaceHint.MASK),
        (FaceLooks(40, 0.0001, 0.9), 0.9, FaceHint.DARK),
        (FaceLooks(120, 0.0001, 0.9), 0.9, FaceHint.BLURRED),
        (FaceLooks(120, 0.01, 0.9), 0.9, FaceHint.MASK),
    ],
)
def test_one_hint_at_a_time_and_light_first(looks: FaceLooks, nose: float, hint: FaceHint) -> None:
    assert looks_hint(face(nose=nose), looks, GATE) is hint
