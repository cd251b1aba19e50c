"""Sections of what is kept on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from ui.settings.part import Part


class LedgerPart(Part, frozen=True, kw_only=True):
    """``folder`` and ``checkpoints``: else below ``data``. ``retention_years``: whole calendar years kept before the
    running one."""

    folder: Path | None = None
    checkpoints: Path | None = None
    retention_years: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3


class Patients(Part, frozen=True, kw_only=True):
    """The facility's own patients. ``folder``: else below ``data``. ``retention_years``: who has not been seen for so
    long is erased; the facility's choice. ``from_visits``: kept up by what the national system answers about those who
    were received, and by the days on which they came."""

    folder: Path | None = None
    retention_years: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5
    from_visits: bool = True


class Accounts(Part, frozen=True, kw_only=True):
    """The staff's accounts. ``folder``: else below ``data``. ``idle_minutes``: without a touch a console locks.
    ``session_hours``: then everybody signs in anew. ``second_factor``: nobody works without one."""

    folder: Path | None = None
    idle_minutes: Annotated[int, msgspec.Meta(ge=1, le=30)] = 5
    session_hours: Annotated[int, msgspec.Meta(ge=1, le=24)] = 12
    second_factor: bool = True


class Log(Part, frozen=True, kw_only=True):
    """``to``: ``stderr`` (systemd keeps it), or ``file`` below ``data``."""

    to: Literal["stderr", "file"] = "stderr"
