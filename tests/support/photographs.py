"""The photographs that set-up takes out of packages (packaging/setup/pictures.toml): three of one man, one of another,
one of a woman. They are read where they lie and never copied into the repository."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_ROOT = Path(__file__).parents[2]
_LIST = _ROOT / "packaging" / "setup" / "pictures.toml"

Pixels = NDArray[np.uint8]
"""Height × width × blue, green, red."""

PEOPLE = {"a": ("obama.jpg", "obama2.jpg", "obama3.jpg"), "b": ("biden.jpg",), "c": ("astronaut.png",)}


def photograph_path(name: str) -> Path:
    """Where it lies. Fails with what to do where set-up has not been run."""
    listed: dict[str, Any] = tomllib.loads(_LIST.read_text("utf-8"))
    path = _ROOT / "build" / str(listed["into"]) / name
    assert path.is_file(), f"{name} is missing: run make setup"
    return path


@cache
def _loaded(name: str) -> Pixels:
    picture = cv2.imread(str(photograph_path(name)), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, dtype=np.uint8)


def photograph(name: str) -> Pixels:
    """A copy of its pixels."""
    return _loaded(name).copy()
