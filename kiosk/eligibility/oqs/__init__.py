"""The documents of オンライン資格確認等システム on the facility's side: reading and writing, XML and JSON.

Everything that comes from outside is hostile: reading answers with a value, ``Malformed`` with its remedy,
and never raises. Facts and sources: ``kiosk/eligibility/README.md``.
"""

from __future__ import annotations

from kiosk.coverage.qualification import Answer
from kiosk.eligibility.oqs import json_form, reading, text, writing, xml
from kiosk.eligibility.oqs.node import MAX_BYTES, REMEDIES, Flaw, Malformed, MalformedError
from kiosk.eligibility.oqs.request import Request
from kiosk.eligibility.oqs.text import Encoding

__all__ = [
    "MAX_BYTES",
    "REMEDIES",
    "Encoding",
    "Flaw",
    "Malformed",
    "Request",
    "parse_answer",
    "parse_answer_json",
    "parse_request",
    "parse_request_json",
    "write_answer",
    "write_answer_json",
    "write_request",
    "write_request_json",
]


def parse_answer(
    data: bytes, *, asked_at: str, offline: bool = False, simulated: bool = False
) -> Answer | Malformed:
    """An answer file (XML)."""
    try:
        root = xml.parse(text.decode(data))
        return reading.read_answer(root, asked_at=asked_at, offline=offline, simulated=simulated)
    except MalformedError as error:
        return error.malformed


def parse_answer_json(
    data: bytes, *, asked_at: str, offline: bool = False, simulated: bool = False
) -> Answer | Malformed:
    """An answer of the web API (JSON)."""
    try:
        root = json_form.parse(data)
        return reading.read_answer(root, asked_at=asked_at, offline=offline, simulated=simulated)
    except MalformedError as error:
        return error.malformed


def parse_request(data: bytes) -> Request | Malformed:
    """A request file (XML)."""
    try:
        return reading.read_request(xml.parse(text.decode(data)))
    except MalformedError as error:
        return error.malformed


def parse_request_json(data: bytes) -> Request | Malformed:
    """A request to the web API (JSON)."""
    try:
        return reading.read_request(json_form.parse(data))
    except MalformedError as error:
        return error.malformed


def write_answer(answer: Answer, encoding: Encoding = "cp932") -> bytes:
    """An answer as a file. Raises ``ValueError`` for what XML cannot carry; no parsed answer has such."""
    return text.encode(xml.serialise(writing.answer_node(answer)), encoding)


def write_answer_json(answer: Answer) -> bytes:
    return json_form.serialise(writing.answer_node(answer))


def write_request(request: Request, encoding: Encoding = "cp932") -> bytes:
    """A request as a file. Raises ``ValueError`` for characters that XML cannot carry."""
    return text.encode(xml.serialise(writing.request_node(request)), encoding)


def write_request_json(request: Request) -> bytes:
    return json_form.serialise(writing.request_node(request))
