"""The card's side of ISO/IEC 14443: how it answers the field (part 3), and its half of the block protocol (part 4)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from simulator.card import SimulatedCard
from simulator.card.strangers import TYPE_A_ATR

_CARRIER_HZ = 13.56e6
_SIZES = (16, 24, 32, 40, 48, 64, 96, 128, 256)
LARGEST = 8  # in _SIZES: frames of 256 bytes
_UID = bytes.fromhex("08112233")  # begins with 08: drawn anew in every field (part 3, 6.5.4)
_PUPI = bytes.fromhex("5A5A5A5A")
_RATS, _ATTRIB = 0xE0, 0x1D
_ACK, _NAK, _WTX, _DESELECT = 0xA2, 0xB2, 0xF2, 0xC2
_CHAINED = 0x10


@dataclass(frozen=True, slots=True)
class Activation:
    """Up to the moment at which blocks can be exchanged. ``fwi``: how long the reader must wait for a frame; ``fsci``:
    how large a frame the card takes, and gives at most."""

    technology: str
    fwi: int
    application_data: bytes = bytes(4)
    fsci: int = LARGEST

    @property
    def waiting_s(self) -> float:
        return float(4096 / _CARRIER_HZ * 2**self.fwi)

    def speaks(self, technology: str) -> bool:
        return technology == self.technology

    def answer(self, frame: bytes) -> bytes | None:
        """To polling and anticollision; None where the frame is neither."""
        if self.technology.endswith("B"):
            return self._atqb() if frame[:1] == b"\x05" else None
        selected = _UID + bytes((reduce(int.__xor__, _UID),))
        answers = {
            b"\x26": b"\x04\x00",
            b"\x52": b"\x04\x00",
            b"\x93\x20": selected,
            b"\x93\x70" + selected: b"\x20",
        }
        return answers.get(frame)

    def activates(self, frame: bytes) -> bool:
        if self.technology.endswith("B"):
            return frame[:1] == bytes((_ATTRIB,)) and frame[1:5] == _PUPI and len(frame) >= 9
        return frame[:1] == bytes((_RATS,)) and len(frame) == 2

    def activated(self) -> bytes:
        """Answer to select, or to ATTRIB."""
        if self.technology.endswith("B"):
            return b"\x00"
        return bytes((0x05, 0x70 | self.fsci, 0x80, self.fwi << 4, 0x00))

    def frame_size(self, activating: bytes) -> int:
        """What the card puts into one frame: no more than the reader said, in this RATS or ATTRIB, that it takes."""
        code = activating[6] & 0x0F if self.technology.endswith("B") else activating[1] >> 4
        return _SIZES[min(code, self.fsci, LARGEST)]

    def _atqb(self) -> bytes:
        protocol = bytes((0x00, self.fsci << 4 | 1, self.fwi << 4))
        return b"\x50" + _PUPI + self.application_data + protocol


def activation_of(card: SimulatedCard, fwi: int, fsci: int = LARGEST) -> Activation:
    """Phones and security keys are Type A here; a My Number Card is Type B and tells of itself what its ATR tells."""
    if card.atr == TYPE_A_ATR:
        return Activation("106A", fwi, fsci=fsci)
    return Activation("106B", fwi, card.atr[4:8] or bytes(4), fsci)


@dataclass(frozen=True, slots=True)
class Reply:
    """``apdu``: the command is complete; ``frame``: what is sent back; neither: silence."""

    frame: bytes = b""
    apdu: bytes | None = None


class Blocks:
    """The card's half of the block protocol (part 4, 7.5.4.3, rules for the PICC)."""

    def __init__(self, frame_size: int) -> None:
        self._most = frame_size
        self._number = 1
        self._command = b""
        self._rest = b""
        self._last = b""

    def hear(self, frame: bytes) -> Reply:
        if not frame:
            return Reply()
        control = frame[0]
        if control & 0xE2 == 0x02:
            return self._information(control, frame[1:])
        if control & 0xF6 == _ACK:
            return self._acknowledged(control & 1)
        if control & 0xF6 == _NAK:
            if control & 1 == self._number:
                return Reply(self._last)
            return self._send(bytes((_ACK | self._number,)))
        if control & 0xF7 == _DESELECT:
            return Reply(bytes((_DESELECT,)))
        return Reply()

    def say(self, response: bytes) -> bytes:
        """The first frame of an answer; the rest waits to be asked for."""
        self._rest = response
        return self._next().frame

    def ask_for_time(self) -> bytes:
        """S(WTX), one more frame waiting time."""
        return self._send(bytes((_WTX, 1))).frame

    def asks_again(self, frame: bytes) -> bool:
        """Whether the reader did not hear the last frame."""
        return frame[:1] == bytes((_NAK | self._number,))

    def _information(self, control: int, data: bytes) -> Reply:
        self._number ^= 1
        self._command += data
        if control & _CHAINED:
            return self._send(bytes((_ACK | self._number,)))
        command, self._command = self._command, b""
        return Reply(apdu=command)

    def _acknowledged(self, number: int) -> Reply:
        if number == self._number:
            return Reply(self._last)
        if not self._rest:
            return Reply()
        self._number ^= 1
        return self._next()

    def _next(self) -> Reply:
        room = self._most - 3  # control byte and checksum
        piece, self._rest = self._rest[:room], self._rest[room:]
        chained = _CHAINED if self._rest else 0
        return self._send(bytes((0x02 | chained | self._number,)) + piece)

    def _send(self, frame: bytes) -> Reply:
        self._last = frame
        return Reply(frame)
