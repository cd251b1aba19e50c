"""Reads persona files. A bad file is told with its name, the field, and what to do."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from simulator.people.checks import Finding, findings
from simulator.people.persona import Persona

_PATH_IN_MESSAGE = re.compile(r"^(?P<problem>.*?)(?: - at `\$\.?(?P<field>[^`]*)`)?$", re.DOTALL)


class PersonaError(Exception):
    """A persona that cannot be used: ``file``, ``field`` ("" for the whole file), ``problem`` and ``remedy``."""

    def __init__(self, file: str, field: str, problem: str, remedy: str) -> None:
        super().__init__(f"{file}{f', {field}' if field else ''}: {problem}. {remedy}")
        self.file, self.field, self.problem, self.remedy = file, field, problem, remedy


class UnknownPersona(PersonaError):
    """No persona has this identifier."""


class InvalidPersona(PersonaError):
    """The file is not TOML, lacks a field, has an unknown one, or says something that cannot be."""


def identifiers() -> tuple[str, ...]:
    """The identifiers of all personas that come with the simulator, in alphabetical order."""
    names = (entry.name for entry in files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def everyone() -> tuple[Persona, ...]:
    """All of them. Raises ``InvalidPersona``."""
    return tuple(load(identifier) for identifier in identifiers())


@cache
def load(identifier: str) -> Persona:
    """The persona with this identifier. Raises ``UnknownPersona`` or ``InvalidPersona``."""
    if identifier not in identifiers():
        known = ", ".join(identifiers())
        raise UnknownPersona(f"{identifier}.toml", "", "there is no such persona", f"Use one of: {known}")
    file = files(__package__).joinpath(f"{identifier}.toml")
    return parse(file.read_bytes(), identifier, file.name)


def load_file(path: Path) -> Persona:
    """A persona from a file anywhere. Raises ``InvalidPersona``; ``OSError`` where it cannot be read."""
    return parse(path.read_bytes(), path.stem, path.name)


def parse(content: bytes, identifier: str, file: str) -> Persona:
    """A persona from TOML. Raises ``InvalidPersona`` that names ``file``."""
    try:
        persona = msgspec.toml.decode(content, type=Persona)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidPersona(file, *_explain(error)) from error
    if persona.id not in ("", identifier):
        raise InvalidPersona(file, "id", "it differs from the file's name", "Leave it out")
    persona = msgspec.structs.replace(persona, id=identifier)
    found: Finding | None = next(findings(persona), None)
    if found:
        raise InvalidPersona(file, found.field, found.problem, found.remedy)
    return persona


def _explain(error: Exception) -> tuple[str, str, str]:
    if not isinstance(error, msgspec.ValidationError):
        return "", f"it is not TOML in UTF-8 ({error})", "Correct the syntax at the place named"
    match = _PATH_IN_MESSAGE.match(str(error))
    problem, field = (match["problem"], match["field"] or "") if match else (str(error), "")
    return field, problem, "simulator/people/persona.py says which fields there are and what they hold"
