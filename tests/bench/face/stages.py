"""One picture of 640 × 480 and one card, stage by stage, against OpenCV's calls alone."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from drivers.confined.files import models_dir
from drivers.face.measuring import face_looks, picture_light
from drivers.face.networks import likeness
from drivers.face.photo import card_template, decoded
from drivers.face.rules import Rules
from drivers.face.seeing import improved, look
from drivers.face.weights import Weights, load
from tests.bench.rows import Row, at_most, row
from tests.bench.timing import in_turns, percentile
from tests.support.faces import A_CARD, A_LIVE, card_picture, networks, shown


class Bare:
    """The calls that any program with these two networks makes."""

    def __init__(self, weights: Weights) -> None:
        empty = np.empty(0, np.uint8)
        models = [np.frombuffer(one, np.uint8) for one in (weights.detector, weights.recogniser)]
        self.detector: Any = cv2.FaceDetectorYN.create("onnx", models[0], empty, (640, 480), 0.8, 0.3, 50)
        self.recogniser: Any = cv2.FaceRecognizerSF.create("onnx", models[1], empty)

    def detect(self, picture: Any) -> Any:
        self.detector.setInputSize((picture.shape[1], picture.shape[0]))
        return self.detector.detect(picture)[1][0]

    def template(self, picture: Any, face: Any) -> Any:
        return self.recogniser.feature(self.recogniser.alignCrop(picture, face))

    def card(self, content: Any) -> Any:
        picture = cv2.imdecode(content, cv2.IMREAD_COLOR)
        return self.template(picture, self.detect(picture))


def rows(quick: bool) -> list[Row]:
    weights = load(models_dir())
    assert isinstance(weights, Weights)
    bare, ours, rounds = Bare(weights), networks(), 3 if quick else 60
    picture, content = shown(A_LIVE), card_picture(A_CARD)
    raw, gate = np.frombuffer(content, np.uint8), Rules().gate
    (face, *_), their_face = ours.faces(picture), bare.detect(picture)
    aligned = ours.aligned(picture, face)

    def whole() -> float:
        return likeness(card_template(ours, content), look(ours, picture, 0, gate).template())

    def bare_whole() -> Any:
        return bare.card(raw), bare.template(picture, bare.detect(picture))

    pairs = {
        "decode": (
            "card photo decoded",
            lambda: decoded(content),
            lambda: cv2.imdecode(raw, cv2.IMREAD_COLOR),
        ),
        "detect": ("faces found", lambda: ours.faces(picture), lambda: bare.detect(picture)),
        "template": (
            "template of a face",
            lambda: ours.template(ours.aligned(picture, face)),
            lambda: bare.template(picture, their_face),
        ),
        "look": (
            "one live picture, judged, with template",
            lambda: look(ours, picture, 0, gate).template(),
            lambda: bare.template(picture, bare.detect(picture)),
        ),
        "match": ("one match: card and one live picture", whole, bare_whole),
    }
    found = []
    for name, (what, work, floor) in pairs.items():
        mine, theirs = in_turns(rounds, work, floor)
        found.append(
            row(
                f"stages.{name}",
                what,
                percentile(mine, 0.5),
                floor=percentile(theirs, 0.5),
                p95=percentile(mine, 0.95),
                floor_what="bare OpenCV",
                target=at_most(70.0) if name == "match" else None,
            )
        )
    light, looks, less = in_turns(
        rounds, lambda: picture_light(picture), lambda: face_looks(aligned), lambda: improved(aligned)
    )
    found.append(row("stages.light", "brightness of a picture", percentile(light, 0.5)))
    found.append(row("stages.looks", "light, sharpness and mask of a face", percentile(looks, 0.5)))
    found.append(row("stages.improved", "less noise (off unless set)", percentile(less, 0.5)))
    checked = in_turns(rounds, lambda: load(models_dir()))[0]
    found.append(row("stages.weights", "both networks read and checked", percentile(checked, 0.5)))
    assert whole() > 0.5
    return found
