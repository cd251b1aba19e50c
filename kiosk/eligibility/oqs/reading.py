"""Nodes to the typed tree. What has no place there is kept by path; a second single element is refused."""

from __future__ import annotations

from typing import Any

from kiosk.coverage.qualification import Answer, Part, QualificationConfirmSearchInfo
from kiosk.eligibility.oqs.layout import BODY, HEADER, Element, elements, only
from kiosk.eligibility.oqs.node import Flaw, MalformedError, Node, leaves, steps
from kiosk.eligibility.oqs.request import Request

Unknown = list[tuple[str, str]]


def read_answer(root: Node, *, asked_at: str, offline: bool, simulated: bool) -> Answer:
    """An answer of the exchange. Raises ``MalformedError``."""
    unknown: Unknown = []
    header, body = _envelope(root, unknown)
    if header is None:
        raise MalformedError(Flaw.MISSING_ELEMENT, "MessageHeader")
    values = _values(only(Answer, HEADER), header, "MessageHeader", unknown)
    if body is not None:
        values |= _values(only(Answer, BODY), body, "MessageBody", unknown)
    return Answer(asked_at=asked_at, offline=offline, simulated=simulated, unknown=tuple(unknown), **values)


def read_request(root: Node) -> Request:
    """A request of the exchange. Raises ``MalformedError``; here what is unknown is refused, not kept."""
    unknown: Unknown = []
    header, body = _envelope(root, unknown)
    if header is None or body is None:
        raise MalformedError(Flaw.MISSING_ELEMENT, "MessageHeader" if header is None else "MessageBody")
    values = _values(only(Answer, HEADER[1:4]), header, "MessageHeader", unknown)
    search = Element("search", "QualificationConfirmSearchInfo", QualificationConfirmSearchInfo)
    found = _values((search,), body, "MessageBody", unknown)
    if not found:
        raise MalformedError(Flaw.MISSING_ELEMENT, "QualificationConfirmSearchInfo")
    if unknown:
        raise MalformedError(Flaw.UNEXPECTED_ROOT, unknown[0][0])
    return Request(search=found["search"], **values)


def _envelope(root: Node, unknown: Unknown) -> tuple[Node | None, Node | None]:
    if root.name != "XmlMsg":
        raise MalformedError(Flaw.UNEXPECTED_ROOT, root.name[:40])
    parts: dict[str, Node] = {}
    if root.text:
        unknown.append(("", root.text))
    unknown.extend((f"@{name}", value) for name, value in root.attributes)
    for child, step in zip(root.children, steps(root.children), strict=True):
        if child.name not in ("MessageHeader", "MessageBody"):
            unknown.extend(leaves(child, step))
        elif child.name in parts:
            raise MalformedError(Flaw.DUPLICATE_ELEMENT, child.name)
        else:
            parts[child.name] = child
    return parts.get("MessageHeader"), parts.get("MessageBody")


def _values(layout: tuple[Element, ...], node: Node, path: str, unknown: Unknown) -> dict[str, Any]:
    """The values of these elements below ``node``, by field."""
    wanted = {element.name: element for element in layout}
    values: dict[str, Any] = {}
    _keep_own(node, path, unknown)
    for child, step in zip(node.children, steps(node.children), strict=True):
        here = f"{path}/{step}"
        element = wanted.get(child.name)
        if element is None:
            unknown.extend(leaves(child, here))
        elif element.field in values:
            raise MalformedError(Flaw.DUPLICATE_ELEMENT, here)
        else:
            values[element.field] = _value(element, child, here, unknown)
    return values


def _value(element: Element, node: Node, path: str, unknown: Unknown) -> Any:
    if element.part is None:
        unknown.extend((f"{path}/@{name}", value) for name, value in node.attributes)
        for child, step in zip(node.children, steps(node.children), strict=True):
            unknown.extend(leaves(child, f"{path}/{step}"))
        return node.text
    if not element.item:
        return _part(element.part, node, path, unknown)
    _keep_own(node, path, unknown)
    items: list[Part] = []
    for child, step in zip(node.children, steps(node.children), strict=True):
        if child.name == element.item:
            items.append(_part(element.part, child, f"{path}/{element.item}[{len(items) + 1}]", unknown))
        else:
            unknown.extend(leaves(child, f"{path}/{step}"))
    return tuple(items)


def _part(part: type[Part], node: Node, path: str, unknown: Unknown) -> Part:
    return part(**_values(elements(part), node, path, unknown))


def _keep_own(node: Node, path: str, unknown: Unknown) -> None:
    """Text and attributes of an element that should have neither."""
    if node.text:
        unknown.append((path, node.text))
    unknown.extend((f"{path}/@{name}", value) for name, value in node.attributes)
