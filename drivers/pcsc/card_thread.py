"""One powered card at a time, held for us alone, with a watchdog over every call."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from drivers.interface import Failure, Fault, LinkError
from drivers.pcsc import scard as sc
from drivers.pcsc.properties import largest_apdu
from drivers.pcsc.scard import Code, Scard, failure_of
from drivers.pcsc.worker import Worker
from drivers.waiting import Hung

BUSY_S = 1.0
"""How long another program's hold on the card is waited out, within the watchdog's time."""

_BUSY_STEP_S = 0.05


@dataclass(frozen=True, slots=True)
class Held:
    """A card in our hands. ``limit`` is the largest APDU that the reader says it carries."""

    reader: str
    events: int
    card: int
    protocol: int
    limit: int


class CardThread:
    """The thread on which all calls that concern a card run, with the service's context that they share.

    After a call that hung it is ``hung`` for good and another one takes its place; should the call come back, the
    card is reset and released here.
    """

    def __init__(self, service: Scard, timeout: float) -> None:
        self._service = service
        self._timeout = timeout
        self._context: int | None = None
        self._card: int | None = None
        self._used_by_others = False
        self._limits: dict[str, int] = {}
        self._stopping = threading.Event()
        self._worker = Worker("pcsc card", self._let_go)
        self.hung = False

    @property
    def alive(self) -> bool:
        """Whether the thread still runs, which a hung one does until its call comes back."""
        return self._worker.alive

    def open(self, reader: str, events: int) -> Held:
        """Connects, begins a transaction and makes sure that it is the card of this event count.

        Raises ``LinkError``.
        """
        try:
            return self._worker.call(lambda: self._open(reader, events), self._timeout)
        except Hung:
            self.hung = True
            fault = Fault.CARD_BUSY if self._used_by_others else Fault.TIMED_OUT
            raise LinkError(Failure.of(fault, f"connect: no answer in {self._timeout:g} s")) from None

    def transmit(self, held: Held, apdu: bytes) -> tuple[int, bytes]:
        """Code and response. Raises ``LinkError`` (TIMED_OUT); then the thread is hung."""
        try:
            return self._worker.call(
                lambda: self._service.transmit(held.card, held.protocol, apdu), self._timeout
            )
        except Hung:
            self.hung = True
            raise LinkError(
                Failure.of(Fault.TIMED_OUT, f"transmit: no answer in {self._timeout:g} s")
            ) from None

    def still_there(self, held: Held) -> bool:
        """Whether the reader has seen no card leave since ``open``."""
        try:
            self._worker.call(lambda: _demand_card(self._look(held.reader), held.events), self._timeout)
        except LinkError:
            return False
        except Hung:
            self.hung = True
            return False
        return True

    def close(self) -> None:
        """Ends the transaction by a reset of the card. Does not wait: the next call on this thread will."""
        if not self.hung:
            self._worker.post(self._release_card)

    def stop(self) -> None:
        """Releases everything; gives up on a hung call after a second."""
        self._stopping.set()
        self._worker.stop(1.0)

    # ------------------------------------------------------------------------------- on the thread

    def _open(self, reader: str, events: int) -> Held:
        state = self._look(reader)
        _demand_card(state, events)
        # pcsc-lite waits without end for the transactions of others, and nothing in its waiting says so.
        self._used_by_others = bool(state & (sc.INUSE | sc.EXCLUSIVE))
        card, protocol, share = self._connect(reader)
        self._card = card
        try:
            self._begin(card, share)
            _demand_card(self._look(reader), events)
            return Held(reader, events, card, protocol, self._limit(reader, card))
        except LinkError:
            self._release_card()
            raise

    def _look(self, reader: str) -> int:
        """The reader's state. A context that has gone stale since the last card is replaced once."""
        stale = False
        while True:
            if self._context is None:
                self._context = self._establish()
            code, states = self._service.get_status_change(self._context, 0, [(reader, sc.UNAWARE)])
            if code == Code.SUCCESS:
                return states[0]
            if stale or code not in sc.STALE:
                raise LinkError(failure_of(code, "look at the reader"))
            stale = True
            self._drop_context()

    def _establish(self) -> int:
        code, context = self._service.establish_context()
        if code != Code.SUCCESS:
            raise LinkError(failure_of(code, "establish context"))
        return context

    def _connect(self, reader: str) -> tuple[int, int, int]:
        """Alone if possible, else shared with a program that holds the card without using it."""
        assert self._context is not None
        share = sc.SHARE_EXCLUSIVE
        deadline = time.monotonic() + min(BUSY_S, self._timeout / 2)
        while True:
            code, card, protocol = self._service.connect(self._context, reader, share)
            if code == Code.SUCCESS:
                return card, protocol, share
            if code != Code.SHARING_VIOLATION or time.monotonic() > deadline:
                raise LinkError(failure_of(code, "connect"))
            if share == sc.SHARE_SHARED:
                self._stopping.wait(_BUSY_STEP_S)
            share = sc.SHARE_SHARED

    def _begin(self, card: int, share: int) -> None:
        code = self._service.begin_transaction(card)
        if code == Code.RESET_CARD:  # by the program that held it before us: acknowledge and begin again
            code, _ = self._service.reconnect(card, share)
            if code == Code.SUCCESS:
                code = self._service.begin_transaction(card)
        if code != Code.SUCCESS:
            raise LinkError(failure_of(code, "begin transaction"))

    def _limit(self, reader: str, card: int) -> int:
        """What the reader says of itself; a reader that says nothing carries short APDUs."""
        if reader not in self._limits:
            self._limits[reader] = largest_apdu(self._service, card)
        return self._limits[reader]

    def _release_card(self) -> None:
        card, self._card = self._card, None
        if card is None:
            return
        ended = self._service.end_transaction(card, sc.RESET_CARD) == Code.SUCCESS
        self._service.disconnect(card, sc.LEAVE_CARD if ended else sc.RESET_CARD)

    def _drop_context(self) -> None:
        context, self._context = self._context, None
        if context is not None:
            self._service.release_context(context)

    def _let_go(self) -> None:
        self._release_card()
        self._drop_context()


def _demand_card(state: int, events: int) -> None:
    """Raises ``LinkError`` unless a card is there and none has come or gone since ``events`` was counted."""
    if not state & sc.PRESENT or state >> 16 != events:
        raise LinkError(Failure.of(Fault.CARD_GONE, "another card than the one announced, or none"))
