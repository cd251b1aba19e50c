"""BER-TLV as the card's files use it: private tags of one or two bytes, lengths in the shortest form or in the
two-byte form that some files keep whatever their length."""

from __future__ import annotations


def length(number: int) -> bytes:
    """The shortest definite length field."""
    if number < 0x80:
        return bytes((number,))
    if number < 0x100:
        return bytes((0x81, number))
    return b"\x82" + number.to_bytes(2, "big")


def tlv(tag: int, value: bytes) -> bytes:
    """One object with a tag of one or two bytes."""
    return tag.to_bytes(1 if tag < 0x100 else 2, "big") + length(len(value)) + value


def with_offsets(tag: int, table_tag: int, fields: list[bytes]) -> bytes:
    """A file that opens with a table of its objects' offsets, counted in two bytes from the file's first byte.

    The outer length depends on nothing but the sizes, so one pass is enough.
    """
    table_size = len(tlv(table_tag, bytes(2 * len(fields))))
    inner = table_size + sum(map(len, fields))
    position = 2 + len(length(inner)) + table_size
    table = b""
    for field in fields:
        table += position.to_bytes(2, "big")
        position += len(field)
    return tlv(tag, tlv(table_tag, table) + b"".join(fields))
