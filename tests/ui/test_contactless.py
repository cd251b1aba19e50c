"""A contactless reader without PC/SC: what the settings make of it, and what ``uketsuke diagnose`` says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from drivers.interface import CardFacts, Token
from drivers.nfc import library
from drivers.nfc.library import UsbDevice
from drivers.nfc.reader import NfcReader
from simulator.links.nfc_udp import NfcLink
from tests.support.reading import application, card_of
from tests.support.snapshots import Snapshots
from ui.composing.card import reader_of
from ui.diagnosis import Finding, devices
from ui.settings import Reader, Settings

RCS380, PN533 = UsbDevice(0x054C, 0x06C3, True), UsbDevice(0x04E6, 0x5591, True)
FOREIGN = UsbDevice(0x054C, 0x06C3, False)
RCS300 = UsbDevice(0x054C, 0x0DC8, True, driven=False)


def found(device: str = "usb") -> Finding:
    (finding,) = devices.reader(Settings(reader=Reader(kind="nfc", device=device)))
    assert bool(finding.remedy) is (finding.verdict != "ok")
    return finding


def test_the_settings_reader_reads_a_phone() -> None:
    field = NfcLink()
    reader = reader_of(Settings(reader=Reader(kind="nfc", device=field.path, phones=True)), None)
    try:
        assert isinstance(reader, NfcReader)
        snapshots = Snapshots(reader)
        field.insert(card_of("android"))
        assert application(reader).read(snapshots.card()) == CardFacts(Token.ANDROID, None, 3)
    finally:
        reader.close()
        field.close()


@pytest.mark.parametrize(
    ("there", "verdict", "said", "advice"),
    [
        ((RCS380,), "ok", "usb:054c:06c3, through nfcpy", ""),
        ((RCS300, PN533), "ok", "usb:04e6:5591", ""),
        ((), "fault", "no contactless reader found at usb", "reader_connect"),
        ((FOREIGN,), "fault", "usb:054c:06c3 may not be opened by this user", "nfc_rights"),
        ((RCS300,), "fault", "usb:054c:0dc8 cannot be used by nfcpy", "nfc_pcsc"),
    ],
)
def test_the_reader_that_the_kiosk_would_open_is_named(
    monkeypatch: pytest.MonkeyPatch, there: tuple[UsbDevice, ...], verdict: str, said: str, advice: str
) -> None:
    monkeypatch.setattr(library, "usb_devices", lambda _path: there)
    finding = found()
    assert (finding.verdict, finding.advice) == (verdict, advice)
    assert said in finding.detail


def test_where_nfcpy_is_missing_it_is_told_how_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nfc.clf", None)
    finding = found()
    assert (finding.verdict, finding.advice) == ("fault", "nfc_library")
    assert "make setup-nfc" in finding.remedy


def test_a_serial_port_is_looked_for_and_not_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.diagnosis.contactless._DEV", tmp_path)
    assert found("tty:USB0:pn532").advice == "reader_connect"
    (tmp_path / "ttyUSB0").touch()
    assert found("tty:USB0:pn532").verdict == "ok"
    monkeypatch.setattr("ui.diagnosis.contactless.os.access", lambda _path, _mode: False)
    assert found("tty:USB0:pn532").advice == "nfc_rights"
    assert found("com:COM3:pn532").verdict == "ok"


def test_a_simulated_field_says_so() -> None:
    assert "simulated" in found("udp:127.0.0.1:54321").detail
