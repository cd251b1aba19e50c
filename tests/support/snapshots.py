"""Waiting for what a reader says, without sleeping."""

from __future__ import annotations

import threading
from collections.abc import Callable

from drivers.interface import CardReader, ReaderSnapshot

PATIENCE_S = 10.0


class Snapshots:
    """Collects a reader's snapshots and waits for the one that is meant."""

    def __init__(self, reader: CardReader) -> None:
        self.seen: list[ReaderSnapshot] = []
        self._changed = threading.Condition()
        reader.watch(self._add)

    def _add(self, snapshot: ReaderSnapshot) -> None:
        with self._changed:
            self.seen.append(snapshot)
            self._changed.notify_all()

    def wait(
        self, condition: Callable[[ReaderSnapshot], bool], timeout: float = PATIENCE_S
    ) -> ReaderSnapshot:
        """The latest snapshot, as soon as it fulfils the condition."""
        with self._changed:
            met = self._changed.wait_for(lambda: bool(self.seen) and condition(self.seen[-1]), timeout)
            assert met, f"the last of {len(self.seen)} snapshots: {self.seen[-1:]}"
            return self.seen[-1]

    def card(self, after: int = 0) -> int:
        """Waits for a card of a later insertion than ``after``; its insertion."""
        return self.wait(lambda now: now.card_present and now.insertion > after).insertion

    def no_card(self) -> None:
        self.wait(lambda now: now.scanned and not now.card_present)
