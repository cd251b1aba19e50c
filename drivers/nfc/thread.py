"""The thread that owns the device: it looks for cards, and talks to one for whoever holds it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from drivers.interface import Failure, Fault, LinkError, Listener, ReaderSnapshot
from drivers.nfc.library import DeviceRefused, Frontend, load
from drivers.nfc.radio import DeviceLost, Present, Radio
from drivers.waiting import Hung, called

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

LOOK_S = 0.1
"""Pause between two looks into the field."""

OPEN_S = 0.5
"""Pause before a device that is not there is looked for again."""


class Telling:
    """What is known of the reader, and who is told. It outlives a thread that hangs."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._listeners: list[Listener] = []
        self._closed = False
        self.snapshot = ReaderSnapshot()

    def add(self, listener: Listener) -> None:
        with self._lock:
            if self._closed:
                return
            self._listeners.append(listener)
            if self.snapshot.scanned:
                _tell(listener, self.snapshot)

    def publish(self, **changes: Any) -> ReaderSnapshot:
        with self._lock:
            now = replace(self.snapshot, scanned=True, **changes)
            if now != self.snapshot and not self._closed:
                self.snapshot = now
                for listener in tuple(self._listeners):
                    _tell(listener, now)
            return now

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._listeners.clear()
            self.snapshot = replace(self.snapshot, enabled=False, available=False, card_present=False)


class NfcThread:
    """Looks while nobody holds the card; else only does what the holder asks."""

    def __init__(self, open_device: Callable[[], Frontend], telling: Telling) -> None:
        self._open_device = open_device
        self._telling = telling
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._stopping = threading.Event()
        self._radio: Radio | None = None
        self._present: Present | None = None
        self._held = False
        self.hung = False
        self._thread = threading.Thread(target=self._run, name="nfc reader", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def call(self, work: Callable[[], _T], timeout: float) -> _T:
        """Waits for the result; exceptions come through. Raises ``Hung`` after ``timeout`` seconds."""
        try:
            return called(self._jobs.put, work, timeout)
        except Hung:
            self.hung = True
            self._stopping.set()
            self._jobs.put(None)
            raise

    def post(self, work: Callable[[], None]) -> None:
        self._jobs.put(work)

    def stop(self, timeout: float) -> bool:
        """False where the device hangs beyond ``timeout`` seconds."""
        self._stopping.set()
        self._jobs.put(None)
        if self._thread is not threading.current_thread():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    # ------------------------------------------------------------------------------ on the thread itself

    def hold(self, insertion: int) -> None:
        """From now on nothing is looked for. Raises ``LinkError`` where that card is not there any more."""
        snapshot = self._telling.snapshot
        if self._present is None or snapshot.insertion != insertion:
            raise LinkError(Failure.of(Fault.CARD_GONE, "no card of this insertion"))
        self._held = True

    def transmit(self, apdu: bytes, timeout: float) -> bytes:
        """Raises ``LinkError``; after CARD_GONE the card's next appearance is a new insertion."""
        if self._radio is None or self._present is None:
            raise LinkError(Failure.of(Fault.CARD_GONE, "no card in the field"))
        try:
            return self._radio.transmit(self._present, apdu, timeout)
        except LinkError as error:
            if error.failure.fault is Fault.CARD_GONE:
                self._gone()
            raise
        except DeviceLost as lost:
            self._lose(str(lost))
            raise LinkError(Failure.of(Fault.READER_GONE, str(lost))) from None

    def release(self) -> None:
        """Ends the transaction: the field goes off for a moment, which resets the card."""
        self._held = False
        if self._radio is None or self._present is None:
            return
        try:
            self._present = self._radio.find()
        except DeviceLost as lost:
            self._lose(str(lost))
            return
        if self._present is None:
            self._gone()
        else:
            self._publish(mute=self._present.blocks is None)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                job = self._jobs.get(timeout=self._pause())
            except Empty:
                self._guarded(self._look)
                continue
            if job is None:
                break
            self._guarded(job)
            del job  # it may hold a secret's last copy, and the next one may be long in coming
        if self._radio is not None:
            self._radio.close()

    def _pause(self) -> float:
        if self._radio is None:
            return OPEN_S if self._telling.snapshot.scanned else 0.0
        return LOOK_S

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except DeviceLost as lost:
            self._lose(str(lost))
        except Exception as bug:  # neither text nor variables: both can hold card data
            _log.error("the contactless reader failed: %s", type(bug).__name__)
            self._lose(type(bug).__name__)

    def _look(self) -> None:
        if self._radio is None:
            self._open()
            return
        if self._held:
            return
        if self._present is not None and self._radio.is_there(self._present):
            return
        if self._present is not None:
            self._gone()
            return
        found = self._radio.find()
        if found is not None:
            self._present = found
            number = self._telling.snapshot.insertion + 1
            self._publish(card_present=True, mute=found.blocks is None, insertion=number)

    def _open(self) -> None:
        try:
            frontend = self._open_device()
            library = load()
        except DeviceRefused as refused:
            there = refused.failure.fault is not Fault.SERVICE_GONE
            self._publish(enabled=there, available=False, card_present=False, mute=False)
            return
        except ImportError:
            self._publish(enabled=False, available=False, card_present=False, mute=False)
            return
        self._radio = Radio(library, frontend)
        self._publish(name=str(frontend.device), enabled=True, available=True)

    def _publish(self, **changes: Any) -> None:
        if not self.hung:  # another thread speaks for the reader by now
            self._telling.publish(**changes)

    def _gone(self) -> None:
        self._present = None
        self._publish(card_present=False, mute=False)

    def _lose(self, why: str) -> None:
        _log.warning("contactless reader lost: %s", why)
        radio, self._radio, self._present = self._radio, None, None
        self._held = False
        if radio is not None:
            radio.close()
        self._publish(available=False, card_present=False, mute=False)


def _tell(listener: Listener, snapshot: ReaderSnapshot) -> None:
    try:
        listener(snapshot)
    except Exception as bug:
        _log.error("a listener of the reader failed: %s", type(bug).__name__)
