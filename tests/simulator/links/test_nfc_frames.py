"""The simulated card's half of ISO/IEC 14443-3 and -4, byte by byte: a driver is judged by it, so it must be right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.card.strangers import TYPE_A_ATR
from simulator.links.nfc_frames import Activation, Blocks, activation_of
from tests.support.reading import card_of

ALLB, REQB = bytes.fromhex("050008"), bytes.fromhex("050000")
SIZES = (16, 24, 32, 40, 48, 64, 96, 128, 256)


def test_a_type_b_card_tells_of_itself_what_its_atr_tells() -> None:
    card = card_of("yamada")
    activation = activation_of(card, fwi=7)
    assert activation.technology == "106B"
    for request in (ALLB, REQB):
        answer = activation.answer(request)
        assert answer is not None
        assert (answer[0], len(answer)) == (0x50, 12)
        assert answer[5:9] == card.atr[4:8]
        assert (answer[10] >> 4, answer[10] & 1, answer[11] >> 4) == (8, 1, 7)  # 256 bytes, ISO 14443-4, FWI


def test_a_phone_is_type_a_and_says_that_it_speaks_blocks() -> None:
    card = card_of("android")
    assert card.atr == TYPE_A_ATR
    activation = activation_of(card, fwi=7)
    assert activation.technology == "106A"
    assert activation.answer(b"\x26") == b"\x04\x00"
    uid = activation.answer(b"\x93\x20")
    assert uid is not None
    assert uid[0] == 0x08, "drawn anew, and of use to recognise nobody"
    assert uid[0] ^ uid[1] ^ uid[2] ^ uid[3] == uid[4]
    assert activation.answer(b"\x93\x70" + uid) == b"\x20"
    assert activation.answer(b"\x93\x70" + bytes(5)) is None


def test_only_an_activation_of_this_very_card_counts() -> None:
    b, a = Activation("106B", 7), Activation("106A", 7)
    answer = b.answer(ALLB)
    assert answer is not None
    attrib = b"\x1d" + answer[1:5] + bytes.fromhex("00080100")
    assert b.activates(attrib)
    assert not b.activates(b"\x1d" + bytes(4) + bytes.fromhex("00080100"))
    assert a.activates(b"\xe0\x80")
    assert not a.activates(attrib)
    assert not b.activates(b"\xe0\x80")


@pytest.mark.parametrize("code", range(9))
@pytest.mark.parametrize("own", range(9))
def test_frames_are_no_larger_than_either_end_takes(code: int, own: int) -> None:
    expected = SIZES[min(code, own)]
    assert Activation("106A", 7, fsci=own).frame_size(bytes((0xE0, code << 4))) == expected
    assert Activation("106B", 7, fsci=own).frame_size(b"\x1d" + bytes(5) + bytes((code, 1, 0))) == expected


def test_block_numbers_alternate_from_zero() -> None:
    card = Blocks(256)
    for number in (0, 1, 0, 1):
        assert card.hear(bytes((0x02 | number,)) + b"ask").apdu == b"ask"
        assert card.say(b"answer") == bytes((0x02 | number,)) + b"answer"


def test_a_command_in_pieces_is_acknowledged_piece_by_piece_and_put_together() -> None:
    card = Blocks(256)
    assert card.hear(b"\x12one ").frame == b"\xa2"
    assert card.hear(b"\x13two ").frame == b"\xa3"
    assert card.hear(b"\x02three").apdu == b"one two three"


@given(answer=st.binary(max_size=300), size=st.sampled_from(SIZES))
def test_an_answer_in_pieces_comes_out_whole_in_frames_that_the_reader_takes(
    answer: bytes, size: int
) -> None:
    card = Blocks(size)
    card.hear(b"\x02ask")
    frame, heard, number = card.say(answer), b"", 0
    while True:
        assert len(frame) + 2 <= size  # the checksum is not in the datagram
        assert frame[0] & 0xEF == 0x02 | number
        heard += frame[1:]
        if not frame[0] & 0x10:
            break
        number ^= 1
        frame = card.hear(bytes((0xA2 | number,))).frame
    assert heard == answer


def test_an_answer_that_was_not_heard_is_said_again_and_nothing_is_done_twice() -> None:
    card = Blocks(256)
    card.hear(b"\x02ask")
    said = card.say(b"answer")
    again = card.hear(b"\xb2")
    assert (again.frame, again.apdu) == (said, None)


def test_a_command_that_was_not_heard_is_told_by_the_other_number() -> None:
    card = Blocks(256)
    card.hear(b"\x02ask")
    card.say(b"answer")
    assert card.hear(b"\xb3").frame == b"\xa2", "the reader sends it again"
    assert card.hear(b"\x03more").apdu == b"more"


def test_a_piece_that_was_not_heard_is_said_again() -> None:
    card = Blocks(16)
    card.hear(b"\x02ask")
    first = card.say(bytes(range(20)))
    second = card.hear(b"\xa3").frame
    assert card.hear(b"\xa3").frame == second
    assert first[1:] + second[1:] == bytes(range(20))


def test_a_request_for_time_is_repeated_like_any_frame_and_takes_no_number() -> None:
    card = Blocks(256)
    card.hear(b"\x02ask")
    request = card.ask_for_time()
    assert request == b"\xf2\x01"
    assert card.asks_again(b"\xb2")
    assert not card.asks_again(b"\xb3")
    assert card.hear(b"\xb2").frame == request
    assert card.say(b"answer")[0] == 0x02


def test_a_card_that_is_let_go_says_so_and_nonsense_is_met_by_silence() -> None:
    card = Blocks(256)
    assert card.hear(b"\xc2").frame == b"\xc2"
    for nonsense in (b"", b"\x00", b"\xff", b"\x26"):
        reply = card.hear(nonsense)
        assert (reply.frame, reply.apdu) == (b"", None)
