"""The seven encodings of a command APDU."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.card.iso7816 import Command, MalformedCommand, encode, parse

BYTE = st.integers(0, 255)


@st.composite
def commands(draw: st.DrawFn) -> Command:
    cla, ins, p1, p2 = draw(BYTE), draw(BYTE), draw(BYTE), draw(BYTE)
    extended = draw(st.booleans())
    data = draw(st.one_of(st.just(b""), st.binary(max_size=600 if extended else 255)))
    le = draw(st.one_of(st.none(), st.integers(1, 65536 if extended else 256)))
    return Command(cla, ins, p1, p2, data, le, extended and bool(data or le))


@pytest.mark.parametrize(
    ("apdu", "data", "le", "extended"),
    [
        ("00200080", "", None, False),  # 1
        ("00B0000004", "", 4, False),  # 2 short
        ("00B0000000", "", 256, False),
        ("00A4020C02000A", "000A", None, False),  # 3 short
        ("802A00800131" + "00", "31", 256, False),  # 4 short
        ("00B00000000800", "", 0x0800, True),  # 2 extended
        ("00B00000000000", "", 65536, True),
        ("80A2000000000131", "31", None, True),  # 3 extended
        ("802A008000000131" + "0100", "31", 256, True),  # 4 extended
        ("802A008000000131" + "0000", "31", 65536, True),
    ],
)
def test_each_case_is_read(apdu: str, data: str, le: int | None, extended: bool) -> None:
    command = parse(bytes.fromhex(apdu))
    assert (command.data, command.le, command.extended) == (bytes.fromhex(data), le, extended)
    assert encode(command) == bytes.fromhex(apdu)


@pytest.mark.parametrize(
    "apdu",
    [
        "",
        "00A404",
        "00A4040C02D3",  # less data than Lc
        "00A4040C02D392FF00",  # two bytes after the data of a short command
        "00B000000001",  # half an extended Le
        "00B0000000000000",  # extended Lc 0 with something after it
        "80A200000000023100000000",  # three bytes after the data of an extended command
    ],
)
def test_what_is_no_command_is_refused(apdu: str) -> None:
    with pytest.raises(MalformedCommand):
        parse(bytes.fromhex(apdu))


@given(commands())
def test_a_command_survives_writing_and_reading(command: Command) -> None:
    assert parse(encode(command)) == command


@given(st.binary(max_size=40))
def test_bytes_that_are_a_command_are_written_back_unchanged(apdu: bytes) -> None:
    try:
        command = parse(apdu)
    except MalformedCommand:
        return
    assert encode(command) == apdu


@pytest.mark.parametrize(
    "command",
    [
        Command(0, 0xB0, 0, 0, le=257),
        Command(0, 0xB0, 0, 0, le=0),
        Command(0, 0xB0, 0, 0, bytes(256)),
        Command(0, 0xB0, 0, 0, bytes(65536), extended=True),
    ],
)
def test_fields_that_do_not_fit_are_not_written(command: Command) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        encode(command)


def test_a_command_does_not_show_its_data() -> None:
    assert "1234" not in repr(parse(bytes.fromhex("00200098") + b"\x041234"))
