"""The same tree as JSON, as the exchange's web API speaks it.

A list element is a JSON array there. One public client shows its items wrapped in an object with the item's
name, and for other lists bare: both are read, and an object as in XML too. We write them wrapped.
"""

from __future__ import annotations

from typing import Any

import msgspec

from kiosk.eligibility.oqs.layout import list_items
from kiosk.eligibility.oqs.node import (
    BLANKS,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_NODES,
    MAX_TEXT,
    Flaw,
    MalformedError,
    Node,
    checked_name,
    writable,
)


def parse(data: bytes) -> Node:
    """One JSON document to nodes. Raises ``MalformedError``."""
    if len(data) > MAX_BYTES:
        raise MalformedError(Flaw.TOO_LARGE)
    if not data.strip():
        raise MalformedError(Flaw.EMPTY)
    try:
        tree = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except msgspec.DecodeError:
        raise MalformedError(Flaw.NOT_WELL_FORMED) from None
    except RecursionError:
        raise MalformedError(Flaw.TOO_DEEP) from None
    if not isinstance(tree, dict) or len(tree) != 1:
        raise MalformedError(Flaw.UNEXPECTED_ROOT)
    name, value = next(iter(tree.items()))
    nodes = _Reader().nodes(name, value, 0)
    if len(nodes) != 1:
        raise MalformedError(Flaw.UNEXPECTED_ROOT)
    return nodes[0]


class _Reader:
    def __init__(self) -> None:
        self._count = 0

    def nodes(self, name: str, value: Any, depth: int) -> list[Node]:
        """The elements of one JSON member: none for null, several for an array."""
        checked_name(name)
        item = list_items().get(name)
        if isinstance(value, list) and item is not None:
            self._enter(depth)
            items = [node for entry in value for node in self._item(item, entry, depth + 1)]
            return [Node(name, children=tuple(items))]
        if isinstance(value, list):
            return [node for entry in value for node in self.nodes(name, entry, depth + 1)]
        if value is None:
            return []
        self._enter(depth)
        if isinstance(value, dict):
            children = [node for key, inner in value.items() for node in self.nodes(key, inner, depth + 1)]
            return [Node(name, children=tuple(children))]
        return [Node(name, _text(name, value))]

    def _item(self, item: str, entry: Any, depth: int) -> list[Node]:
        if isinstance(entry, dict) and item in entry:
            return [node for key, inner in entry.items() for node in self.nodes(key, inner, depth)]
        return self.nodes(item, entry, depth)

    def _enter(self, depth: int) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            raise MalformedError(Flaw.TOO_MANY_ELEMENTS)
        if depth >= MAX_DEPTH:
            raise MalformedError(Flaw.TOO_DEEP)


def _text(name: str, value: Any) -> str:
    """Every value of the exchange is text; a number or a truth value has lost its leading zeros already."""
    if not isinstance(value, str):
        raise MalformedError(Flaw.WRONG_TYPE, name[:60])
    if len(value) > MAX_TEXT:
        raise MalformedError(Flaw.TEXT_TOO_LONG, name[:60])
    if not writable(value):
        raise MalformedError(Flaw.FORBIDDEN_CHARACTER, name[:60])
    return value.strip(BLANKS)


def serialise(node: Node) -> bytes:
    return msgspec.json.encode({node.name: _value(node)})


def _value(node: Node) -> Any:
    """Attributes have no form in JSON and are left out; the exchange has none."""
    if not node.children:
        return [] if node.name in list_items() else node.text
    if node.name in list_items():
        return [{child.name: _value(child)} for child in node.children]
    members: dict[str, Any] = {}
    for child in node.children:
        value = _value(child)
        if child.name not in members:
            members[child.name] = value
        elif isinstance(members[child.name], list):
            members[child.name].append(value)
        else:
            members[child.name] = [members[child.name], value]
    return members
