"""One document of the exchange as plain nodes, whichever form it came in, and what can be wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

BLANKS = " \t\r\n"

MAX_BYTES = 2_000_000
MAX_NODES = 20_000
MAX_DEPTH = 16
MAX_TEXT = 20_000
MAX_ATTRIBUTES = 16

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Flaw(StrEnum):
    """Why bytes are no document of the exchange."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN_ENCODING = "unknown_encoding"
    UNDECODABLE = "undecodable"
    DOCTYPE = "doctype"
    NOT_WELL_FORMED = "not_well_formed"
    TOO_DEEP = "too_deep"
    TOO_MANY_ELEMENTS = "too_many_elements"
    TEXT_TOO_LONG = "text_too_long"
    UNEXPECTED_ROOT = "unexpected_root"
    MISSING_ELEMENT = "missing_element"
    DUPLICATE_ELEMENT = "duplicate_element"
    WRONG_TYPE = "wrong_type"
    STRANGE_NAME = "strange_name"
    FORBIDDEN_CHARACTER = "forbidden_character"


REMEDIES: dict[Flaw, str] = {
    Flaw.EMPTY: "The file has no content: look whether the disk of the qualification terminal is full.",
    Flaw.TOO_LARGE: "No answer is so large: look what writes into the exchange folder.",
    Flaw.UNKNOWN_ENCODING: "Set the other program to Shift_JIS or UTF-8.",
    Flaw.UNDECODABLE: "The text is not in the encoding that it declares: ask the maker of the other program.",
    Flaw.DOCTYPE: "The exchange has no DOCTYPE: look what writes into the exchange folder.",
    Flaw.NOT_WELL_FORMED: "The answer is damaged or cut off: ask again; if it repeats, look at the network.",
    Flaw.TOO_DEEP: "This is no answer of the exchange: look what writes into the exchange folder.",
    Flaw.TOO_MANY_ELEMENTS: "This is no answer of the exchange: look what writes into the exchange folder.",
    Flaw.TEXT_TOO_LONG: "This is no answer of the exchange: look what writes into the exchange folder.",
    Flaw.UNEXPECTED_ROOT: "This is another kind of document: check which folder and address are set.",
    Flaw.MISSING_ELEMENT: "A part that every answer has is missing: ask again; if it repeats, report it.",
    Flaw.DUPLICATE_ELEMENT: "A single element came twice, so nobody can say which is true: ask again.",
    Flaw.WRONG_TYPE: "A value has another form than the exchange's: ask again; if it repeats, report it.",
    Flaw.STRANGE_NAME: "The exchange's names are ASCII: look what writes into the exchange folder.",
    Flaw.FORBIDDEN_CHARACTER: "A control character stands in a value: ask again; if it repeats, report it.",
}


@dataclass(frozen=True, slots=True)
class Malformed:
    """A document that was refused as a whole. ``where``: element names, never values."""

    flaw: Flaw
    where: str = ""

    @property
    def remedy(self) -> str:
        return REMEDIES[self.flaw]


class MalformedError(Exception):
    """Carries a ``Malformed`` inside this package; no public function lets it out."""

    def __init__(self, flaw: Flaw, where: str = "") -> None:
        super().__init__(flaw)
        self.malformed = Malformed(flaw, where)


@dataclass(frozen=True, slots=True)
class Node:
    """One element: outer blanks of ``text`` are gone. Attributes are (name, value)."""

    name: str
    text: str = field(default="", repr=False)
    children: tuple[Node, ...] = field(default=(), repr=False)
    attributes: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def checked_name(name: str) -> str:
    """An element's or attribute's name that can be written again in every form. Raises ``MalformedError``."""
    if _NAME.fullmatch(name) is None:
        raise MalformedError(Flaw.STRANGE_NAME)
    return name


def writable(text: str) -> bool:
    """Whether XML 1.0 can carry these characters at all."""
    return _FORBIDDEN.search(text) is None


def leaves(node: Node, path: str) -> Iterator[tuple[str, str]]:
    """Everything below and in a node as (path, text), so that nothing of it is lost."""
    if node.text or not (node.children or node.attributes):
        yield path, node.text
    for name, value in node.attributes:
        yield f"{path}/@{name}", value
    for child, step in zip(node.children, steps(node.children), strict=True):
        yield from leaves(child, f"{path}/{step}")


def steps(nodes: tuple[Node, ...]) -> list[str]:
    """A path step for each sibling: its name, with its place among those of its name if there are several."""
    totals: dict[str, int] = {}
    for node in nodes:
        totals[node.name] = totals.get(node.name, 0) + 1
    seen: dict[str, int] = {}
    found = []
    for node in nodes:
        seen[node.name] = seen.get(node.name, 0) + 1
        found.append(node.name if totals[node.name] == 1 else f"{node.name}[{seen[node.name]}]")
    return found
