"""The networks' files: only the very bytes that were listed are ever given to the runtime."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from importlib import resources, util
from pathlib import Path

from drivers.interface import Failure, Fault


@dataclass(frozen=True, slots=True)
class Weights:
    """The content of both files, checked."""

    finding: bytes = field(repr=False)
    reading: bytes = field(repr=False)


def load(folder: Path) -> Weights | Failure:
    """Reads and checks both; MODEL_WRONG tells which is missing or another."""
    text = resources.files("drivers.front").joinpath("models.toml").read_text("utf-8")
    contents = []
    for listed in tomllib.loads(text)["package"][0]["file"]:
        name, size = str(listed["name"]), int(listed["bytes"])
        try:
            with (folder / name).open("rb") as file:
                content = file.read(size + 1)
        except OSError as error:
            return _wrong(name, type(error).__name__)
        if len(content) != size or hashlib.sha256(content).hexdigest() != listed["sha256"]:
            return _wrong(name, "not the one that was listed")
        contents.append(content)
    finding, reading = contents
    return Weights(finding, reading)


def check(folder: Path) -> Failure | None:
    """What is missing for reading fronts. Nothing is loaded."""
    for library in ("onnxruntime", "cv2"):
        if util.find_spec(library) is None:
            return Failure.of(Fault.MODEL_WRONG, f"{library} is not installed (requirements/ocr.txt)")
    found = load(folder)
    return found if isinstance(found, Failure) else None


def _wrong(name: str, how: str) -> Failure:
    return Failure.of(Fault.MODEL_WRONG, f"{name}: {how}; make setup-ocr takes the right one")
