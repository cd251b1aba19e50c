"""nfcpy: loaded when it is needed, kept silent, and asked which devices are there."""

from __future__ import annotations

import importlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from drivers.interface import Failure, Fault


class Frontend(Protocol):
    """What this driver uses of ``nfc.ContactlessFrontend``."""

    device: Any
    max_send_data_size: int
    max_recv_data_size: int

    def sense(self, *targets: Any, **options: Any) -> Any: ...

    def exchange(self, data: Any, timeout: float) -> Any: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Library:
    """What this driver uses of nfcpy: devices and frames. The block protocol is its own (``isodep``)."""

    clf: Any


class DeviceRefused(Exception):
    """The device cannot be used now."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


def load() -> Library:
    """Raises ``ImportError`` where nfcpy is not installed, or not whole."""
    _silence()
    return Library(importlib.import_module("nfc.clf"))


def open_frontend(path: str) -> Frontend:
    """Opens the first device that ``path`` names, as nfcpy spells it: ``usb``, ``usb:054c:06c3``, ``tty:USB0:pn532``,
    ``udp:127.0.0.1:54321``. Raises ``DeviceRefused``."""
    try:
        library = load()
    except ImportError as error:
        raise DeviceRefused(Failure.of(Fault.SERVICE_GONE, f"nfcpy: {type(error).__name__}")) from None
    try:
        frontend: Any = library.clf.ContactlessFrontend()
        if frontend.open(path):
            return frontend  # type: ignore[no-any-return]
    except OSError as error:
        detail = os.strerror(error.errno) if error.errno else type(error).__name__
        raise DeviceRefused(Failure.of(Fault.READER_GONE, detail)) from None
    except Exception as bug:  # a device that answers nonsense fails inside nfcpy in many ways
        raise DeviceRefused(Failure.of(Fault.READER_GONE, type(bug).__name__)) from None
    raise DeviceRefused(Failure.of(Fault.READER_GONE, "no device"))


_ONLY_BY_PCSC = frozenset({(0x054C, 0x0DC8), (0x054C, 0x0DC9)})
"""Sony RC-S300, which nfcpy has no driver for (nfcpy issues 214 and 240)."""


@dataclass(frozen=True, slots=True)
class UsbDevice:
    """A contactless reader. ``allowed``: this user may open it. ``driven``: by nfcpy; else it is one for PC/SC."""

    vendor: int
    product: int
    allowed: bool
    driven: bool = True

    @property
    def path(self) -> str:
        return f"usb:{self.vendor:04x}:{self.product:04x}"


def usb_devices(path: str) -> tuple[UsbDevice, ...]:
    """The readers on USB that ``path`` may mean, without opening any. Raises ``ImportError``."""
    _silence()
    device = importlib.import_module("nfc.clf.device")
    found = importlib.import_module("nfc.clf.transport").USB.find(path) or ()
    return tuple(
        UsbDevice(vendor, product, _allowed(bus, number), driven=(vendor, product) in device.usb_device_map)
        for vendor, product, bus, number in found
        if (vendor, product) in device.usb_device_map or (vendor, product) in _ONLY_BY_PCSC
    )


def _allowed(bus: int, number: int) -> bool:
    node = Path(f"/dev/bus/usb/{bus:03d}/{number:03d}")
    return not node.exists() or os.access(node, os.R_OK | os.W_OK)


def _silence() -> None:
    """nfcpy logs every APDU in full, and thereby PINs and certificates: nothing of it may reach any handler."""
    logger = logging.getLogger("nfc")
    logger.disabled = True
    logger.propagate = False
    logger.setLevel(logging.CRITICAL + 1)
