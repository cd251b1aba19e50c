"""A photograph's own header: what it may say, before any decoder believes it."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.card.jpeg2000 import MAX_BYTES, MAX_SIDE, NotAPhotograph, Shape, is_photograph, shape
from simulator.card import pictures

PHOTO = pictures.photo("yamada")
CODESTREAM_AT = PHOTO.index(bytes.fromhex("FF4FFF51"))
IHDR_AT = PHOTO.index(b"ihdr") + 4
SIZ_AT = CODESTREAM_AT + 4  # Lsiz


def put(data: bytes, at: int, form: str, *values: int) -> bytes:
    written = struct.pack(form, *values)
    return data[:at] + written + data[at + len(written) :]


def sized(width: int, height: int) -> bytes:
    """A header that announces this size everywhere."""
    announced = put(PHOTO, IHDR_AT, ">II", height, width)
    return put(announced, SIZ_AT + 4, ">IIIIII", width, height, 0, 0, width, height)


def test_a_photograph_tells_its_size_in_its_container_and_without() -> None:
    assert shape(PHOTO) == shape(PHOTO[CODESTREAM_AT:]) == Shape(240, 320, 1)


@pytest.mark.parametrize(("width", "height"), [(32, 32), (1024, 1024), (480, 640)])
def test_sizes_that_a_face_may_have_are_accepted(width: int, height: int) -> None:
    assert shape(sized(width, height)) == Shape(width, height, 1)


@pytest.mark.parametrize(
    ("width", "height"), [(31, 320), (240, 31), (MAX_SIDE + 1, 320), (240, 486_000_000), (0, 0)]
)
def test_sizes_that_no_card_has_are_refused(width: int, height: int) -> None:
    assert not is_photograph(sized(width, height))
    assert not is_photograph(sized(width, height)[CODESTREAM_AT:])


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (b"", "not JPEG 2000"),
        (PHOTO + PHOTO[CODESTREAM_AT:], "several pictures"),
        (PHOTO[CODESTREAM_AT:] * 2, "several pictures"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "not JPEG 2000"),
        (PHOTO + bytes(MAX_BYTES), "too many bytes"),
        (PHOTO[:12], "no picture"),
        (PHOTO[:40], "longer than the picture"),
        (PHOTO[:CODESTREAM_AT] + PHOTO[CODESTREAM_AT:][:30], "longer than the picture"),
        (PHOTO[CODESTREAM_AT:][:30], "no codestream"),
        (put(PHOTO, IHDR_AT, ">II", 640, 480), "differ"),
        (put(PHOTO, CODESTREAM_AT - 8, ">I", 1), "longer than the picture"),
        (put(PHOTO, CODESTREAM_AT - 8, ">I", 7), "longer than the picture"),
        (put(PHOTO, SIZ_AT, ">H", 40), "malformed"),
        (put(PHOTO, SIZ_AT + 20, ">II", 1, 1), "too many tiles"),
        (put(PHOTO, SIZ_AT + 20, ">II", 0, 0), "empty"),
        (put(PHOTO, SIZ_AT + 4, ">IIII", 2**31, 2**31, 2**31 - 240, 2**31 - 320), "too many tiles"),
        (put(PHOTO, SIZ_AT + 36, ">H", 16_384), "malformed"),
        (put(PHOTO, SIZ_AT + 38, ">B", 0x0B), "eight bits"),
        (put(PHOTO, SIZ_AT + 39, ">B", 255), "eight bits"),
        (PHOTO[:12] + b"\0\0\0\x08free" * 17 + PHOTO[12:], "too many boxes"),
    ],
)
def test_what_no_card_keeps_is_refused_with_its_reason(changed: bytes, why: str) -> None:
    with pytest.raises(NotAPhotograph, match=why):
        shape(changed)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_photograph_or_not(data: bytes) -> None:
    for start in (b"", PHOTO[:12], PHOTO[:CODESTREAM_AT], PHOTO[CODESTREAM_AT:][:4]):
        is_photograph(start + data)


@given(st.data())
def test_a_changed_header_never_lets_a_larger_picture_through_to_the_decoder(chance: st.DataObject) -> None:
    """What passes is decoded, or refused by the decoder, within the size that was announced."""
    at = chance.draw(st.integers(0, SIZ_AT + 50))
    changed = put(PHOTO, at, ">B", chance.draw(st.integers(0, 255)))
    if not is_photograph(changed):
        return
    announced = shape(changed)
    decoded = cv2.imdecode(np.frombuffer(changed, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert decoded is None or decoded.shape == (announced.height, announced.width)
