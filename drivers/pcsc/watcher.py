"""Follows one reader for as long as the program runs, through lost readers and a lost service."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from drivers.interface import Listener, ReaderSnapshot
from drivers.pcsc import scard as sc
from drivers.pcsc.scard import Code, Scard, ScardMissing

_log = logging.getLogger(__name__)

WAIT_MS = 1000
"""Longest sleep inside the service; after it the readers are listed again even if nothing was told."""

RETRY_S = 0.25
"""Pause before a new context after the service failed."""

VIRTUAL = ("windows hello",)
"""Readers without a slot that Windows lists beside the real ones."""

_JOIN_S = 3.0
_IGNORED = (
    sc.CHANGED | sc.INUSE | sc.EXCLUSIVE
)  # who uses the card is no news: do not wake for our own doings


@dataclass(frozen=True, slots=True)
class Known:
    """A snapshot with the reader's event count when it was taken: the two must never be mixed."""

    snapshot: ReaderSnapshot
    events: int = 0


def choose(names: Sequence[str], current: str, name_contains: str | None) -> str:
    """The reader to follow, or "" for none: the current one while it is there, else the first that suits."""
    wanted = (name_contains or "").casefold()
    suitable = [
        name
        for name in names
        if wanted in name.casefold() and (wanted or not any(mark in name.casefold() for mark in VIRTUAL))
    ]
    if current in suitable:
        return current
    return suitable[0] if suitable else ""


class Watcher:
    """Turns the service's events into snapshots, on a thread of its own.

    Every failure of a context ends it and a fresh one is tried: contexts do not survive the service. A card that
    lay there before a failure counts as newly inserted after it, since nobody watched it.
    """

    def __init__(self, load: Callable[[], Scard], name_contains: str | None) -> None:
        self._load = load
        self._name_contains = name_contains
        self._known = Known(ReaderSnapshot())
        self._listeners: list[Listener] = []
        self._telling = threading.RLock()
        self._stopping = threading.Event()
        self._context: tuple[Scard, int] | None = None
        self._thread: threading.Thread | None = None

    @property
    def known(self) -> Known:
        """The latest knowledge; never blocks."""
        return self._known

    def add(self, listener: Listener) -> None:
        """Tells ``listener`` what is known, if anything is, and then each change. Starts with the first."""
        with self._telling:
            if self._stopping.is_set():
                return
            self._listeners.append(listener)
            if self._known.snapshot.scanned:
                _tell(listener, self._known.snapshot)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="pcsc watcher", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Returns when the thread has ended; a service that hangs is waited for no longer than 3 s."""
        self._stopping.set()
        if self._thread is None or self._thread is threading.current_thread():
            return
        for _ in range(int(_JOIN_S / 0.05)):
            held = self._context
            if held is not None:
                held[0].cancel(held[1])  # without effect unless it waits just now, therefore again and again
            self._thread.join(0.05)
            if not self._thread.is_alive():
                return
        _log.warning("the PC/SC service hangs; its watcher is left behind")

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                code = self._follow_one_context(self._load())
                reason = sc.describe(code)
            except ScardMissing as missing:
                reason = str(missing)
            except Exception as bug:
                reason = f"bug in the watcher: {type(bug).__name__}"
                _log.exception("the watcher starts again after a bug")
            if self._stopping.is_set():
                return
            if self._known.snapshot.enabled or not self._known.snapshot.scanned:
                _log.warning("PC/SC service lost: %s", reason)
            self._publish(enabled=False)
            self._stopping.wait(RETRY_S)

    def _follow_one_context(self, service: Scard) -> int:
        """Follows readers until the context fails; the code that ended it."""
        code, context = service.establish_context()
        if code != Code.SUCCESS:
            return code
        self._context = (service, context)
        try:
            return self._follow(service, context)
        finally:
            self._context = None
            service.release_context(context)

    def _follow(self, service: Scard, context: int) -> int:
        reader, state, notification = "", sc.UNAWARE, sc.UNAWARE
        while not self._stopping.is_set():
            code, names = service.list_readers(context)
            if code not in (Code.SUCCESS, Code.NO_READERS_AVAILABLE):
                return code
            chosen = choose(names, reader, self._name_contains)
            if chosen != reader:
                reader, state = chosen, sc.UNAWARE
            if not reader:
                self._publish(enabled=True)
            watched = [(sc.NOTIFICATION, notification)] + ([(reader, state)] if reader else [])
            code, states = service.get_status_change(context, WAIT_MS, watched)
            if code in (Code.UNKNOWN_READER, Code.READER_UNAVAILABLE):
                reader = ""
                self._publish(enabled=True)
                self._stopping.wait(RETRY_S)
            elif code == Code.SUCCESS:
                notification = states[0] & ~_IGNORED
                if reader:
                    state = states[1] & ~_IGNORED
                    self._saw(reader, states[1])
            elif code not in (Code.TIMEOUT, Code.CANCELLED):
                return code
        return Code.CANCELLED

    def _saw(self, reader: str, state: int) -> None:
        available = not state & (sc.UNKNOWN | sc.UNAVAILABLE)
        present = available and bool(state & sc.PRESENT)
        self._publish(
            name=reader,
            enabled=True,
            available=available,
            card_present=present,
            mute=present and bool(state & sc.MUTE),
            events=state >> 16,
        )

    def _publish(
        self,
        *,
        enabled: bool,
        available: bool = False,
        card_present: bool = False,
        mute: bool = False,
        name: str = "",
        events: int = 0,
    ) -> None:
        before = self._known
        now = replace(
            before.snapshot,
            name=name or before.snapshot.name,
            enabled=enabled,
            available=available,
            scanned=True,
            card_present=card_present,
            mute=mute,
        )
        same_card = (
            before.snapshot.card_present and now.name == before.snapshot.name and events == before.events
        )
        if card_present and not same_card:
            now = replace(now, insertion=now.insertion + 1)
        with self._telling:
            self._known = Known(now, events)
            if now != before.snapshot:
                for listener in tuple(self._listeners):
                    _tell(listener, now)


def _tell(listener: Listener, snapshot: ReaderSnapshot) -> None:
    try:
        listener(snapshot)
    except Exception as bug:
        _log.error("a listener of the reader failed: %s", type(bug).__name__)
