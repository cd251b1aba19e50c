"""The PC/SC service as an OS would fake it: a small world of readers, and return codes scripted by function name."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drivers.pcsc import scard as sc
from drivers.pcsc.scard import Code

Answering = Callable[[bytes], bytes]


@dataclass
class FakeSlot:
    """One reader. ``answer`` is the card's; None where there is no card."""

    events: int = 0
    answer: Answering | None = None
    mute: bool = False
    broken: bool = False
    in_use: bool = False

    @property
    def state(self) -> int:
        if self.broken:
            return sc.UNAVAILABLE
        flags = 0x10 if self.answer is None else sc.PRESENT | (sc.MUTE if self.mute else 0)
        return self.events << 16 | flags | (sc.INUSE if self.in_use else 0)


class FakeScard:
    """Fulfils ``drivers.pcsc.scard.Scard``. ``script`` holds codes that the next calls of a function return instead
    of acting; ``calls`` counts calls by function; ``hooks`` run once, at the beginning of a function's next call.
    ``block`` makes a function wait until ``unblock``.

    Waiting is by condition only: a change wakes it at once.
    """

    def __init__(self, *readers: str) -> None:
        self.slots = {name: FakeSlot() for name in readers}
        self.script: defaultdict[str, deque[int]] = defaultdict(deque)
        self.calls: Counter[str] = Counter()
        self.up = True
        self.hooks: dict[str, Callable[[], None]] = {}
        self.stale_code: int = Code.NO_SERVICE
        self.attribute: bytes = b""
        self.controls: dict[int, bytes] = {}
        self.ended: list[tuple[str, int]] = []
        self.contexts: set[int] = set()
        self._blocked: set[str] = set()
        self._cards: dict[int, tuple[str, int]] = {}
        self._next = 100
        self._changed = threading.Condition()
        self._cancelled: set[int] = set()

    # ------------------------------------------------------------------------------------ the world

    def insert(self, reader: str, answer: Answering, *, mute: bool = False) -> None:
        with self._changed:
            slot = self.slots[reader]
            slot.events += 1
            slot.answer, slot.mute = answer, mute
            self._changed.notify_all()

    def remove(self, reader: str) -> None:
        with self._changed:
            self.slots[reader].events += 1
            self.slots[reader].answer = None
            self._changed.notify_all()

    def swap(self, reader: str, answer: Answering) -> None:
        """Out and in before anybody looks."""
        with self._changed:
            self.slots[reader].events += 2
            self.slots[reader].answer = answer
            self._changed.notify_all()

    def plug(self, reader: str) -> None:
        with self._changed:
            self.slots[reader] = FakeSlot()
            self._changed.notify_all()

    def unplug(self, reader: str) -> None:
        with self._changed:
            del self.slots[reader]
            self._changed.notify_all()

    def set_service(self, up: bool) -> None:
        """Kills the service, or starts a fresh one that counts from zero; old contexts stay worthless."""
        with self._changed:
            self.up = up
            self.contexts.clear()
            self._cards.clear()
            for slot in self.slots.values():
                slot.events = 0
            self._changed.notify_all()

    def break_reader(self, reader: str, broken: bool) -> None:
        with self._changed:
            self.slots[reader].broken = broken
            self._changed.notify_all()

    def block(self, function: str) -> None:
        with self._changed:
            self._blocked.add(function)

    def unblock(self, function: str) -> None:
        with self._changed:
            self._blocked.discard(function)
            self._changed.notify_all()

    def wait_for(self, condition: Callable[[], bool], timeout: float = 5.0) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, timeout)

    # -------------------------------------------------------------------------------------- service

    def establish_context(self) -> tuple[int, int]:
        with self._changed:
            code = self._enter("establish_context")
            if code != Code.SUCCESS or not self.up:
                return code or Code.NO_SERVICE, 0
            self.contexts.add(self._new())
            return Code.SUCCESS, self._next

    def release_context(self, context: int) -> int:
        with self._changed:
            self._enter("release_context")
            self.contexts.discard(context)
            return Code.SUCCESS

    def cancel(self, context: int) -> int:
        with self._changed:
            self._cancelled.add(context)
            self._changed.notify_all()
            return Code.SUCCESS

    def list_readers(self, context: int) -> tuple[int, list[str]]:
        with self._changed:
            code = self._enter("list_readers") or self._stale(context)
            if code == Code.SUCCESS and not self.slots:
                code = Code.NO_READERS_AVAILABLE
            return code, [] if code else list(self.slots)

    def get_status_change(
        self, context: int, timeout_ms: int, states: Sequence[tuple[str, int]]
    ) -> tuple[int, list[int]]:
        with self._changed:
            code = self._enter("get_status_change") or self._stale(context)
            if code:
                return code, [0] * len(states)
            names = [name for name, _ in states if name != sc.NOTIFICATION]
            if any(name not in self.slots for name in names):
                return Code.UNKNOWN_READER, [0] * len(states)
            readers = list(self.slots)
            self._changed.wait_for(
                lambda: (
                    self._stale(context) != Code.SUCCESS
                    or context in self._cancelled
                    or readers != list(self.slots)
                    or any(self._news(name, state) for name, state in states)
                ),
                timeout_ms / 1000,
            )
            if self._stale(context):
                return Code.COMM_ERROR, [0] * len(states)
            if context in self._cancelled:
                self._cancelled.discard(context)
                return Code.CANCELLED, [0] * len(states)
            now = [self.slots[name].state if name in self.slots else sc.UNKNOWN for name, _ in states]
            fresh = readers != list(self.slots) or any(self._news(name, state) for name, state in states)
            return Code.SUCCESS if fresh or timeout_ms == 0 else Code.TIMEOUT, now

    def connect(self, context: int, reader: str, share: int) -> tuple[int, int, int]:
        with self._changed:
            code = self._enter("connect") or self._stale(context)
            if not code and reader not in self.slots:
                code = Code.UNKNOWN_READER
            if not code and self.slots[reader].answer is None:
                code = Code.NO_SMARTCARD
            if code:
                return code, 0, 0
            self._cards[self._new()] = (reader, self.slots[reader].events)
            return Code.SUCCESS, self._next, 2

    def reconnect(self, card: int, share: int) -> tuple[int, int]:
        with self._changed:
            return self._enter("reconnect"), 2

    def begin_transaction(self, card: int) -> int:
        with self._changed:
            return self._enter("begin_transaction")

    def end_transaction(self, card: int, disposition: int) -> int:
        with self._changed:
            self.ended.append(("end_transaction", disposition))
            return self._enter("end_transaction")

    def disconnect(self, card: int, disposition: int) -> int:
        with self._changed:
            self.ended.append(("disconnect", disposition))
            self._cards.pop(card, None)
            return self._enter("disconnect")

    def transmit(self, card: int, protocol: int, apdu: bytes) -> tuple[int, bytes]:
        with self._changed:
            code = self._enter("transmit")
            if code:
                return code, b""
            if card not in self._cards:
                return Code.INVALID_HANDLE if self.up else Code.COMM_ERROR, b""
            reader, events = self._cards[card]
            slot = self.slots.get(reader)
            if slot is None:
                return Code.READER_UNAVAILABLE, b""
            if slot.answer is None or slot.events != events:
                return Code.REMOVED_CARD, b""
            return Code.SUCCESS, slot.answer(apdu)

    def get_attribute(self, card: int, attribute: int) -> tuple[int, bytes]:
        with self._changed:
            code = self._enter("get_attribute") or (Code.SUCCESS if self.attribute else Code.UNEXPECTED)
            return code, self.attribute

    def control(self, card: int, control_code: int) -> tuple[int, bytes]:
        with self._changed:
            code = self._enter("control")
            if not code and control_code not in self.controls:
                code = Code.UNSUPPORTED_FEATURE
            return code, b"" if code else self.controls[control_code]

    def control_code(self, function: int) -> int:
        return 0x42000000 + function

    # -------------------------------------------------------------------------------------- helpers

    def _enter(self, function: str) -> int:
        self.calls[function] += 1
        self.hooks.pop(function, lambda: None)()
        self._changed.notify_all()
        self._changed.wait_for(lambda: function not in self._blocked)
        return self.script[function].popleft() if self.script[function] else Code.SUCCESS

    def _stale(self, context: int) -> int:
        return Code.SUCCESS if context in self.contexts else self.stale_code

    def _news(self, name: str, state: int) -> bool:
        if name == sc.NOTIFICATION:
            return False
        slot = self.slots.get(name)
        mask = ~(sc.CHANGED | sc.INUSE | sc.EXCLUSIVE)
        return slot is None or slot.state & mask != state & mask

    def _new(self) -> int:
        self._next += 1
        return self._next
