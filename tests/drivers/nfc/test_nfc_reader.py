"""The reader over nfcpy: what goes beyond the contract of all readers. Devices come and go, hang, and tell nonsense."""

from __future__ import annotations

import errno
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from drivers.interface import CardFacts, Failure, Fault, LinkError, VerifiedCard
from drivers.nfc import library, thread
from drivers.nfc.library import DeviceRefused, open_frontend
from drivers.nfc.reader import NfcReader
from simulator.links.nfc_udp import NfcLink
from simulator.people import load
from tests.support.reading import application, card_of
from tests.support.scripted_card import OneShotSecret
from tests.support.snapshots import Snapshots

SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")
CHALLENGE = bytes(32)


class Device:
    """A frontend that can be made to fail: unplugged (errors of the system), hanging, or answering nonsense."""

    def __init__(self, path: str) -> None:
        self._inner: Any = open_frontend(path)
        self.fail: Exception | None = None
        self.hang: threading.Event | None = None
        self.closed = threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def _suffer(self) -> None:
        if self.hang is not None:
            self.hang.wait(20)
        if self.fail is not None:
            raise self.fail

    def sense(self, *targets: Any, **options: Any) -> Any:
        self._suffer()
        return self._inner.sense(*targets, **options)

    def exchange(self, data: Any, timeout: float) -> Any:
        self._suffer()
        return self._inner.exchange(data, timeout)

    def close(self) -> None:
        self._inner.close()
        self.closed.set()


