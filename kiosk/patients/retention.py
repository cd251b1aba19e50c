"""How long patients are kept that have not come again. The facility decides; its chart is not touched by this."""

from __future__ import annotations

from datetime import UTC, date, datetime

from kiosk.coverage.certificate_life import japanese_date
from kiosk.patients.interface import PatientFile


def today_in_japan() -> date:
    return japanese_date(datetime.now(UTC))


def oldest_kept(years: int, today: date) -> date:
    """The first day of being seen that is kept: this day so many years ago (29 February: 1 March)."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return date(today.year - years, 3, 1)


def purge_overdue(patients: PatientFile, years: int, today: date) -> int:
    """The daily run; a second one finds nothing. How many were erased. Raises PatientFileError."""
    return patients.purge(oldest_kept(years, today))
