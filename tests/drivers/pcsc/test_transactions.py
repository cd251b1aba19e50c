"""One transaction over PC/SC: every return code that was ever measured, and what becomes of it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from drivers.interface import CardConnection, ExtendedRefused, Fault, LinkError, ReaderSnapshot
from drivers.pcsc import card_thread, watcher
from drivers.pcsc import scard as sc
from drivers.pcsc.reader import PcscReader, list_readers
from drivers.pcsc.scard import Code, Scard, ScardMissing
from tests.support.fake_scard import FakeScard
from tests.support.snapshots import Snapshots

NAME = "ACME Dual 00 00"
SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")
EXTENDED_READ = bytes.fromhex("00B001000004DC")


class Card:
    """Answers in its turn, then 9000."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.received: list[bytes] = []

    def __call__(self, apdu: bytes) -> bytes:
        self.received.append(apdu)
        return self.answers.pop(0) if self.answers else b"\x90\x00"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> FakeScard:
    monkeypatch.setattr(watcher, "RETRY_S", 0.001)
    monkeypatch.setattr(card_thread, "BUSY_S", 0.02)
    monkeypatch.setattr(card_thread, "_BUSY_STEP_S", 0.001)
    return FakeScard(NAME)


@pytest.fixture
def reader(world: FakeScard) -> Iterator[PcscReader]:
    reader = PcscReader(transmit_timeout_s=0.2, load=lambda: world)
    yield reader
    reader.close()


@pytest.fixture
def snapshots(reader: PcscReader) -> Snapshots:
    return Snapshots(reader)


def fault_of_connecting(reader: PcscReader, insertion: int) -> Fault:
    with pytest.raises(LinkError) as caught, reader.connect(insertion):
        pass
    return caught.value.failure.fault


def fault_of_sending(connection: CardConnection, apdu: bytes = SELECT) -> Fault:
    with pytest.raises(LinkError) as caught:
        connection.transmit(apdu)
    return caught.value.failure.fault


# --------------------------------------------------------------------------------------------- the end


def test_a_transaction_ends_with_one_reset_of_the_card(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots
) -> None:
    world.insert(NAME, Card(b"\x01\x02\x90\x00"))
    with reader.connect(snapshots.card()) as connection:
        response = connection.transmit(SELECT)
        assert (response.data, response.sw) == (b"\x01\x02", 0x9000)
        assert world.ended == []
    world.wait_for(lambda: len(world.ended) == 2)
    assert world.ended == [("end_transaction", sc.RESET_CARD), ("disconnect", sc.LEAVE_CARD)]


def test_a_transaction_whose_end_fails_still_asks_for_a_reset(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots
) -> None:
    world.insert(NAME, Card())
    world.script["end_transaction"].append(Code.REMOVED_CARD)
    with reader.connect(snapshots.card()):
        pass
    world.wait_for(lambda: len(world.ended) == 2)
    assert world.ended[1] == ("disconnect", sc.RESET_CARD)


def test_an_error_in_the_callers_hands_also_ends_the_transaction(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots
) -> None:
    world.insert(NAME, Card())
    with pytest.raises(ZeroDivisionError), reader.connect(snapshots.card()):
        raise ZeroDivisionError
    world.wait_for(lambda: ("end_transaction", sc.RESET_CARD) in world.ended)


def test_a_connection_is_dead_after_its_transaction(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots
) -> None:
    card = Card()
    world.insert(NAME, card)
    with reader.connect(snapshots.card()) as connection:
        pass
    assert fault_of_sending(connection) is Fault.CARD_GONE
    assert card.received == []


def test_the_service_context_is_shared_by_transactions(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots
) -> None:
    world.insert(NAME, Card())
    insertion = snapshots.card()
    contexts = world.calls["establish_context"]
    for _ in range(3):
        with reader.connect(insertion) as connection:
            connection.transmit(SELECT)
    assert world.calls["establish_context"] == contexts + 1


# -------------------------------------------------------------------------------------- which card it is


def test_a_stale_insertion_is_refused_before_the_card_is_touched(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots
) -> None:
    world.insert(NAME, Card())
    first = snapshots.card()
    world.swap(NAME, Card())
    snapshots.card(first)
    assert fault_of_connecting(reader, first) is Fault.CARD_GONE
    assert world.calls["connect"] == 0


def test_a_card_swapped_before_the_watcher_saw_it_is_refused_by_its_event_count(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots
) -> None:
    world.insert(NAME, Card())
    insertion = snapshots.card()
    world.slots[NAME].events += 2  # unseen: nothing wakes the watcher
    assert fault_of_connecting(reader, insertion) is Fault.CARD_GONE
    assert world.calls["connect"] == 0


