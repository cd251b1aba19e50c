"""``drivers.interface.CardReader`` over a contactless reader that nfcpy drives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from drivers.interface import Failure, Fault, LinkError, Listener, ReaderSnapshot, Response
from drivers.nfc.library import Frontend, open_frontend
from drivers.nfc.thread import NfcThread, Telling
from drivers.waiting import Hung

TRANSMIT_TIMEOUT_S = 5.0
"""A card signs within half a second; one that takes ten times as long hangs."""

SHORT_LIMIT = 261
"""nfcpy does not tell what a device carries: short APDUs, which every device does."""

_STOP_S = 3.0
_MARGIN_S = 2.0  # what nfcpy itself may need beyond the card's time, before its device is thought to hang


class NfcReader:
    """The first device that ``path`` names (``usb``, ``usb:054c:06c3``, ``tty:USB0:pn532``, ``udp:127.0.0.1:54321``).

    One thread owns the device, looks for cards and talks to them; a device that hangs loses its thread, and is opened
    anew. A transaction's closing reset, the field off and on, runs after ``connect`` has returned; the next ``connect``
    waits for it. A card that leaves the field for a moment is a new insertion: nobody saw that it is the same.
    """

    def __init__(
        self,
        path: str = "usb",
        transmit_timeout_s: float = TRANSMIT_TIMEOUT_S,
        *,
        extended_length: int | None = None,
        open_device: Callable[[str], Frontend] = open_frontend,
    ) -> None:
        self._open = lambda: open_device(path)
        self._timeout = transmit_timeout_s
        self._extended_length = extended_length or SHORT_LIMIT
        self._telling = Telling()
        self._lock = threading.Lock()
        self._thread: NfcThread | None = None
        self._left_behind: NfcThread | None = None
        self._connected = False
        self._closed = False

    def watch(self, listener: Listener) -> None:
        """See ``CardReader``. A listener that is added later is told what is known at once, in its own thread."""
        self._telling.add(listener)
        with self._lock:
            if self._thread is None and not self._closed:
                self._thread = NfcThread(self._open, self._telling)

    def snapshot(self) -> ReaderSnapshot:
        return self._telling.snapshot

    @contextmanager
    def connect(self, insertion: int) -> Iterator[NfcConnection]:
        if self._connected:
            raise LinkError(Failure.of(Fault.CARD_BUSY, "a transaction is open"))
        thread = self._usable(insertion)
        self._connected = True
        connection = NfcConnection(self, thread, self._timeout, self._extended_length)
        try:
            self._on(thread, lambda: thread.hold(insertion))
            try:
                yield connection
            finally:
                connection.end()
                if not thread.hung:
                    thread.post(thread.release)
        finally:
            self._connected = False

    def close(self) -> None:
        with self._lock:
            self._closed = True
            threads = [one for one in (self._thread, self._left_behind) if one is not None]
            self._thread = self._left_behind = None
        self._telling.close()
        for thread in threads:
            thread.stop(0.0 if thread.hung else _STOP_S)

    def _on(self, thread: NfcThread, work: Callable[[], None]) -> None:
        try:
            thread.call(work, self._timeout + _MARGIN_S)
        except Hung:
            raise LinkError(self.replace(thread)) from None

    def replace(self, hung: NfcThread) -> Failure:
        """Another thread in place of one whose device hangs; the failure to tell."""
        with self._lock:
            if self._thread is hung and not self._closed:
                self._left_behind = hung
                self._telling.publish(available=False, card_present=False, mute=False)
                self._thread = NfcThread(self._open, self._telling)
        return Failure.of(Fault.TIMED_OUT, f"no answer of the device in {self._timeout:g} s")

    def _usable(self, insertion: int) -> NfcThread:
        snapshot, thread = self._telling.snapshot, self._thread
        if self._closed or thread is None or not snapshot.enabled:
            raise LinkError(Failure.of(Fault.SERVICE_GONE, "no contactless reader is used"))
        if not snapshot.available:
            raise LinkError(Failure.of(Fault.READER_GONE, "no device"))
        if not snapshot.card_present or snapshot.insertion != insertion:
            raise LinkError(Failure.of(Fault.CARD_GONE, "no card of this insertion"))
        if snapshot.mute:
            raise LinkError(Failure.of(Fault.CARD_MUTE, "no answer to activation"))
        return thread


class NfcConnection:
    """One transaction. Dead after its first ``LinkError``."""

    def __init__(self, reader: NfcReader, thread: NfcThread, timeout: float, extended_length: int) -> None:
        self._reader = reader
        self._thread = thread
        self._timeout = timeout
        self._extended_length = extended_length
        self._dead: Failure | None = None

    @property
    def extended_length(self) -> int:
        return self._extended_length

    def transmit(self, apdu: bytes) -> Response:
        if self._dead is not None:
            raise LinkError(self._dead)
        thread, timeout = self._thread, self._timeout
        try:
            answer = thread.call(lambda: thread.transmit(apdu, timeout), timeout + _MARGIN_S)
        except LinkError as error:
            self._dead = error.failure
            raise
        except Hung:
            self._dead = self._reader.replace(thread)
            raise LinkError(self._dead) from None
        return Response(answer[:-2], answer[-2] << 8 | answer[-1])

    def end(self) -> None:
        """The transaction is over: the connection must not be used again."""
        self._dead = self._dead or Failure.of(Fault.CARD_GONE, "the transaction has ended")
