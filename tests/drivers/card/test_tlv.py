"""The card's TLV: what is well formed reads back, and everything else is refused with its place."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.card import tlv

TAGS = st.one_of(
    st.sampled_from([0x30, 0x81, 0x90, 0x04]),
    st.sampled_from([0xFF10, 0xFF20, 0xDF21, 0xDF27, 0x7F21, 0x5F4E]),
)


def test_two_byte_private_template_reads_its_fields() -> None:
    data = bytes.fromhex("FF200B DF2204E5B1B100 DF250131")
    template = tlv.first(data)
    assert template.tag == 0xFF20
    assert tlv.fields(template.value) == {0xDF22: bytes.fromhex("E5B1B100"), 0xDF25: b"1"}


@pytest.mark.parametrize(
    ("header", "tag", "length", "size"),
    [
        ("308205DC", 0x30, 0x05DC, 4),
        ("FF1082021E", 0xFF10, 0x021E, 5),
        ("FF2065", 0xFF20, 0x65, 3),
        ("3081FF", 0x30, 0xFF, 3),
        ("7F2100", 0x7F21, 0, 3),
    ],
)
def test_header_tells_the_length_before_the_value_is_there(
    header: str, tag: int, length: int, size: int
) -> None:
    found = tlv.read_header(bytes.fromhex(header))
    assert (found.tag, found.length, found.size) == (tag, length, size)
    assert found.total == length + size


def test_filler_after_the_first_object_is_ignored() -> None:
    assert tlv.first(bytes.fromhex("FF1002 3132 FFFF")).value == b"12"


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("FF", "header cut off"),
        ("30", "header cut off"),
        ("3003 0102", "value cut off"),
        ("3080 0000", "indefinite or oversized"),
        ("3083 000001 00", "indefinite or oversized"),
        ("3082 01", "header cut off"),
        ("1F8101 00", "longer than two bytes"),
    ],
)
def test_malformed_objects_are_refused(bad: str, why: str) -> None:
    with pytest.raises(tlv.TlvError, match=why):
        tlv.fields(bytes.fromhex(bad))


def test_objects_must_fill_their_template() -> None:
    with pytest.raises(tlv.TlvError):
        tlv.fields(bytes.fromhex("DF220131 FF"))


def test_a_tag_may_not_come_twice() -> None:
    with pytest.raises(tlv.TlvError, match="twice"):
        tlv.fields(bytes.fromhex("DF220131DF220132"))


def test_the_number_of_siblings_is_bounded() -> None:
    many = [tlv.encode(0xDF00 + number, b"") for number in range(0x20, 0x20 + tlv.MAX_SIBLINGS + 1)]
    assert len(tlv.fields(b"".join(many[:-1]))) == tlv.MAX_SIBLINGS
    with pytest.raises(tlv.TlvError, match="more than"):
        tlv.fields(b"".join(many))


def test_an_object_shows_its_tag_and_never_its_value() -> None:
    assert "secret" not in repr(tlv.first(tlv.encode(0xDF22, b"secret")))


@pytest.mark.parametrize("tag", [0x1F, 0x1F81, 0xFF, 0x3001])
def test_encode_refuses_what_is_not_a_tag(tag: int) -> None:
    with pytest.raises((ValueError, tlv.TlvError)):
        tlv.encode(tag, b"")


@given(st.dictionaries(TAGS, st.binary(max_size=400), max_size=8))
def test_what_is_encoded_reads_back(items: dict[int, bytes]) -> None:
    data = b"".join(tlv.encode(tag, value) for tag, value in items.items())
    assert tlv.fields(data) == items


@given(st.binary(max_size=300))
def test_any_bytes_either_read_or_raise_the_typed_error(data: bytes) -> None:
    for read in (tlv.first, tlv.fields, tlv.read_header):
        with contextlib.suppress(tlv.TlvError):
            read(data)


@given(st.binary(max_size=300))
def test_a_read_object_is_never_larger_than_its_bytes(data: bytes) -> None:
    try:
        item = tlv.first(data)
    except tlv.TlvError:
        return
    assert len(item.value) < len(data)
