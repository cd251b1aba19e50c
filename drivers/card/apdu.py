"""Command APDUs and status words (ISO/IEC 7816-4), as pure values.

A command shows itself by header and lengths only. Its data field can hold a PIN, so neither ``repr`` nor
``header`` nor anything that is logged ever contains it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from drivers.interface import Fault

SHORT_LIMIT = 261
"""Bytes of the longest short APDU: 4 header, Lc, 255 data, Le."""

OK = 0x9000
END_OF_FILE = 0x6282
WRONG_LENGTH = 0x6700
NOT_ALLOWED_YET = 0x6982
BLOCKED = frozenset({0x6983, 0x6984, 0x63C0})
"""Cards of this family answer 6984 where the standard names 6983."""

MEANINGS = {
    END_OF_FILE: "end of file reached",
    WRONG_LENGTH: "wrong length",
    0x6881: "logical channel not supported",
    0x6882: "secure messaging not supported",
    NOT_ALLOWED_YET: "security status not satisfied",
    0x6983: "authentication method blocked",
    0x6984: "reference data not usable",
    0x6985: "conditions of use not satisfied",
    0x6986: "no current file",
    0x6A80: "wrong data",
    0x6A81: "function not supported",
    0x6A82: "file or application not found",
    0x6A83: "record not found",
    0x6A86: "wrong P1 P2",
    0x6A88: "referenced data not found",
    0x6B00: "offset outside the file",
    0x6D00: "instruction not supported",
    0x6E00: "class not supported",
    0x6F00: "no diagnosis",
}


@dataclass(frozen=True, slots=True)
class Command:
    """One command. ``ne`` is the number of bytes wanted back: 0 for none, 256 for all that a short answer
    holds. Longer data or a larger ``ne`` makes the command extended."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(default=b"", repr=False)
    ne: int = 0

    def __post_init__(self) -> None:
        if (self.cla | self.ins | self.p1 | self.p2) & ~0xFF:  # a negative number has all high bits
            raise ValueError(f"header byte out of range: {self.ins:X}")
        if len(self.data) > 0xFFFF or not 0 <= self.ne <= 0x10000:
            raise ValueError(f"length out of range: {len(self.data)}, {self.ne}")

    @property
    def extended(self) -> bool:
        """Whether a short APDU cannot carry it."""
        return len(self.data) > 0xFF or self.ne > 0x100

    @property
    def header(self) -> str:
        """Header and length fields for people, for instance ``00 20 00 98 Lc=04``. Never data."""
        text = f"{self.cla:02X} {self.ins:02X} {self.p1:02X} {self.p2:02X}"
        width = 4 if self.extended else 2
        if self.data:
            text += f" Lc={len(self.data):0{width}X}"
        if self.ne:
            text += f" Le={self.ne % (0x10000 if self.extended else 0x100):0{width}X}"
        return text

    def encode(self) -> bytes:
        """The bytes to send: case 1 to 4, short where it fits, else extended."""
        head = bytes((self.cla, self.ins, self.p1, self.p2))
        if self.extended:
            lc = b"\0" + len(self.data).to_bytes(2, "big") if self.data else b""
            le = (self.ne % 0x10000).to_bytes(2, "big") if self.ne else b""
            return head + lc + self.data + (le if lc or not le else b"\0" + le)
        lc = bytes((len(self.data),)) if self.data else b""
        return head + lc + self.data + (bytes((self.ne % 0x100,)) if self.ne else b"")

    def wanting(self, ne: int) -> Command:
        """The same command with another expected length."""
        return replace(self, ne=ne)


def select_application(aid: bytes) -> Command:
    """SELECT by name, without asking for the file control information."""
    return Command(0x00, 0xA4, 0x04, 0x0C, aid)


def select_file(identifier: int) -> Command:
    """SELECT an elementary file of the current application."""
    return Command(0x00, 0xA4, 0x02, 0x0C, identifier.to_bytes(2, "big"))


def read_binary(offset: int, ne: int) -> Command:
    """READ BINARY of the current file. ``offset`` below 0x8000."""
    if not 0 <= offset <= 0x7FFF:
        raise ValueError(f"offset out of range: {offset}")
    return Command(0x00, 0xB0, offset >> 8, offset & 0xFF, ne=ne)


def read_by_short_id(short_id: int, ne: int) -> Command:
    """READ BINARY from the start of a file named by its short identifier, which becomes the current file."""
    return Command(0x00, 0xB0, 0x80 | short_id, 0x00, ne=ne)


def query_tries(short_id: int) -> Command:
    """VERIFY without a body: tells the remaining tries and spends none."""
    return Command(0x00, 0x20, 0x00, 0x80 | short_id)


def get_response(ne: int) -> Command:
    """Fetches what a 61xx announced."""
    return Command(0x00, 0xC0, 0x00, 0x00, ne=ne)


def tries_left(sw: int) -> int | None:
    """Remaining tries told by a VERIFY's status word, or None where it tells none."""
    if sw in BLOCKED:
        return 0
    return sw & 0x0F if sw & 0xFFF0 == 0x63C0 else None


def describe(sw: int) -> str:
    """Status word and meaning for staff and logs."""
    meaning = MEANINGS.get(sw)
    return f"{sw:04X} {meaning}" if meaning else f"{sw:04X}"


def fault_of(sw: int) -> Fault:
    """What an unexpected status word says about the card."""
    return Fault.PIN_LOCKED if sw in BLOCKED else Fault.CARD_DAMAGED


def is_stranger(sw: int) -> bool:
    """Whether a refused SELECT means a card without this application, not a broken one: any check error by
    which a card may say "no such thing". 64xx, 65xx and 6Fxx are the card's own troubles."""
    return sw >> 8 in (0x62, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6D, 0x6E)
