"""The hand-off to the facility's other systems."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from kiosk.ledger import Ledger, LedgerError
from ui.composing.clock import now as system_now
from ui.settings import Settings

if TYPE_CHECKING:
    from kiosk.coverage.qualification import Answer
    from kiosk.handoff.courier import Courier
    from kiosk.patients.interface import PatientFile

_log = structlog.get_logger(__name__)

_EVERY_S = 2.0


def handoff_of(
    settings: Settings,
    ledger: Ledger,
    patients: PatientFile | None = None,
    *,
    now: Callable[[], datetime] | None = None,
) -> Courier | None:
    """Who hands visits with a result over, not yet running; None where the settings name no receiver. ``patients``:
    where to look for the facility's own number of whom an answer is about. Raises ``SettingsError`` and
    ``LedgerError``."""
    if not settings.handoff.receivers:
        return None
    from kiosk.handoff.courier import Courier
    from kiosk.handoff.outbox_sqlite import SqliteOutbox
    from ui.composing.receivers import receivers_of

    receivers = receivers_of(settings)
    outbox = SqliteOutbox(settings.handoff_folder, settings.ledger_folder)
    return Courier(ledger, outbox, receivers, now=now or system_now, identify=_identified_by(patients))


def run_courier(courier: Courier | None, undo: ExitStack) -> None:
    """On a thread of its own, until ``undo``."""
    if courier is not None:
        from kiosk.background import Background

        thread = Background("handoff", courier.run, every_s=_EVERY_S, at_end=courier.close)
        thread.start()
        undo.callback(thread.close)


def forget_letters(courier: Courier | None, days: int) -> Callable[[date], None]:
    """Retention of what is known of deliveries, once a day."""

    def chore(today: date) -> None:
        try:
            if courier is not None:
                courier.purge(today - timedelta(days=days))
        except LedgerError as error:
            _log.error("handoff.purge_failed", error=error.code)

    return chore


def _identified_by(patients: PatientFile | None) -> Callable[[Answer], str]:
    """The patient number of whom an answer is about; "" for nobody, or where the file cannot be read now."""

    def identify(answer: Answer) -> str:
        from kiosk.patients.errors import PatientFileError

        try:
            found = patients.by_answer(answer) if patients is not None else None
        except PatientFileError as error:
            _log.error("handoff.patients_unreadable", error=error.code)
            return ""
        return found[0].patient_number if found is not None else ""

    return identify
