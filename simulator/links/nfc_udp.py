"""The simulated card in a radio field: the other end of nfcpy's ``udp`` device.

Both ends send datagrams ``<technology> <hex>``; ``RFOFF`` says that the field went off. Where nothing lies in the field
the polling is answered by ``RFOFF`` as well, so that an empty field is seen at once and not after nfcpy's second of
patience. The card's side of ISO/IEC 14443-3 and -4 is here: anticollision, activation, chaining, waiting time
extension, and what becomes of frames that are lost.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, RLock, Thread
from typing import Literal

from simulator.card import SimulatedCard
from simulator.links.faults import Answer, CardFault, Exchange, Gone, Refusal, Silence, Swapped
from simulator.links.nfc_frames import LARGEST, Activation, Blocks, activation_of

_POLL_S = 0.05
_PATIENCE_S = 5.0
DEFAULT_FWI = 8
"""Frame waiting time integer: 77 ms, a phone's usual. A card removed is noticed after six of these."""


@dataclass(frozen=True, slots=True)
class RadioFault:
    """A frame of the card's session that does not arrive. ``at`` counts the frames that the reader sends to the card
    once it is activated, from 1, over the whole insertion; 0 means every one. ``command`` is that frame itself,
    ``answer`` what the card says to it."""

    kind: Literal["command", "answer"]
    at: int

    def due(self, number: int) -> bool:
        return self.at in (0, number)


