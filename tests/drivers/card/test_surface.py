"""The 券面事項確認 application: the face by 照合番号B, and what its issuer signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import sha256

import pytest

from drivers.card import surface
from drivers.card.channel import Channel
from drivers.card.errors import Nonsense
from drivers.interface import LinkError, PinRefused
from tests.support.scripted_card import Answer, OneShotSecret, ScriptedReader, gone

# Laid out by hand: 1980-02-17, female, until 2035-02-17; pictures of a few bytes.
FACE = bytes.fromhex(
    "FF202D"
    "DF2208 3139383030323137"
    "DF2301 32"
    "DF248103 900101"
    "DF2503 898901"
    "DF2602 8902"
    "DF2703 6A7003"
    "DF2801 00"
    "DF2908 3230333530323137"
    "DF2A01 89".replace(" ", "")
)
FACE = FACE[:2] + bytes((len(FACE) - 3,)) + FACE[3:]

SIGNED_TAGS = [bytes((0xDF, low)) for low in range(0x22, 0x29)]
SELECT_SURFACE = ("00A4040C0AD3921000310001010402", "9000")
NUMBER_B = "55021720352285"

Script = Sequence[tuple[str | bytes, Answer]]


def channel(script: Script) -> Channel:
    return Channel(ScriptedReader(script).connect(1).__enter__())


def test_the_face_is_read_with_number_b() -> None:
    number = OneShotSecret(NUMBER_B)
    script: Script = [
        SELECT_SURFACE,
        ("002000920E" + NUMBER_B.encode().hex(), "9000"),
        ("00B0820000", FACE + b"\x90\x00"),
    ]
    face = surface.read_face(channel(script), number)
    assert isinstance(face, surface.CardFace)
    assert (face.photo, face.signature) == (b"jp\3", b"\0")
    assert number.wiped
    assert repr(face) == "CardFace()"


def test_the_signature_covers_three_groups_as_they_are_written_down() -> None:
    """With their tags and lengths, also where a length is not in its shortest form; the rest is not covered."""
    groups = (
        bytes.fromhex("DF2208 3139383030323137 DF2301 32 DF248103 900101"),
        bytes.fromhex("DF2503 898901 DF2602 8902"),
        bytes.fromhex("DF2703 6A7003"),
    )
    face = surface.parse_face(FACE)
    assert face.digests == tuple(sha256(group).digest() for group in groups)


@pytest.mark.parametrize(("sw", "expected"), [("63C9", PinRefused(9)), ("63C0", PinRefused(0))])
def test_a_wrong_number_b_tells_its_own_tries(sw: str, expected: PinRefused) -> None:
    script: Script = [SELECT_SURFACE, ("002000920E" + NUMBER_B.encode().hex(), sw)]
    assert surface.read_face(channel(script), OneShotSecret(NUMBER_B)) == expected


@pytest.mark.parametrize(
    ("birth", "year", "code", "number"),
    [
        (date(1980, 2, 17), 2035, "2285", NUMBER_B),
        (date(2020, 2, 24), 2030, "0001", "02022420300001"),
        (date(2019, 4, 30), 2030, "0000", "31043020300000"),
        (date(2019, 5, 1), 2030, "0000", "01050120300000"),
        (date(1989, 1, 7), 2030, "0000", "64010720300000"),
        (date(1989, 1, 8), 2030, "0000", "01010820300000"),
        (date(1926, 12, 24), 2030, "0000", "15122420300000"),
        (date(1926, 12, 25), 2030, "0000", "01122520300000"),
        (date(1912, 7, 29), 2030, "0000", "45072920300000"),
    ],
)
def test_number_b_spells_the_birth_date_in_the_eras_year(
    birth: date, year: int, code: str, number: str
) -> None:
    assert surface.compose_number_b(birth, year, code) == number.encode()


@pytest.mark.parametrize(("year", "code"), [(2035, "228"), (2035, "２２８５"), (35, "2285"), (2035, "22A5")])
def test_number_b_is_not_composed_of_malformed_parts(year: int, code: str) -> None:
    with pytest.raises(ValueError, match="four digits"):
        surface.compose_number_b(date(1980, 2, 17), year, code)


def test_number_b_of_a_birth_before_the_eras_is_refused() -> None:
    with pytest.raises(ValueError, match="eras"):
        surface.compose_number_b(date(1872, 1, 1), 2035, "2285")


@pytest.mark.parametrize(
    "broken", [b"", b"\xff\x20\x00", FACE[:-3], *(FACE.replace(tag, b"\xdf\x2b") for tag in SIGNED_TAGS)]
)
def test_a_malformed_face_is_damage(broken: bytes) -> None:
    with pytest.raises(Nonsense):
        surface.parse_face(broken)


def test_the_secret_is_wiped_where_the_card_leaves_during_its_verify() -> None:
    number = OneShotSecret(NUMBER_B)
    with pytest.raises(LinkError):
        surface.read_face(channel([SELECT_SURFACE, ("002000920E" + NUMBER_B.encode().hex(), gone())]), number)
    assert number.wiped
