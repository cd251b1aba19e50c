"""What goes wrong, and what the two sides see of it."""

from __future__ import annotations

import msgspec
import pytest

from drivers.interface import ExtendedRefused, Fault, LinkError
from simulator.links.faults import Answer, CardFault, Exchange, Gone, Outcome, Refusal, Silence, Swapped
from simulator.links.inprocess import InProcessReader
from tests.support.talk import card_of

SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")
TRIES = bytes.fromhex("00200098")
WRONG_PIN = bytes.fromhex("002000980430303030")
READ = bytes.fromhex("00B08A0000")
LABEL = bytes.fromhex("00B0860020")


def exchange(*faults: CardFault, other: str = "") -> Exchange:
    return Exchange(card_of("yamada"), faults, card_of(other) if other else None)


def answer(outcome: Outcome) -> bytes:
    assert isinstance(outcome, Answer)
    return outcome.response


def test_without_faults_the_card_speaks_for_itself() -> None:
    plain = exchange()
    assert [answer(plain.transmit(apdu)).hex() for apdu in (SELECT, TRIES)] == ["9000", "63c3"]
    assert plain.count == 2


def test_a_dying_card_has_carried_the_command_out() -> None:
    dying = exchange(CardFault(kind="die", at=2))
    dying.transmit(SELECT)
    assert dying.transmit(WRONG_PIN) == Gone()
    dying.card.reset()
    dying.transmit(SELECT)
    assert answer(dying.transmit(TRIES)) == b"\x63\xc2"


def test_a_mute_card_stays_mute() -> None:
    mute = exchange(CardFault(kind="mute", at=2))
    assert answer(mute.transmit(SELECT)) == b"\x90\x00"
    assert [mute.transmit(TRIES) for _ in range(3)] == [Silence()] * 3


def test_a_swap_loses_one_command() -> None:
    assert exchange(CardFault(kind="swap", at=1), other="forty").transmit(SELECT) == Swapped()
    assert exchange(CardFault(kind="swap", at=1)).transmit(SELECT) == Gone()


def test_after_a_silent_swap_another_card_answers_and_knows_nothing() -> None:
    swapped = exchange(CardFault(kind="silent_swap", at=3), other="android")
    for apdu in (SELECT, TRIES):
        swapped.transmit(apdu)
    assert answer(swapped.transmit(LABEL)) == b"\x6a\x82"
    swapped.transmit(SELECT)
    assert answer(swapped.transmit(LABEL)).startswith(b"JPKIAPGPSETOKEN ")


def test_a_wrong_status_replaces_the_command() -> None:
    wrong = exchange(CardFault(kind="status", at=2, status="6982"))
    wrong.transmit(SELECT)
    assert answer(wrong.transmit(WRONG_PIN)) == b"\x69\x82"
    assert answer(wrong.transmit(TRIES)) == b"\x63\xc3"


def test_a_short_answer_is_shorter_than_a_status() -> None:
    assert len(answer(exchange(CardFault(kind="short", at=1)).transmit(SELECT))) == 1


@pytest.mark.parametrize("size", [1, 100, 128, 255])
def test_a_chained_answer_is_whole_when_its_pieces_are_fetched(size: int) -> None:
    plain, chained = exchange(), exchange(CardFault(kind="chained", at=2, size=size))
    for each in (plain, chained):
        each.transmit(SELECT)
    whole = answer(plain.transmit(READ))
    piece = answer(chained.transmit(READ))
    collected = piece[:-2]
    while piece[-2] == 0x61:
        piece = answer(chained.transmit(bytes((0x00, 0xC0, 0x00, 0x00, piece[-1]))))
        collected += piece[:-2]
    assert collected + piece[-2:] == whole


def test_chaining_every_answer_does_not_chain_the_fetching() -> None:
    chained = exchange(CardFault(kind="chained", size=200))
    chained.transmit(SELECT)
    assert answer(chained.transmit(READ))[-2:] == b"\x61\x38"
    assert answer(chained.transmit(bytes.fromhex("00C0000038")))[-2:] == b"\x90\x00"


def test_pieces_that_nobody_fetched_are_dropped() -> None:
    chained = exchange(CardFault(kind="chained", at=2))
    chained.transmit(SELECT)
    chained.transmit(READ)
    chained.transmit(TRIES)
    assert answer(chained.transmit(bytes.fromhex("00C0000000"))) == b"\x69\x85"


def test_a_wrong_length_is_told_and_the_right_one_taken() -> None:
    fussy = exchange(CardFault(kind="wrong_le"))
    fussy.transmit(SELECT)
    assert answer(fussy.transmit(bytes.fromhex("00B0860000"))) == b"\x6c\xa0"
    assert answer(fussy.transmit(bytes.fromhex("00B08600A0")))[-2:] == b"\x90\x00"
    assert answer(fussy.transmit(TRIES)) == b"\x63\xc3"


def test_only_extended_commands_are_refused() -> None:
    refusing = exchange(CardFault(kind="extended_refused"))
    assert answer(refusing.transmit(SELECT)) == b"\x90\x00"
    assert refusing.transmit(bytes.fromhex("00B08A00000000")) == Refusal()


def test_a_delay_goes_with_another_fault() -> None:
    slept: list[float] = []
    faults = [CardFault(kind="delay", at=1, seconds=2), CardFault(kind="status", at=1)]
    slow = Exchange(card_of("yamada"), faults, sleep=slept.append)
    assert answer(slow.transmit(SELECT)) == b"\x6f\x00"
    assert slept == [2]


def test_the_count_goes_on_over_resets() -> None:
    late = exchange(CardFault(kind="status", at=3))
    late.transmit(SELECT)
    late.reset()
    late.transmit(SELECT)
    assert answer(late.transmit(TRIES)) == b"\x6f\x00"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "fire"},
        {"kind": "die", "at": -1},
        {"kind": "status", "status": "9"},
        {"kind": "die", "when": 1},
    ],
)
def test_a_fault_that_a_scenario_misspells_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, CardFault)


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("die", Fault.CARD_GONE),
        ("swap", Fault.CARD_GONE),
        ("short", Fault.CARD_GONE),
        ("mute", Fault.TIMED_OUT),
    ],
)
def test_a_driver_sees_the_fault_as_a_failure_of_the_link(kind: str, fault: Fault) -> None:
    reader = InProcessReader()
    wrong = msgspec.convert({"kind": kind, "at": 2}, CardFault)
    insertion = reader.insert(card_of("yamada"), [wrong], card_of("forty"))
    with reader.connect(insertion) as card:
        card.transmit(SELECT)
        with pytest.raises(LinkError) as caught:
            card.transmit(TRIES)
    assert caught.value.failure.fault is fault
    expected = {"die": (False, insertion), "swap": (True, insertion + 1)}.get(kind, (True, insertion))
    assert (reader.snapshot().card_present, reader.snapshot().insertion) == expected


def test_after_a_refused_extended_apdu_the_connection_lives() -> None:
    reader = InProcessReader(extended_length=65544)
    with reader.connect(reader.insert(card_of("yamada"), [CardFault(kind="extended_refused")])) as card:
        card.transmit(SELECT)
        with pytest.raises(ExtendedRefused):
            card.transmit(bytes.fromhex("00B08A00000000"))
        assert card.transmit(READ).sw == 0x9000
