"""The typed tree to nodes. Absent and empty elements are left out; unknown ones go where they were."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kiosk.coverage.qualification import Answer, Part
from kiosk.eligibility.oqs.layout import BODY, HEADER, Element, elements, only
from kiosk.eligibility.oqs.node import Node
from kiosk.eligibility.oqs.request import Request

_STEP = re.compile(r"^([^\[\]]+?)(?:\[(\d{1,5})\])?$")


def answer_node(answer: Answer) -> Node:
    header = _Draft("MessageHeader", children=_drafts(answer, only(Answer, HEADER)))
    body = _Draft("MessageBody", children=_drafts(answer, only(Answer, BODY)))
    root = _Draft("XmlMsg", children=[header, body])
    for path, text in answer.unknown:
        root.place(path, text)
    return root.node()


def request_node(request: Request) -> Node:
    header = tuple(element for element in elements(Request) if element.part is None)
    search = _Draft(type(request.search).__name__, children=_drafts(request.search))
    parts = [
        _Draft("MessageHeader", children=_drafts(request, header)),
        _Draft("MessageBody", children=[search]),
    ]
    return _Draft("XmlMsg", children=parts).node()


class _Draft:
    """A node that can still grow."""

    __slots__ = ("_by_name", "attributes", "children", "name", "text")

    def __init__(self, name: str, text: str = "", children: Iterable[_Draft] = ()) -> None:
        self.name = name
        self.text = text
        self.attributes: list[tuple[str, str]] = []
        self.children: list[_Draft] = []
        self._by_name: dict[str, list[_Draft]] = {}
        for child in children:
            self._add(child)

    def place(self, path: str, text: str) -> None:
        """Puts a text where its path says, making what is missing on the way."""
        here = self
        for step in path.split("/") if path else ():
            if step.startswith("@"):
                here.attributes.append((step[1:], text))
                return
            here = here._child(step)
        here.text = text

    def _child(self, step: str) -> _Draft:
        match = _STEP.match(step)
        name, place = (match[1], int(match[2] or 1)) if match else (step, 1)
        same = self._by_name.setdefault(name, [])
        while len(same) < place:
            self._add(_Draft(name))
        return same[place - 1]

    def _add(self, child: _Draft) -> None:
        self.children.append(child)
        self._by_name.setdefault(child.name, []).append(child)

    def node(self) -> Node:
        return Node(
            self.name, self.text, tuple(child.node() for child in self.children), tuple(self.attributes)
        )


def _drafts(part: Part, layout: tuple[Element, ...] | None = None) -> list[_Draft]:
    found = []
    for element in elements(type(part)) if layout is None else layout:
        value = getattr(part, element.field)
        if isinstance(value, str):
            if value:
                found.append(_Draft(element.name, value))
        elif isinstance(value, tuple):
            if value:
                items = [_Draft(element.item, children=_drafts(item)) for item in value]
                found.append(_Draft(element.name, children=items))
        elif value is not None:
            found.append(_Draft(element.name, children=_drafts(value)))
    return found
