"""Cards and phones in the air: both technologies, blocks in pieces, more time, lost frames."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.card import jpki
from drivers.interface import Failure, Fault, LinkError, PinRefused, VerifiedCard
from simulator.card import SimulatedCard
from simulator.card.jpki import AUTH_PIN
from simulator.links.faults import CardFault
from simulator.links.nfc_udp import RadioFault
from simulator.people import load
from tests.support.radio import Air, air
from tests.support.reading import application, card_of
from tests.support.scripted_card import OneShotSecret

TYPE_A, TYPE_B = "android", "yamada"
BOTH = pytest.mark.parametrize("persona", [TYPE_A, TYPE_B])
CHALLENGE = bytes(32)
SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")
READ_LABEL = bytes.fromhex("00B0860020")
TECHNOLOGIES = {TYPE_A: "106A", TYPE_B: "106B"}
LABELS = {TYPE_A: b"JPKIAPGPSETOKEN", TYPE_B: b"JPKIAPICCTOKEN2"}
ATS_WITH_GUARD_TIME = bytes.fromhex("0578807802")
VERIFY = bytes.fromhex("0020009804")


@pytest.fixture
def field() -> Iterator[Air]:
    with air() as made:
        yield made


def tries_on(card: SimulatedCard) -> int:
    """What the chip itself counts, asked past all radio."""
    card.reset()
    card.process(SELECT)
    return card.process(bytes((0, 0x20, 0, 0x80 | AUTH_PIN)))[-1] & 0x0F


def test_an_empty_field_is_empty(field: Air) -> None:
    assert field.find() is None


@BOTH
def test_a_card_of_either_type_is_found_and_answers(field: Air, persona: str) -> None:
    field.lay(card_of(persona))
    present = field.find()
    assert present is not None
    assert present.technology == TECHNOLOGIES[persona]
    assert field.transmit(SELECT) == b"\x90\x00"
    assert field.transmit(READ_LABEL) == LABELS[persona].ljust(32) + b"\x90\x00"


def test_one_type_may_follow_the_other(field: Air) -> None:
    for persona in (TYPE_A, TYPE_B, TYPE_B, TYPE_A):
        field.lay(card_of(persona))
        present = field.find()
        assert present is not None
        assert present.technology == TECHNOLOGIES[persona]


@pytest.mark.parametrize("fsci", range(9))
@BOTH
def test_commands_and_answers_larger_than_a_frame_go_in_pieces_in_their_order(
    persona: str, fsci: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 16 bytes a frame a command of 261 bytes takes twenty of them, and so does a certificate."""
    with air(fsci=fsci) as field:
        heard: list[bytes] = []
        card = card_of(persona)
        process = card.process

        def listen(apdu: bytes) -> bytes:
            heard.append(apdu)
            return process(apdu)

        monkeypatch.setattr(card, "process", listen)
        field.lay(card)
        assert field.find() is not None
        long = bytes.fromhex("802A0097FF") + bytes(range(255)) + b"\x00"
        field.transmit(long)
        assert heard == [long]
        field.transmit(SELECT)
        if persona == TYPE_A:
            field.transmit(VERIFY + load(persona).card.pin.encode("ascii"))
        block = field.transmit(bytes.fromhex("00B08A0000"))
        assert block == process(bytes.fromhex("00B08A0000"))
        assert len(block) == 258


@BOTH
def test_a_card_that_needs_longer_than_a_frame_may_take_asks_for_time_and_gets_it(
    field: Air, persona: str
) -> None:
    card = card_of(persona)
    field.lay(card, [CardFault(kind="delay", at=1, seconds=0.3)])  # seven times its frame waiting time
    assert field.find() is not None
    began = time.monotonic()
    assert field.transmit(SELECT) == b"\x90\x00"
    assert time.monotonic() - began >= 0.3
    assert field.transmit(READ_LABEL)[:15] == LABELS[persona]


@BOTH
def test_a_card_that_asks_for_time_without_end_is_timed_out(field: Air, persona: str) -> None:
    field.lay(card_of(persona), [CardFault(kind="mute", at=1)])
    field.timeout_s = 0.3
    assert field.find() is not None
    began = time.monotonic()
    with pytest.raises(LinkError) as caught:
        field.transmit(SELECT)
    assert caught.value.failure.fault is Fault.TIMED_OUT
    assert time.monotonic() - began < 2


@BOTH
def test_a_card_is_there_until_it_is_taken_and_one_lost_answer_does_not_take_it_away(
    field: Air, persona: str
) -> None:
    field.lay(card_of(persona), radio=[RadioFault("answer", 1)])
    present = field.find()
    assert present is not None
    assert field.radio.is_there(present)
    assert field.transmit(SELECT) == b"\x90\x00"
    assert field.radio.is_there(present), "asking must not end the session"
    assert field.transmit(READ_LABEL)[:15] == LABELS[persona]
    field.field.remove()
    assert not field.radio.is_there(present)


