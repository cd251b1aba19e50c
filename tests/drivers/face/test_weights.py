from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from drivers.face.weights import OVERRIDE, Weights, check, listed, load, models_dir
from drivers.interface import Failure, Fault


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for one in listed():
        shutil.copyfile(models_dir() / one.name, tmp_path / one.name)
    return tmp_path


def test_set_up_left_exactly_the_listed_bytes() -> None:
    weights = load(models_dir())
    assert isinstance(weights, Weights)
    detector, recogniser = listed()
    assert hashlib.sha256(weights.detector).hexdigest() == detector.sha256
    assert hashlib.sha256(weights.recogniser).hexdigest() == recogniser.sha256


def test_the_licence_texts_travel_with_the_files() -> None:
    for one in listed():
        assert (models_dir() / f"{one.licence}.txt").is_file()


@pytest.mark.parametrize("which", [0, 1])
def test_one_changed_bit_is_refused_also_after_the_right_file_was_seen(copied: Path, which: int) -> None:
    assert check(copied) is None
    path = copied / listed()[which].name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    wrong = check(copied)
    assert isinstance(wrong, Failure)
    assert wrong.fault is Fault.MODEL_WRONG
    assert "sha256" in wrong.detail


@pytest.mark.parametrize(
    "change", [lambda content: content[:-1], lambda content: content + b"x", lambda _: b""]
)
def test_another_size_is_refused(copied: Path, change: object) -> None:
    assert callable(change)
    path = copied / listed()[0].name
    path.write_bytes(change(path.read_bytes()))
    wrong = load(copied)
    assert isinstance(wrong, Failure)
    assert (wrong.fault, "size" in wrong.detail) == (Fault.MODEL_WRONG, True)


def test_missing_files_are_told_with_what_to_do(tmp_path: Path) -> None:
    wrong = check(tmp_path / "nowhere")
    assert isinstance(wrong, Failure)
    assert wrong.fault is Fault.MODEL_WRONG
    assert "make setup-camera" in wrong.detail


def test_a_setting_goes_before_the_environment_and_that_before_the_usual_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OVERRIDE, "/elsewhere")
    assert models_dir(tmp_path) == tmp_path
    assert models_dir() == Path("/elsewhere")
    monkeypatch.delenv(OVERRIDE)
    assert models_dir().name == "models"
