"""The few functions of ``winscard.h`` that are used, each as it is: a return code comes first and nothing raises.

pyscard's low-level binding is loaded on first use only. Its monitors and connection classes are not used: their
threads die with the service and do not come back.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from enum import IntEnum
from typing import Any, Protocol

from drivers.interface import Failure, Fault


class Code(IntEnum):
    """Return codes that are told apart here (pcsclite.h, winscard.h)."""

    SUCCESS = 0x00000000
    CANCELLED = 0x80100002
    INVALID_HANDLE = 0x80100003
    INVALID_PARAMETER = 0x80100004
    INSUFFICIENT_BUFFER = 0x80100008
    UNKNOWN_READER = 0x80100009
    TIMEOUT = 0x8010000A
    SHARING_VIOLATION = 0x8010000B
    NO_SMARTCARD = 0x8010000C
    PROTO_MISMATCH = 0x8010000F
    SYSTEM_CANCELLED = 0x80100012
    COMM_ERROR = 0x80100013
    NOT_TRANSACTED = 0x80100016
    READER_UNAVAILABLE = 0x80100017
    NO_SERVICE = 0x8010001D
    SERVICE_STOPPED = 0x8010001E
    UNEXPECTED = 0x8010001F
    UNSUPPORTED_FEATURE = 0x80100022
    NO_READERS_AVAILABLE = 0x8010002E
    UNSUPPORTED_CARD = 0x80100065
    UNRESPONSIVE_CARD = 0x80100066
    UNPOWERED_CARD = 0x80100067
    RESET_CARD = 0x80100068
    REMOVED_CARD = 0x80100069


UNAWARE = 0x0000
CHANGED = 0x0002
UNKNOWN = 0x0004
UNAVAILABLE = 0x0008
PRESENT = 0x0020
EXCLUSIVE = 0x0080
INUSE = 0x0100
MUTE = 0x0200

SHARE_EXCLUSIVE = 1
SHARE_SHARED = 2
LEAVE_CARD = 0
RESET_CARD = 1
ATTR_MAXINPUT = 0x0007A007
GET_FEATURES = 3400
"""Control function, to be made a code by the platform's own SCARD_CTL_CODE (PC/SC part 10, 2.2)."""

FEATURE_PROPERTIES = 0x12
PROPERTY_MAX_APDU_DATA = 0x0A

NOTIFICATION = r"\\?PnP?\Notification"
"""The pseudo reader that changes when a real one comes or goes."""

STALE = frozenset(
    {
        Code.INVALID_HANDLE,
        Code.COMM_ERROR,
        Code.NO_SERVICE,
        Code.SERVICE_STOPPED,
        Code.SYSTEM_CANCELLED,
    }
)
"""The context is worth nothing any more, whatever SCardIsValidContext says of it."""

_NAMES = {code.value: code.name for code in Code}
_FAULTS: dict[int, Fault] = {
    Code.NO_SMARTCARD: Fault.CARD_GONE,
    Code.NOT_TRANSACTED: Fault.CARD_GONE,
    Code.REMOVED_CARD: Fault.CARD_GONE,
    Code.RESET_CARD: Fault.CARD_GONE,  # somebody reset it under us: what was selected and verified is lost
    Code.UNRESPONSIVE_CARD: Fault.CARD_MUTE,
    Code.UNPOWERED_CARD: Fault.CARD_MUTE,
    Code.UNSUPPORTED_CARD: Fault.NOT_MY_NUMBER_CARD,
    Code.PROTO_MISMATCH: Fault.NOT_MY_NUMBER_CARD,
    Code.SHARING_VIOLATION: Fault.CARD_BUSY,
    **dict.fromkeys(STALE, Fault.SERVICE_GONE),
}


def failure_of(code: int, during: str) -> Failure:
    """The failure that a return code is. A code that nobody foresaw counts against the reader."""
    return Failure.of(_FAULTS.get(code, Fault.READER_GONE), f"{during}: {describe(code)}")


def describe(code: int) -> str:
    """Number and name, for staff and logs."""
    name = _NAMES.get(code)
    return f"{code:08X} {name}" if name else f"{code:08X}"


