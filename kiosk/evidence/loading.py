"""Reads the rule book once and refuses one that does not fit together. Nothing but this folder's own data is read."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from kiosk.evidence.conditions import ACCEPTS, REFUSES
from kiosk.evidence.model import (
    Book,
    BookError,
    Cause,
    Circumstances,
    Contact,
    Document,
    Fee,
    Paper,
    Refusal,
    Rule,
    Switch,
    Way,
)
from kiosk.evidence.reasons import Reason


@cache
def book() -> Book:
    """The shipped rule book. Raises ``BookError``."""
    folder = resources.files("kiosk.evidence") / "book"
    return assemble({file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()})


def assemble(files: dict[str, str]) -> Book:
    """A book from the texts of its files, by file name. Raises ``BookError``."""
    tables = {name: tomllib.loads(text) for name, text in files.items()}
    try:
        rules = tables["rules.toml"]
        made = Book(
            documents=msgspec.convert(tables["documents.toml"]["document"], dict[Document, Paper]),
            ways=msgspec.convert(rules["ways"], tuple[Way, ...]),
            electronic=msgspec.convert(rules["electronic"], frozenset[Way]),
            rules=msgspec.convert(_named(rules["rule"]), dict[str, Rule]),
            refusals=msgspec.convert(_named(tables["refusals.toml"]["refusal"]), dict[str, Refusal]),
            reasons=msgspec.convert(tables["reasons.toml"]["reason"], dict[Reason, Circumstances]),
            causes=msgspec.convert(_named(tables["causes.toml"]["cause"]), dict[str, Cause]),
            switches=msgspec.convert(tables["switches.toml"]["switch"], dict[str, Switch]),
            contacts=msgspec.convert(_named(tables["contacts.toml"]["contact"]), dict[str, Contact]),
            fees=msgspec.convert(_named(tables["fees.toml"]["fee"]), dict[str, Fee]),
        )
    except KeyError as error:
        raise BookError(f"the rule book lacks {error}") from error
    except msgspec.ValidationError as error:
        raise BookError(f"the rule book: {error}") from error
    _check(made)
    return made


def _named(table: dict[str, Any]) -> dict[str, Any]:
    return {name: {**entry, "id": name} for name, entry in table.items()}


def _check(made: Book) -> None:
    """Every name that an entry uses is there, and conditions and rules belong together."""
    _same("ways", set(made.ways), set(Way))
    _same("documents", set(made.documents), set(Document))
    _same("reasons", set(made.reasons), set(Reason))
    _same("rules", set(made.rules), set(ACCEPTS))
    _same("refusals", set(made.refusals), set(REFUSES))
    holdable = set(made.holdable)
    for rule in made.rules.values():
        _within(f"rule {rule.id}: needs", set(rule.needs), holdable)
        _within(f"rule {rule.id}: switch", {rule.switch} - {""}, set(made.switches))
    for refusal in made.refusals.values():
        _within(f"refusal {refusal.id}: document", {refusal.document}, holdable)
    for fee in made.fees.values():
        _within(f"fee {fee.id}: switch", {fee.switch}, set(made.switches))
    electronic = {rule.id for rule in made.rules.values() if rule.way in made.electronic}
    for reason, circumstances in made.reasons.items():
        _within(f"reason {reason}: electronic", set(circumstances.electronic), electronic)
        _within(f"reason {reason}: contacts", set(circumstances.contacts), set(made.contacts))


def _same(what: str, here: set[Any], there: set[Any]) -> None:
    if different := here ^ there:
        raise BookError(f"{what}: not on both sides: {', '.join(sorted(different))}")


def _within(what: str, here: set[Any], there: set[Any]) -> None:
    if unknown := here - there:
        raise BookError(f"{what}: unknown: {', '.join(sorted(unknown))}")
