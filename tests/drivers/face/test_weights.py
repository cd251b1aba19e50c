from __future__ import annotations

import hashlib
from pathlib import Path

from drivers.confined.files import models_dir
from drivers.face.weights import Weights, check, listed, load
from drivers.interface import Failure


def test_detector_and_recogniser_are_told_apart() -> None:
    weights = load(models_dir())
    assert isinstance(weights, Weights)
    found = [hashlib.sha256(one).hexdigest() for one in (weights.detector, weights.recogniser)]
    assert found == [one.sha256 for one in listed()]
    assert ["detection" in one.name for one in listed()] == [True, False]


def test_the_remedy_is_the_set_up_with_a_camera(tmp_path: Path) -> None:
    for wrong in (check(tmp_path), load(tmp_path)):
        assert isinstance(wrong, Failure)
        assert "make setup-camera" in wrong.detail
