"""BER-TLV as the card's files use it: definite lengths, tags of one or two bytes.

Everything read here was chosen by whoever made the card, so every length is checked against what is there and
nothing is allocated on a length's word alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_LENGTH = 0xFFFF
MAX_SIBLINGS = 64


class TlvError(ValueError):
    """The bytes are not a well-formed object. Says where and why, never which bytes."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(f"{reason} at offset {offset}")
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Header:
    """Tag, length of the value, and the number of bytes that these two took."""

    tag: int
    length: int
    size: int

    @property
    def total(self) -> int:
        """Bytes of the whole object."""
        return self.size + self.length


@dataclass(frozen=True, slots=True)
class Tlv:
    """One object. ``tag`` is the number that its bytes spell, for instance 0xFF20. ``encoded``: tag, length and value
    as they were written, which is what signatures cover."""

    tag: int
    value: bytes = field(repr=False)
    encoded: bytes = field(repr=False)


def read_header(data: bytes, offset: int = 0) -> Header:
    """Reads tag and length at ``offset``; the value need not be there yet. Raises ``TlvError``."""
    tag, at = _read_tag(data, offset)
    length, at = _read_length(data, at)
    return Header(tag, length, at - offset)


def first(data: bytes) -> Tlv:
    """The object that ``data`` begins with. What follows it is filler and ignored. Raises ``TlvError``."""
    return _object_at(data, 0)[0]


def fields(data: bytes) -> dict[int, bytes]:
    """Value by tag of a template's objects, which must fill it exactly. No tag may come twice.

    Raises ``TlvError``.
    """
    return {tag: item.value for tag, item in members(data).items()}


def members(data: bytes) -> dict[int, Tlv]:
    """A template's objects by tag, under the conditions of ``fields``. Raises ``TlvError``."""
    found: dict[int, Tlv] = {}
    for item in _walk(data):
        if item.tag in found:
            raise TlvError(f"tag {item.tag:X} twice", 0)
        found[item.tag] = item
    return found


def encode(tag: int, value: bytes) -> bytes:
    """The object's bytes in the shortest form. Raises ``ValueError`` for a tag or length out of range."""
    tag_bytes = tag.to_bytes(2 if tag > 0xFF else 1, "big")
    if _read_tag(tag_bytes, 0) != (tag, len(tag_bytes)):
        raise ValueError(f"not a tag of one or two bytes: {tag:X}")
    if len(value) > MAX_LENGTH:
        raise ValueError(f"value too long: {len(value)}")
    if len(value) < 0x80:
        length = bytes((len(value),))
    elif len(value) <= 0xFF:
        length = bytes((0x81, len(value)))
    else:
        length = b"\x82" + len(value).to_bytes(2, "big")
    return tag_bytes + length + value


def _walk(data: bytes) -> Iterator[Tlv]:
    offset = 0
    for _ in range(MAX_SIBLINGS):
        if offset == len(data):
            return
        item, offset = _object_at(data, offset)
        yield item
    if offset != len(data):
        raise TlvError(f"more than {MAX_SIBLINGS} objects", offset)


def _object_at(data: bytes, offset: int) -> tuple[Tlv, int]:
    header = read_header(data, offset)
    start, end = offset + header.size, offset + header.total
    if end > len(data):
        raise TlvError("value cut off", offset)
    return Tlv(header.tag, data[start:end], data[offset:end]), end


def _read_tag(data: bytes, at: int) -> tuple[int, int]:
    lead = _byte(data, at)
    if lead & 0x1F != 0x1F:
        return lead, at + 1
    second = _byte(data, at + 1)
    if second & 0x80:
        raise TlvError("tag longer than two bytes", at)
    return lead << 8 | second, at + 2


def _read_length(data: bytes, at: int) -> tuple[int, int]:
    lead = _byte(data, at)
    if lead < 0x80:
        return lead, at + 1
    if lead == 0x81:
        return _byte(data, at + 1), at + 2
    if lead == 0x82:
        return _byte(data, at + 1) << 8 | _byte(data, at + 2), at + 3
    raise TlvError("indefinite or oversized length", at)


def _byte(data: bytes, at: int) -> int:
    if at >= len(data):
        raise TlvError("header cut off", at)
    return data[at]
