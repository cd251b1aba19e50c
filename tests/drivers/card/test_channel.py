"""One conversation with a card: follow-up commands, reading files, secrets, and what the log may hold."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import pytest

from drivers.card import apdu
from drivers.card import channel as module
from drivers.card.channel import Channel
from drivers.card.errors import Nonsense, Refused
from drivers.interface import ExtendedRefused, Failure, Fault, LinkError
from tests.support.scripted_card import Answer, ScriptedReader, gone

OBJECT = b"\x30\x82\x03\x00" + bytes(range(256)) * 3


def channel(script: Sequence[tuple[str | bytes, Answer]], extended_length: int = 261) -> Channel:
    reader = ScriptedReader(script, extended_length=extended_length)
    return Channel(reader.connect(1).__enter__())


def test_61xx_is_fetched_to_the_end() -> None:
    talk = channel([("00B0860020", "0A0B6102"), ("00C0000002", "0C0D6101"), ("00C0000001", "0E9000")])
    assert talk.demand(apdu.read_by_short_id(6, 32)) == bytes.fromhex("0A0B0C0D0E")
    assert talk.apdus == 3


def test_6100_asks_for_all_that_a_short_answer_holds() -> None:
    talk = channel([("00B0860020", "6100"), ("00C0000000", b"\7" * 256 + b"\x90\x00")])
    assert talk.demand(apdu.read_by_short_id(6, 32)) == b"\7" * 256


def test_a_card_that_announces_for_ever_is_stopped() -> None:
    talk = channel([("00B0860020", "6101")] + [("00C0000001", "006101")] * 300)
    with pytest.raises(Nonsense):
        talk.send(apdu.read_by_short_id(6, 32))


def test_6cxx_is_asked_again_with_the_right_length() -> None:
    talk = channel([("00B0860020", "6C03"), ("00B0860003", "0102039000")])
    assert talk.demand(apdu.read_by_short_id(6, 32)) == b"\1\2\3"


def test_6cxx_twice_is_an_answer() -> None:
    talk = channel([("00B0860020", "6C03"), ("00B0860003", "6C02")])
    assert talk.send(apdu.read_by_short_id(6, 32)).sw == 0x6C02


def test_verify_is_never_sent_twice_whatever_the_card_answers() -> None:
    for answer in ("6C04", "6700", "63C2", "6F00"):
        talk = channel([("0020009804" + "31323334", answer)])
        assert talk.verify(0x18, bytearray(b"1234")) == int(answer, 16)


def test_the_buffer_in_which_a_verify_is_built_is_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[bytearray] = []

    class Watched(bytearray):
        def __init__(self, size: int) -> None:
            super().__init__(size)
            built.append(self)

    monkeypatch.setattr(module, "bytearray", Watched, raising=False)
    channel([("002000980438363432", "9000")]).verify(0x18, bytearray(b"8642"))
    with pytest.raises(LinkError):
        channel([("002000980438363432", gone())]).verify(0x18, bytearray(b"8642"))
    assert [bytes(buffer) for buffer in built] == [bytes(9), bytes(9)]


def test_an_empty_secret_is_never_sent() -> None:
    with pytest.raises(ValueError, match="query"):
        channel([]).verify(0x18, bytearray())


def test_a_refusal_tells_header_and_status_word() -> None:
    with pytest.raises(Refused) as caught:
        channel([("00A4020C020017", "6A82")]).demand(apdu.select_file(0x17))
    assert caught.value.failure == Failure(
        Fault.CARD_DAMAGED, False, "00 A4 02 0C Lc=02: 6A82 file or application not found"
    )


def test_a_file_is_read_by_short_commands_to_its_own_length() -> None:
    talk = channel(
        [
            ("00B08A0000", OBJECT[:256] + b"\x90\x00"),
            ("00B0010000", OBJECT[256:512] + b"\x90\x00"),
            ("00B0020000", OBJECT[512:768] + b"\x90\x00"),
            ("00B0030004", OBJECT[768:] + b"\x90\x00"),
        ]
    )
    assert talk.read_object(0x0A, 0x30) == OBJECT


def test_the_rest_of_a_file_takes_one_extended_command_where_the_reader_carries_it() -> None:
    talk = channel(
        [("00B08A0000", OBJECT[:256] + b"\x90\x00"), ("00B00100000204", OBJECT[256:] + b"\x90\x00")], 65_544
    )
    assert talk.read_object(0x0A, 0x30) == OBJECT
    assert not talk.short_only


def test_an_extended_command_stays_within_what_the_reader_carries() -> None:
    talk = channel(
        [
            ("00B08A0000", OBJECT[:256] + b"\x90\x00"),
            ("00B00100000192", OBJECT[256 : 256 + 0x192] + b"\x90\x00"),
            (f"00B0{256 + 0x192:04X}{0x204 - 0x192:02X}", OBJECT[256 + 0x192 :] + b"\x90\x00"),
        ],
        0x194,
    )
    assert talk.read_object(0x0A, 0x30) == OBJECT


REFUSALS: list[Answer] = ["6700", "6D00", "9000", ExtendedRefused(Failure.of(Fault.CARD_BUSY))]


@pytest.mark.parametrize("refusal", REFUSALS)
def test_after_one_refused_extended_command_all_are_short(refusal: Answer) -> None:
    short: list[tuple[str | bytes, Answer]] = [
        ("00B0010000", OBJECT[256:512] + b"\x90\x00"),
        ("00B0020000", OBJECT[512:768] + b"\x90\x00"),
        ("00B0030004", OBJECT[768:] + b"\x90\x00"),
    ]
    first: tuple[str | bytes, Answer] = ("00B08A0000", OBJECT[:256] + b"\x90\x00")
    talk = channel([first, ("00B00100000204", refusal), *short, first, *short], 65_544)
    assert talk.read_object(0x0A, 0x30) == OBJECT
    assert talk.short_only
    assert talk.read_object(0x0A, 0x30) == OBJECT


def test_filler_after_an_object_is_left_unread() -> None:
    talk = channel([("00B0820000", "FF20023132FFFFFF" + "9000")])
    assert talk.read_object(2, 0xFF20) == bytes.fromhex("FF20023132")


def test_filler_before_an_object_is_skipped_only_where_it_is_known() -> None:
    file = "0000FF20023132" + "9000"
    assert channel([("00B0820000", file)]).read_object(2, 0xFF20, skip=2) == bytes.fromhex("FF20023132")
    with pytest.raises(Nonsense):
        channel([("00B0820000", file)]).read_object(2, 0xFF20)


def test_a_file_shorter_than_it_says_is_nonsense() -> None:
    talk = channel([("00B08A0000", OBJECT[:256] + b"\x90\x00"), ("00B0010000", "6282")])
    with pytest.raises(Nonsense, match="shorter"):
        talk.read_object(0x0A, 0x30)


def test_a_file_longer_than_can_be_read_is_nonsense() -> None:
    with pytest.raises(Nonsense, match="announced"):
        channel([("00B08A0000", b"\x30\x82\xff\xff" + bytes(252) + b"\x90\x00")]).read_object(0x0A, 0x30)


def test_a_block_longer_than_asked_is_cut() -> None:
    talk = channel(
        [
            ("00B08A0000", OBJECT[:256] + b"\x90\x00"),
            ("00B0010000", OBJECT[256:512] + b"junk" + b"\x90\x00"),
            ("00B0020000", OBJECT[512:768] + b"\x90\x00"),
            ("00B0030004", OBJECT[768:] + b"junk" + b"\x90\x00"),
        ]
    )
    assert talk.read_object(0x0A, 0x30) == OBJECT


def test_the_log_holds_headers_and_status_words_only(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    talk = channel([("002000980438363432", "63C1"), ("00B0860020", "CAFEBABE9000"), ("00200098", gone())])
    talk.verify(0x18, bytearray(b"8642"))
    talk.read_start(6, 32)
    with pytest.raises(LinkError):
        talk.tries_left(0x18)
    assert [record.getMessage() for record in caplog.records] == [
        "apdu 00 20 00 98 Lc=04 -> 63C1",
        "apdu 00 B0 86 00 Le=20 -> 9000",
        "apdu 00 20 00 98 -> card_gone",
    ]
    everything = "".join(f"{record.msg}{record.args}{record.exc_text}" for record in caplog.records).lower()
    assert not [form for form in ("8642", "38363432", "cafebabe") if form in everything]
