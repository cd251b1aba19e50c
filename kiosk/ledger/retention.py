"""When personal data must go, and that it goes by itself every day.

The rule for records of benefits is three years after completion (療養担当規則 第9条); the default keeps the
running calendar year and three whole years before it. The facility decides; the kiosk is not the chart.
What is erased is payload and salt. The chain stays whole and tells that, and when, something was erased.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from kiosk.ledger.interface import JST, Ledger, Purge, parse_stamp


class RetentionPolicy(msgspec.Struct, frozen=True):
    years: int = 3
    """Whole calendar years kept before the running one."""


def oldest_kept(policy: RetentionPolicy, today: date) -> date:
    """The first day whose visits are kept; what ended before it is erased."""
    return date(today.year - policy.years, 1, 1)


def due(last: str | None, now: datetime) -> bool:
    """Once every Japanese calendar day. last: `Ledger.last_purge()`."""
    today = now.astimezone(JST).date()
    return last is None or parse_stamp(last).astimezone(JST).date() != today


def purge(ledger: Ledger, before: date, actor: str = "system") -> Purge:
    """Erase payload and salt of every visit that ended before that (Japanese) day, in one transaction.

    An entry of a visit that was still moved on or after `before` is kept. Raises LedgerError, and
    InvalidEntry for a day that is not over.
    """
    return ledger.purge(before, actor)


def run_daily(ledger: Ledger, policy: RetentionPolicy, now: datetime) -> Purge | None:
    """The daily run: None if it has run today. Several processes may call it; a second run finds nothing."""
    if not due(ledger.last_purge(), now):
        return None
    return ledger.purge(oldest_kept(policy, now.astimezone(JST).date()))
