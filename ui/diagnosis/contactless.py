"""A contactless reader without PC/SC. It is not opened: the kiosk may be using it."""

from __future__ import annotations

import os
from pathlib import Path

from drivers.nfc import library
from ui.diagnosis.finding import Finding, advised, ok

_DEV = Path("/dev")


def contactless(device: str) -> Finding:
    """``device``: as in the settings."""
    try:
        library.load()
        found = library.usb_devices(device)
    except ImportError as error:
        return advised("reader", "fault", f"nfcpy is not installed ({type(error).__name__})", "nfc_library")
    if device.startswith("udp"):
        return ok("reader", f"simulated radio field at {device}")
    if not device.startswith("usb"):
        return _serial(device)
    driven = [one for one in found if one.driven]
    if not driven and found:
        return advised("reader", "fault", f"{found[0].path} cannot be used by nfcpy", "nfc_pcsc")
    if not driven:
        return advised("reader", "fault", f"no contactless reader found at {device}", "reader_connect")
    if not driven[0].allowed:
        return advised("reader", "fault", f"{driven[0].path} may not be opened by this user", "nfc_rights")
    return ok("reader", f"{driven[0].path}, through nfcpy")


def _serial(device: str) -> Finding:
    """Nothing tells which serial port has a reader but trying it; so only the port is looked for."""
    port = device.split(":")[1] if ":" in device else ""
    node = _DEV / f"tty{port}"
    if not port or device.startswith("com"):
        return ok("reader", f"{device}, through nfcpy; tried when the kiosk starts")
    if not node.exists():
        return advised("reader", "fault", f"{node} is not there", "reader_connect")
    if not os.access(node, os.R_OK | os.W_OK):
        return advised("reader", "fault", f"{node} may not be opened by this user", "nfc_rights")
    return ok("reader", f"{node}, through nfcpy")