def test_a_phone_is_left_alone_for_as_long_as_it_wants_after_its_activation(
    field: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("simulator.links.nfc_frames.Activation.activated", lambda _self: ATS_WITH_GUARD_TIME)
    monkeypatch.setattr("drivers.nfc.radio.time.sleep", slept.append)
    field.lay(card_of(TYPE_A))
    assert field.find() is not None
    assert slept == pytest.approx([4096 / 13.56e6 * 2**8])
    assert field.transmit(SELECT) == b"\x90\x00"


@BOTH
def test_looking_anew_resets_what_lies_there(field: Air, persona: str) -> None:
    field.lay(card_of(persona))
    assert field.find() is not None
    field.transmit(SELECT)
    field.transmit(VERIFY + load(persona).card.pin.encode("ascii"))
    assert field.find() is not None
    field.transmit(SELECT)
    sign = bytes.fromhex("802A009733") + jpki.SHA256_PREFIX + bytes(32) + b"\x00"
    assert field.transmit(sign) == b"\x69\x82"


def fault_of(result: object) -> Fault:
    assert isinstance(result, Failure)
    return result.fault


def frames(field: Air) -> int:
    """How many the reader has sent to the card that lies in the field."""
    lying = field.field._lying
    assert lying is not None
    return lying.frames


def talk_on(field: Air) -> None:
    for _ in range(3):
        field.transmit(SELECT)
        field.transmit(READ_LABEL)


def frames_of_a_visit(persona: str) -> int:
    """How many frames a reading and a PIN take from the reader's side, where none is lost."""
    with air() as field:
        play(field, card_of(persona), load(persona).card.pin)
        return frames(field)


def play(field: Air, card: SimulatedCard, pin: str, *lost: RadioFault) -> object:
    """Reads, and presents the PIN once, whatever comes of it."""
    field.lay(card, radio=lost)
    told = application(field)
    facts = told.read(1)
    if isinstance(facts, Failure):
        return facts
    return told.verify_pin(1, OneShotSecret(pin), CHALLENGE)


@BOTH
@pytest.mark.parametrize("kind", ["command", "answer"])
def test_any_one_frame_may_be_lost_and_nothing_comes_of_it(persona: str, kind: str) -> None:
    """The block protocol says it again, and the chip carries nothing out twice."""
    pin = load(persona).card.pin
    with air() as field:
        for at in range(1, frames_of_a_visit(persona) + 1):
            card = card_of(persona)
            field.sent.clear()
            assert isinstance(play(field, card, pin, RadioFault(kind, at)), VerifiedCard), at  # type: ignore[arg-type]
            assert sum(apdu.startswith(VERIFY) for apdu in field.sent) == 1, at
            field.field.remove()


@BOTH
@settings(max_examples=25, deadline=None)
@given(lost=st.lists(st.tuples(st.sampled_from(["command", "answer"]), st.integers(1, 45)), max_size=12))
def test_whatever_frames_are_lost_a_wrong_pin_costs_one_try_at_most_and_what_is_told_is_true(
    persona: str, lost: list[tuple[str, int]]
) -> None:
    wrong = f"{(int(load(persona).card.pin) + 1) % 10_000:04d}"
    card = card_of(persona)
    with air() as field:
        result = play(field, card, wrong, *(RadioFault(kind, at) for kind, at in lost))  # type: ignore[arg-type]
        field.field.remove()
        assert sum(apdu.startswith(VERIFY) for apdu in field.sent) <= 1
    if isinstance(result, PinRefused):
        assert result.tries_left == tries_on(card) == 2
    else:
        assert isinstance(result, Failure)
        assert result.retriable
        assert tries_on(card) >= 2


@BOTH
@pytest.mark.parametrize("kind", ["command", "answer"])
def test_a_frame_lost_while_the_card_asks_for_time_is_mended_as_well(persona: str, kind: str) -> None:
    with air() as field:
        for after in range(1, 7):  # SELECT, VERIFY, and its waiting
            card = card_of(persona)
            told = application(field)
            field.lay(card)
            told.read(1)
            faults = [CardFault(kind="delay", at=told.apdus + 2, seconds=0.06)]
            field.lay(card, faults, [RadioFault(kind, frames(field) + after)])  # type: ignore[arg-type]
            field.sent.clear()
            told.read(1)
            result = told.verify_pin(1, OneShotSecret(load(persona).card.pin), CHALLENGE)
            assert isinstance(result, VerifiedCard), after
            assert sum(apdu.startswith(VERIFY) for apdu in field.sent) == 1, after
            field.field.remove()


@BOTH
def test_a_card_that_leaves_in_the_middle_of_a_long_answer_is_gone(persona: str) -> None:
    with air(fsci=2) as field:
        for at in range(1, 8):
            lost = [RadioFault("command", late) for late in range(at, 60)]
            field.lay(card_of(persona), radio=lost)
            assert field.find() is not None
            with pytest.raises(LinkError) as caught:
                talk_on(field)
            assert caught.value.failure.fault is Fault.CARD_GONE
            field.field.remove()
