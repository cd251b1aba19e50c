"""Whatever lengths a card announces for its face, what is read of it is bounded, in bytes and in commands."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from drivers.card import surface
from drivers.card.channel import Channel
from drivers.interface import LinkError, Response
from tests.support.scripted_card import OneShotSecret

LENGTHS = st.one_of(
    st.integers(0, 0xFFFF).map(lambda length: b"\x82" + length.to_bytes(2, "big")),
    st.integers(0, 2**32 - 1).map(lambda length: b"\x84" + length.to_bytes(4, "big")),
    st.sampled_from([b"\x80", b"\x83\x01\x00\x00", b"\x81\xff", b"\x7f", b"\xff"]),
)
_MOST_COMMANDS = 300


class Boundless:
    """A card whose every file goes on for ever, in answers of ``size`` bytes."""

    def __init__(self, start: bytes, size: int, extended_length: int) -> None:
        self._start, self._size = start, size
        self.extended_length = extended_length
        self.given = self.commands = 0

    def transmit(self, apdu: bytes) -> Response:
        self.commands += 1
        if apdu[1] != 0xB0:
            return Response(b"", 0x9000)
        wanted = int.from_bytes(apdu[5:7], "big") or 0x10000 if len(apdu) == 7 else apdu[4] or 0x100
        offset = 0 if apdu[2] & 0x80 else int.from_bytes(apdu[2:4], "big")
        data = self._start[offset:].ljust(wanted, b"\xdf")[: min(wanted, self._size)]
        self.given += len(data)
        return Response(data, 0x9000)


@given(
    outer=LENGTHS,
    inner=LENGTHS,
    tag=st.sampled_from([0xDF22, 0xDF27, 0xDF28]),
    size=st.sampled_from([1, 17, 255, 256, 4096, 0x10000]),
    extended=st.sampled_from([261, 4096, 65_544]),
)
def test_no_announced_length_makes_the_reader_read_without_end(
    outer: bytes, inner: bytes, tag: int, size: int, extended: int
) -> None:
    card = Boundless(b"\xff\x20" + outer + tag.to_bytes(2, "big") + inner, size, extended)
    with suppress(LinkError):
        surface.read_face(Channel(card), OneShotSecret("55021720352285"))
    assert card.given <= surface.MAX_FACE + 0x100
    assert card.commands <= _MOST_COMMANDS


@given(length=st.integers(0, 0xFFFF), size=st.sampled_from([1, 256]))
def test_nor_does_a_certificates(length: int, size: int) -> None:
    card = Boundless(b"\x7f\x21\x82" + length.to_bytes(2, "big"), size, 261)
    try:
        surface.read_certificate(Channel(card))
    except LinkError:
        assert length + 5 > surface.MAX_CERTIFICATE or size == 1
    assert card.given <= surface.MAX_CERTIFICATE + 0x100
