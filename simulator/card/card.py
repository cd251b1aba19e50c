"""A smart card without a transport: command bytes in, response bytes out.

The engine knows files, secrets, keys and one session; which applications there are is the issuer's business.
No byte sequence makes it raise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import shake_256
from typing import Literal

from simulator.card import signing
from simulator.card.files import (
    Application,
    File,
    RecordFile,
    Secret,
    SigningKey,
    TransparentFile,
)
from simulator.card.iso7816 import SHORT_RESPONSE, Command, MalformedCommand, Sw, parse
from simulator.card.tlv import tlv

Behaviour = Literal["sound", "damaged", "mute"]
Reply = tuple[bytes, int]

ISSUER_SECURITY_DOMAIN = bytes.fromhex("A0000001510000")
CONTACTLESS_ATR = bytes.fromhex("3B888001000005E0B381A1007F")

_ONE_RECORD, _RECORDS_TO_THE_LAST = 4, 5


@dataclass(frozen=True, slots=True)
class CardOptions:
    """Where cards are known to differ, or where nobody has measured.

    ``extended_read``: answers READ BINARY in extended form (else 6700). ``end_of_file_warning``: a read that the
    file's end cuts short answers 6282 with its data (else 9000). ``last_command_indicator``: knows ``80 FC``.
    """

    extended_read: bool = True
    end_of_file_warning: bool = False
    last_command_indicator: bool = False


@dataclass
class _Session:
    application: Application | None = None
    current: File | None = None
    verified: set[int] = field(default_factory=set)
    pending: bytes = b""


class SimulatedCard:
    """One card. Secrets' counters live as long as the object; the session ends at ``reset``.

    ``atr`` is empty for a card that does not answer. ``process`` then returns no bytes at all.
    """

    def __init__(
        self,
        applications: Iterable[Application],
        *,
        atr: bytes = CONTACTLESS_ATR,
        options: CardOptions | None = None,
        behaviour: Behaviour = "sound",
        seed: bytes = b"",
    ) -> None:
        self._applications = {application.aid: application for application in applications}
        self._options = options or CardOptions()
        self._behaviour = behaviour
        self._session = _Session()
        self._seed = seed
        self._drawn = 0
        self.atr = b"" if behaviour == "mute" else atr

    @property
    def mute(self) -> bool:
        return self._behaviour == "mute"

    def reset(self) -> None:
        """Power cycle or warm reset: the session is gone, the counters stay."""
        self._session = _Session()

    def process(self, apdu: bytes) -> bytes:
        """Answers one command APDU: data, SW1, SW2."""
        if self.mute:
            return b""
        try:
            command = parse(apdu)
        except MalformedCommand:
            self._session.pending = b""
            return _response(b"", Sw.WRONG_LENGTH)
        data, sw = self._dispatch(command)
        if sw in (Sw.OK, Sw.END_OF_FILE):
            data, sw = self._hand_out(command, data, sw)
        return _response(data, sw)

    # ------------------------------------------------------------------------------------ commands

    def _dispatch(self, command: Command) -> Reply:
        header = (command.cla, command.ins)
        if header == (0x00, 0xC0):
            return self._get_response(command)
        self._session.pending = b""
        if command.cla & 0xFC == 0x08:
            return b"", Sw.SECURE_MESSAGING
        application = self._session.application
        if application and application.change and header == application.change[:2]:
            return self._change(command, application.change[2])
        handler = self._commands.get(header)
        if handler is None:
            known = any(command.ins == ins for _, ins in self._commands)
            return b"", Sw.CLA_UNKNOWN if known else Sw.INS_UNKNOWN
        return handler(command)

    @cached_property
    def _commands(self) -> dict[tuple[int, int], Callable[[Command], Reply]]:
        return {
            (0x00, 0xA4): self._select,
            (0x00, 0xB0): self._read_binary,
            (0x00, 0xB2): self._read_record,
            (0x00, 0x20): self._verify,
            (0x00, 0x84): self._get_challenge,
            (0x00, 0x88): self._internal_authenticate,
            (0x00, 0xCA): self._get_data,
            (0x80, 0x2A): self._compute_signature,
            (0x80, 0xA2): self._set_public_key,
            (0x80, 0xAE): self._set_session_key,
            (0x80, 0xFC): self._last_command,
        }

    def _select(self, command: Command) -> Reply:
        if command.p2 not in (0x00, 0x0C):
            return b"", Sw.WRONG_P1_P2
        match command.p1:
            case 0x04:
                return self._select_application(command)
            case 0x02:
                return self._select_file(command)
            case 0x00 if command.data:
                return b"", Sw.NOT_FOUND
            case 0x00 if self._session.application:
                return b"", Sw.OK  # and nothing happens: measured, and a trap for readers
        return b"", Sw.WRONG_P1_P2

    def _select_application(self, command: Command) -> Reply:
        if not 1 <= len(command.data) <= 16:
            return b"", Sw.WRONG_LENGTH
        if command.data == ISSUER_SECURITY_DOMAIN and self._has_security_domain:
            self._session = _Session()
            return b"", Sw.OK
        application = self._applications.get(command.data)
        if application is None:
            return b"", Sw.NOT_FOUND
        self._session = _Session(application)
        if command.p2 == 0x0C or command.le is None:
            return b"", Sw.OK
        return application.greeting or tlv(0x6F, tlv(0x84, application.aid)), Sw.OK

    @property
    def _has_security_domain(self) -> bool:
        return all(application.greeting is None for application in self._applications.values())

    def _select_file(self, command: Command) -> Reply:
        if len(command.data) != 2:
            return b"", Sw.WRONG_LENGTH
        file = self._file(int.from_bytes(command.data, "big"))
        if file is None:
            return b"", Sw.NOT_FOUND
        self._session.current = file
        return b"", Sw.OK

    def _read_binary(self, command: Command) -> Reply:
        by_short_identifier = bool(command.p1 & 0x80)
        offset = command.p2 if by_short_identifier else command.p1 << 8 | command.p2
        if by_short_identifier and command.p1 & 0x60:
            return b"", Sw.WRONG_P1_P2
        if command.data or command.le is None or (command.extended and not self._options.extended_read):
            return b"", Sw.WRONG_LENGTH
        file, sw = self._current(command.p1 & 0x1F if by_short_identifier else 0)
        if sw != Sw.OK:
            return b"", sw
        if not isinstance(file, TransparentFile):
            return b"", Sw.COMMAND_CONFLICTS_WITH_FILE
        return self._read(file, offset, command.le)

    def _read(self, file: TransparentFile, offset: int, wanted: int) -> Reply:
        if not file.read.granted(self._session.verified):
            return b"", Sw.SECURITY_STATUS
        if self._behaviour == "damaged":
            return b"", Sw.MEMORY_FAILURE
        content = file.content
        if offset >= len(content):
            return b"", Sw.BEYOND_END
        data = content[offset : offset + wanted]
        cut = len(data) < wanted and self._options.end_of_file_warning
        return data, Sw.END_OF_FILE if cut else Sw.OK

    def _read_record(self, command: Command) -> Reply:
        mode, first = command.p2 & 0x07, command.p1
        if mode not in (_ONE_RECORD, _RECORDS_TO_THE_LAST):
            return b"", Sw.WRONG_P1_P2
        if command.data or command.le is None:
            return b"", Sw.WRONG_LENGTH
        file, sw = self._current(command.p2 >> 3)
        if sw != Sw.OK:
            return b"", sw
        if not isinstance(file, RecordFile):
            return b"", Sw.COMMAND_CONFLICTS_WITH_FILE
        if not file.read.granted(self._session.verified):
            return b"", Sw.SECURITY_STATUS
        if self._behaviour == "damaged":
            return b"", Sw.MEMORY_FAILURE
        if not 1 <= first <= len(file.records):
            return b"", Sw.RECORD_NOT_FOUND
        last = first if mode == _ONE_RECORD else len(file.records)
        return b"".join(file.records[first - 1 : last]), Sw.OK

    def _verify(self, command: Command) -> Reply:
        if command.p1:
            return b"", Sw.WRONG_P1_P2
        secret, sw = self._referenced(command.p2)
        if sw != Sw.OK:
            return b"", sw
        if not isinstance(secret, Secret):
            return b"", Sw.COMMAND_CONFLICTS_WITH_FILE
        if not command.data:
            return b"", Sw.TRIES_LEFT + secret.tries_left
        if secret.blocked:
            return b"", Sw.BLOCKED
        number = self._number(secret)
        if secret.present(command.data):
            self._session.verified.add(number)
            return b"", Sw.OK
        self._session.verified.discard(number)
        return b"", Sw.TRIES_LEFT + secret.tries_left

    def _change(self, command: Command, p1: int) -> Reply:
        if command.p1 != p1:
            return b"", Sw.WRONG_P1_P2
        secret, sw = self._referenced(command.p2)
        if sw != Sw.OK:
            return b"", sw
        if not isinstance(secret, Secret):
            return b"", Sw.COMMAND_CONFLICTS_WITH_FILE
        if self._number(secret) not in self._session.verified:
            return b"", Sw.SECURITY_STATUS
        return b"", Sw.OK if secret.replace(command.data) else Sw.WRONG_DATA

    def _get_challenge(self, command: Command) -> Reply:
        if command.p1 or command.p2:
            return b"", Sw.WRONG_P1_P2
        if command.extended:
            return b"", Sw.CONDITIONS_OF_USE
        if command.data or command.le is None:
            return b"", Sw.WRONG_LENGTH
        return self._random(command.le), Sw.OK

    def _internal_authenticate(self, command: Command) -> Reply:
        if command.p1:
            return b"", Sw.WRONG_P1_P2
        key, sw = self._referenced(command.p2)
        if sw != Sw.OK:
            return b"", sw
        if not isinstance(key, SigningKey):
            return b"", Sw.COMMAND_CONFLICTS_WITH_FILE
        if not key.use.granted(self._session.verified):
            return b"", Sw.SECURITY_STATUS
        if not key.authenticates:
            return b"", Sw.CONDITIONS_OF_USE
        if not 1 <= len(command.data) <= 255:
            return b"", Sw.WRONG_LENGTH
        return signing.authenticate(key.load(), command.data), Sw.OK

    def _compute_signature(self, command: Command) -> Reply:
        if not signing.known(command.p1):
            return b"", Sw.WRONG_P1_P2
        key, sw = self._signing_key(command.p2)
        if sw != Sw.OK:
            return b"", sw
        if not isinstance(key, SigningKey) or not key.signs:
            return b"", Sw.COMMAND_CONFLICTS_WITH_FILE
        if not key.use.granted(self._session.verified):
            return b"", Sw.SECURITY_STATUS
        if not command.data:
            return b"", Sw.WRONG_LENGTH
        if not signing.fits(command.p1, command.data):
            return b"", Sw.CONDITIONS_OF_USE
        return signing.sign(key.load(), command.p1, command.data), Sw.OK

    def _signing_key(self, p2: int) -> tuple[File | None, int]:
        application = self._session.application
        if p2 == 0x00 and application and application.default_key is not None:
            return self._file(application.default_key), Sw.OK
        return self._referenced(p2)

    def _get_data(self, _command: Command) -> Reply:
        return b"", Sw.NO_SUCH_DATA_OBJECT

    def _set_public_key(self, _command: Command) -> Reply:
        return b"", Sw.WRONG_P1_P2

    def _set_session_key(self, _command: Command) -> Reply:
        application = self._session.application
        if application is None:
            return b"", Sw.INS_UNKNOWN
        if application.session_key_refusal is not None:
            return b"", application.session_key_refusal
        return b"", Sw.WRONG_DATA if self._session.verified else Sw.SECURITY_STATUS

    def _last_command(self, command: Command) -> Reply:
        if not self._options.last_command_indicator or command.data or command.p1 or command.p2:
            return b"", Sw.WRONG_LENGTH
        return b"", Sw.OK

    def _get_response(self, command: Command) -> Reply:
        if command.p1 or command.p2:
            return b"", Sw.WRONG_P1_P2
        if command.data or command.le is None:
            return b"", Sw.WRONG_LENGTH
        if not self._session.pending:
            return b"", Sw.CONDITIONS_OF_USE
        if command.le > len(self._session.pending) and command.le != SHORT_RESPONSE:
            return b"", Sw.WRONG_LE + len(self._session.pending)
        pending, self._session.pending = self._session.pending, b""
        return pending, Sw.OK

    # --------------------------------------------------------------------------------------- parts

    def _hand_out(self, command: Command, data: bytes, sw: int) -> Reply:
        """Gives as much as was asked for and keeps the rest for GET RESPONSE."""
        wanted = command.le or 0
        if len(data) <= wanted:
            return data, sw
        self._session.pending = data[wanted:]
        left = len(self._session.pending)
        return data[:wanted], Sw.MORE_DATA + (left if left < SHORT_RESPONSE else 0)

    def _file(self, identifier: int) -> File | None:
        application = self._session.application
        return application.files.get(identifier) if application else None

    def _referenced(self, p2: int) -> tuple[File | None, int]:
        """The file that P2 names: 80 the current one, 80 + short identifier another, which becomes current."""
        if p2 & 0xE0 != 0x80:
            return None, Sw.WRONG_P1_P2
        return self._current(p2 & 0x1F)

    def _current(self, short_identifier: int) -> tuple[File | None, int]:
        """The current file, after making the one with this short identifier current; 0 leaves it as it is."""
        if short_identifier:
            file = self._file(short_identifier)
            if file is None:
                return None, Sw.NOT_FOUND
            self._session.current = file
        if self._session.current is None:
            return None, Sw.NO_CURRENT_FILE
        return self._session.current, Sw.OK

    def _number(self, secret: Secret) -> int:
        application = self._session.application
        assert application is not None
        return next(number for number, file in application.files.items() if file is secret)

    def _random(self, size: int) -> bytes:
        """The card's random numbers, from its seed: the same card answers the same in every run."""
        self._drawn += 1
        return shake_256(self._seed + self._drawn.to_bytes(8, "big")).digest(size)


def _response(data: bytes, sw: int) -> bytes:
    return data + int(sw).to_bytes(2, "big")