class Desk:
    """A reader whose devices the test holds in its hand."""

    def __init__(self, refuse: Failure | None = None) -> None:
        self.field = NfcLink()
        self.devices: list[Device] = []
        self.refuse = refuse
        self.reader = NfcReader(self.field.path, 0.5, open_device=self._open)
        self.snapshots = Snapshots(self.reader)

    def _open(self, path: str) -> Any:
        if self.refuse is not None:
            raise DeviceRefused(self.refuse)
        self.devices.append(Device(path))
        return self.devices[-1]

    def insert(self, persona: str = "yamada") -> int:
        before = self.reader.snapshot().insertion
        self.field.insert(card_of(persona))
        return self.snapshots.card(before)

    def close(self) -> None:
        for device in self.devices:
            if device.hang is not None:
                device.hang.set()
        self.reader.close()
        self.field.close()


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Devices are looked for again at once."""
    monkeypatch.setattr(thread, "OPEN_S", 0.02)
    monkeypatch.setattr(thread, "LOOK_S", 0.02)


@contextmanager
def desk_of(refuse: Failure | None = None) -> Iterator[Desk]:
    made = Desk(refuse)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def desk() -> Iterator[Desk]:
    with desk_of() as made:
        made.snapshots.wait(lambda now: now.available)
        yield made


def fault(action: Callable[[], object]) -> Fault:
    with pytest.raises(LinkError) as caught:
        action()
    return caught.value.failure.fault


def connected(desk: Desk, insertion: int) -> None:
    with desk.reader.connect(insertion):
        pass


@pytest.mark.parametrize("error", [OSError(errno.ENODEV, "unplugged"), OSError(errno.EIO, "broken")])
def test_a_device_that_is_unplugged_takes_its_card_along_and_is_opened_anew(
    desk: Desk, error: OSError
) -> None:
    first = desk.insert()
    desk.devices[-1].fail = error
    desk.snapshots.wait(lambda now: not now.available)
    assert not desk.reader.snapshot().card_present
    desk.snapshots.wait(lambda now: now.available and now.card_present)
    assert desk.devices[0].closed.is_set()
    assert desk.reader.snapshot().insertion > first
    assert fault(lambda: connected(desk, first)) is Fault.CARD_GONE


def test_a_device_that_is_unplugged_in_the_middle_of_a_command_fails_it(desk: Desk) -> None:
    insertion = desk.insert()
    with desk.reader.connect(insertion) as connection:
        connection.transmit(SELECT)
        desk.devices[-1].fail = OSError(errno.ENODEV, "unplugged")
        assert fault(lambda: connection.transmit(SELECT)) is Fault.READER_GONE
        assert fault(lambda: connection.transmit(SELECT)) is Fault.READER_GONE
    desk.snapshots.wait(lambda now: now.available and now.card_present and now.insertion > insertion)
    assert isinstance(application(desk.reader).read(desk.reader.snapshot().insertion), CardFacts)


def test_a_device_that_hangs_is_left_behind_and_another_is_opened(desk: Desk) -> None:
    insertion = desk.insert()
    device = desk.devices[-1]
    with desk.reader.connect(insertion) as connection:
        connection.transmit(SELECT)
        device.hang = threading.Event()
        assert fault(lambda: connection.transmit(SELECT)) is Fault.TIMED_OUT
    after = desk.snapshots.card(insertion)
    with desk.reader.connect(after) as connection:
        assert connection.transmit(SELECT).sw == 0x9000
    told = len(desk.snapshots.seen)
    device.fail = OSError(errno.ENODEV, "unplugged")
    device.hang.set()  # it comes to an end, and has nothing to say any more
    assert device.closed.wait(10)
    with desk.reader.connect(after) as connection:
        assert connection.transmit(SELECT).sw == 0x9000
    assert desk.snapshots.seen[told:] == []


@pytest.mark.parametrize("nonsense", [ValueError("of the library"), KeyError(5), RuntimeError("1234")])
def test_what_the_library_trips_over_is_a_lost_device_and_tells_no_more_than_its_kind(
    desk: Desk, nonsense: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    desk.insert()
    desk.devices[-1].fail = nonsense
    desk.snapshots.wait(lambda now: len(desk.devices) > 1 and now.available)
    assert "1234" not in caplog.text


@pytest.mark.parametrize("nonsense", [AssertionError("1234"), AttributeError("1234"), KeyError(1234)])
def test_what_the_library_trips_over_in_a_transaction_is_a_lost_device_too(
    desk: Desk, nonsense: Exception
) -> None:
    first = desk.insert()
    with desk.reader.connect(first) as connection:
        connection.transmit(SELECT)
        desk.devices[-1].fail = nonsense
        with pytest.raises(LinkError) as caught:
            connection.transmit(SELECT)
    assert caught.value.failure == Failure.of(Fault.READER_GONE, type(nonsense).__name__)
    second = desk.snapshots.card(first)
    with desk.reader.connect(second) as connection:
        connection.transmit(SELECT)
        desk.devices[-1].fail = nonsense  # met by the reset that ends the transaction
    third = desk.snapshots.card(second)
    assert isinstance(application(desk.reader).read(third), CardFacts)
    assert all(device.closed.is_set() for device in desk.devices[:-1])


def test_a_card_that_answers_activation_with_nonsense_is_mute(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for answer in (b"", b"\x00", b"\x05\x78"):
        monkeypatch.setattr("simulator.links.nfc_frames.Activation.activated", lambda _self, a=answer: a)
        desk.insert("android")
        assert desk.snapshots.wait(lambda now: now.mute).card_present
        assert fault(lambda: connected(desk, desk.reader.snapshot().insertion)) is Fault.CARD_MUTE
        desk.field.remove()
        desk.snapshots.no_card()
    monkeypatch.undo()


def test_a_phone_that_misses_its_first_activation_is_asked_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from simulator.links.nfc_frames import Activation

    said = Activation.activated
    misses = [True, True]
    monkeypatch.setattr(Activation, "activated", lambda self: b"" if misses and misses.pop() else said(self))
    insertion = desk.insert("android")
    assert not desk.reader.snapshot().mute
    with desk.reader.connect(insertion) as connection:
        assert connection.transmit(SELECT).sw == 0x9000


def test_without_the_library_there_is_no_reader_and_nothing_breaks() -> None:
    with desk_of(Failure.of(Fault.SERVICE_GONE, "nfcpy: ModuleNotFoundError")) as desk:
        seen = desk.snapshots.wait(lambda now: now.scanned)
        assert (seen.enabled, seen.available) == (False, False)
        assert fault(lambda: connected(desk, 0)) is Fault.SERVICE_GONE


def test_a_reader_that_is_plugged_in_later_is_found() -> None:
    with desk_of(Failure.of(Fault.READER_GONE, "no device")) as desk:
        seen = desk.snapshots.wait(lambda now: now.scanned)
        assert (seen.enabled, seen.available) == (True, False)
        assert fault(lambda: connected(desk, 0)) is Fault.READER_GONE
        desk.refuse = None
        desk.snapshots.wait(lambda now: now.available)
        assert desk.reader.snapshot().name


def speaking() -> None:
    """As nfcpy is before this driver has loaded it."""
    logger = logging.getLogger("nfc")
    logger.disabled, logger.propagate = False, True
    logger.setLevel(logging.NOTSET)


def test_nothing_that_the_library_logs_reaches_anybody(caplog: pytest.LogCaptureFixture) -> None:
    """nfcpy logs every frame, and with them PINs."""
    speaking()
    caplog.set_level(logging.DEBUG)
    with desk_of() as desk:
        desk.snapshots.wait(lambda now: now.available)
        insertion = desk.insert()
        told = application(desk.reader)
        told.read(insertion)
        result = told.verify_pin(insertion, OneShotSecret(load("yamada").card.pin), CHALLENGE)
        assert isinstance(result, VerifiedCard)
    assert [record.name for record in caplog.records]
    assert not [record for record in caplog.records if record.name.split(".")[0] == "nfc"]
    assert load("yamada").card.pin.encode("ascii").hex() not in caplog.text


def test_closing_lets_go_of_the_device(desk: Desk) -> None:
    desk.reader.close()
    assert desk.devices[-1].closed.is_set()
    assert fault(lambda: connected(desk, 1)) is Fault.SERVICE_GONE


# -------------------------------------------------------------------------------------- the library


def test_a_path_that_leads_nowhere_is_a_reader_that_is_not_there() -> None:
    with pytest.raises(DeviceRefused) as caught:
        open_frontend("tty:USB97:pn532")
    assert caught.value.failure.fault is Fault.READER_GONE


def test_a_missing_or_broken_library_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_name: str) -> Any:
        raise ModuleNotFoundError("No module named 'nfc'")

    monkeypatch.setattr("importlib.import_module", missing)
    with pytest.raises(DeviceRefused) as caught:
        open_frontend("usb")
    assert caught.value.failure.fault is Fault.SERVICE_GONE
    with pytest.raises(ImportError):
        library.usb_devices("usb")


def test_contactless_readers_are_listed_and_which_the_library_can_drive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from nfc.clf import transport

    there = [(0x054C, 0x06C3, 1, 250), (0x1D6B, 0x0002, 1, 1), (0x054C, 0x0DC8, 1, 251)]
    monkeypatch.setattr(transport.USB, "find", lambda path: there if path.startswith("usb") else None)
    listed = [(device.path, device.driven) for device in library.usb_devices("usb")]
    assert listed == [("usb:054c:06c3", True), ("usb:054c:0dc8", False)], "RC-S380, RC-S300, and no root hub"
    assert library.usb_devices("tty:USB0:pn532") == ()
