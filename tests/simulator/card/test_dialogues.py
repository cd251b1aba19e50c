"""The exchanges that card readers have with real cards, byte for byte."""

from __future__ import annotations

import pytest

from simulator.card import CardOptions
from tests.support.talk import JPKI, SURFACE, TEXT, Talk, card_of, talk_to

DIGEST_INFO = "3031300D060960864801650304020105000420"


def play(talk: Talk, *lines: tuple[str, int]) -> None:
    for apdu, sw in lines:
        assert talk.send(apdu) == sw, apdu


def test_a_certificate_is_read_without_any_secret() -> None:
    talk = Talk(card_of("yamada"))
    play(
        talk,
        ("00A4040C0AD392F000260100000001", 0x9000),
        ("00A4020C02000A", 0x9000),
        ("00B0000004", 0x9000),
    )
    assert talk.data[:2] == b"\x30\x82"
    size = int.from_bytes(talk.data[2:4], "big") + 4
    assert len(talk.read(0x000A)) == size


def test_a_pin_and_a_signature_with_selected_files() -> None:
    talk = Talk(card_of("yamada"))
    play(
        talk,
        ("00A4040C0AD392F000260100000001", 0x9000),
        ("00A4020C020018", 0x9000),
        ("00200080", 0x63C3),
        ("002000800431323334", 0x9000),
        ("00A4020C020017", 0x9000),
        (f"802A008033{DIGEST_INFO}{'5A' * 32}00", 0x9000),
    )
    assert len(talk.data) == 256


def test_a_pin_and_a_signature_with_short_identifiers() -> None:
    talk = talk_to("yamada", JPKI)
    play(talk, ("00200098", 0x63C3), ("002000980431323334", 0x9000), (f"802A029720{'5A' * 32}00", 0x9000))
    assert len(talk.data) == 256


@pytest.mark.parametrize("apdu", ["00200080", "0020008000"])
def test_the_tries_are_asked_for_without_spending_one_even_after_success(apdu: str) -> None:
    talk = talk_to("yamada", JPKI)
    play(talk, ("00A4020C020018", 0x9000), (apdu, 0x63C3), ("002000800431323334", 0x9000), (apdu, 0x63C3))
    assert talk.send(f"802A029720{'5A' * 32}00") == 0x9000  # still verified


def test_a_pin_counts_down_blocks_and_stays_blocked_over_a_reset() -> None:
    talk = talk_to("yamada", JPKI)
    wrong, right = "002000980439393939", "002000980431323334"
    play(talk, (wrong, 0x63C2), (wrong, 0x63C1), (wrong, 0x63C0), (wrong, 0x6984), (right, 0x6984))
    assert talk.send("00200098") == 0x63C0
    talk.card.reset()
    talk.select(JPKI)
    play(talk, ("00200098", 0x63C0), (right, 0x6984))


def test_success_gives_the_tries_back() -> None:
    talk = talk_to("one_try_left", JPKI)
    play(talk, ("00200098", 0x63C1), ("002000980431323334", 0x9000), ("00200098", 0x63C3))


def test_a_wrong_value_takes_back_what_a_right_one_had_opened() -> None:
    talk = talk_to("yamada", JPKI)
    play(talk, ("002000980431323334", 0x9000), ("002000980439393939", 0x63C2))
    assert talk.send(f"802A029720{'5A' * 32}00") == 0x6982


PIN_OF_TEXT, CODE_B = b"8026".hex(), b"56052020340000".hex()


