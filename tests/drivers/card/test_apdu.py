"""Command APDUs: the four cases, short and extended, by hand-written bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.card import apdu
from drivers.card.apdu import Command
from drivers.interface import Fault


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (apdu.query_tries(0x18), "00200098"),
        (apdu.read_by_short_id(0x0A, 256), "00B08A0000"),
        (apdu.read_by_short_id(0x06, 32), "00B0860020"),
        (apdu.read_binary(0x100, 0x5C), "00B001005C"),
        (apdu.select_file(0x0017), "00A4020C020017"),
        (apdu.select_application(bytes.fromhex("D392F000260100000001")), "00A4040C0AD392F000260100000001"),
        (Command(0x80, 0x2A, 0, 0x97, b"\1\2", 256), "802A0097020102" + "00"),
        (apdu.get_response(0x10), "00C0000010"),
        # extended: case 2 has a zero before Le, case 3 and 4 have it before Lc only
        (apdu.read_binary(0x100, 0x4DC), "00B001000004DC"),
        (apdu.read_binary(0, 0x10000), "00B00000000000"),
        (Command(0x80, 0xA2, 0, 0, bytes(307)), "80A200000" + "00133" + "00" * 307),
        (Command(0, 0x2A, 0, 0, b"\7", 0x200), "002A0000" + "000001" + "07" + "0200"),
        (Command(0, 0x2A, 0, 0, bytes(256), 1), "002A0000" + "000100" + "00" * 256 + "0001"),
    ],
)
def test_commands_encode_to_these_bytes(command: Command, expected: str) -> None:
    assert command.encode().hex().upper() == expected.upper()


def test_the_header_shows_lengths_and_never_data() -> None:
    command = Command(0x00, 0x20, 0x00, 0x98, b"8642")
    assert command.header == "00 20 00 98 Lc=04"
    assert "8642" not in repr(command)
    assert "38" not in command.header
    assert apdu.read_binary(0x100, 0x4DC).header == "00 B0 01 00 Le=04DC"
    assert apdu.read_by_short_id(0x0A, 256).header == "00 B0 8A 00 Le=00"


@pytest.mark.parametrize("bad", [(256, 0, 0, 0), (0, -1, 0, 0), (0, 0, 0, 300)])
def test_header_bytes_out_of_range_are_refused(bad: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="out of range"):
        Command(*bad)


def test_offsets_beyond_fifteen_bits_are_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        apdu.read_binary(0x8000, 1)


@pytest.mark.parametrize(
    ("sw", "left"),
    [
        (0x63C3, 3),
        (0x63C1, 1),
        (0x63C0, 0),
        (0x6983, 0),
        (0x6984, 0),
        (0x9000, None),
        (0x6300, None),
        (0x6A82, None),
    ],
)
def test_three_answers_mean_locked(sw: int, left: int | None) -> None:
    assert apdu.tries_left(sw) == left
    assert (apdu.fault_of(sw) is Fault.PIN_LOCKED) == (left == 0)


def test_status_words_are_described_with_their_number() -> None:
    assert apdu.describe(0x6A82) == "6A82 file or application not found"
    assert apdu.describe(0x1234) == "1234"


@given(
    st.tuples(*[st.integers(0, 255)] * 4),
    st.binary(max_size=600),
    st.integers(0, 0x10000),
)
def test_an_encoded_command_decodes_to_itself(
    header: tuple[int, int, int, int], data: bytes, ne: int
) -> None:
    """An independent decoder, written from ISO/IEC 7816-3, 12.1."""
    raw = Command(*header, data, ne).encode()
    assert tuple(raw[:4]) == header
    assert _decode(raw[4:]) == (data, ne)


def _decode(body: bytes) -> tuple[bytes, int]:
    if not body:
        return b"", 0
    if len(body) == 1:
        return b"", body[0] or 256
    if body[0] and len(body) == 1 + body[0]:
        return body[1:], 0
    if body[0]:
        assert len(body) == 2 + body[0]
        return body[1:-1], body[-1] or 256
    if len(body) == 3:
        return b"", int.from_bytes(body[1:], "big") or 65536
    lc = int.from_bytes(body[1:3], "big")
    data, le = body[3 : 3 + lc], body[3 + lc :]
    assert len(data) == lc
    assert len(le) in (0, 2)
    return data, (int.from_bytes(le, "big") or 65536) if le else 0
