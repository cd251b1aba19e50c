"""Holds a simulated card in a virtual PC/SC reader (vsmartcard's vpcd), so that any program can talk to it.

The reader listens on TCP and the card connects: a connection is an inserted card, its end a removed one. Both sides
send a two-byte big-endian length and that many bytes; a single byte from the reader is a control command.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Thread

from simulator.card import SimulatedCard
from simulator.links.faults import Answer, CardFault, Exchange, Gone, Refusal, Silence, Swapped

POWER_OFF, POWER_ON, RESET, GET_ATR = 0, 1, 2, 4
_LEAST_ATR = b"\x3b\x00"
_RETRY_SECONDS = 0.2
_POLL_SECONDS = 0.25
_CONNECT_SECONDS = 5.0


class VpcdUnavailable(Exception):
    """No virtual reader takes the card at this address."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"no virtual reader at {host}:{port} ({reason}). Install vsmartcard-vpcd, start pcscd, and use the port "
            "of the reader's configuration; one port takes one card"
        )
        self.host, self.port, self.reason = host, port, reason


def hold(card: SimulatedCard, host: str, port: int, stop: Event, *, faults: Sequence[CardFault] = ()) -> None:
    """Keeps a card in the reader until ``stop`` is set; blocks. A reader that goes away is waited for.

    Raises ``VpcdUnavailable`` where nothing listens at the beginning.
    """
    exchange = Exchange(card, faults, sleep=_interruptible(stop))
    _Holder(host, port, exchange, stop).run(_connect(host, port))


class VpcdLink:
    """A hand that puts cards into one slot of a virtual reader. Each card is served by its own thread.

    Not for use by several threads at once. ``faults`` are those of ``simulator.links.faults`` without
    ``extended_refused``, which is the reader's doing and not the card's.
    """

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._holder: _Holder | None = None
        self._thread: Thread | None = None

    def insert(
        self,
        card: SimulatedCard,
        faults: Sequence[CardFault] = (),
        replacement: SimulatedCard | None = None,
    ) -> None:
        """Puts a card in, after taking out the one that is there. Raises ``VpcdUnavailable``, and ``ValueError``
        for a fault that this link cannot play."""
        if any(fault.kind == "extended_refused" for fault in faults):
            raise ValueError("a card cannot play extended_refused: use the in-process reader")
        self.remove()
        stop = Event()
        exchange = Exchange(card, faults, replacement, _interruptible(stop))
        connection = _connect(*self._address)
        self._holder = holder = _Holder(*self._address, exchange, stop)
        self._thread = Thread(target=holder.run, args=(connection,), name="simulated card", daemon=True)
        self._thread.start()

    def remove(self) -> None:
        """Takes the card out; returns when its thread has ended. Nothing happens where there is none."""
        if self._holder and self._thread:
            self._holder.end()
            self._thread.join()
        self._holder = self._thread = None

    def swap(self, card: SimulatedCard) -> None:
        """Replaces the card at once, so that the reader may see no removal at all."""
        self.insert(card)

    def wait_powered(self, timeout: float) -> bool:
        """Waits until the reader has given the card power and taken its ATR, which is when PC/SC shows it."""
        return self._holder is not None and self._holder.powered.wait(timeout)

    @property
    def apdus(self) -> int:
        """How many command APDUs the card that is in has received."""
        return self._holder.exchange.count if self._holder else 0

    def close(self) -> None:
        """The same as ``remove``. Idempotent."""
        self.remove()


@dataclass
class _Holder:
    """Serves one card, and connects again when the reader restarts."""

    host: str
    port: int
    exchange: Exchange
    stop: Event
    powered: Event = field(default_factory=Event)
    _connection: socket.socket | None = None
    _power: bool = False

    def run(self, connection: socket.socket) -> None:
        current: socket.socket | None = connection
        while current is not None:
            self._connection = current
            stays = self._serve_and_close(current)
            self._connection = current = None
            if stays:
                current = self._connect_again()

    def end(self) -> None:
        """Ends the service from another thread."""
        self.stop.set()
        connection = self._connection
        if connection is not None:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it has ended by itself meanwhile

    def _serve_and_close(self, connection: socket.socket) -> bool:
        """True where the card still lies in the reader and only the connection was lost."""
        with connection:
            self.exchange.reset()
            self._power = False
            try:
                return self._serve(connection)
            except OSError:
                return not self.stop.is_set()

    def _serve(self, connection: socket.socket) -> bool:
        while not self.stop.is_set():
            message = _receive(connection, self.stop)
            if message is None:
                return not self.stop.is_set()
            if len(message) == 1:
                if not self._control(connection, message[0]):
                    return True
                continue
            match self.exchange.transmit(message):
                case Answer(response):
                    _send(connection, response)
                case Gone():
                    return False
                case Swapped() if self.exchange.replacement:
                    self.exchange.put_replacement()
                    return True
                case Silence() | Swapped() | Refusal():
                    self.stop.wait()
        return False

    def _control(self, connection: socket.socket, command: int) -> bool:
        """False where the connection must be dropped and made anew.

        A dead card lies there, so it answers the reader's "who is there" with the least of ATRs; once it has power
        it drops the connection instead, and PC/SC reports a mute card. An empty ATR would hang pcscd for ever.
        """
        card = self.exchange.card
        if command == GET_ATR:
            lifeless = card.mute and self._power
            if not lifeless:
                _send(connection, _LEAST_ATR if card.mute else card.atr)
            if self._power:
                self.powered.set()
            return not lifeless
        if command in (POWER_OFF, POWER_ON, RESET):
            self.exchange.reset()
            self._power = command != POWER_OFF
        return True

    def _connect_again(self) -> socket.socket | None:
        while not self.stop.is_set():
            try:
                return _connect(self.host, self.port)
            except VpcdUnavailable:
                self.stop.wait(_RETRY_SECONDS)
        return None


def _connect(host: str, port: int) -> socket.socket:
    try:
        connection = socket.create_connection((host, port), timeout=_CONNECT_SECONDS)
    except OSError as error:
        raise VpcdUnavailable(host, port, error.strerror or str(error)) from error
    connection.settimeout(_POLL_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _receive(connection: socket.socket, stop: Event) -> bytes | None:
    """One message; None at the connection's end or when told to stop."""
    length = _receive_exactly(connection, 2, stop)
    return _receive_exactly(connection, int.from_bytes(length, "big"), stop) if length else None


def _receive_exactly(connection: socket.socket, size: int, stop: Event) -> bytes | None:
    received = b""
    while len(received) < size:
        if stop.is_set():
            return None
        # vpcd writes length and body apart and without TCP_NODELAY. Unless this side acknowledges at once, every
        # APDU waits 40 ms for the delayed acknowledgement; the kernel forgets the option, so set it each time.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        try:
            piece = connection.recv(size - len(received))
        except TimeoutError:
            continue
        if not piece:
            return None
        received += piece
    return received


def _send(connection: socket.socket, message: bytes) -> None:
    connection.sendall(len(message).to_bytes(2, "big") + message)


def _interruptible(stop: Event) -> Callable[[float], None]:
    """A sleep that ends when the card is taken out."""

    def sleep(seconds: float) -> None:
        stop.wait(seconds)

    return sleep
