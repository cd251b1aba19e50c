"""The reader's half of ISO/IEC 14443-4: how a card is activated, and the block protocol over single frames.

nfcpy has one too. This one also mends frames that are lost once the card has asked for time, lets it ask in the middle
of a long answer, and reads answers to select that leave something out.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

SIZES = (16, 24, 32, 40, 48, 64, 96, 128, 256)
"""Of frames, their checksum included, by the code that either side tells."""

_CARRIER_HZ = 13.56e6
_UNIT_S = 4096 / _CARRIER_HZ
_EXTRA_S = 49152 / _CARRIER_HZ  # ΔFWT
_LONGEST = 14  # FWI and SFGI end there; larger ones are reserved
_LONGEST_S = _UNIT_S * 2**_LONGEST
_DEFAULT_FSCI, _DEFAULT_FWI = 2, 4
_OVERHEAD = 3  # control byte and checksum

_RATS, _ATTRIB = 0xE0, 0x1D
_I, _ACK, _NAK, _WTX, _MORE = 0x02, 0xA2, 0xB2, 0xF2, 0x10
_MOST_WTXM = 59

_REPEATS = 5
_PATIENCE_S = 1.0  # a card whose frames may take long is not asked again as often

_Wanted = Literal["acknowledgement", "answer"]

Frame = Callable[[bytes, float], bytes]
"""Sends a frame and gives the one that comes back within so many seconds. Raises ``FrameLost``."""


class FrameLost(Exception):
    """Nothing was heard, or nothing whole."""


class Unanswered(Exception):
    """``silent``: nothing is heard of the card any more; else it asks for more time than there is."""

    def __init__(self, silent: bool) -> None:
        super().__init__("silent" if silent else "asks for more time")
        self.silent = silent


@dataclass(frozen=True, slots=True)
class Limits:
    """What a card said of itself. ``frame_size``: bytes that it takes in one frame, checksum included; ``waiting_s``:
    how long an answer may take; ``guard_s``: how long it is left alone after its activation."""

    frame_size: int
    waiting_s: float
    guard_s: float = 0.0


def rats(most: int) -> bytes:
    """Asks a Type A card for its answer to select; ``most``: bytes that the reader takes in one frame."""
    return bytes((_RATS, _code(most) << 4))


def attrib(pupi: bytes, most: int) -> bytes:
    """Chooses a Type B card."""
    return bytes((_ATTRIB, *pupi, 0x00, _code(most), 0x01, 0x00))


def limits_of_ats(ats: bytes) -> Limits:
    """From an answer to select, of which all but its length may be missing. Raises ``ValueError``."""
    if not ats or ats[0] != len(ats):
        raise ValueError("not an answer to select")
    if len(ats) == 1:
        return _limits(_DEFAULT_FSCI, _DEFAULT_FWI)
    shape, rest = ats[1], list(ats[2:])
    _rates = rest.pop(0) if shape & 0x10 and rest else 0
    waiting = rest.pop(0) if shape & 0x20 and rest else _DEFAULT_FWI << 4
    return _limits(shape & 0x0F, waiting >> 4, waiting & 0x0F)


def limits_of_atqb(atqb: bytes) -> Limits:
    """From the protocol information of a Type B card's answer to polling. Raises ``ValueError``."""
    if len(atqb) < 12 or not atqb[10] & 0x01:
        raise ValueError("does not speak ISO/IEC 14443-4")
    return _limits(atqb[10] >> 4, atqb[11] >> 4)


def _limits(fsci: int, fwi: int, sfgi: int = 0) -> Limits:
    size = SIZES[min(fsci, len(SIZES) - 1)]
    waiting = _UNIT_S * 2 ** (fwi if fwi <= _LONGEST else _DEFAULT_FWI)
    return Limits(size, waiting, _UNIT_S * 2**sfgi if 0 < sfgi <= _LONGEST else 0.0)


def _code(most: int) -> int:
    return max((code for code, size in enumerate(SIZES) if size <= most), default=0)


class Blocks:
    """One activated card. ``most``: bytes that the reader can send in one frame."""

    def __init__(
        self,
        exchange: Frame,
        limits: Limits,
        most: int = SIZES[-1],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._exchange = exchange
        self._clock = clock
        self._room = min(limits.frame_size, most) - _OVERHEAD
        self._waiting_s = limits.waiting_s
        self._repeats = max(1, min(_REPEATS, int(_PATIENCE_S / limits.waiting_s)))
        self._number = 0

    def transmit(self, apdu: bytes, timeout: float) -> bytes:
        """The answer with its status word. Raises ``Unanswered``, after which the card must be activated anew: whether
        it has carried the command out is not known."""
        end = self._clock() + timeout
        heard = self._put(apdu, end)
        answer = heard[1:]
        while heard[0] & _MORE:
            acknowledged = bytes((_ACK | self._number,))
            heard = self._ask(acknowledged, acknowledged, "answer", end)
            self._number ^= 1
            answer += heard[1:]
        return answer

    def is_there(self) -> bool:
        """Asks for nothing, and leaves the session as it is."""
        try:
            return bool(self._exchange(bytes((_NAK | self._number,)), self._waiting_s + _EXTRA_S))
        except FrameLost:
            return False

    def _put(self, apdu: bytes, end: float) -> bytes:
        """The first block of the answer."""
        while len(apdu) > self._room:
            piece, apdu = apdu[: self._room], apdu[self._room :]
            self._say(_I | _MORE, piece, "acknowledgement", end)
        return self._say(_I, apdu, "answer", end)

    def _say(self, control: int, piece: bytes, wanted: _Wanted, end: float) -> bytes:
        block, again = bytes((control | self._number,)) + piece, bytes((_NAK | self._number,))
        heard = self._ask(block, again, wanted, end)
        self._number ^= 1
        return heard

    def _ask(self, block: bytes, again: bytes, wanted: _Wanted, end: float) -> bytes:
        """Says a block until what is wanted comes back. ``again``: what is said after silence."""
        say, wait, lost, asks_for_time = block, self._waiting_s, 0, False
        while True:
            left = end - self._clock()
            if left <= 0 or lost > self._repeats:
                raise Unanswered(silent=not asks_for_time)
            heard = self._heard(say, min(wait + _EXTRA_S, left))
            wait = self._waiting_s
            if heard[:1] == bytes((_WTX,)) and len(heard) == 2:
                times = max(1, min(_MOST_WTXM, heard[1] & 0x3F))
                say, wait = bytes((_WTX, times)), min(self._waiting_s * times, _LONGEST_S)
                asks_for_time = True
                continue
            if self._is(wanted, heard):
                return heard
            asks_for_time = asks_for_time and self._clock() >= end
            lost += 1
            say = block if self._missed(heard) else again

    def _heard(self, say: bytes, wait: float) -> bytes:
        try:
            return self._exchange(say, wait)
        except FrameLost:
            return b""

    def _is(self, wanted: _Wanted, heard: bytes) -> bool:
        if not heard:
            return False
        if wanted == "acknowledgement":
            return heard[0] == _ACK | self._number
        return heard[0] & ~_MORE == _I | self._number

    def _missed(self, heard: bytes) -> bool:
        """Whether the card tells that it did not hear the block."""
        return heard[:1] == bytes((_ACK | (self._number ^ 1),))
