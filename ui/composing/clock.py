"""The moment and the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """In Japan."""
    return (datetime.now(UTC) + timedelta(hours=9)).date()