@pytest.mark.parametrize(
    ("key", "right", "tries"),
    [("91", "04" + PIN_OF_TEXT, 3), ("95", "0E" + CODE_B, 10)],
    ids=["pin", "code b"],
)
def test_the_text_is_opened_by_its_pin_or_by_code_b_each_with_tries_of_its_own(
    key: str, right: str, tries: int
) -> None:
    ask, give, wrong = f"002000{key}", f"002000{key}{right}", f"002000{key}0430303030"
    other = {"91": ("00200095", 0x63CA), "95": ("00200091", 0x63C3)}[key]
    talk = talk_to("yamada", TEXT)
    play(talk, (ask, 0x63C0 + tries), ("00B0820000", 0x6982), (wrong, 0x63C0 + tries - 1))
    play(talk, (ask, 0x63C0 + tries - 1), (give, 0x9000), (ask, 0x63C0 + tries), ("00B0820000", 0x9000))
    assert talk.data[:2] == b"\xff\x20"
    play(talk, *[(wrong, 0x63C0 + left) for left in reversed(range(tries))])
    play(talk, ("00B0820000", 0x6982), (ask, 0x63C0), (wrong, 0x6984), (give, 0x6984), other)


def test_the_pin_of_the_text_opens_the_number_too_and_code_b_does_not() -> None:
    talk = talk_to("yamada", TEXT)
    play(talk, (f"002000950E{CODE_B}", 0x9000), ("00B0820000", 0x9000), ("00B0810000", 0x6982))
    play(talk, (f"0020009104{PIN_OF_TEXT}", 0x9000), ("00B0810000", 0x9000))


def test_the_pin_of_authentication_is_not_that_of_the_text() -> None:
    play(talk_to("yamada", TEXT), ("002000910431323334", 0x63C2))
    play(talk_to("yamada", JPKI), (f"0020009804{PIN_OF_TEXT}", 0x63C2))


def test_an_application_is_selected_with_and_without_its_control_information() -> None:
    talk = Talk(card_of("yamada"))
    assert talk.send(f"00A4040C0A{TEXT}") == 0x9000
    assert talk.data == b""
    assert talk.send(f"00A404000A{TEXT}00") == 0x9000
    assert talk.data == bytes.fromhex(f"6F0C840A{TEXT}")
    assert talk.send(f"00A404000A{TEXT}") == 0x9000
    assert talk.data == b""


@pytest.mark.parametrize(
    ("apdu", "sw"),
    [
        ("00A4040C0AD392F000260100000002", 0x6A82),
        ("00A4020C020003", 0x6A82),
        ("00A4020C0100", 0x6700),
        ("00A4040C", 0x6700),
        ("00A4050C02000A", 0x6A86),
        ("00A40204020006", 0x6A86),
        ("00A4000C023F00", 0x6A82),
        ("00A40000", 0x9000),  # says so, and stays where it was
    ],
)
def test_selecting_what_is_not_there_leaves_the_application_selected(apdu: str, sw: int) -> None:
    talk = talk_to("yamada", JPKI)
    assert talk.send(apdu) == sw
    assert talk.send("00B0860000") == 0x9000


def test_there_is_no_master_file_to_select_after_a_reset() -> None:
    talk = Talk(card_of("yamada"))
    play(talk, ("00A40000", 0x6A86), ("00A4020C02000A", 0x6A82), ("00B0000000", 0x6986), ("00200080", 0x6986))


def test_the_issuers_domain_leads_out_of_every_application() -> None:
    talk = talk_to("yamada", JPKI)
    assert talk.send("00A4040C07A0000001510000") == 0x9000
    assert talk.send("00B0860000") == 0x6A82


def test_reading_ends_where_the_file_ends() -> None:
    talk = talk_to("yamada", JPKI)
    assert len(talk.read(0x0006)) == 160
    play(talk, ("00B0000000", 0x9000), ("00B0009F10", 0x9000))
    assert len(talk.data) == 1
    play(talk, ("00B000A001", 0x6B00), ("00B07FFF00", 0x6B00))


def test_a_card_may_warn_that_the_file_ended() -> None:
    talk = talk_to("yamada", JPKI, CardOptions(end_of_file_warning=True))
    play(talk, ("00B08600A0", 0x9000), ("00B0860000", 0x6282))
    assert len(talk.data) == 160