class NfcLink:
    """A hand that puts cards into the field of one simulated device. ``path`` is what nfcpy opens. ``fwi`` and ``fsci``
    tell how long the cards may be silent and how large their frames are (parts 3 and 4).

    ``faults`` are those of ``simulator.links.faults`` without ``extended_refused``: ``die`` takes the card out of the
    field, ``mute`` makes it ask for more time without end, ``delay`` asks for as much as it needs.
    """

    def __init__(self, fwi: int = DEFAULT_FWI, fsci: int = LARGEST) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(_POLL_S)
        self._fwi, self._fsci = fwi, fsci
        self._lock = RLock()
        self._stop = Event()
        self._lying: _Lying | None = None
        self._thread = Thread(target=self._serve, name="simulated nfc field", daemon=True)
        self._thread.start()

    @property
    def path(self) -> str:
        return f"udp:127.0.0.1:{self._socket.getsockname()[1]}"

    @property
    def apdus(self) -> int:
        """How many command APDUs the card that is in the field has received."""
        lying = self._lying
        return lying.exchange.count if lying is not None else 0

    def insert(
        self,
        card: SimulatedCard,
        faults: Sequence[CardFault] = (),
        replacement: SimulatedCard | None = None,
        radio: Sequence[RadioFault] = (),
    ) -> None:
        """Puts a card into the field, in place of the one that is there. Raises ``ValueError`` for a fault that this
        link cannot play."""
        if any(fault.kind == "extended_refused" for fault in faults):
            raise ValueError("a card cannot play extended_refused: use the in-process reader")
        with self._lock:
            card.reset()
            there = activation_of(card, self._fwi, self._fsci)
            self._lying = _Lying(card, tuple(faults), replacement, tuple(radio), there)

    def remove(self) -> None:
        """Takes the card out of the field, also in the middle of an answer."""
        with self._lock:
            self._lying = None

    def swap(self, card: SimulatedCard) -> None:
        """Another card in the same moment: the new one knows nothing of the old one's session."""
        self.insert(card)

    def close(self) -> None:
        """Idempotent."""
        self._stop.set()
        self.remove()
        self._thread.join(_PATIENCE_S)
        self._socket.close()

    # ------------------------------------------------------------------------------------ the field

    def _serve(self) -> None:
        waiting: tuple[str, bytes, tuple[str, int]] | None = None
        while not self._stop.is_set():
            received = waiting or self._receive()
            waiting = None
            if received is None:
                continue
            technology, frame, address = received
            lying = self._lying
            if technology == "RFOFF":
                if lying is not None and lying.reader == address:  # another device's field is another field
                    lying.power_off()
                continue
            if lying is None or not lying.activation.speaks(technology):
                if _polls(technology, frame):
                    self._socket.sendto(b"RFOFF", address)
                continue
            waiting = self._answer(lying, technology, frame, address)

    def _answer(
        self, lying: _Lying, technology: str, frame: bytes, address: tuple[str, int]
    ) -> tuple[str, bytes, tuple[str, int]] | None:
        """Answers one frame; gives back a frame that came while the card was asking for time and was not about it."""
        opening = lying.activation.answer(frame)
        if opening is not None:
            lying.power_off()
            self._send(technology, opening, address)
            return None
        if lying.activation.activates(frame):
            if not lying.exchange.card.mute:
                lying.reader = address
                lying.blocks = Blocks(lying.activation.frame_size(frame))
                self._send(technology, lying.activation.activated(), address)
            return None
        if lying.blocks is None:
            return None  # not activated: it does not hear
        lying.frames += 1
        if lying.loses("command"):
            return None
        reply = lying.blocks.hear(frame)
        if reply.apdu is not None:
            return self._carry_out(lying, technology, reply.apdu, address)
        if reply.frame and not lying.loses("answer"):
            self._send(technology, reply.frame, address)
        return None

    def _carry_out(
        self, lying: _Lying, technology: str, apdu: bytes, address: tuple[str, int]
    ) -> tuple[str, bytes, tuple[str, int]] | None:
        blocks = lying.blocks
        assert blocks is not None
        lying.delay = 0.0
        match lying.exchange.transmit(apdu):
            case Answer(response):
                waiting = self._ask_for_time(lying, technology, address, lying.delay) if lying.delay else None
                if waiting is not None or self._lying is not lying:
                    return waiting
                frame = blocks.say(response)
                if not lying.loses("answer"):
                    self._send(technology, frame, address)
            case Gone():
                self._leave(lying)
            case Swapped():
                self._exchanged(lying)
            case Silence() | Refusal():
                return self._ask_for_time(lying, technology, address, None)
        return None

    def _leave(self, lying: _Lying) -> None:
        with self._lock:
            if self._lying is lying:
                self._lying = None

    def _exchanged(self, lying: _Lying) -> None:
        """The other card lies there now, and has not been activated."""
        with self._lock:
            if self._lying is lying and lying.exchange.replacement is not None:
                lying.exchange.put_replacement()
                lying.activation = activation_of(lying.exchange.card, self._fwi, self._fsci)
                lying.blocks = None

    def _ask_for_time(
        self, lying: _Lying, technology: str, address: tuple[str, int], seconds: float | None
    ) -> tuple[str, bytes, tuple[str, int]] | None:
        """S(WTX) until the time is over; None as ``seconds``: for ever. Ends early with a frame that is about something
        else, when the card is taken, and when the reader gives up."""
        blocks = lying.blocks
        assert blocks is not None
        end = None if seconds is None else time.monotonic() + seconds
        request = blocks.ask_for_time()
        pause = lying.activation.waiting_s / 2

        def about_time(frame: bytes) -> bool:
            return frame[:1] == request[:1] or blocks.asks_again(frame)

        while not self._stop.is_set() and self._lying is lying and (end is None or time.monotonic() < end):
            if not lying.loses("answer"):
                self._send(technology, request, address)
            received = self._hear(lying, about_time)
            if received is None:
                return None
            if received[1][:1] == request[:1]:
                left = pause if end is None else min(pause, max(0.0, end - time.monotonic()))
                self._stop.wait(left)  # as long as a chip that needs the time would be silent
            elif not blocks.asks_again(received[1]):
                return received
        return None

    def _hear(
        self, lying: _Lying, about_time: Callable[[bytes], bool]
    ) -> tuple[str, bytes, tuple[str, int]] | None:
        """The next frame that reaches this card; None once it is gone. One about something else is not counted yet."""
        while not self._stop.is_set() and self._lying is lying:
            received = self._receive()
            if received is None:
                continue
            if not about_time(received[1]):
                return received
            lying.frames += 1
            if not lying.loses("command"):
                return received
        return None

    def _receive(self) -> tuple[str, bytes, tuple[str, int]] | None:
        try:
            data, address = self._socket.recvfrom(1024)
        except OSError:  # no frame in time, or closed
            return None
        technology, _, content = data.decode("ascii").partition(" ")
        return technology, bytes.fromhex(content), address

    def _send(self, technology: str, frame: bytes, address: tuple[str, int]) -> None:
        self._socket.sendto(f"{technology} {frame.hex()}".encode(), address)


class _Lying:
    """One insertion of one card."""

    def __init__(
        self,
        card: SimulatedCard,
        faults: tuple[CardFault, ...],
        replacement: SimulatedCard | None,
        radio: tuple[RadioFault, ...],
        activation: Activation,
    ) -> None:
        self.delay = 0.0
        self.exchange = Exchange(card, faults, replacement, self._take_time)
        self.activation = activation
        self.blocks: Blocks | None = None
        self.reader: tuple[str, int] | None = None
        self.frames = 0
        self._radio = radio

    def _take_time(self, seconds: float) -> None:
        self.delay += seconds

    def loses(self, kind: Literal["command", "answer"]) -> bool:
        return any(fault.kind == kind and fault.due(self.frames) for fault in self._radio)

    def power_off(self) -> None:
        self.blocks = None
        self.exchange.reset()


def _polls(technology: str, frame: bytes) -> bool:
    return frame in (b"\x26", b"\x52") if technology.endswith("A") else frame[:1] == b"\x05"