def test_a_card_swapped_while_it_was_connected_is_refused_unspoken_to(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots
) -> None:
    world.insert(NAME, Card())
    insertion = snapshots.card()
    other = Card()

    def swap() -> None:
        world.slots[NAME].events += 2
        world.slots[NAME].answer = other

    world.hooks["connect"] = swap
    assert fault_of_connecting(reader, insertion) is Fault.CARD_GONE
    assert other.received == []
    world.wait_for(lambda: ("end_transaction", sc.RESET_CARD) in world.ended)


def test_no_card_no_reader_no_service_and_a_mute_card_are_told_apart(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots
) -> None:
    snapshots.wait(lambda now: now.available)
    assert fault_of_connecting(reader, 0) is Fault.CARD_GONE
    world.insert(NAME, Card(), mute=True)
    assert fault_of_connecting(reader, snapshots.card()) is Fault.CARD_MUTE
    world.unplug(NAME)
    snapshots.wait(lambda now: not now.available)
    assert fault_of_connecting(reader, 1) is Fault.READER_GONE
    world.set_service(False)
    snapshots.wait(lambda now: not now.enabled)
    assert fault_of_connecting(reader, 1) is Fault.SERVICE_GONE


def test_before_the_first_look_nothing_can_be_connected(reader: PcscReader) -> None:
    assert fault_of_connecting(reader, 1) is Fault.SERVICE_GONE


# ------------------------------------------------------------------------------------------- connecting


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (Code.NO_SMARTCARD, Fault.CARD_GONE),
        (Code.REMOVED_CARD, Fault.CARD_GONE),
        (Code.UNRESPONSIVE_CARD, Fault.CARD_MUTE),
        (Code.UNPOWERED_CARD, Fault.CARD_MUTE),
        (Code.UNSUPPORTED_CARD, Fault.NOT_MY_NUMBER_CARD),
        (Code.PROTO_MISMATCH, Fault.NOT_MY_NUMBER_CARD),
        (Code.UNKNOWN_READER, Fault.READER_GONE),
        (Code.READER_UNAVAILABLE, Fault.READER_GONE),
        (Code.NO_SERVICE, Fault.SERVICE_GONE),
        (0x80100001, Fault.READER_GONE),
    ],
)
def test_each_refused_connect_has_its_fault(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots, code: int, fault: Fault
) -> None:
    world.insert(NAME, Card())
    world.script["connect"].append(code)
    assert fault_of_connecting(reader, snapshots.card()) is fault


@pytest.mark.parametrize("code", sorted(sc.STALE))
def test_a_context_that_went_stale_is_replaced_within_the_same_connect(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots, code: int
) -> None:
    world.insert(NAME, Card())
    insertion = snapshots.card()
    with reader.connect(insertion):
        pass
    world.stale_code = code
    world.contexts.discard(max(world.contexts))  # the card thread's; the watcher's is the older one
    contexts = world.calls["establish_context"]
    with reader.connect(insertion) as connection:
        assert connection.transmit(SELECT).sw == 0x9000
    assert world.calls["establish_context"] == contexts + 1


def test_a_card_held_by_another_program_is_shared_when_it_may_be(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots
) -> None:
    world.insert(NAME, Card())
    world.script["connect"].append(Code.SHARING_VIOLATION)
    with reader.connect(snapshots.card()) as connection:
        assert connection.transmit(SELECT).sw == 0x9000
    assert world.calls["connect"] == 2


def test_a_card_that_another_program_keeps_is_busy_after_a_bounded_wait(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots
) -> None:
    world.insert(NAME, Card())
    world.script["connect"].extend([Code.SHARING_VIOLATION] * 1000)
    assert fault_of_connecting(reader, snapshots.card()) is Fault.CARD_BUSY
    assert world.calls["connect"] > 2


@pytest.mark.parametrize("function", ["connect", "begin_transaction"])
def test_a_transaction_of_another_program_that_does_not_end_is_busy(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots, function: str
) -> None:
    world.insert(NAME, Card())
    insertion = snapshots.card()
    world.slots[NAME].in_use = True
    world.block(function)
    assert fault_of_connecting(reader, insertion) is Fault.CARD_BUSY
    world.unblock(function)


def test_a_card_that_another_program_reset_is_acknowledged_and_taken(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots
) -> None:
    world.insert(NAME, Card())
    world.script["begin_transaction"].append(Code.RESET_CARD)
    with reader.connect(snapshots.card()) as connection:
        assert connection.transmit(SELECT).sw == 0x9000
    assert world.calls["reconnect"] == 1


def test_a_second_transaction_at_once_is_refused(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots
) -> None:
    world.insert(NAME, Card())
    insertion = snapshots.card()
    with reader.connect(insertion) as connection:
        assert fault_of_connecting(reader, insertion) is Fault.CARD_BUSY
        assert connection.transmit(SELECT).sw == 0x9000
    with reader.connect(insertion) as connection:
        assert connection.transmit(SELECT).sw == 0x9000


