"""Time as a value. The core never reads a clock: every event says when it happened."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec

from kiosk.coverage.certificate_life import JAPAN


class Moment(msgspec.Struct, frozen=True):
    """``mono``: milliseconds on a clock that never jumps, for time limits. ``wall``: milliseconds since 1970 (UTC),
    for records and for the visit's date."""

    mono: int
    wall: int

    @property
    def utc(self) -> datetime:
        return datetime.fromtimestamp(self.wall / 1000, UTC)

    @property
    def day(self) -> date:
        """The calendar day in Japan, whatever the machine's own time zone."""
        return datetime.fromtimestamp(self.wall // 1000, JAPAN).date()