class Scard(Protocol):
    """The service. Codes are unsigned; event states carry the reader's event count in their upper 16 bits."""

    def establish_context(self) -> tuple[int, int]: ...

    def release_context(self, context: int) -> int: ...

    def cancel(self, context: int) -> int: ...

    def list_readers(self, context: int) -> tuple[int, list[str]]: ...

    def get_status_change(
        self, context: int, timeout_ms: int, states: Sequence[tuple[str, int]]
    ) -> tuple[int, list[int]]: ...

    def connect(self, context: int, reader: str, share: int) -> tuple[int, int, int]: ...

    def reconnect(self, card: int, share: int) -> tuple[int, int]: ...

    def begin_transaction(self, card: int) -> int: ...

    def end_transaction(self, card: int, disposition: int) -> int: ...

    def disconnect(self, card: int, disposition: int) -> int: ...

    def transmit(self, card: int, protocol: int, apdu: bytes) -> tuple[int, bytes]: ...

    def get_attribute(self, card: int, attribute: int) -> tuple[int, bytes]: ...

    def control(self, card: int, control_code: int) -> tuple[int, bytes]: ...

    def control_code(self, function: int) -> int: ...


class ScardMissing(Exception):
    """PC/SC is not installed on this machine, or its Python binding is broken."""


def load() -> Scard:
    """The real service. Raises ``ScardMissing``."""
    try:
        return _Pyscard(importlib.import_module("smartcard.scard"))
    except Exception as error:  # the binding loads a C library and raises what it likes
        raise ScardMissing(f"{type(error).__name__}: {error}") from None


class _Pyscard:
    """pyscard's binding, which releases the interpreter's lock during every call."""

    def __init__(self, scard: Any) -> None:
        self._scard = scard
        self._protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1

    def establish_context(self) -> tuple[int, int]:
        code, context = self._scard.SCardEstablishContext(self._scard.SCARD_SCOPE_USER)
        return _unsigned(code), context

    def release_context(self, context: int) -> int:
        return _unsigned(self._scard.SCardReleaseContext(context))

    def cancel(self, context: int) -> int:
        return _unsigned(self._scard.SCardCancel(context))

    def list_readers(self, context: int) -> tuple[int, list[str]]:
        code, readers = self._scard.SCardListReaders(context, [])
        return _unsigned(code), list(readers)

    def get_status_change(
        self, context: int, timeout_ms: int, states: Sequence[tuple[str, int]]
    ) -> tuple[int, list[int]]:
        code, events = self._scard.SCardGetStatusChange(context, timeout_ms, list(states))
        return _unsigned(code), [event & 0xFFFFFFFF for _, event, _ in events]

    def connect(self, context: int, reader: str, share: int) -> tuple[int, int, int]:
        code, card, protocol = self._scard.SCardConnect(context, reader, share, self._protocols)
        return _unsigned(code), card, protocol

    def reconnect(self, card: int, share: int) -> tuple[int, int]:
        code, protocol = self._scard.SCardReconnect(card, share, self._protocols, LEAVE_CARD)
        return _unsigned(code), protocol

    def begin_transaction(self, card: int) -> int:
        return _unsigned(self._scard.SCardBeginTransaction(card))

    def end_transaction(self, card: int, disposition: int) -> int:
        return _unsigned(self._scard.SCardEndTransaction(card, disposition))

    def disconnect(self, card: int, disposition: int) -> int:
        return _unsigned(self._scard.SCardDisconnect(card, disposition))

    def transmit(self, card: int, protocol: int, apdu: bytes) -> tuple[int, bytes]:
        code, response = self._scard.SCardTransmit(card, protocol, list(apdu))
        # On failure the binding hands out its whole uninitialised buffer.
        return (Code.SUCCESS, bytes(response)) if _unsigned(code) == Code.SUCCESS else (_unsigned(code), b"")

    def get_attribute(self, card: int, attribute: int) -> tuple[int, bytes]:
        code, value = self._scard.SCardGetAttrib(card, attribute)
        return (Code.SUCCESS, bytes(value)) if _unsigned(code) == Code.SUCCESS else (_unsigned(code), b"")

    def control(self, card: int, control_code: int) -> tuple[int, bytes]:
        code, value = self._scard.SCardControl(card, control_code, [])
        return (Code.SUCCESS, bytes(value)) if _unsigned(code) == Code.SUCCESS else (_unsigned(code), b"")

    def control_code(self, function: int) -> int:
        return int(self._scard.SCARD_CTL_CODE(function))


def _unsigned(code: int) -> int:
    return code & 0xFFFFFFFF
