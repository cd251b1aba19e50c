"""From a TOML file to settings that can be used, or to one line that says what is wrong."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import replace

from ui.settings.checking import contradictions
from ui.settings.facility import Rule
from ui.settings.model import Settings
from ui.settings.part import SettingsError


def load_settings(path: Path | None = None) -> Settings:
    """The given file, else the first that is there, else the defaults (a simulated kiosk). Raises
    ``SettingsError``."""
    if path is None:
        path = _found()
        if path is None:
            return replace(Settings(), data=Settings().data.expanduser())
    return read_settings(path)


def read_settings(path: Path) -> Settings:
    """Raises ``SettingsError``."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path}: no such settings file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read ({type(error).__name__})") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not TOML: {error}") from None
    try:
        settings = msgspec.convert(data, Settings, dec_hook=_path_below(path.parent))
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}: {_with_key(_place_first(str(error)), data)}") from None
    if "file" in data:
        raise SettingsError(f"{path}: file: not a setting")
    settings = replace(settings, data=settings.data.expanduser(), file=path)
    problem = next(contradictions(settings), None)
    if problem is not None:
        raise SettingsError(f"{path}: {problem}")
    return settings


def _path_below(folder: Path) -> Callable[[type, object], object]:
    def path(_kind: type, value: object) -> object:
        if not isinstance(value, str):
            raise TypeError(f"Expected a path as `str`, got `{type(value).__name__}`")
        if not value or "\0" in value:
            raise ValueError("Not a path")
        try:
            return folder.absolute() / Path(value).expanduser()
        except RuntimeError:
            raise ValueError("There is no such user's home folder") from None

    return path


def _place_first(message: str) -> str:
    """msgspec names the place last and in a notation of its own, and not the words that it would take."""
    match = re.fullmatch(r"(?P<problem>.*) - at `\$\.(?P<place>[^`]*)`", message, re.DOTALL)
    if match is None:
        return message
    choices = _choices(match["place"]) if match["problem"].startswith("Invalid enum value") else ()
    known = f"; known are {', '.join(choices)}" if choices else ""
    return f"{match['place']}: {match['problem']}{known}"


def _with_key(line: str, data: dict[str, Any]) -> str:
    """msgspec does not name the key of a table whose keys are free."""
    if not line.startswith("rules[...]"):
        return line
    for key, rule in data["rules"].items():
        try:
            msgspec.convert(rule, Rule)
        except msgspec.ValidationError:
            return line.replace("[...]", f".{key}", 1)
    return line


def _choices(place: str) -> tuple[str, ...]:
    """The words that a field takes."""
    kind: object = Settings
    for name in re.findall(r"\w+", place):
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            kind = get_type_hints(kind)[name]
        elif get_origin(kind) is tuple:
            kind = get_args(kind)[0]
        if isinstance(kind, UnionType):
            kind = next(one for one in get_args(kind) if one is not NoneType)
    if get_origin(kind) is dict:
        kind = get_args(kind)[1]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(str(member.value) for member in kind)
    return tuple(str(word) for word in get_args(kind))


def _found() -> Path | None:
    named = os.environ.get("UKETSUKE_SETTINGS")
    if named:
        return Path(named)
    home = Path("~/.config/uketsuke/settings.toml").expanduser()
    return next((path for path in (home, Path("/etc/uketsuke/settings.toml")) if path.is_file()), None)
