"""The reader without hardware keeps the promises of the interface."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from drivers.interface import CardReader, ExtendedRefused, Fault, LinkError, ReaderSnapshot
from simulator.links.faults import CardFault
from simulator.links.inprocess import InProcessReader
from simulator.links.timing import Timing
from tests.support.talk import card_of

SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")
TRIES = bytes.fromhex("00200098")
PIN = bytes.fromhex("002000980431323334")
SIGN = bytes.fromhex("802A039701AA00")
READ = bytes.fromhex("00B08A0000")
READ_EXTENDED = bytes.fromhex("00B08A00000000")


def no_sleep(_seconds: float) -> None:
    raise AssertionError("nobody asked for a delay")


@pytest.fixture
def reader() -> InProcessReader:
    return InProcessReader(sleep=no_sleep)


def fault_of(caught: pytest.ExceptionInfo[LinkError]) -> Fault:
    return caught.value.failure.fault


def test_it_is_a_card_reader(reader: InProcessReader) -> None:
    promised: CardReader = reader
    assert promised.snapshot() == ReaderSnapshot(
        "Simulated reader", enabled=True, available=True, scanned=True
    )


def test_listeners_hear_the_state_at_once_and_then_every_change(reader: InProcessReader) -> None:
    heard: list[ReaderSnapshot] = []
    reader.watch(heard.append)
    reader.insert(card_of("yamada"))
    reader.remove()
    reader.remove()
    reader.set_available(False)
    reader.set_available(False)
    reader.set_service(False)
    assert [(s.enabled, s.available, s.card_present, s.insertion) for s in heard] == [
        (True, True, False, 0),
        (True, True, True, 1),
        (True, True, False, 1),
        (True, False, False, 1),
        (False, False, False, 1),
    ]


def test_a_swap_shows_as_a_new_insertion_and_never_as_a_removal(reader: InProcessReader) -> None:
    heard: list[ReaderSnapshot] = []
    reader.insert(card_of("yamada"))
    reader.watch(heard.append)
    reader.swap(card_of("forty"))
    assert [(s.card_present, s.insertion) for s in heard] == [(True, 1), (True, 2)]


def test_a_transaction_ends_with_a_reset(reader: InProcessReader) -> None:
    insertion = reader.insert(card_of("yamada"))
    with reader.connect(insertion) as card:
        assert [card.transmit(apdu).sw for apdu in (SELECT, PIN, SIGN)] == [0x9000] * 3
    with reader.connect(insertion) as card:
        assert card.transmit(SIGN).sw != 0x9000
        card.transmit(SELECT)
        assert card.transmit(SIGN).sw == 0x6982


def test_a_transaction_ends_with_a_reset_after_an_error_too(reader: InProcessReader) -> None:
    insertion = reader.insert(card_of("yamada"))

    def fail_with_the_pin_verified() -> None:
        with reader.connect(insertion) as card:
            card.transmit(SELECT)
            card.transmit(PIN)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_with_the_pin_verified()
    with reader.connect(insertion) as card:
        card.transmit(SELECT)
        assert card.transmit(SIGN).sw == 0x6982


def test_a_connection_is_dead_after_its_transaction(reader: InProcessReader) -> None:
    with reader.connect(reader.insert(card_of("yamada"))) as card:
        pass
    with pytest.raises(LinkError):
        card.transmit(SELECT)


def test_another_insertion_cannot_be_opened(reader: InProcessReader) -> None:
    first = reader.insert(card_of("yamada"))
    second = reader.swap(card_of("yamada"))
    with pytest.raises(LinkError) as caught, reader.connect(first):
        pass
    assert fault_of(caught) is Fault.CARD_GONE
    with reader.connect(second) as card:
        assert card.transmit(SELECT).sw == 0x9000


def test_one_card_has_one_transaction_at_a_time(reader: InProcessReader) -> None:
    insertion = reader.insert(card_of("yamada"))
    with reader.connect(insertion) as card:
        card.transmit(SELECT)
        with pytest.raises(LinkError) as caught, reader.connect(insertion):
            pass
        assert fault_of(caught) is Fault.CARD_BUSY
        assert card.transmit(TRIES).sw == 0x63C3


@pytest.mark.parametrize(
    ("happens", "fault"),
    [
        (InProcessReader.remove, Fault.CARD_GONE),
        (lambda reader: reader.swap(card_of("yamada")), Fault.CARD_GONE),
        (lambda reader: reader.set_available(False), Fault.READER_GONE),
        (lambda reader: reader.set_service(False), Fault.SERVICE_GONE),
        (InProcessReader.close, Fault.SERVICE_GONE),
    ],
)
def test_what_happens_within_a_transaction_ends_it(
    reader: InProcessReader, happens: object, fault: Fault
) -> None:
    assert callable(happens)
    with reader.connect(reader.insert(card_of("yamada"))) as card:
        card.transmit(SELECT)
        happens(reader)
        for _ in range(2):  # and it stays ended
            with pytest.raises(LinkError) as caught:
                card.transmit(TRIES)
            assert fault_of(caught) is fault


def test_what_came_back_is_a_new_insertion(reader: InProcessReader) -> None:
    insertion = reader.insert(card_of("yamada"))
    with reader.connect(insertion) as card:
        reader.set_service(False)
        reader.set_service(True)
        with pytest.raises(LinkError):
            card.transmit(SELECT)
    assert reader.snapshot().card_present
    assert reader.snapshot().insertion == insertion + 1


def test_a_dead_card_is_seen_as_mute_and_cannot_be_opened(reader: InProcessReader) -> None:
    insertion = reader.insert(card_of("dead"))
    assert reader.snapshot().mute
    with pytest.raises(LinkError) as caught, reader.connect(insertion):
        pass
    assert fault_of(caught) is Fault.CARD_MUTE


def test_a_closed_reader_tells_nobody(reader: InProcessReader) -> None:
    heard: list[ReaderSnapshot] = []
    reader.watch(heard.append)
    reader.close()
    reader.close()
    reader.insert(card_of("yamada"))
    reader.watch(heard.append)
    assert len(heard) == 1
    assert not reader.snapshot().enabled


@pytest.mark.parametrize("carries", [0, 261])
def test_a_reader_for_short_apdus_refuses_extended_ones_and_goes_on(carries: int) -> None:
    reader = InProcessReader(extended_length=carries)
    with reader.connect(reader.insert(card_of("yamada"))) as card:
        assert card.extended_length == carries
        card.transmit(SELECT)
        with pytest.raises(ExtendedRefused):
            card.transmit(READ_EXTENDED)
        assert len(card.transmit(READ).data) == 256


def test_a_reader_for_extended_apdus_carries_them_up_to_its_limit() -> None:
    reader = InProcessReader(extended_length=300)
    with reader.connect(reader.insert(card_of("yamada"))) as card:
        card.transmit(SELECT)
        assert len(card.transmit(READ_EXTENDED).data) > 1000
        with pytest.raises(ExtendedRefused):
            card.transmit(bytes.fromhex("00200098000200") + bytes(512))


def test_time_is_taken_from_the_clock_that_is_passed_in() -> None:
    slept: list[float] = []
    reader = InProcessReader(timing=Timing(bytes_per_second=1000, rsa_seconds=0.4), sleep=slept.append)
    with reader.connect(reader.insert(card_of("yamada"), [CardFault(kind="delay", at=2, seconds=3)])) as card:
        card.transmit(SELECT)
        card.transmit(PIN)
        card.transmit(SIGN)
    assert slept == pytest.approx([0.017, 3, 0.011, 0.4 + 0.265])


def test_a_hand_on_another_thread_can_take_the_card_out_in_the_middle_of_an_apdu() -> None:
    answering, removed = Event(), Event()

    def sleep(_seconds: float) -> None:
        answering.set()
        assert removed.wait(5)

    reader = InProcessReader(sleep=sleep)

    def hand() -> None:
        assert answering.wait(5)
        reader.remove()
        removed.set()

    thread = Thread(target=hand)
    thread.start()
    insertion = reader.insert(card_of("yamada"), [CardFault(kind="delay", seconds=1)])
    with pytest.raises(LinkError) as caught, reader.connect(insertion) as card:
        card.transmit(SELECT)
    thread.join()
    assert fault_of(caught) is Fault.CARD_GONE
