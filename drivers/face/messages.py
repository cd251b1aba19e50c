"""What the kiosk and the process of one visit say to each other. Nothing that comes out of it tells one face from
another: hints, steps and counts, never a score, a template or a picture."""

from __future__ import annotations

from multiprocessing.connection import Connection

import msgspec

from drivers.face.rules import Rules, Side
from drivers.interface import FaceDoubt, FaceHint, Fault

MOST_BYTES = 1024 * 1024


class Begin(msgspec.Struct, frozen=True, tag=True):
    """The first one. ``models``: the folder of the networks."""

    models: str
    rules: Rules
    threads: int


class Look(msgspec.Struct, frozen=True, tag=True):
    """Tell hints; ``attempt`` comes back with each."""

    attempt: int


class Match(msgspec.Struct, frozen=True, tag=True):
    attempt: int
    turns: tuple[Side, ...]
    jpeg2000: bytes

    def __repr__(self) -> str:
        return f"Match(attempt={self.attempt})"


class Rest(msgspec.Struct, frozen=True, tag=True):
    """Ends what was begun."""


class Beat(msgspec.Struct, frozen=True, tag=True):
    """The process is alive. The first one: it is ready."""


class Hint(msgspec.Struct, frozen=True, tag=True):
    attempt: int
    hint: FaceHint


class Verdict(msgspec.Struct, frozen=True, tag=True):
    attempt: int
    doubt: FaceDoubt | None
    likeness: int
    turned: bool | None
    frames: int


class Failed(msgspec.Struct, frozen=True, tag=True):
    """``attempt`` 0: the process cannot do its work at all."""

    attempt: int
    fault: Fault
    detail: str


Order = Begin | Look | Match | Rest
Answer = Beat | Hint | Verdict | Failed

_ENCODER = msgspec.msgpack.Encoder()
_ORDERS = msgspec.msgpack.Decoder(Order)
_ANSWERS = msgspec.msgpack.Decoder(Answer)


def send(link: Connection, message: Order | Answer) -> None:
    """Raises ``OSError`` where nobody listens any more."""
    link.send_bytes(_ENCODER.encode(message))


def order(link: Connection) -> Order:
    """Raises ``EOFError``, ``OSError``, ``msgspec.DecodeError``."""
    received: Order = _ORDERS.decode(link.recv_bytes(MOST_BYTES))
    return received


def answer(link: Connection) -> Answer:
    """Raises ``EOFError``, ``OSError``, ``msgspec.DecodeError``."""
    received: Answer = _ANSWERS.decode(link.recv_bytes(MOST_BYTES))
    return received
