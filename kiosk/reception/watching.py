"""Turns a reader's snapshots into the events of a visit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from drivers.interface import ReaderSnapshot
from kiosk.visit.events import CardInserted, CardRemoved, Event, ReaderChanged

Post = Callable[..., None]


class ReaderWatch:
    """Remembers the last snapshot and posts what changed. Called by one driver thread.

    A reader that goes away takes its card along without a removal: nobody saw the card leave. A swap too quick to
    be seen shows as a new insertion number, and is told as removal and insertion.
    """

    def __init__(self, post: Post) -> None:
        self._post = post
        self._told = ReaderSnapshot()
        self._last = self._told

    def has_seen(self, snapshot: ReaderSnapshot) -> bool:
        """Whether this is what the reader reported last."""
        return self._last is snapshot or self._last == snapshot

    def __call__(self, snapshot: ReaderSnapshot) -> None:
        self._last = snapshot
        if not snapshot.scanned:
            return
        for kind, fields in changes(self._told, snapshot):
            self._post(kind, **fields)
        self._told = snapshot


def changes(last: ReaderSnapshot, now: ReaderSnapshot) -> Iterator[tuple[type[Event], dict[str, Any]]]:
    """The events between two snapshots of one reader, in order."""
    if not now.scanned:
        return
    was, up = last.enabled and last.available and last.scanned, now.enabled and now.available
    if up is not was or not last.scanned:
        yield ReaderChanged, {"available": up, "scanned": True}
    held = last.insertion if was and last.card_present else None
    here = now.insertion if up and now.card_present else None
    if held == here:
        return
    if held is not None and up:
        yield CardRemoved, {"insertion": held}
    if here is not None:
        yield CardInserted, {"insertion": here, "mute": now.mute}
