"""Invented people, one TOML file each: who they are, what card they carry, what the national system knows."""

from simulator.people.loading import (
    InvalidPersona,
    PersonaError,
    UnknownPersona,
    everyone,
    identifiers,
    load,
    load_file,
)
from simulator.people.persona import Persona

__all__ = [
    "InvalidPersona",
    "Persona",
    "PersonaError",
    "UnknownPersona",
    "everyone",
    "identifiers",
    "load",
    "load_file",
]
