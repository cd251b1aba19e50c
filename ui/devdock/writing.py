"""Writes a scenario as TOML: only what differs from the defaults, in the order of the format."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Any

import msgspec

from simulator.scenarios.scenario import Scenario

_ALWAYS = frozenset({"title", "visit", "date", "patient", "persona", "at", "kind", "act"})
_NEVER = frozenset({"id"})


def to_toml(scenario: Scenario, remarks: tuple[str, ...] = ()) -> str:
    """A file that ``simulator.scenarios.load_file`` reads as the same scenario. ``remarks`` become comments."""
    lines = [f"# {' '.join(remark.split())}" for remark in remarks]
    for name, value in _told(scenario):
        if isinstance(value, msgspec.Struct):
            lines += _table(f"[{name}]", value)
        elif isinstance(value, tuple) and value and isinstance(value[0], msgspec.Struct):
            for element in value:
                lines += _table(f"[[{name}]]", element)
        else:
            lines.append(f"{name} = {_value(value)}")
    return "\n".join(lines) + "\n"


def _table(heading: str, value: msgspec.Struct) -> Iterator[str]:
    """Also of a section that differs only by being there."""
    yield from ("", heading)
    yield from (f"{name} = {_value(field)}" for name, field in _told(value))


def _told(value: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    for about in msgspec.structs.fields(value):
        field = getattr(value, about.name)
        default = about.default_factory() if callable(about.default_factory) else about.default
        if about.name not in _NEVER and (about.name in _ALWAYS or field != default):
            yield about.name, field


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _value(name)


def _value(value: object) -> str:
    match value:
        case Enum():
            return _value(value.value)
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case date():
            return value.isoformat()
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case dict():
            return "{ " + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + " }"
        case list() | tuple():
            return "[" + ", ".join(_value(one) for one in value) + "]"
        case _:
            raise TypeError(type(value).__name__)
