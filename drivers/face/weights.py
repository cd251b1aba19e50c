"""The two networks of the face check, checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from drivers.confined import files
from drivers.confined.files import Listed
from drivers.interface import Failure

_PACKAGE, _REMEDY = "drivers.face", "make setup-camera takes the right one"


@dataclass(frozen=True, slots=True)
class Weights:
    """The content of both files."""

    detector: bytes = field(repr=False)
    recogniser: bytes = field(repr=False)


def listed() -> tuple[Listed, Listed]:
    """Detector and recogniser."""
    detector, recogniser = files.listed(_PACKAGE)
    return detector, recogniser


def load(folder: Path) -> Weights | Failure:
    """Reads and checks both; MODEL_WRONG tells which is missing or another."""
    found = files.load(_PACKAGE, folder, _REMEDY)
    return found if isinstance(found, Failure) else Weights(*found)


def check(folder: Path) -> Failure | None:
    """What ``load`` would say; asked again, it reads only files that changed since."""
    return files.check(_PACKAGE, folder, _REMEDY)
