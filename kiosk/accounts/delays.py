"""Lock-out that slows down: each failure in a row doubles the wait before the next try, up to five minutes, for the
name and for the terminal. It never locks for good: that would let anybody shut out anybody.

A try counts as failed before it is looked at, and is taken back if it was right: who pulls the plug in between, or
tries many at once, gains nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Self

from msgspec.structs import replace

from kiosk.accounts.interface import Records
from kiosk.accounts.records import Failures

LONGEST: Final = timedelta(minutes=5)
FORGOTTEN: Final = timedelta(days=1)
"""After so long without a failure the count begins anew."""
_FIRST: Final = timedelta(seconds=1)


def delay(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: 0, 1, 2, 4, 8 … seconds."""
    if failures <= 0:
        return timedelta()
    doublings = min(failures - 1, 9)  # 512 s is over the longest already
    return min(_FIRST * (1 << doublings), LONGEST)


def remaining(failures: Failures | None, now: datetime) -> timedelta:
    """How much of the wait is left. A clock that was set back counts as if the last failure were now, never longer."""
    if failures is None:
        return timedelta()
    passed = max(now - failures.at, timedelta())
    return max(delay(failures.count) - passed, timedelta())


class Try:
    """One try under several counts at once."""

    def __init__(self, before: dict[str, Failures | None], counted: list[Failures]) -> None:
        self._before = before
        self._counted = counted

    @classmethod
    def begin(cls, records: Records, keys: Iterable[str], now: datetime) -> Self | timedelta:
        """Counts the try as failed, or tells how long to wait before there may be one."""
        before = {key: _remembered(records.get(Failures, key), now) for key in keys}
        if wait := max(remaining(failures, now) for failures in before.values()):
            return wait
        counted = [Failures(key=key, count=_count(last) + 1, at=now) for key, last in before.items()]
        for failures in counted:
            records.put(failures)
        return cls(before, counted)

    @property
    def wait(self) -> timedelta:
        """If it fails: how long until the next."""
        return max(delay(failures.count) for failures in self._counted)

    def take_back(self, records: Records) -> None:
        """It was no failure, and no sign-in yet either."""
        for counted in self._counted:
            now = records.get(Failures, counted.key)
            if now is None:
                continue
            before = self._before[counted.key] if now == counted else replace(now, count=now.count - 1)
            if before is None or before.count <= 0:
                records.drop(now)
            else:
                records.put(before)

    def forget_all(self, records: Records) -> None:
        """Somebody signed in: the counts begin anew."""
        for counted in self._counted:
            records.drop(counted)


def sweep(records: Records, now: datetime) -> None:
    for failures in records.all(Failures):
        if _remembered(failures, now) is None:
            records.drop(failures)


def _remembered(failures: Failures | None, now: datetime) -> Failures | None:
    return None if failures is not None and now - failures.at > FORGOTTEN else failures


def _count(failures: Failures | None) -> int:
    return 0 if failures is None else failures.count
