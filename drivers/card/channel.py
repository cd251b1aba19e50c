"""Talks commands over a connection: follow-up commands, file reading, secrets, and the redacted log."""

from __future__ import annotations

import logging

from drivers.card import tlv
from drivers.card.apdu import (
    END_OF_FILE,
    OK,
    SHORT_LIMIT,
    Command,
    describe,
    get_response,
    is_stranger,
    query_tries,
    read_binary,
    read_by_short_id,
    select_application,
    tries_left,
)
from drivers.card.errors import CardFinding, Nonsense, Refused
from drivers.interface import CardConnection, ExtendedRefused, Fault, LinkError, Response

_log = logging.getLogger(__name__)

MAX_FILE = 0x7FFF + 0x100
"""The furthest byte that READ BINARY can reach."""

_MAX_READS = 2 * MAX_FILE // 0x100  # for one object: twice as many as a card needs that fills its answers
_MAX_FOLLOW_UPS = 260  # GET RESPONSE rounds for one answer: 64 KiB in steps of 256, and a margin


_AS_EXPECTED = (OK >> 8, END_OF_FILE >> 8, 0x61, 0x6C)  # of which two tell a length


class Channel:
    """One conversation with one powered card.

    ``short_only`` turns true when an extended APDU was refused, by the card or by the reader's driver. It is
    only trustworthy once a short APDU has worked afterwards: a card being pulled out looks the same.
    """

    def __init__(self, connection: CardConnection, short_only: bool = False) -> None:
        self._connection = connection
        self.short_only = short_only
        self.apdus = 0
        self._personal = False

    def send(self, command: Command) -> Response:
        """Sends and follows up: 6Cxx is asked again with the length it names, 61xx is fetched to the end."""
        response = self._transmit(command.encode(), command)
        if command.ne and response.sw >> 8 == 0x6C:
            again = command.wanting(response.sw & 0xFF or 0x100)
            response = self._transmit(again.encode(), again)
        if response.sw >> 8 != 0x61:
            return response
        return self._collect(command, response)

    def open(self, aid: bytes) -> None:
        """Makes an application current, which also drops the PIN state of the one before. Raises
        ``LinkError``: NOT_MY_NUMBER_CARD where the card does not know the application."""
        sw = self.send(select_application(aid)).sw
        if sw != OK:
            fault = Fault.NOT_MY_NUMBER_CARD if is_stranger(sw) else Fault.CARD_DAMAGED
            raise CardFinding(fault, f"SELECT application: {describe(sw)}")

    def demand(self, command: Command, *also: int) -> bytes:
        """The answer's data. Raises ``Refused`` unless the status is 9000 or one of ``also``."""
        response = self.send(command)
        if response.sw != OK and response.sw not in also:
            raise Refused(command, response.sw)
        return response.data

    def tries_left(self, short_id: int) -> int | None:
        """Remaining tries of a secret, without spending one; None if the card does not say."""
        return tries_left(self.send(query_tries(short_id)).sw)

    def verify(self, short_id: int, secret: bytearray) -> int:
        """VERIFY; returns the status word. Never repeated, whatever the card answers: a try may be spent.

        The buffer that is built here is wiped. ``CardConnection.transmit`` wants ``bytes``, which Python
        cannot wipe: that one copy lives until ``transmit`` returns.
        """
        if not secret:
            raise ValueError("an empty VERIFY would be a query")
        shown = Command(0x00, 0x20, 0x00, 0x80 | short_id, bytes(len(secret)))
        buffer = bytearray(5 + len(secret))
        buffer[:5] = (shown.cla, shown.ins, shown.p1, shown.p2, len(secret))
        buffer[5:] = secret
        try:
            return self._transmit(bytes(buffer), shown).sw
        finally:
            wipe(buffer)

    def read_start(self, short_id: int, size: int) -> bytes:
        """Up to ``size`` (≤ 256) bytes from the start of a file, which becomes the current file."""
        return self.demand(read_by_short_id(short_id, size), END_OF_FILE)

    def read_personal(self, short_id: int, tag: int, skip: int = 0, most: int = MAX_FILE) -> bytes:
        """As ``read_object``, for what is as long as somebody's name or likeness: lengths are not logged."""
        self._personal = True
        try:
            data = self.read_object(short_id, tag, skip, most)
        finally:
            self._personal = False
        _log.debug("file %02X read", short_id)
        return data

    def read_object(self, short_id: int, tag: int, skip: int = 0, most: int = MAX_FILE) -> bytes:
        """The TLV object at the start of a file, complete with its header; what follows it is left unread.

        The first block tells the length, so that the rest is asked for exactly: in one extended APDU where
        reader and card carry it, else in short ones. ``skip``: bytes of filler tolerated before the tag; ``most``:
        what the object may take up in the file. Raises ``Refused``, or ``Nonsense`` where the file does not begin
        with ``tag`` or is longer.
        """
        data = bytearray(self.read_start(short_id, 0x100))
        start, header = _locate(bytes(data), tag, skip)
        end = start + header.total
        if end > most:
            raise Nonsense(f"file {short_id:02X}: {end} bytes announced")
        for _ in range(_MAX_READS):
            if len(data) >= end:
                return bytes(data[start:end])
            data += self._read_on(len(data), end - len(data))
        raise Nonsense(f"file {short_id:02X}: in crumbs")

    def _read_on(self, offset: int, missing: int) -> bytes:
        """Some of the next ``missing`` bytes, at least one."""
        if missing > 0x100 and not self.short_only:
            room = self._connection.extended_length
            if room > SHORT_LIMIT:
                command = read_binary(offset, min(missing, room - 2))
                try:
                    response = self.send(command)
                except ExtendedRefused:
                    self.short_only = True
                else:
                    if response.sw in (OK, END_OF_FILE) and response.data:
                        return response.data[: command.ne]
                    self.short_only = True
        command = read_binary(offset, min(missing, 0x100))
        block = self.demand(command, END_OF_FILE)
        if not block:
            raise Nonsense(f"{command.header}: file shorter than it says")
        return block[: command.ne]

    def _collect(self, command: Command, response: Response) -> Response:
        data = bytearray(response.data)
        for _ in range(_MAX_FOLLOW_UPS):
            if response.sw >> 8 != 0x61:
                return Response(bytes(data), response.sw)
            fetch = get_response(response.sw & 0xFF or 0x100)
            response = self._transmit(fetch.encode(), fetch)
            data += response.data
        raise Nonsense(f"{command.header}: answer without end")

    def _transmit(self, apdu: bytes, shown: Command) -> Response:
        self.apdus += 1
        try:
            response = self._connection.transmit(apdu)
        except LinkError as error:
            _log.debug("apdu %s -> %s", self._shown(shown), error.failure.fault)
            raise
        if _log.isEnabledFor(logging.DEBUG) and not (self._personal and response.sw >> 8 in _AS_EXPECTED):
            _log.debug("apdu %s -> %04X", self._shown(shown), response.sw)
        return response

    def _shown(self, command: Command) -> str:
        return f"{command.cla:02X} {command.ins:02X}" if self._personal else command.header


def wipe(buffer: bytearray) -> None:
    """Overwrites in place."""
    buffer[:] = bytes(len(buffer))


def _locate(data: bytes, tag: int, skip: int) -> tuple[int, tlv.Header]:
    for start in range(skip + 1):
        try:
            header = tlv.read_header(data, start)
        except tlv.TlvError:
            continue
        if header.tag == tag:
            return start, header
    raise Nonsense(f"no object {tag:X} where the file must begin")
