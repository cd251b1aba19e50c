"""The networks' files: only the very bytes that were listed are ever loaded.

A package that loads networks lists them in its ``models.toml``, which set-up reads as well.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from drivers.interface import Failure, Fault

OVERRIDE = "UKETSUKE_MODELS"
"""Environment variable with another folder, for those without a settings file."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One network of a ``models.toml``: what its file must be, and under which terms it comes."""

    name: str
    bytes: int
    sha256: str
    licence: str
    copyright: str
    upstream: str
    package: str


@lru_cache
def listed(package: str) -> tuple[Listed, ...]:
    """As the ``models.toml`` of this package has them, in its order."""
    text = resources.files(package).joinpath("models.toml").read_text("utf-8")
    return tuple(
        _listed(source, file) for source in tomllib.loads(text)["package"] for file in source["file"]
    )


def _listed(source: dict[str, Any], file: dict[str, Any]) -> Listed:
    kept = {key: value for key, value in file.items() if key != "from"}
    return Listed(**kept, package=f"{source['name']} {source['version']} (sha256 {source['sha256']})")


def models_dir(setting: Path | None = None) -> Path:
    """The folder of the networks: the setting, else ``UKETSUKE_MODELS``, else ``models`` beside the drivers (a packaged
    program), else ``build/models`` of the source tree."""
    if setting is not None:
        return setting
    if named := os.environ.get(OVERRIDE):
        return Path(named)
    drivers = Path(str(resources.files("drivers")))
    beside = drivers / "models"
    return beside if beside.is_dir() else drivers.parent / "build" / "models"


def load(package: str, folder: Path, remedy: str) -> tuple[bytes, ...] | Failure:
    """The contents of all files of a list; MODEL_WRONG tells which is missing or another, and the remedy."""
    contents = []
    for one in listed(package):
        try:
            with (folder / one.name).open("rb") as file:
                content = file.read(one.bytes + 1)
        except OSError as error:
            return _wrong(one, type(error).__name__, remedy)
        if len(content) != one.bytes:
            return _wrong(one, "another size", remedy)
        if hashlib.sha256(content).hexdigest() != one.sha256:
            return _wrong(one, "another sha256", remedy)
        contents.append(content)
    return tuple(contents)


def check(package: str, folder: Path, remedy: str) -> Failure | None:
    """What ``load`` would say; asked again, it reads only files that changed since."""
    paths = [folder / one.name for one in listed(package)]
    try:
        seen = tuple((stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in map(os.stat, paths))
    except OSError:
        seen = ()
    return _checked(package, folder, remedy, seen)


@lru_cache(maxsize=8)
def _checked(
    package: str,
    folder: Path,
    remedy: str,
    seen: tuple[tuple[int, int, int], ...],  # noqa: ARG001  the cache's key
) -> Failure | None:
    found = load(package, folder, remedy)
    return found if isinstance(found, Failure) else None


def _wrong(one: Listed, how: str, remedy: str) -> Failure:
    return Failure.of(Fault.MODEL_WRONG, f"{one.name}: {how}; {remedy}")
