"""Which field of the typed tree is which element, derived from the types themselves.

``insured_card_symbol`` is ``InsuredCardSymbol``; a field that holds another part is an element of its own
name; a tuple of parts is a list element with one element per part, named after the part's type.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import get_args, get_origin, get_type_hints

from kiosk.coverage.qualification import Answer, Part

HEADER = (
    "process_execution_time",
    "qualification_confirmation_date",
    "medical_institution_code",
    "arbitrary_file_identifier",
    "reference_classification",
    "segment_of_result",
    "error_code",
    "error_message",
    "character_code_identifier",
    "reception_number",
    "number_of_processing_result",
    "number_of_normal_processing",
    "number_of_error",
)
_OURS = frozenset({"asked_at", "offline", "simulated", "unknown"})
BODY = tuple(name for name in Answer.__struct_fields__ if name not in _OURS and name not in HEADER)


@dataclass(frozen=True, slots=True)
class Element:
    """How one field travels. ``part``: the type of what it holds, None for text. ``item``: the name of each
    element below a list element, "" where the field is no list."""

    field: str
    name: str
    part: type[Part] | None = None
    item: str = ""


@cache
def elements(part: type[Part]) -> tuple[Element, ...]:
    """The elements of a part in the order of the exchange."""
    hints = get_type_hints(part)
    return tuple(_element(name, hints[name]) for name in part.__struct_fields__ if name not in _OURS)


def only(part: type[Part], fields: tuple[str, ...]) -> tuple[Element, ...]:
    """The elements of some of a part's fields, in the order given."""
    by_field = {element.field: element for element in elements(part)}
    return tuple(by_field[name] for name in fields)


def _element(field: str, hint: object) -> Element:
    name = "ResultList" if field == "results" else _pascal(field)
    if hint is str:
        return Element(field, name)
    if get_origin(hint) is tuple:
        item = get_args(hint)[0]
        return Element(field, name, item, item.__name__)
    if isinstance(hint, UnionType):
        return Element(field, name, get_args(hint)[0])
    if isinstance(hint, type) and issubclass(hint, Part):
        return Element(field, name, hint)
    raise TypeError(f"{field}: no way to write {hint!r}")


def _pascal(field: str) -> str:
    return "".join(word.capitalize() for word in field.split("_"))


@cache
def list_items() -> dict[str, str]:
    """The name of the item below each list element of an answer."""
    found: dict[str, str] = {}
    waiting: list[type[Part]] = [Answer]
    while waiting:
        for element in elements(waiting.pop()):
            if element.item:
                found[element.name] = element.item
            if element.part is not None:
                waiting.append(element.part)
    return found
