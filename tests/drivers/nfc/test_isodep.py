"""The reader's half of ISO/IEC 14443-4, frame by frame, against the simulated card's half and against written ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.nfc.isodep import (
    SIZES,
    Blocks,
    FrameLost,
    Limits,
    Unanswered,
    attrib,
    limits_of_atqb,
    limits_of_ats,
    rats,
)
from simulator.links.nfc_frames import Blocks as CardsBlocks

UNIT_S = 4096 / 13.56e6
QUICK = Limits(256, 0.001)
LOST = b""


class Script:
    """What the card says, one frame after the other; the reader's frames are written down."""

    def __init__(self, *answers: str) -> None:
        self._answers: Iterator[bytes] = iter([bytes.fromhex(one) for one in answers])
        self.said: list[str] = []
        self.waits: list[float] = []

    def exchange(self, frame: bytes, wait: float) -> bytes:
        self.said.append(frame.hex())
        self.waits.append(wait)
        answer = next(self._answers, LOST)
        if answer == LOST:
            raise FrameLost
        return answer


def talk(script: Script, apdu: str = "00a4", limits: Limits = QUICK, timeout: float = 5.0) -> str:
    return Blocks(script.exchange, limits).transmit(bytes.fromhex(apdu), timeout).hex()


# --------------------------------------------------------------------------- what cards say of themselves


@pytest.mark.parametrize(
    ("ats", "size", "fwi", "sfgi"),
    [
        ("01", 32, 4, 0),
        ("0205", 64, 4, 0),
        ("0578807002", 256, 7, 0),
        ("0678807102ab", 256, 7, 1),
        ("03285f", 256, 5, 15),
        ("0318c0", 256, 4, 0),
        ("0460a002", 16, 10, 0),
        ("037f80f0", 256, 4, 0),
    ],
    ids=["nothing", "size only", "a phone", "guard time", "no TA", "TA only", "no TA, TC", "reserved values"],
)
def test_an_answer_to_select_is_read_whatever_it_leaves_out(ats: str, size: int, fwi: int, sfgi: int) -> None:
    told = bytes.fromhex(ats)
    limits = limits_of_ats(bytes((len(told),)) + told[1:])
    assert limits.frame_size == size
    assert limits.waiting_s == pytest.approx(UNIT_S * 2**fwi)
    assert limits.guard_s == pytest.approx(UNIT_S * 2**sfgi if 0 < sfgi < 15 else 0.0)


@pytest.mark.parametrize("ats", ["", "00", "05788070", "0278aa"])
def test_what_is_no_answer_to_select_is_refused(ats: str) -> None:
    with pytest.raises(ValueError, match="not an answer"):
        limits_of_ats(bytes.fromhex(ats))


def test_a_type_b_card_tells_its_limits_when_it_is_polled() -> None:
    assert limits_of_atqb(bytes(10) + b"\x81\x70") == Limits(256, UNIT_S * 2**7)
    for wrong in (bytes(11), bytes(10) + b"\x80\x70"):
        with pytest.raises(ValueError, match="14443-4"):
            limits_of_atqb(wrong)


@pytest.mark.parametrize(("most", "code"), [(16, 0), (64, 5), (254, 7), (256, 8), (290, 8), (4, 0)])
def test_the_reader_says_how_large_a_frame_it_takes(most: int, code: int) -> None:
    assert rats(most) == bytes((0xE0, code << 4))
    assert attrib(b"PUPI", most) == b"\x1dPUPI" + bytes((0, code, 1, 0))


# ------------------------------------------------------------------------------------ frame by frame


def test_without_trouble_one_frame_goes_each_way_and_numbers_alternate() -> None:
    script = Script("029000", "039000", "029000")
    blocks = Blocks(script.exchange, QUICK)
    for _ in range(3):
        assert blocks.transmit(b"\x01", 5.0) == b"\x90\x00"
    assert script.said == ["0201", "0301", "0201"]


def test_pieces_are_acknowledged_both_ways() -> None:
    script = Script("a2", "13aa", "12bb", "039000")
    assert talk(script, "00" * 20, Limits(16, 0.001)) == "aabb9000"
    assert script.said == ["12" + "00" * 13, "03" + "00" * 7, "a2", "a3"]


def test_no_frame_is_larger_than_the_reader_can_send() -> None:
    script = Script("a2", "039000")
    Blocks(script.exchange, QUICK, most=16).transmit(bytes(20), 5.0)
    assert [len(frame) // 2 for frame in script.said] == [14, 8]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (["", "029000"], ["0200a4", "b2"]),
        (["", "", "", "", "", "029000"], ["0200a4", *["b2"] * 5]),
        (["", "a3", "029000"], ["0200a4", "b2", "0200a4"]),
        (["ff", "029000"], ["0200a4", "b2"]),
        (["039000", "029000"], ["0200a4", "b2"]),
        (["f201", "029000"], ["0200a4", "f201"]),
        (["f201", "f202", "029000"], ["0200a4", "f201", "f202"]),
        (["f201", "", "f201", "029000"], ["0200a4", "f201", "b2", "f201"]),
        (["f201", "", "029000"], ["0200a4", "f201", "b2"]),
        (["1211", "", "039000"], ["0200a4", "a3", "a3"]),
        (["1211", "f201", "039000"], ["0200a4", "a3", "f201"]),
        (["1211", "f201", "", "039000"], ["0200a4", "a3", "f201", "a3"]),
    ],
    ids=[
        "answer lost", "five times", "command lost", "nonsense", "number of another block", "time", "more time",
        "time asked for again", "answer lost after time", "piece lost", "time between pieces", "piece lost after time",
    ],
)  # fmt: skip
def test_what_goes_wrong_once_is_mended(answers: list[str], said: list[str]) -> None:
    script = Script(*answers)
    assert talk(script).endswith("9000")
    assert script.said == said


