"""Accounts in memory: for tests and for what is gone with its process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kiosk.accounts.errors import FileClosed
from kiosk.accounts.interface import Kept, R


class MemoryRecords:
    def __init__(self, kept: dict[tuple[str, str], Kept]) -> None:
        self.kept = kept

    def get(self, kind: type[R], key: str) -> R | None:
        found = self.kept.get((kind.KIND, key))
        return found if isinstance(found, kind) else None

    def all(self, kind: type[R]) -> list[R]:
        return [record for _, record in sorted(self.kept.items()) if isinstance(record, kind)]

    def put(self, record: Kept) -> None:
        self.kept[record.KIND, record.key] = record

    def drop(self, record: Kept) -> None:
        self.kept.pop((record.KIND, record.key), None)


class MemoryAccountFile:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], Kept] | None = {}

    def close(self) -> None:
        with self._lock:
            self._kept = None

    @contextmanager
    def transaction(self) -> Iterator[MemoryRecords]:
        with self._lock:
            if self._kept is None:
                raise FileClosed
            draft = MemoryRecords(dict(self._kept))
            yield draft
            self._kept = draft.kept
