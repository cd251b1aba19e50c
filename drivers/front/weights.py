"""The two networks that read fronts, checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import util
from pathlib import Path

from drivers.confined import files
from drivers.interface import Failure, Fault

_PACKAGE, _REMEDY = "drivers.front", "make setup-ocr takes the right one"


@dataclass(frozen=True, slots=True)
class Weights:
    """The content of both files: finding lines, and reading them."""

    finding: bytes = field(repr=False)
    reading: bytes = field(repr=False)


def load(folder: Path) -> Weights | Failure:
    """Reads and checks both; MODEL_WRONG tells which is missing or another."""
    found = files.load(_PACKAGE, folder, _REMEDY)
    return found if isinstance(found, Failure) else Weights(*found)


def check(folder: Path) -> Failure | None:
    """What is missing for reading fronts. Nothing is loaded that stays."""
    for library in ("onnxruntime", "cv2"):
        if util.find_spec(library) is None:
            return Failure.of(Fault.MODEL_WRONG, f"{library} is not installed (requirements/ocr.txt)")
    return files.check(_PACKAGE, folder, _REMEDY)
