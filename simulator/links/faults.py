"""What can go wrong between a reader and a card, as data that a scenario can name.

The same ``Exchange`` runs in every link: it counts the APDUs of one insertion and lets the faults happen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

import msgspec

from simulator.card import SimulatedCard
from simulator.card.iso7816 import MalformedCommand, parse

FaultKind = Literal[
    "die",  # taken away while it answers: the command was carried out, the answer is lost
    "mute",  # falls silent for good, and stays on the reader
    "swap",  # replaced within one poll: one command is lost in the gap, then the other card answers
    "silent_swap",  # the worst of all: the other card answers from this command on and nothing told it
    "delay",  # answers ``seconds`` later
    "status",  # answers with ``status`` and nothing else, without carrying the command out
    "short",  # answers with one byte, less than a status word
    "chained",  # answers in pieces of ``size`` bytes, 61xx each, to be fetched by GET RESPONSE
    "wrong_le",  # answers 6Cxx and wants the command again with the right Le
    "extended_refused",  # the reader's driver cannot carry an extended APDU (in process only)
]

StatusWord = Annotated[str, msgspec.Meta(pattern="^[0-9A-Fa-f]{4}$")]


class CardFault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One fault. ``at`` counts the APDUs since the card was inserted, from 1; 0 means every one."""

    kind: FaultKind
    at: Annotated[int, msgspec.Meta(ge=0)] = 0
    seconds: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    status: StatusWord = "6F00"
    size: Annotated[int, msgspec.Meta(ge=1, le=255)] = 64


@dataclass(frozen=True, slots=True)
class Answer:
    """Response bytes, as the card or the fault gave them."""

    response: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Gone:
    """The card left while it was being asked."""


@dataclass(frozen=True, slots=True)
class Silence:
    """No answer will come."""


@dataclass(frozen=True, slots=True)
class Swapped:
    """Another card lies there now; this command reached neither."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reader's driver did not send the command."""


Outcome = Answer | Gone | Silence | Swapped | Refusal


class Exchange:
    """One insertion of one card, with its faults. ``replacement`` is the card that swaps put in its place; without
    one a swap only takes the card away. ``count`` is the number of APDUs so far."""

    def __init__(
        self,
        card: SimulatedCard,
        faults: Sequence[CardFault] = (),
        replacement: SimulatedCard | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.card = card
        self.replacement = replacement
        self._faults = tuple(faults)
        self._sleep = sleep
        self.count = 0
        self._silent = False
        self._rest = b""

    def reset(self) -> None:
        """The reader resets the card or takes its power away. The count goes on."""
        self._rest = b""
        self.card.reset()

    def put_replacement(self) -> None:
        """Lays the other card in this one's place, if there is one."""
        if self.replacement is not None:
            self.card, self.replacement = self.replacement, None
            self.reset()

    def transmit(self, apdu: bytes) -> Outcome:
        """What becomes of one command APDU."""
        self.count += 1
        due = [fault for fault in self._faults if fault.at in (0, self.count)]
        for fault in due:
            if fault.kind == "delay":
                self._sleep(fault.seconds)
        hard = next((fault for fault in due if fault.kind != "delay"), None)
        return self._suffer(hard, apdu) if hard is not None else self._answer(apdu)

    def _suffer(self, fault: CardFault, apdu: bytes) -> Outcome:
        match fault.kind:
            case "die":
                self._answer(apdu)
                return Gone()
            case "mute":
                self._silent = True
                return Silence()
            case "swap":
                return Swapped() if self.replacement else Gone()
            case "silent_swap":
                self.put_replacement()
            case "status":
                return Answer(bytes.fromhex(fault.status))
            case "extended_refused" if is_extended(apdu):
                return Refusal()
        outcome = self._answer(apdu)
        if isinstance(outcome, Answer) and fault.kind in ("short", "chained", "wrong_le"):
            return Answer(self._distort(fault, apdu, outcome.response))
        return outcome

    def _answer(self, apdu: bytes) -> Outcome:
        if self._silent or self.card.mute:
            return Silence()
        if self._rest and apdu[:2] == b"\x00\xc0":
            return Answer(self._next_piece(apdu))
        self._rest = b""
        return Answer(self.card.process(apdu))

    def _distort(self, fault: CardFault, apdu: bytes, response: bytes) -> bytes:
        data, status = response[:-2], response[-2:]
        if fault.kind == "short":
            return response[:1]
        if status != b"\x90\x00" or not data or apdu[:2] == b"\x00\xc0":
            return response
        if fault.kind == "wrong_le":
            return response if _wanted(apdu) == len(data) else bytes((0x6C, len(data) % 256))
        self._rest = response
        return self._piece(fault.size)

    def _next_piece(self, apdu: bytes) -> bytes:
        return self._piece(_wanted(apdu) or 256)

    def _piece(self, size: int) -> bytes:
        """The next bytes of a chained answer; ``_rest`` ends with the status word that is due at its end."""
        data, self._rest = self._rest[:-2][:size], self._rest[:-2][size:] + self._rest[-2:]
        left = len(self._rest) - 2
        if left:
            return data + bytes((0x61, left if left < 256 else 0))
        status, self._rest = self._rest, b""
        return data + status


def is_extended(apdu: bytes) -> bool:
    """Whether an APDU has extended length fields; False for what is no APDU at all."""
    try:
        return parse(apdu).extended
    except MalformedCommand:
        return False


def _wanted(apdu: bytes) -> int | None:
    try:
        return parse(apdu).le
    except MalformedCommand:
        return None
