"""The thread of a terminal that keeps the hub up to date. Reception never waits for it."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Literal

import msgspec
import structlog

from kiosk.ledger.errors import LedgerClosed, LedgerError
from kiosk.ledger.hub.endpoint import Endpoint, connect
from kiosk.ledger.hub.errors import HubAway, as_hub_errors
from kiosk.ledger.hub.sealing import BoxKey
from kiosk.ledger.hub.session import Session, Stuck, own_heads
from kiosk.ledger.interface import stamp
from kiosk.ledger.sqlite import SqliteLedger

State = Literal["starting", "connected", "away", "refused", "ended"]
_log = structlog.get_logger(__name__)


class Pace(msgspec.Struct, frozen=True):
    """Seconds. look: how often what other programs of this machine wrote is looked for. poll: how often the hub is
    asked though it has not called. first, longest: pauses between attempts while it is away; refused: the longest one
    where it is there and does not let us in."""

    look: float = 1.0
    poll: float = 5.0
    first: float = 0.25
    longest: float = 2.0
    refused: float = 30.0


class Standing(msgspec.Struct, frozen=True):
    """How this terminal stands with the hub. waiting: links that are not there yet, as far as was known last."""

    state: State
    since: str
    waiting: int = 0
    problem: str = ""  # code of the LedgerError
    remedy: str = ""
    stuck: tuple[Stuck, ...] = ()


class Shipper:
    """`start`, and `close` before the ledger is closed. `changed` is called in the shipper's thread, with each new
    standing."""

    def __init__(
        self,
        ledger: SqliteLedger,
        endpoint: Endpoint,
        public_key: BoxKey,
        *,
        pace: Pace = Pace(),  # noqa: B008 - immutable
        changed: Callable[[Standing], None] = lambda _standing: None,
    ) -> None:
        self._ledger = ledger
        self._endpoint = endpoint
        self._public_key = public_key
        self._pace = pace
        self._changed = changed
        self._standing = Standing("starting", self._now())
        self._there: dict[str, int] = {}
        self._lock = Lock()
        self._ending = Event()
        self._asleep, self._waker = socket.socketpair()
        self._asleep.setblocking(False)
        self._waker.setblocking(False)
        self._thread = Thread(target=self._run, name="hub-shipper", daemon=True)

    def start(self) -> None:
        self._ledger.when_written(self._wake)
        self._thread.start()

    def close(self, patience_s: float = 5.0) -> None:
        """Send what is left if the hub is there, then end."""
        self._ending.set()
        self._wake()
        if self._thread.ident is not None:
            self._thread.join(patience_s)
        if self._thread.is_alive():
            _log.warning("hub.shipper_late")  # in a call to a dead network; it ends by itself
            return
        self._asleep.close()
        self._waker.close()

    @property
    def standing(self) -> Standing:
        with self._lock:
            return self._standing

    # -- the thread
    def _run(self) -> None:
        pause = self._pace.first
        while not self._ending.is_set():
            try:
                self._connected()
                break  # ended as asked
            except LedgerClosed:
                break
            except LedgerError as error:
                pause = self._after(error, pause)
            except Exception as error:  # a bug must not end it for ever
                _log.error("hub.shipper_failed", error=type(error).__name__)
                pause = self._after(LedgerError(type(error).__name__), pause)
        self._become(msgspec.structs.replace(self.standing, state="ended"))

    def _after(self, error: LedgerError, pause: float) -> float:
        """Wait before the next attempt; twice as long each time, and not all terminals at once."""
        if self.standing.state == "connected":
            pause = self._pace.first
        state: State = "away" if isinstance(error, HubAway) else "refused"
        self._become(Standing(state, self._now(), self._waiting(), error.code, error.remedy))
        self._ending.wait(pause * (0.5 + self._ledger.options.random(1)[0] / 255))
        return min(pause * 2, self._pace.longest if state == "away" else self._pace.refused)

    def _connected(self) -> None:
        """From a new connection to its end."""
        hub = connect(self._endpoint, f"uketsuke {self._ledger.chain}")
        try:
            session = Session(self._ledger, hub, self._public_key)
            self._there = session.there
            with selectors.DefaultSelector() as sleeper:
                sleeper.register(self._asleep, selectors.EVENT_READ)
                with as_hub_errors():
                    sleeper.register(hub.fileno(), selectors.EVENT_READ)
                self._serve(session, sleeper)
        finally:
            hub.close()

    def _serve(self, session: Session, sleeper: selectors.BaseSelector) -> None:
        called, ask_at = True, 0.0
        while True:
            session.ship()
            now = time.monotonic()
            if called or now >= ask_at:
                if session.bring_back():
                    session.ship()
                if now >= ask_at:
                    session.present()
                    ask_at = now + self._pace.poll
            stuck = tuple(session.stuck.values())
            self._become(Standing("connected", self._now(), self._waiting(), stuck=stuck))
            if self._ending.is_set():
                session.present(leaving=True)
                return
            called = session.notified()
            if not called:
                self._sleep(sleeper)
                called = session.notified()

    def _sleep(self, sleeper: selectors.BaseSelector) -> None:
        """Until something was written here, the hub calls, or it is time to look."""
        sleeper.select(self._pace.look)
        with suppress(BlockingIOError):
            self._asleep.recv(4096)

    def _waiting(self) -> int:
        """Links that are not in the hub yet."""
        with suppress(LedgerError):
            heads = own_heads(self._ledger)
            return sum(max(0, head.seq - self._there.get(chain, 0)) for chain, head in heads.items())
        return self.standing.waiting

    def _wake(self) -> None:
        with suppress(OSError):  # full: it is awake already; closed: it has ended
            self._waker.send(b"x")

    def _become(self, standing: Standing) -> None:
        before = self.standing
        if before.state == standing.state:
            standing = msgspec.structs.replace(standing, since=before.since)
        with self._lock:
            self._standing = standing
        if standing != before:
            if standing.state != before.state:
                _log.info("hub.standing", state=standing.state, problem=standing.problem)
            self._changed(standing)

    def _now(self) -> str:
        return stamp(self._ledger.options.clock().wall)
