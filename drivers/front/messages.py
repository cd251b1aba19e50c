"""What the kiosk and the process that reads say to each other. No picture and no line of text comes out of it: hints,
and what 照合番号B is made of."""

from __future__ import annotations

from datetime import date
from multiprocessing.connection import Connection

import msgspec

from drivers.interface import Fault, FrontHint

MOST_BYTES = 4096


class Begin(msgspec.Struct, frozen=True, tag=True):
    """The only order. ``models``: the folder of the networks. It ends by being killed."""

    models: str
    today: date
    threads: int


class Beat(msgspec.Struct, frozen=True, tag=True):
    """The process is alive. The first one: it is ready."""


class Hint(msgspec.Struct, frozen=True, tag=True):
    hint: FrontHint


class Read(msgspec.Struct, frozen=True, tag=True):
    birth: str
    expiry_year: str
    security_code: str

    def __repr__(self) -> str:
        return "Read()"


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The process cannot do its work."""

    fault: Fault
    detail: str


Answer = Beat | Hint | Read | Failed

_ENCODER = msgspec.msgpack.Encoder()
_BEGIN = msgspec.msgpack.Decoder(Begin)
_ANSWERS: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def send(link: Connection, message: Begin | Answer) -> None:
    """Raises ``OSError`` where nobody listens any more."""
    link.send_bytes(_ENCODER.encode(message))


def begin(link: Connection) -> Begin:
    """Raises ``EOFError``, ``OSError``, ``msgspec.DecodeError``."""
    return _BEGIN.decode(link.recv_bytes(MOST_BYTES))


def answer(link: Connection) -> Answer:
    """Raises ``EOFError``, ``OSError``, ``msgspec.DecodeError``."""
    return _ANSWERS.decode(link.recv_bytes(MOST_BYTES))