def test_a_short_identifier_makes_its_file_current() -> None:
    talk = talk_to("yamada", JPKI)
    assert talk.send("00B0860020") == 0x9000
    label = talk.data
    assert label == b"JPKIAPICCTOKEN2".ljust(32)
    assert talk.send("00B0000020") == 0x9000
    assert talk.data == label
    play(talk, ("00B0830000", 0x6A82), ("00B0A60000", 0x6A86), ("00B0800020", 0x9000))


@pytest.mark.parametrize(
    ("apdu", "sw"),
    [
        ("00B0980000", 0x6981),  # a PIN is not to be read
        ("00B0970000", 0x6981),  # nor a key
        ("00200086", 0x6981),  # a file is not to be verified
        ("002000830431323334", 0x6A82),
        ("002001980431323334", 0x6A86),
        ("002000180431323334", 0x6A86),
        ("00B08600", 0x6700),  # how much?
        ("00B0860001AA", 0x6700),
        ("00B2011C00", 0x6A82),
        ("00B2013400", 0x6981),
        ("00B2010000", 0x6A86),
        ("00DA000000", 0x6D00),
        ("802000980431323334", 0x6E00),
        ("08B0860000", 0x69FC),
        ("00CA5F5100", 0x6A88),
        ("80A20000", 0x6A86),
        ("80AE0000", 0x6982),
        ("80FC0000", 0x6700),
        ("00C0000000", 0x6985),
        ("0088009710" + "00" * 17, 0x6982),
        ("00A404", 0x6700),
    ],
)
def test_what_the_card_refuses_and_how(apdu: str, sw: int) -> None:
    talk = talk_to("yamada", JPKI)
    assert talk.send(apdu) == sw
    assert talk.data == b""


def test_a_challenge_has_the_length_asked_for_and_no_extended_form() -> None:
    talk = talk_to("yamada")
    assert talk.send("0084000010") == 0x9000
    first = talk.data
    assert len(first) == 16
    play(talk, ("0084000010", 0x9000))
    assert talk.data != first
    play(talk, ("0084000000", 0x9000))
    assert len(talk.data) == 256
    play(talk, ("00840000000100", 0x6985), ("00840000", 0x6700), ("0084010010", 0x6A86))


def test_an_extended_read_is_answered_or_refused_as_the_card_is_made() -> None:
    whole = "00B08A00000000"
    talk = talk_to("yamada", JPKI)
    assert talk.send(whole) == 0x9000
    assert talk.data == talk.read(0x000A)
    assert talk_to("yamada", JPKI, CardOptions(extended_read=False)).send(whole) == 0x6700


def test_an_answer_that_was_not_asked_for_waits_for_get_response() -> None:
    talk = talk_to("yamada", JPKI)
    talk.verify(0x0018, "1234")
    signing = f"802A039704{'11' * 4}"
    assert talk.send(signing + "00") == 0x9000
    signature = talk.data
    play(talk, (signing, 0x6100), ("00C0000000", 0x9000))
    assert talk.data == signature
    play(talk, (signing + "F0", 0x6110))
    head = talk.data
    play(talk, ("00C0000020", 0x6C10), ("00C0000010", 0x9000))
    assert head + talk.data == signature
    play(talk, (signing, 0x6100), ("00200098", 0x63C3), ("00C0000000", 0x6985))


@pytest.mark.parametrize("aid", [TEXT, SURFACE])
def test_the_card_face_applications_sign_a_challenge_without_a_secret(aid: str) -> None:
    talk = talk_to("yamada", aid)
    assert talk.send(f"802A000033{DIGEST_INFO}{'5A' * 32}00") == 0x9000
    assert len(talk.data) == 256


def test_another_application_has_no_default_key() -> None:
    assert talk_to("yamada", JPKI).send(f"802A000033{DIGEST_INFO}{'5A' * 32}00") == 0x6A86
