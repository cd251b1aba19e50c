"""The wire to the virtual reader, against a reader played by the test."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from simulator.links.faults import CardFault
from simulator.links.vpcd import VpcdLink, VpcdUnavailable, hold
from tests.support.talk import card_of

PATIENCE = 5.0
SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")
PIN = bytes.fromhex("002000980431323334")
SIGN = bytes.fromhex("802A039701AA00")


class Reader:
    """The reader's end: it listens, and a card that connects is inserted."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(PATIENCE)
        self.port: int = self._listener.getsockname()[1]
        self._card: socket.socket | None = None

    def accept(self) -> None:
        self.eject()
        self._card, _ = self._listener.accept()
        self._card.settimeout(PATIENCE)

    def eject(self) -> None:
        if self._card:
            self._card.close()
        self._card = None

    def say(self, message: bytes) -> None:
        assert self._card
        # As vpcd does it: length and body apart.
        self._card.sendall(len(message).to_bytes(2, "big"))
        self._card.sendall(message)

    def hear(self) -> bytes:
        assert self._card
        length = self._card.recv(2, socket.MSG_WAITALL)
        if not length:
            return b""
        return self._card.recv(int.from_bytes(length, "big"), socket.MSG_WAITALL)

    def ask(self, message: bytes) -> bytes:
        self.say(message)
        return self.hear()

    def close(self) -> None:
        self.eject()
        self._listener.close()


@pytest.fixture
def reader() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    reader.close()


@pytest.fixture
def link(reader: Reader) -> Iterator[VpcdLink]:
    link = VpcdLink("127.0.0.1", reader.port)
    yield link
    link.close()


def test_a_card_gives_its_atr_and_answers_commands(reader: Reader, link: VpcdLink) -> None:
    card = card_of("yamada")
    link.insert(card)
    reader.accept()
    assert reader.ask(b"\x04") == card.atr
    assert not link.wait_powered(0)
    reader.say(b"\x01")
    assert reader.ask(b"\x04") == card.atr
    assert link.wait_powered(PATIENCE)
    assert reader.ask(SELECT) == b"\x90\x00"
    assert link.apdus == 1


@pytest.mark.parametrize("control", [b"\x00", b"\x01", b"\x02"])
def test_power_and_reset_end_the_session(reader: Reader, link: VpcdLink, control: bytes) -> None:
    link.insert(card_of("yamada"))
    reader.accept()
    for apdu in (SELECT, PIN):
        assert reader.ask(apdu) == b"\x90\x00"
    reader.say(control)
    assert reader.ask(SIGN) == b"\x6a\x82"


def test_a_command_that_arrives_in_pieces_is_one_command(reader: Reader, link: VpcdLink) -> None:
    link.insert(card_of("yamada"))
    reader.accept()
    assert reader._card
    wire = len(SELECT).to_bytes(2, "big") + SELECT
    reader._card.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in wire:
        reader._card.sendall(bytes((byte,)))
    assert reader.hear() == b"\x90\x00"


def test_a_removed_card_closes_the_connection(reader: Reader, link: VpcdLink) -> None:
    link.insert(card_of("yamada"))
    reader.accept()
    reader.ask(b"\x04")
    link.remove()
    link.remove()
    assert reader.hear() == b""
    assert link.apdus == 0


def test_a_swap_replaces_the_connection(reader: Reader, link: VpcdLink) -> None:
    link.insert(card_of("yamada"))
    reader.accept()
    link.swap(card_of("android"))
    assert reader.hear() == b""
    reader.accept()
    assert reader.ask(b"\x04") == bytes.fromhex("3B80800101")


def test_a_card_comes_back_to_a_reader_that_restarted(reader: Reader, link: VpcdLink) -> None:
    link.insert(card_of("yamada"))
    reader.accept()
    for apdu in (SELECT, PIN):
        reader.ask(apdu)
    reader.accept()  # drops the old connection
    assert reader.ask(SIGN) == b"\x6a\x82"


def test_nothing_that_listens_is_told_with_what_to_do(reader: Reader) -> None:
    reader.close()
    with pytest.raises(VpcdUnavailable, match="vsmartcard-vpcd") as caught:
        VpcdLink("127.0.0.1", reader.port).insert(card_of("yamada"))
    assert (caught.value.host, caught.value.port) == ("127.0.0.1", reader.port)
    with pytest.raises(VpcdUnavailable):
        hold(card_of("yamada"), "127.0.0.1", reader.port, Event())


def test_a_dying_card_closes_without_an_answer_and_stays_away(reader: Reader, link: VpcdLink) -> None:
    link.insert(card_of("yamada"), [CardFault(kind="die", at=2)])
    reader.accept()
    assert reader.ask(SELECT) == b"\x90\x00"
    assert reader.ask(PIN) == b""


def test_a_swapping_card_loses_one_command_and_another_connects(reader: Reader, link: VpcdLink) -> None:
    link.insert(card_of("yamada"), [CardFault(kind="swap", at=2)], card_of("android"))
    reader.accept()
    reader.ask(SELECT)
    assert reader.ask(PIN) == b""
    reader.accept()
    assert reader.ask(b"\x04") == bytes.fromhex("3B80800101")


def test_a_silent_card_holds_the_line_until_it_is_taken_out(reader: Reader, link: VpcdLink) -> None:
    link.insert(card_of("yamada"), [CardFault(kind="mute", at=1)])
    reader.accept()
    reader.say(SELECT)
    assert reader._card
    reader._card.settimeout(0.05)
    with pytest.raises(TimeoutError):
        reader.hear()
    link.remove()
    reader._card.settimeout(PATIENCE)
    assert reader.hear() == b""


def test_a_dead_card_drops_the_connection_when_it_gets_power(reader: Reader, link: VpcdLink) -> None:
    link.insert(card_of("dead"))
    reader.accept()
    assert reader.ask(b"\x04") == b"\x3b\x00"  # something lies there; an empty answer would hang pcscd
    reader.say(b"\x01")
    assert reader.ask(b"\x04") == b""
    reader.accept()
    assert reader.ask(b"\x04") == b"\x3b\x00"


def test_the_readers_own_faults_cannot_be_played_by_a_card(link: VpcdLink) -> None:
    with pytest.raises(ValueError, match="extended_refused"):
        link.insert(card_of("yamada"), [CardFault(kind="extended_refused")])


def test_hold_serves_until_it_is_told_to_stop(reader: Reader) -> None:
    stop = Event()
    thread = Thread(target=hold, args=(card_of("yamada"), "127.0.0.1", reader.port, stop))
    thread.start()
    reader.accept()
    assert reader.ask(SELECT) == b"\x90\x00"
    reader.accept()
    assert reader.ask(SELECT) == b"\x90\x00"
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert reader.hear() == b""
