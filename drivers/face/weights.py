"""The networks' files: only the very bytes that were listed are ever given to OpenCV."""

from __future__ import annotations

import hashlib
import os
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from drivers.interface import Failure, Fault

OVERRIDE = "UKETSUKE_MODELS"
"""Environment variable with another folder, for those without a settings file."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One network of ``models.toml``: what its file must be, and under which terms it comes."""

    name: str
    bytes: int
    sha256: str
    licence: str
    copyright: str
    upstream: str
    package: str


@dataclass(frozen=True, slots=True)
class Weights:
    """The content of both files, checked."""

    detector: bytes = field(repr=False)
    recogniser: bytes = field(repr=False)


def listed() -> tuple[Listed, Listed]:
    """Detector and recogniser, as ``models.toml`` has them."""
    text = resources.files("drivers.face").joinpath("models.toml").read_text("utf-8")
    found = [_listed(package, file) for package in tomllib.loads(text)["package"] for file in package["file"]]
    detector, recogniser = found
    return detector, recogniser


def _listed(package: dict[str, Any], file: dict[str, Any]) -> Listed:
    source = f"{package['name']} {package['version']} (sha256 {package['sha256']})"
    kept = {key: value for key, value in file.items() if key != "from"}
    return Listed(**kept, package=source)


def models_dir(setting: Path | None = None) -> Path:
    """The folder of the networks: the setting, else ``UKETSUKE_MODELS``, else ``models`` inside this package (a
    packaged program), else ``build/models`` of the source tree."""
    if setting is not None:
        return setting
    if named := os.environ.get(OVERRIDE):
        return Path(named)
    package = Path(str(resources.files("drivers.face")))
    inside = package / "models"
    return inside if inside.is_dir() else package.parent.parent / "build" / "models"


def load(folder: Path) -> Weights | Failure:
    """Reads and checks both; MODEL_WRONG tells which is missing or another."""
    contents = []
    for one in listed():
        try:
            with (folder / one.name).open("rb") as file:
                content = file.read(one.bytes + 1)
        except OSError as error:
            return _wrong(one, type(error).__name__)
        if len(content) != one.bytes:
            return _wrong(one, "another size")
        if hashlib.sha256(content).hexdigest() != one.sha256:
            return _wrong(one, "another sha256")
        contents.append(content)
    return Weights(*contents)


def check(folder: Path) -> Failure | None:
    """What ``load`` would say; asked again, it reads only files that changed since."""
    try:
        seen = tuple((stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in map(os.stat, _paths(folder)))
    except OSError:
        seen = ()
    return _checked(folder, seen)


@lru_cache(maxsize=4)
def _checked(folder: Path, seen: tuple[tuple[int, int, int], ...]) -> Failure | None:  # noqa: ARG001  the cache's key
    found = load(folder)
    return found if isinstance(found, Failure) else None


def _paths(folder: Path) -> list[Path]:
    return [folder / one.name for one in listed()]


def _wrong(one: Listed, how: str) -> Failure:
    return Failure.of(Fault.MODEL_WRONG, f"{one.name}: {how}; make setup-camera takes the right one")
