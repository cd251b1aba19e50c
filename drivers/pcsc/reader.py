"""``drivers.interface.CardReader`` over PC/SC."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from drivers.interface import Failure, Fault, LinkError, Listener, ReaderSnapshot
from drivers.pcsc import scard as sc
from drivers.pcsc.card_thread import CardThread
from drivers.pcsc.connection import Limits, PcscConnection
from drivers.pcsc.scard import Code, Scard, ScardMissing, failure_of
from drivers.pcsc.watcher import Known, Watcher

TRANSMIT_TIMEOUT_S = 5.0
"""A card signs within half a second; one that takes ten times as long hangs."""


class PcscReader:
    """One reader of the PC/SC service: the first whose name contains ``name_contains``, or the first real one.

    Its own threads watch and talk, so a hung service or card ends as a failure: TIMED_OUT after
    ``transmit_timeout_s`` seconds. The transaction's closing reset runs after ``connect`` has returned; the next
    ``connect`` waits for it. ``extended_length`` overrides what the reader says of itself.
    """

    def __init__(
        self,
        name_contains: str | None = None,
        transmit_timeout_s: float = TRANSMIT_TIMEOUT_S,
        *,
        extended_length: int | None = None,
        load: Callable[[], Scard] = sc.load,
    ) -> None:
        self._load = load
        self._timeout = transmit_timeout_s
        self._watcher = Watcher(load, name_contains)
        self._thread: CardThread | None = None
        self._hung_insertion = 0
        self._connected = False
        self._closed = False
        self._limits = Limits(extended_length)

    def watch(self, listener: Listener) -> None:
        """See ``CardReader``. A listener that is added later is told what is known at once, in its own thread."""
        self._watcher.add(listener)

    def snapshot(self) -> ReaderSnapshot:
        return self._watcher.known.snapshot

    @contextmanager
    def connect(self, insertion: int) -> Iterator[PcscConnection]:
        if self._connected:
            raise LinkError(Failure.of(Fault.CARD_BUSY, "a transaction is open"))
        known = (
            self._watcher.known
        )  # once: the insertion that is asked for and the events must belong together
        _demand(known.snapshot, insertion)
        self._connected = True
        try:
            thread = self._thread_for(insertion)
            try:
                yield from self._transact(thread, known)
            finally:
                if thread.hung:
                    self._hung_insertion = insertion
        finally:
            self._connected = False

    def close(self) -> None:
        self._closed = True
        self._watcher.stop()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.stop()

    # ----------------------------------------------------------------------------------- internals

    def _transact(self, thread: CardThread, known: Known) -> Iterator[PcscConnection]:
        connection = PcscConnection(thread, thread.open(known.snapshot.name, known.events), self._limits)
        try:
            yield connection
        finally:
            connection.end()
            thread.close()

    def _thread_for(self, insertion: int) -> CardThread:
        """The card thread, or another in place of a hung one: at once for another card, else when it is free."""
        if self._closed:
            raise LinkError(Failure.of(Fault.SERVICE_GONE, "the reader is closed"))
        if self._thread is not None and self._thread.hung:
            if self._thread.alive and self._hung_insertion == insertion:
                raise LinkError(Failure.of(Fault.TIMED_OUT, "an earlier call still hangs"))
            self._thread = None
        if self._thread is None:
            try:
                self._thread = CardThread(self._load(), self._timeout)
            except ScardMissing as missing:
                raise LinkError(Failure.of(Fault.SERVICE_GONE, str(missing))) from None
        return self._thread


def list_readers(load: Callable[[], Scard] = sc.load) -> tuple[ReaderSnapshot, ...] | Failure:
    """All readers that the service knows now, for diagnosis. No insertion is counted."""
    try:
        service = load()
    except ScardMissing as missing:
        return Failure.of(Fault.SERVICE_GONE, str(missing))
    code, context = service.establish_context()
    if code != Code.SUCCESS:
        return failure_of(code, "establish context")
    try:
        code, names = service.list_readers(context)
        if code == Code.NO_READERS_AVAILABLE or (code == Code.SUCCESS and not names):
            return ()
        states: list[int] = []
        if code == Code.SUCCESS:
            code, states = service.get_status_change(context, 0, [(name, sc.UNAWARE) for name in names])
        if code != Code.SUCCESS:
            return failure_of(code, "list readers")
        return tuple(_as_snapshot(name, state) for name, state in zip(names, states, strict=True))
    finally:
        service.release_context(context)


def _as_snapshot(name: str, state: int) -> ReaderSnapshot:
    available = not state & (sc.UNKNOWN | sc.UNAVAILABLE)
    present = available and bool(state & sc.PRESENT)
    return ReaderSnapshot(name, True, available, True, present, present and bool(state & sc.MUTE))


def _demand(snapshot: ReaderSnapshot, insertion: int) -> None:
    """Raises ``LinkError`` unless this insertion's card is there to be talked to."""
    if not snapshot.enabled:
        raise LinkError(Failure.of(Fault.SERVICE_GONE, "no PC/SC service"))
    if not snapshot.available:
        raise LinkError(Failure.of(Fault.READER_GONE, "no reader"))
    if not snapshot.card_present or snapshot.insertion != insertion:
        raise LinkError(Failure.of(Fault.CARD_GONE, "no card of this insertion"))
    if snapshot.mute:
        raise LinkError(Failure.of(Fault.CARD_MUTE, "no ATR"))
