"""What every ``CardReader`` must do, in process and over PC/SC alike."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from drivers.interface import CardConnection, Fault, LinkError
from simulator.links.faults import CardFault
from tests.support.reading import LINKS, Bench, bench, card_of

SELECT_JPKI = bytes.fromhex("00A4040C0AD392F000260100000001")
READ_LABEL = bytes.fromhex("00B0860020")
VERIFY = bytes.fromhex("0020009804") + b"1234"
SIGN = bytes.fromhex("802A009733 3031300D060960864801650304020105000420") + bytes(32) + b"\0"


@pytest.fixture(params=LINKS)
def desk(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with bench(request.param) as made:
        yield made


def fault_of_connecting(desk: Bench, insertion: int) -> Fault:
    with pytest.raises(LinkError) as caught, desk.reader.connect(insertion):
        pass
    return caught.value.failure.fault


def fault_of_sending(connection: CardConnection, apdu: bytes = SELECT_JPKI) -> Fault:
    with pytest.raises(LinkError) as caught:
        connection.transmit(apdu)
    return caught.value.failure.fault


def test_the_first_snapshot_is_a_finding(desk: Bench) -> None:
    first = desk.snapshots.seen[0]
    assert (first.enabled, first.available, first.scanned, first.card_present) == (True, True, True, False)
    assert first.name


def test_cards_are_seen_to_come_and_go_and_are_counted(desk: Bench) -> None:
    numbers = []
    for _ in range(3):
        numbers.append(desk.insert(card_of("yamada")))
        assert desk.reader.snapshot().card_present
        desk.remove()
        assert not desk.reader.snapshot().card_present
    assert numbers == sorted(set(numbers))


def test_a_card_in_place_of_another_is_a_new_insertion(desk: Bench) -> None:
    first = desk.insert(card_of("yamada"))
    desk.remove()
    assert desk.insert(card_of("baby")) > first


def test_bytes_pass_through_unchanged(desk: Bench) -> None:
    with desk.reader.connect(desk.insert(card_of("yamada"))) as connection:
        assert connection.transmit(SELECT_JPKI).sw == 0x9000
        label = connection.transmit(READ_LABEL)
        assert (label.data, label.sw) == (b"JPKIAPICCTOKEN2".ljust(32), 0x9000)
        assert connection.transmit(bytes.fromhex("00A4020C027777")).sw == 0x6A82


def test_a_stale_insertion_cannot_be_connected(desk: Bench) -> None:
    first = desk.insert(card_of("yamada"))
    desk.remove()
    assert fault_of_connecting(desk, first) is Fault.CARD_GONE
    second = desk.insert(card_of("yamada"))
    assert fault_of_connecting(desk, first) is Fault.CARD_GONE
    with desk.reader.connect(second) as connection:
        assert connection.transmit(SELECT_JPKI).sw == 0x9000


def test_a_transaction_leaves_neither_application_nor_pin_behind(desk: Bench) -> None:
    insertion = desk.insert(card_of("yamada"))
    with desk.reader.connect(insertion) as connection:
        assert connection.transmit(SELECT_JPKI).sw == 0x9000
        assert connection.transmit(VERIFY).sw == 0x9000
        assert connection.transmit(SIGN).sw == 0x9000
    with desk.reader.connect(insertion) as connection:
        assert connection.transmit(SIGN).sw != 0x9000
        assert connection.transmit(SELECT_JPKI).sw == 0x9000
        assert connection.transmit(SIGN).sw == 0x6982


def test_the_transaction_ends_also_when_its_user_fails(desk: Bench) -> None:
    insertion = desk.insert(card_of("yamada"))
    with contextlib.suppress(ZeroDivisionError), desk.reader.connect(insertion) as connection:
        connection.transmit(SELECT_JPKI)
        connection.transmit(VERIFY)
        raise ZeroDivisionError
    with desk.reader.connect(insertion) as connection:
        assert connection.transmit(SELECT_JPKI).sw == 0x9000
        assert connection.transmit(SIGN).sw == 0x6982


def test_only_one_transaction_is_open_at_a_time(desk: Bench) -> None:
    insertion = desk.insert(card_of("yamada"))
    with desk.reader.connect(insertion) as connection:
        assert fault_of_connecting(desk, insertion) is Fault.CARD_BUSY
        assert connection.transmit(SELECT_JPKI).sw == 0x9000


def test_a_connection_is_dead_after_its_transaction(desk: Bench) -> None:
    with desk.reader.connect(desk.insert(card_of("yamada"))) as connection:
        pass
    assert fault_of_sending(connection) is Fault.CARD_GONE


def test_a_card_taken_between_two_commands_is_gone_for_good(desk: Bench) -> None:
    with desk.reader.connect(desk.insert(card_of("yamada"))) as connection:
        assert connection.transmit(SELECT_JPKI).sw == 0x9000
        desk.hand.remove()
        assert fault_of_sending(connection) is Fault.CARD_GONE
        assert fault_of_sending(connection) is Fault.CARD_GONE


@pytest.mark.parametrize("kind", ["die", "short"])
def test_a_card_that_leaves_during_a_command_is_gone(desk: Bench, kind: str) -> None:
    insertion = desk.insert(card_of("yamada"), [CardFault(kind=kind, at=2)])  # type: ignore[arg-type]
    with desk.reader.connect(insertion) as connection:
        assert connection.transmit(SELECT_JPKI).sw == 0x9000
        assert fault_of_sending(connection, READ_LABEL) is Fault.CARD_GONE
        assert fault_of_sending(connection) is Fault.CARD_GONE


def test_a_card_that_falls_silent_is_timed_out_and_the_next_one_works(desk: Bench) -> None:
    insertion = desk.insert(card_of("yamada"), [CardFault(kind="mute", at=2)])
    with desk.reader.connect(insertion) as connection:
        assert connection.transmit(SELECT_JPKI).sw == 0x9000
        assert fault_of_sending(connection, READ_LABEL) is Fault.TIMED_OUT
    desk.remove()
    with desk.reader.connect(desk.insert(card_of("yamada"))) as connection:
        assert connection.transmit(SELECT_JPKI).sw == 0x9000


def test_a_card_without_an_answer_to_power_is_mute(desk: Bench) -> None:
    insertion = desk.insert(card_of("dead"))
    assert desk.snapshots.wait(lambda now: now.mute).card_present
    assert fault_of_connecting(desk, insertion) is Fault.CARD_MUTE
    desk.remove()
    with desk.reader.connect(desk.insert(card_of("yamada"))) as connection:
        assert connection.transmit(SELECT_JPKI).sw == 0x9000


def test_after_closing_nothing_is_told_and_nothing_connects(desk: Bench) -> None:
    insertion = desk.insert(card_of("yamada"))
    desk.reader.close()
    desk.reader.close()
    told = len(desk.snapshots.seen)
    assert fault_of_connecting(desk, insertion) in (Fault.SERVICE_GONE, Fault.CARD_GONE)
    desk.hand.remove()
    assert len(desk.snapshots.seen) == told