# ----------------------------------------------------------------------------------------- transmitting


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (Code.NOT_TRANSACTED, Fault.CARD_GONE),
        (Code.REMOVED_CARD, Fault.CARD_GONE),
        (Code.RESET_CARD, Fault.CARD_GONE),
        (Code.NO_SMARTCARD, Fault.CARD_GONE),
        (Code.READER_UNAVAILABLE, Fault.READER_GONE),
        (Code.COMM_ERROR, Fault.SERVICE_GONE),
        (Code.NO_SERVICE, Fault.SERVICE_GONE),
        (Code.INVALID_HANDLE, Fault.SERVICE_GONE),
    ],
)
def test_each_failed_transmit_has_its_fault_and_kills_the_connection(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots, code: int, fault: Fault
) -> None:
    card = Card()
    world.insert(NAME, card)
    with reader.connect(snapshots.card()) as connection:
        world.script["transmit"].append(code)
        assert fault_of_sending(connection) is fault
        # In the gap of a swap the handle may come to life again with the other card behind it.
        assert fault_of_sending(connection) is fault
    assert card.received == []


@pytest.mark.parametrize("answer", [b"", b"\x90"])
def test_an_answer_shorter_than_a_status_word_is_a_card_that_left(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots, answer: bytes
) -> None:
    world.insert(NAME, Card(answer))
    with reader.connect(snapshots.card()) as connection:
        assert fault_of_sending(connection) is Fault.CARD_GONE
        assert fault_of_sending(connection) is Fault.CARD_GONE


# --------------------------------------------------------------------------------------------- extended


@pytest.mark.parametrize(
    ("told", "expected"),
    [(b"", 261), ((65544).to_bytes(4, "little"), 65544), (b"\x05\x01\0\0", 261), (b"\7", 261)],
)
def test_a_reader_carries_what_it_says_and_short_commands_where_it_is_silent(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots, told: bytes, expected: int
) -> None:
    world.attribute = told
    world.insert(NAME, Card())
    insertion = snapshots.card()
    for _ in range(2):
        with reader.connect(insertion) as connection:
            assert connection.extended_length == expected
    assert world.calls["get_attribute"] == 1


FEATURES = bytes.fromhex("0604420000C8" + "120442330012")


@pytest.mark.parametrize(
    ("features", "properties", "expected"),
    [
        (FEATURES, "0A0400000100", 65545),
        (FEATURES, "01020000" + "0A0400080000", 0x809),
        (FEATURES, "0A0400000000", 2048),
        (FEATURES, "0A04FFFFFFFF", 2048),
        (FEATURES, "0A04", 2048),
        (FEATURES, "", 2048),
        (FEATURES[:6], "0A0400000100", 2048),
        (b"", "0A0400000100", 2048),
        (b"\x12\x04\x42", "0A0400000100", 2048),
    ],
)
def test_the_property_made_for_the_question_comes_before_the_attribute(
    world: FakeScard,
    reader: PcscReader,
    snapshots: Snapshots,
    features: bytes,
    properties: str,
    expected: int,
) -> None:
    world.attribute = (2048).to_bytes(4, "little")
    world.controls = {0x42000000 + 3400: features, 0x42330012: bytes.fromhex(properties)}
    world.insert(NAME, Card())
    with reader.connect(snapshots.card()) as connection:
        assert connection.extended_length == expected


def test_settings_overrule_what_the_reader_says(world: FakeScard) -> None:
    reader = PcscReader(extended_length=2048, load=lambda: world)
    try:
        world.insert(NAME, Card())
        with reader.connect(Snapshots(reader).card()) as connection:
            assert connection.extended_length == 2048
    finally:
        reader.close()


@pytest.mark.parametrize("code", [Code.NOT_TRANSACTED, Code.INSUFFICIENT_BUFFER, Code.UNSUPPORTED_FEATURE])
def test_a_driver_that_refuses_extended_commands_is_believed_once_a_short_one_works(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots, code: int
) -> None:
    world.attribute = (65544).to_bytes(4, "little")
    world.insert(NAME, Card())
    insertion = snapshots.card()
    with reader.connect(insertion) as connection:
        world.script["transmit"].append(code)
        with pytest.raises(ExtendedRefused):
            connection.transmit(EXTENDED_READ)
        assert connection.extended_length == 65544
        assert connection.transmit(SELECT).sw == 0x9000
        assert connection.extended_length == 261
    with reader.connect(insertion) as connection:
        assert connection.extended_length == 261


