"""Command APDUs of ISO/IEC 7816-4: the seven encodings, both ways, and the status words the card uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

SHORT_DATA = 255
SHORT_RESPONSE = 256
EXTENDED_DATA = 65535
EXTENDED_RESPONSE = 65536


class MalformedCommand(ValueError):
    """The bytes are none of the seven encodings of a command APDU."""


class Sw(IntEnum):
    """Status words. Those without a remark were measured on cards; see the folder's README."""

    OK = 0x9000
    SESSION_KEY_NOT_CONFIGURED = 0x66F1
    END_OF_FILE = 0x6282  # not seen on a card; an option, because readers must bear it
    MEMORY_FAILURE = 0x6581  # ISO's word for a broken chip; how a real one dies is not known
    NO_TRIES_COUNTED = 0x6300
    TRIES_LEFT = 0x63C0  # plus the number
    WRONG_LENGTH = 0x6700
    COMMAND_CONFLICTS_WITH_FILE = 0x6981
    SECURITY_STATUS = 0x6982
    BLOCKED = 0x6984
    CONDITIONS_OF_USE = 0x6985
    NO_CURRENT_FILE = 0x6986
    SECURE_MESSAGING = 0x69FC
    WRONG_DATA = 0x6A80
    NOT_FOUND = 0x6A82
    RECORD_NOT_FOUND = 0x6A83
    WRONG_P1_P2 = 0x6A86
    NO_SUCH_DATA_OBJECT = 0x6A88
    BEYOND_END = 0x6B00
    INS_UNKNOWN = 0x6D00
    CLA_UNKNOWN = 0x6E00
    MORE_DATA = 0x6100  # plus the number, 00 for 256 and more
    WRONG_LE = 0x6C00  # plus the right one


@dataclass(frozen=True, slots=True)
class Command:
    """One command APDU. ``le`` is the number of bytes wanted, 1 to 65536, or None where no answer is expected.
    ``extended`` tells the form of the length fields; a command without any has no form."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(default=b"", repr=False)
    le: int | None = None
    extended: bool = False


def parse(apdu: bytes) -> Command:
    """Reads any of cases 1, 2, 3, 4 in short or extended form. Raises ``MalformedCommand``."""
    if len(apdu) < 4:
        raise MalformedCommand("shorter than a header")
    cla, ins, p1, p2 = apdu[:4]
    data, le, extended = _body(bytes(apdu[4:]))
    return Command(cla, ins, p1, p2, data, le, extended)


def _body(body: bytes) -> tuple[bytes, int | None, bool]:
    if not body:
        return b"", None, False
    if len(body) == 1:
        return b"", body[0] or SHORT_RESPONSE, False
    if body[0]:
        data, le = _split(body[1:], body[0], le_size=1)
        return data, le, False
    if len(body) < 3:
        raise MalformedCommand("an extended length field is cut off")
    number = int.from_bytes(body[1:3], "big")
    if len(body) == 3:
        return b"", number or EXTENDED_RESPONSE, True
    if not number:
        raise MalformedCommand("an extended command with data and Lc 0")
    data, le = _split(body[3:], number, le_size=2)
    return data, le, True


def _split(rest: bytes, lc: int, le_size: int) -> tuple[bytes, int | None]:
    data, tail = rest[:lc], rest[lc:]
    if len(data) < lc or len(tail) not in (0, le_size):
        raise MalformedCommand("Lc disagrees with the length")
    if not tail:
        return data, None
    return data, int.from_bytes(tail, "big") or 1 << 8 * le_size


def encode(command: Command) -> bytes:
    """The inverse of ``parse``. Raises ``ValueError`` where the fields do not fit the form asked for."""
    header = bytes((command.cla, command.ins, command.p1, command.p2))
    size, most_data, most_answer = (
        (2, EXTENDED_DATA, EXTENDED_RESPONSE) if command.extended else (1, SHORT_DATA, SHORT_RESPONSE)
    )
    if len(command.data) > most_data or (command.le is not None and not 1 <= command.le <= most_answer):
        raise ValueError("data or Le do not fit the length fields")
    mark = b"\0" if command.extended and (command.data or command.le is not None) else b""
    lc = len(command.data).to_bytes(size, "big") if command.data else b""
    le = b"" if command.le is None else (command.le % (1 << 8 * size)).to_bytes(size, "big")
    return header + mark + lc + command.data + le
