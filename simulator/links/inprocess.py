"""A reader without hardware or service: the simulated card answers in the caller's own thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import RLock

from drivers.interface import (
    ExtendedRefused,
    Failure,
    Fault,
    LinkError,
    Listener,
    ReaderSnapshot,
    Response,
)
from simulator.card import SimulatedCard
from simulator.links.faults import Answer, CardFault, Exchange, Gone, Refusal, Silence, Swapped, is_extended
from simulator.links.timing import Timing

SHORT_APDU = 261


class InProcessReader:
    """A ``drivers.interface.CardReader`` whose card is put in and taken out by method calls.

    Listeners are called at once, on the thread that changed something (``watch`` included) and one change at a
    time; a listener may call the reader back but must not wait for another thread that does. ``connect`` and
    ``transmit`` may run on any one thread; the hand that moves cards may be on another, also in the middle of an
    APDU. A second ``connect`` while one is open fails with ``CARD_BUSY``.

    ``sleep`` takes the time that delays and ``timing`` ask for: pass a virtual clock's.
    """

    def __init__(
        self,
        name: str = "Simulated reader",
        *,
        extended_length: int = SHORT_APDU,
        timing: Timing | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._name = name
        self._extended_length = extended_length
        self._timing = timing
        self._sleep = sleep
        self._lock = RLock()
        self._listeners: list[Listener] = []
        self._service = self._available = True
        self._closed = self._connected = False
        self._insertion = 0
        self._exchange: Exchange | None = None

    # ------------------------------------------------------------------------------------ the hand

    def insert(
        self,
        card: SimulatedCard,
        faults: Sequence[CardFault] = (),
        replacement: SimulatedCard | None = None,
    ) -> int:
        """Puts a card in and returns the insertion's number. A card that is there is replaced, as by ``swap``.
        ``replacement`` is what a swapping fault puts in its place."""
        with self._lock:
            card.reset()
            self._exchange = Exchange(card, faults, replacement, self._sleep)
            self._insertion += 1
            self._tell()
            return self._insertion

    def remove(self) -> None:
        """Takes the card away. Nothing happens where there is none."""
        with self._lock:
            if self._exchange is None:
                return
            self._exchange.reset()
            self._exchange = None
            self._tell()

    def swap(self, card: SimulatedCard) -> int:
        """Replaces the card too quickly for a removal to be seen: listeners see only a new insertion number."""
        return self.insert(card)

    def set_available(self, available: bool) -> None:
        """Plugs the reader in or pulls its cable. A card that lies on it then counts as newly inserted."""
        with self._lock:
            self._change(self._service, available)

    def set_service(self, running: bool) -> None:
        """Starts or kills the reader service, with the same effect on a card that lies there."""
        with self._lock:
            self._change(running, self._available)

    def _change(self, service: bool, available: bool) -> None:
        if (service, available) == (self._service, self._available):
            return
        self._service, self._available = service, available
        if self._exchange:
            self._exchange.reset()
            if service and available:
                self._insertion += 1
        self._tell()

    # ---------------------------------------------------------------------------------- CardReader

    def watch(self, listener: Listener) -> None:
        with self._lock:
            if self._closed:
                return
            self._listeners.append(listener)
            listener(self.snapshot())

    def snapshot(self) -> ReaderSnapshot:
        with self._lock:
            up = self._service and self._available and not self._closed
            exchange = self._exchange if up else None
            return ReaderSnapshot(
                name=self._name,
                enabled=self._service and not self._closed,
                available=up,
                scanned=True,
                card_present=exchange is not None,
                mute=exchange is not None and exchange.card.mute,
                insertion=self._insertion,
            )

    @contextmanager
    def connect(self, insertion: int) -> Iterator[_Connection]:
        with self._lock:
            exchange = self._live(insertion)
            if exchange.card.mute:
                raise LinkError(Failure(Fault.CARD_MUTE, retriable=True, detail="no ATR"))
            if self._connected:
                raise LinkError(Failure(Fault.CARD_BUSY, retriable=True, detail="a transaction is open"))
            self._connected = True
        connection = _Connection(self, insertion, self._extended_length)
        try:
            yield connection
        finally:
            with self._lock:
                connection.end()
                self._connected = False
                exchange.reset()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._listeners.clear()

    # --------------------------------------------------------------------------------------- parts

    def _tell(self) -> None:
        snapshot = self.snapshot()
        for listener in tuple(self._listeners):
            listener(snapshot)

    def _live(self, insertion: int) -> Exchange:
        """The exchange with the card of this insertion. Raises ``LinkError``."""
        if not self._service or self._closed:
            raise LinkError(Failure(Fault.SERVICE_GONE, retriable=True, detail="simulated service is down"))
        if not self._available:
            raise LinkError(
                Failure(Fault.READER_GONE, retriable=True, detail="simulated reader is unplugged")
            )
        if self._exchange is None or insertion != self._insertion:
            raise LinkError(Failure(Fault.CARD_GONE, retriable=True, detail="no card of this insertion"))
        return self._exchange

    def _transmit(self, insertion: int, apdu: bytes) -> Response:
        with self._lock:
            exchange = self._live(insertion)
        outcome = exchange.transmit(apdu)
        if self._timing and isinstance(outcome, Answer):
            self._sleep(self._timing.seconds(apdu, outcome.response))
        with self._lock:
            self._live(insertion)  # the card may have left while it was answering
            match outcome:
                case Answer(response) if len(response) >= 2:
                    return Response(response[:-2], int.from_bytes(response[-2:], "big"))
                case Answer(response):
                    detail = f"response of {len(response)} bytes"
                    raise LinkError(Failure(Fault.CARD_GONE, retriable=True, detail=detail))
                case Gone():
                    self.remove()
                    raise LinkError(Failure(Fault.CARD_GONE, retriable=True, detail="removed during an APDU"))
                case Swapped():
                    if exchange.replacement:
                        self.swap(exchange.replacement)
                    raise LinkError(Failure(Fault.CARD_GONE, retriable=True, detail="replaced within a poll"))
                case Silence():
                    raise LinkError(Failure(Fault.TIMED_OUT, retriable=True, detail="the card fell silent"))
                case Refusal():
                    raise ExtendedRefused(
                        Failure(Fault.INTERNAL, retriable=True, detail="extended APDU refused by the reader")
                    )


class _Connection:
    """One transaction; dead after its first error, except after a refused extended APDU."""

    def __init__(self, reader: InProcessReader, insertion: int, extended_length: int) -> None:
        self._reader = reader
        self._insertion = insertion
        self._extended_length = extended_length
        self._most = extended_length if extended_length > SHORT_APDU else 0
        self._error: LinkError | None = None

    def end(self) -> None:
        """The transaction is over: the connection must not be used again."""
        self._error = LinkError(Failure(Fault.CARD_GONE, retriable=True, detail="the transaction has ended"))

    @property
    def extended_length(self) -> int:
        return self._extended_length

    def transmit(self, apdu: bytes) -> Response:
        if self._error:
            raise LinkError(self._error.failure)
        try:
            if is_extended(apdu) and len(apdu) > self._most:
                detail = f"extended APDU of {len(apdu)} bytes, {self._most} at most"
                raise ExtendedRefused(Failure(Fault.INTERNAL, retriable=True, detail=detail))
            return self._reader._transmit(self._insertion, apdu)
        except ExtendedRefused:
            raise
        except LinkError as error:
            self._error = error
            raise
