"""XML text to nodes and back: no DOCTYPE, no entities, bounded depth, number and length."""

from __future__ import annotations

from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from kiosk.eligibility.oqs.node import (
    BLANKS,
    MAX_ATTRIBUTES,
    MAX_DEPTH,
    MAX_NODES,
    MAX_TEXT,
    Flaw,
    MalformedError,
    Node,
    checked_name,
    writable,
)

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;", '"': "&quot;"})
_ATTRIBUTE_ESCAPES = _ESCAPES | {ord("\n"): "&#10;", ord("\t"): "&#9;"}


class _Open:
    """An element whose end has not come yet."""

    __slots__ = ("attributes", "children", "length", "name", "texts")

    def __init__(self, name: str, attributes: tuple[tuple[str, str], ...]) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Node] = []
        self.texts: list[str] = []
        self.length = 0


class _Builder:
    """The parser's target: builds nodes and enforces the limits while the document is read."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._count = 0
        self.root: Node | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_NODES or len(attributes) > MAX_ATTRIBUTES:
            raise MalformedError(Flaw.TOO_MANY_ELEMENTS)
        if len(self._open) >= MAX_DEPTH:
            raise MalformedError(Flaw.TOO_DEEP)
        if any(len(value) > MAX_TEXT for value in attributes.values()):
            raise MalformedError(Flaw.TEXT_TOO_LONG)
        self._open.append(
            _Open(_local(tag), tuple((_local(name), value) for name, value in attributes.items()))
        )

    def data(self, text: str) -> None:
        element = self._open[-1]
        element.length += len(text)
        if element.length > MAX_TEXT:
            raise MalformedError(Flaw.TEXT_TOO_LONG, element.name)
        element.texts.append(text)

    def end(self, _tag: str) -> None:
        done = self._open.pop()
        text = "".join(done.texts).strip(BLANKS)
        node = Node(done.name, text, tuple(done.children), done.attributes)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node

    def close(self) -> None:
        """Demanded by the parser."""


def _local(name: str) -> str:
    """The exchange has no namespaces; a document that declares one keeps its names."""
    return checked_name(name.rpartition("}")[2])


def parse(text: str) -> Node:
    """One well-formed document. The whole text goes to the parser at once: in pieces, long tokens would take
    quadratic time with older versions of expat."""
    builder = _Builder()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(text)
        parser.close()
    except DefusedXmlException:
        raise MalformedError(Flaw.DOCTYPE) from None
    except (ParseError, ValueError, LookupError):
        raise MalformedError(Flaw.NOT_WELL_FORMED) from None
    if builder.root is None:
        raise MalformedError(Flaw.NOT_WELL_FORMED)
    return builder.root


def serialise(node: Node, indent: str = "") -> str:
    """The node as text, one element a line. Raises ``ValueError`` for characters that XML cannot carry."""
    attributes = "".join(
        f' {name}="{_escaped(value, _ATTRIBUTE_ESCAPES)}"' for name, value in node.attributes
    )
    opening = f"{indent}<{node.name}{attributes}"
    text = _escaped(node.text, _ESCAPES)
    if not node.children:
        return f"{opening}>{text}</{node.name}>\n" if text else f"{opening}/>\n"
    inner = "".join(serialise(child, indent + " ") for child in node.children)
    return f"{opening}>{text}\n{inner}{indent}</{node.name}>\n"


def _escaped(text: str, table: dict[int, str]) -> str:
    if not writable(text):
        raise ValueError("a character that XML cannot carry")
    return text.translate(table)