def test_a_card_that_asks_for_time_is_waited_for_as_long_as_it_said_and_only_for_that_frame() -> None:
    script = Script("f20a", "", "1211", "039000")
    talk(script, limits=Limits(256, 0.01))
    assert script.said == ["0200a4", "f20a", "b2", "a3"]
    assert script.waits == pytest.approx([0.01, 0.1, 0.01, 0.01], abs=0.005)


@pytest.mark.parametrize(("told", "times"), [("f200", 1), ("f23f", 59), ("f2ff", 59)])
def test_reserved_multipliers_are_brought_within_their_bounds(told: str, times: int) -> None:
    script = Script(told, "029000")
    talk(script)
    assert script.said[1] == f"f2{times:02x}"


def test_silence_ends_after_a_few_frames_and_sooner_where_each_takes_long() -> None:
    for waiting_s, frames in ((0.001, 6), (0.4, 3), (2.0, 2)):
        script = Script()
        with pytest.raises(Unanswered) as caught:
            talk(script, limits=Limits(256, waiting_s), timeout=20)
        assert caught.value.silent
        assert len(script.said) == frames, waiting_s


@pytest.mark.parametrize("heard", [90, 3], ids=["all along", "but its last request goes under"])
def test_a_card_that_only_asks_for_time_is_not_silent(heard: int) -> None:
    seconds = iter(range(100))
    script = Script(*["f201"] * heard)
    blocks = Blocks(script.exchange, QUICK, clock=lambda: float(next(seconds)))
    with pytest.raises(Unanswered) as caught:
        blocks.transmit(b"\x01", 5.0)
    assert not caught.value.silent


def test_a_presence_check_leaves_the_numbers_as_they_are() -> None:
    script = Script("029000", "a2", "", "039000")
    blocks = Blocks(script.exchange, QUICK)
    blocks.transmit(b"\x01", 5.0)
    assert blocks.is_there()
    assert not blocks.is_there()
    blocks.transmit(b"\x01", 5.0)
    assert script.said == ["0201", "b3", "b3", "0301"]


# ------------------------------------------------------------- against the other half, whatever is lost


class Chip:
    """The simulated card at the end of a wire that loses what it is told to. ``done``: commands carried out."""

    def __init__(self, size: int, answer: bytes, asks: int, loses: Callable[[], bool]) -> None:
        self._blocks = CardsBlocks(size)
        self._answer = answer
        self._asks = asks
        self._loses = loses
        self._pending = 0
        self._ready = False
        self.done: list[bytes] = []

    def exchange(self, frame: bytes, _wait: float) -> bytes:
        if self._loses():
            raise FrameLost
        said = self._hear(frame)
        if not said or self._loses():
            raise FrameLost
        return said

    def _hear(self, frame: bytes) -> bytes:
        if frame[:1] == b"\xf2" and self._ready:
            return self._next()
        reply = self._blocks.hear(frame)
        if reply.apdu is None:
            return reply.frame
        self.done.append(reply.apdu)
        self._pending, self._ready = self._asks, True
        return self._next()

    def _next(self) -> bytes:
        if self._pending:
            self._pending -= 1
            return self._blocks.ask_for_time()
        self._ready = False
        return self._blocks.say(self._answer)


@given(
    command=st.binary(min_size=1, max_size=300),
    answer=st.binary(min_size=2, max_size=600),
    size=st.sampled_from(SIZES),
    asks=st.integers(0, 3),
    lost=st.sets(st.integers(0, 60), max_size=20),
)
def test_whatever_is_lost_a_command_is_carried_out_once_or_is_told_to_be_unanswered(
    command: bytes, answer: bytes, size: int, asks: int, lost: set[int]
) -> None:
    count = iter(range(10_000))
    chip = Chip(size, answer, asks, lambda: next(count) in lost)
    blocks = Blocks(chip.exchange, Limits(size, 0.001))
    try:
        heard = blocks.transmit(command, 60.0)
    except Unanswered:
        assert chip.done in ([], [command])
    else:
        assert (heard, chip.done) == (answer, [command])


@given(
    commands=st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=6),
    size=st.sampled_from(SIZES),
    asks=st.integers(0, 2),
    lost=st.lists(st.integers(3, 9), max_size=30),
)
def test_losses_that_are_not_too_close_together_are_never_noticed(
    commands: Sequence[bytes], size: int, asks: int, lost: list[int]
) -> None:
    """``lost``: how many frames get through before the next one is lost."""
    left = iter([gone for pause in lost for gone in [False] * pause + [True]])
    chip = Chip(size, bytes(range(100)), asks, lambda: next(left, False))
    blocks = Blocks(chip.exchange, Limits(size, 0.001))
    for command in commands:
        assert blocks.transmit(command, 60.0) == bytes(range(100))
    assert chip.done == list(commands)
