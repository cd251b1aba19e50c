"""How large an APDU a reader says that it and its driver carry."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.pcsc import scard as sc
from drivers.pcsc.scard import Code, Scard

SHORT_LIMIT = 261
_EXTENDED_OVERHEAD = 9  # header, three bytes of Lc, two of Le
_LARGEST_DATA = 0x10000


def largest_apdu(service: Scard, card: int) -> int:
    """In bytes, at least ``SHORT_LIMIT``. A reader that says nothing carries short APDUs.

    Asked are the property dwMaxAPDUDataSize (PC/SC part 10, 2.6.14), made for this question, and then the older
    attribute MAXINPUT, which some drivers fill with the size of their USB messages.
    """
    data = _max_apdu_data(service, card)
    if 0x100 < data <= _LARGEST_DATA:
        return data + _EXTENDED_OVERHEAD
    code, value = service.get_attribute(card, sc.ATTR_MAXINPUT)
    told = int.from_bytes(value[:4], "little") if code == Code.SUCCESS and len(value) >= 4 else 0
    return min(max(told, SHORT_LIMIT), _LARGEST_DATA + _EXTENDED_OVERHEAD)


def _max_apdu_data(service: Scard, card: int) -> int:
    """The property's value, 0 where the reader has none."""
    code, features = service.control(card, service.control_code(sc.GET_FEATURES))
    if code != Code.SUCCESS:
        return 0
    for tag, value in _simple_tlv(features):
        if tag == sc.FEATURE_PROPERTIES and len(value) == 4:
            code, properties = service.control(card, int.from_bytes(value, "big"))
            found = dict(_simple_tlv(properties)) if code == Code.SUCCESS else {}
            return int.from_bytes(found.get(sc.PROPERTY_MAX_APDU_DATA, b""), "little")
    return 0


def _simple_tlv(data: bytes) -> Iterator[tuple[int, bytes]]:
    """One-byte tag, one-byte length, value; ends where the bytes do."""
    at = 0
    while at + 2 <= len(data):
        yield data[at], data[at + 2 : at + 2 + data[at + 1]]
        at += 2 + data[at + 1]
