"""The terminal's own files: ledger, patients, accounts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from kiosk.ledger import Ledger, Options, SqliteLedger
from kiosk.ledger.audit import verify_tail
from kiosk.reception.world import World
from ui.settings import Settings

if TYPE_CHECKING:
    from kiosk.accounts.interface import AccountFile
    from kiosk.accounts.means import Limits
    from kiosk.patients.interface import PatientFile
    from kiosk.storage.companion import Companion

_log = structlog.get_logger(__name__)

_EVERY_S = 5.0


def open_ledger(settings: Settings, process: str = "kiosk") -> SqliteLedger:
    """The terminal's ledger. A production ledger refuses simulated records for ever. A folder for checkpoints that the
    settings name is never made here: it may be a share that is not mounted."""
    if settings.ledger.checkpoints is None:
        try:
            settings.checkpoints_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise settings.wrong("data", f"no folder can be made there ({type(error).__name__})") from None
    return SqliteLedger(
        settings.ledger_folder,
        Options(
            terminal=settings.terminal,
            process=process,
            checkpoints=settings.checkpoints_folder,
            refuse_simulated=settings.profile == "production",
        ),
    )


def check_tail(ledger: SqliteLedger) -> None:
    """What this terminal wrote after its last checkpoint, checked at every start. A break is said aloud, and the
    reception goes on: patients wait, and nothing that is broken becomes more so."""
    report = verify_tail(ledger)
    for found in report.findings:
        _log.error("ledger.broken", problem=found.problem, chain=found.chain, seq=found.seq)
    if report.verdict == "unreadable":
        _log.error("ledger.unreadable", error=report.error)


def patient_file(settings: Settings) -> PatientFile:
    """The facility's own patients, made empty where there are none yet. Raises ``PatientFileError``."""
    from kiosk.patients.sqlite import SqlitePatientFile

    return SqlitePatientFile(settings.patients_folder)


def patients_of(settings: Settings, world: World) -> PatientFile:
    """A simulated kiosk knows its simulated people, and keeps nothing of them."""
    if settings.profile == "production":
        return patient_file(settings)
    from kiosk.patients.memory import MemoryPatientFile
    from simulator.people import everyone
    from simulator.playing.someone import known_as

    file = MemoryPatientFile(today=lambda: world.now().day)
    for persona in everyone():
        if persona.eligibility.coverages:
            file.remember(known_as(persona), world.now().day)
    return file


def remember_patients(
    settings: Settings, ledger: SqliteLedger, patients: PatientFile, world: World, undo: ExitStack
) -> None:
    """Keeps the file up by visits, where the settings want that. Before anything of this run is written."""
    if not settings.patients.from_visits:
        return
    from kiosk.background import Background
    from kiosk.reception.remembering import Remembering

    remembering = Remembering(ledger, patients, world)
    thread = Background("remembering", remembering.tick, every_s=_EVERY_S, at_end=remembering.tick)
    thread.start()
    undo.callback(thread.close)


def forget_visits(ledger: Ledger, years: int, now: Callable[[], datetime]) -> Callable[[date], None]:
    """Retention of what visits tell, once a day. Raises ``LedgerError``: to be tried again."""
    from kiosk.ledger.retention import RetentionPolicy, run_daily

    def chore(_today: date) -> None:
        run_daily(ledger, RetentionPolicy(years=years), now())

    return chore


def forget_patients(patients: PatientFile, years: int) -> Callable[[date], None]:
    """Retention of the facility's patients, once a day."""
    from kiosk.patients.errors import PatientFileError
    from kiosk.patients.retention import purge_overdue

    def chore(today: date) -> None:
        try:
            purge_overdue(patients, years, today)
        except PatientFileError as error:
            _log.error("patients.purge_failed", error=error.code)

    return chore


def account_file(settings: Settings) -> AccountFile:
    """The staff's accounts, made empty where there are none yet. Raises ``AccountFileError``."""
    from kiosk.accounts.sqlite import SqliteAccountFile

    return SqliteAccountFile(settings.accounts_folder)


def account_limits(settings: Settings) -> Limits:
    from kiosk.accounts.means import Limits

    wanted = settings.accounts
    return Limits(
        idle=timedelta(minutes=wanted.idle_minutes),
        life=timedelta(hours=wanted.session_hours),
        second=wanted.second_factor,
    )


def companions_of(settings: Settings) -> tuple[Companion, ...]:
    """What is copied together with the ledger. Nothing is opened."""
    from kiosk.accounts import schema as accounts
    from kiosk.handoff import outbox_file
    from kiosk.patients import schema as patients

    return (
        patients.companion(settings.patients_folder),
        accounts.companion(settings.accounts_folder),
        outbox_file.companion(settings.handoff_folder),
    )
