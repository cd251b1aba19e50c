"""Phones, old cards, cards that lack something, broken ones, and cards of other kinds."""

from __future__ import annotations

import pytest

from simulator.card import SimulatedCard, issue
from simulator.people import load
from tests.support.talk import COMMON, JPKI, RESIDENT, SURFACE, TEXT, VISIT_DAY, Talk, card_of, talk_to

OURS = (JPKI, TEXT, SURFACE, COMMON, RESIDENT)


@pytest.mark.parametrize(
    ("persona", "label"),
    [
        ("yamada", b"JPKIAPICCTOKEN2"),
        ("old_resident_card", b"JPKIAPICCTOKEN"),
        ("android", b"JPKIAPGPSETOKEN"),
        ("iphone", b"JPKIAPIOSTOKEN"),
    ],
)
def test_the_label_tells_what_holds_the_keys(persona: str, label: bytes) -> None:
    assert talk_to(persona, JPKI).read(0x0006)[:32] == label.ljust(32)


def test_an_android_phone_shows_its_certificate_after_the_pin() -> None:
    talk = talk_to("android", JPKI)
    assert talk.send("00B08A0000") == 0x6982
    assert talk.verify(0x18, "1234") == 0x9000
    assert talk.send("00B08A0000") == 0x9000


def test_an_iphone_shows_its_certificate_and_knows_its_own_command() -> None:
    talk = talk_to("iphone", JPKI)
    assert talk.send("00B08A0000") == 0x9000
    assert talk.send("80FC0000") == 0x9000
    assert talk_to("yamada", JPKI).send("80FC0000") == 0x6700


@pytest.mark.parametrize("persona", ["android", "iphone", "old_resident_card"])
@pytest.mark.parametrize("aid", [TEXT, SURFACE, COMMON, RESIDENT])
def test_only_a_card_has_a_card_face(persona: str, aid: str) -> None:
    assert Talk(card_of(persona)).select(aid) == 0x6A82


def test_a_face_only_card_has_a_locked_pin_and_no_signature_certificate() -> None:
    talk = talk_to("face_only", JPKI)
    assert talk.read(0x0008) == b"\x00\x8f\x00"
    assert talk.tries(0x18) == 0x63C0
    assert talk.verify(0x18, "1234") == 0x6984
    assert talk.select_file(0x0001) == 0x6A82
    assert talk.send("00B08A0000") == 0x9000  # the authentication certificate is there


def test_a_card_without_an_authentication_certificate_says_so() -> None:
    talk = talk_to("no_auth_certificate", JPKI)
    assert talk.read(0x0008) == b"\x8f\x00\x00"
    assert talk.select_file(0x000A) == 0x6A82
    assert talk.select_file(0x0017) == 0x6A82


def test_a_whole_card_says_that_both_certificates_are_there() -> None:
    assert talk_to("yamada", JPKI).read(0x0008) == b"\x8f\x8f\x00"


@pytest.mark.parametrize("persona", ["fido_key", "driving_licence"])
@pytest.mark.parametrize("aid", OURS)
def test_a_stranger_has_none_of_our_applications(persona: str, aid: str) -> None:
    talk = Talk(card_of(persona))
    assert talk.select(aid) == 0x6A82
    assert talk.send(f"00A404000A{aid}00") == 0x6A82


@pytest.mark.parametrize("persona", ["fido_key", "driving_licence"])
@pytest.mark.parametrize(
    "apdu", ["00B08A0000", "00200098", "802A039701AA00", "0084000008", "00A40000", "00A4020C02000A"]
)
def test_a_stranger_answers_nothing_else(persona: str, apdu: str) -> None:
    assert Talk(card_of(persona)).send(apdu) in (0x6A82, 0x6D00)


@pytest.mark.parametrize(
    ("persona", "aid", "greeting"),
    [
        ("fido_key", "A0000006472F0001", b"U2F_V2"),
        (
            "driving_licence",
            "A0000002310100000000000000000000",
            bytes.fromhex("6F128410A0000002310100000000000000000000"),
        ),
    ],
)
def test_a_stranger_knows_its_own_application(persona: str, aid: str, greeting: bytes) -> None:
    talk = Talk(card_of(persona))
    assert talk.send(f"00A40400{len(aid) // 2:02X}{aid}00") == 0x9000
    assert talk.data == greeting


def test_a_dead_card_gives_neither_atr_nor_answer() -> None:
    card = card_of("dead")
    assert card.mute
    assert card.atr == b""
    assert card.process(bytes.fromhex("00A4040C0AD392F000260100000001")) == b""


def test_a_damaged_card_is_selected_and_cannot_be_read() -> None:
    talk = talk_to("damaged", JPKI)
    for file in (0x06, 0x08, 0x0A):
        assert talk.send(f"00B0{0x80 | file:02X}0000") == 0x6581
    talk.select(COMMON)
    assert talk.send("00B2010C00") == 0x6581


def test_whoever_carries_nothing_has_no_card() -> None:
    assert issue(load("no_card"), VISIT_DAY) is None


def checksum(atr: bytes) -> int:
    total = 0
    for byte in atr[1:]:
        total ^= byte
    return total


@pytest.mark.parametrize(
    "persona", ["yamada", "android", "iphone", "old_resident_card", "fido_key", "driving_licence"]
)
def test_every_answer_to_reset_adds_up(persona: str) -> None:
    card: SimulatedCard = card_of(persona)
    assert card.atr[:1] == b"\x3b"
    assert checksum(card.atr) == 0
