"""Where in a ledger a moment lies."""

from __future__ import annotations

from kiosk.ledger.interface import Ledger, Record


def position_before(ledger: Ledger, at: str) -> int:
    """The position after which everything from the instant ``at`` (``stamp``) on stands. By halving: records stand in
    the order in which they were committed, which is that of their times but for the seconds between two programs."""
    low, step = 0, 1024
    while (record := _after(ledger, low + step)) is not None and record.at < at:
        low, step = low + step, step * 2
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        record = _after(ledger, middle)
        if record is not None and record.at < at:
            low = middle
        else:
            high = middle
    return low


def _after(ledger: Ledger, position: int) -> Record | None:
    return next(iter(ledger.entries(since=position)), None)