def test_a_card_pulled_out_during_an_extended_command_does_not_discredit_the_reader(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots
) -> None:
    world.attribute = (65544).to_bytes(4, "little")
    world.insert(NAME, Card())
    with reader.connect(snapshots.card()) as connection:
        world.script["transmit"].append(Code.NOT_TRANSACTED)
        world.remove(NAME)
        with pytest.raises(LinkError) as caught:
            connection.transmit(EXTENDED_READ)
        assert not isinstance(caught.value, ExtendedRefused)
        assert caught.value.failure.fault is Fault.CARD_GONE
    world.insert(NAME, Card())
    with reader.connect(snapshots.card(1)) as connection:
        assert connection.extended_length == 65544


def test_a_short_command_is_never_taken_for_an_extended_one(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots
) -> None:
    world.insert(NAME, Card())
    with reader.connect(snapshots.card()) as connection:
        world.script["transmit"].append(Code.NOT_TRANSACTED)
        with pytest.raises(LinkError) as caught:
            connection.transmit(bytes.fromhex("00B08A0000"))
        assert not isinstance(caught.value, ExtendedRefused)


def test_a_sent_command_is_kept_nowhere(world: FakeScard, reader: PcscReader, snapshots: Snapshots) -> None:
    canary = b"7391"
    world.insert(NAME, lambda _: b"\x90\x00")
    with reader.connect(snapshots.card()) as connection:
        assert connection.transmit(bytes.fromhex("0020009804") + canary).sw == 0x9000
        gc.collect()
        holders = (held for item in gc.get_objects() for held in gc.get_referents(item))
        assert not any(isinstance(held, bytes | bytearray) and held[5:] == canary for held in holders)


# ---------------------------------------------------------------------------------------- the watchdog


def test_a_hung_transmit_is_timed_out_and_the_next_card_works(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots
) -> None:
    world.insert(NAME, Card())
    insertion = snapshots.card()
    world.block("transmit")
    with reader.connect(insertion) as connection:
        assert fault_of_sending(connection) is Fault.TIMED_OUT
        assert fault_of_sending(connection) is Fault.TIMED_OUT
    assert fault_of_connecting(reader, insertion) is Fault.TIMED_OUT
    world.swap(NAME, Card())
    following = snapshots.card(insertion)
    world.unblock("transmit")
    with reader.connect(following) as connection:
        assert connection.transmit(SELECT).sw == 0x9000


def test_a_hung_call_that_comes_back_releases_the_card_with_a_reset(
    world: FakeScard, reader: PcscReader, snapshots: Snapshots
) -> None:
    world.insert(NAME, Card())
    insertion = snapshots.card()
    world.block("transmit")
    with reader.connect(insertion) as connection:
        assert fault_of_sending(connection) is Fault.TIMED_OUT
    assert world.ended == []
    world.unblock("transmit")
    world.wait_for(lambda: len(world.ended) == 2 and len(world.contexts) == 1)
    assert world.ended[0] == ("end_transaction", sc.RESET_CARD)


def test_a_hung_connect_is_timed_out(world: FakeScard, reader: PcscReader, snapshots: Snapshots) -> None:
    world.insert(NAME, Card())
    world.block("connect")
    assert fault_of_connecting(reader, snapshots.card()) is Fault.TIMED_OUT
    world.unblock("connect")


def test_closing_does_not_wait_for_a_hung_call(world: FakeScard) -> None:
    reader = PcscReader(transmit_timeout_s=0.05, load=lambda: world)
    world.insert(NAME, Card())
    world.block("transmit")
    with reader.connect(Snapshots(reader).card()) as connection:
        assert fault_of_sending(connection) is Fault.TIMED_OUT
    reader.close()
    world.unblock("transmit")
    assert fault_of_connecting(reader, 1) is Fault.SERVICE_GONE


# ------------------------------------------------------------------------------------------- diagnosis


def test_all_readers_are_listed_for_diagnosis(world: FakeScard) -> None:
    world.plug("Second 01 00")
    world.insert(NAME, Card(), mute=True)
    assert list_readers(lambda: world) == (
        ReaderSnapshot(NAME, True, True, True, True, True, 0),
        ReaderSnapshot("Second 01 00", True, True, True, False, False, 0),
    )
    assert world.contexts == set()


def test_no_readers_and_no_service_are_told_apart(world: FakeScard) -> None:
    world.unplug(NAME)
    assert list_readers(lambda: world) == ()
    world.set_service(False)
    down = list_readers(lambda: world)
    assert not isinstance(down, tuple)
    assert down.fault is Fault.SERVICE_GONE


def test_a_machine_without_pcsc_is_a_failure_with_its_reason() -> None:
    def missing() -> Scard:
        raise ScardMissing("ImportError: no library")

    result = list_readers(missing)
    assert not isinstance(result, tuple)
    assert (result.fault, result.detail) == (Fault.SERVICE_GONE, "ImportError: no library")
