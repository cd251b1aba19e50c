"""The networks' files of both that load some: only the listed bytes."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from drivers.confined.files import OVERRIDE, check, listed, load, models_dir
from drivers.interface import Failure, Fault

PACKAGES = ("drivers.face", "drivers.front")
every_package = pytest.mark.parametrize("package", PACKAGES)


def refused(found: object) -> str:
    assert isinstance(found, Failure)
    assert found.fault is Fault.MODEL_WRONG
    assert found.detail.endswith("; get it")
    return found.detail


def copied(package: str, folder: Path) -> list[Path]:
    for one in listed(package):
        shutil.copyfile(models_dir() / one.name, folder / one.name)
    return [folder / one.name for one in listed(package)]


@every_package
def test_set_up_left_exactly_the_listed_bytes_and_they_alone_are_given_on(package: str) -> None:
    contents = load(package, models_dir(), "get it")
    assert isinstance(contents, tuple)
    assert [hashlib.sha256(one).hexdigest() for one in contents] == [one.sha256 for one in listed(package)]


@every_package
def test_the_licence_texts_travel_with_the_files(package: str) -> None:
    for one in listed(package):
        assert (models_dir() / f"{one.licence}.txt").is_file()


@every_package
@pytest.mark.parametrize("which", [0, 1])
def test_one_changed_bit_is_refused_also_after_the_right_file_was_seen(
    package: str, which: int, tmp_path: Path
) -> None:
    path = copied(package, tmp_path)[which]
    assert check(package, tmp_path, "get it") is None
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert "another sha256" in refused(check(package, tmp_path, "get it"))
    assert "another sha256" in refused(load(package, tmp_path, "get it"))


@pytest.mark.parametrize(
    "change", [lambda content: content[:-1], lambda content: content + b"x", lambda _: b""]
)
def test_another_size_is_refused(tmp_path: Path, change: object) -> None:
    assert callable(change)
    path = copied("drivers.face", tmp_path)[0]
    path.write_bytes(change(path.read_bytes()))
    assert "another size" in refused(load("drivers.face", tmp_path, "get it"))


@every_package
def test_missing_files_are_told_by_name_with_what_to_do(package: str, tmp_path: Path) -> None:
    assert listed(package)[0].name in refused(check(package, tmp_path / "nowhere", "get it"))


def test_a_setting_goes_before_the_environment_and_that_before_the_usual_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OVERRIDE, "/elsewhere")
    assert models_dir(tmp_path) == tmp_path
    assert models_dir() == Path("/elsewhere")
    monkeypatch.delenv(OVERRIDE)
    assert models_dir().name == "models"
