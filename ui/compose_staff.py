"""The staff console's parts, chosen by the settings: which ledger, which accounts, which printers, who asks again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import structlog

from drivers.interface import Printer, Speaker
from kiosk.accounts.facts import AuditFact
from kiosk.accounts.managing import Managing
from kiosk.accounts.means import Means
from kiosk.accounts.sessions import Sessions
from kiosk.accounts.signing_in import SigningIn
from kiosk.desk.desk import Desk
from kiosk.desk.world import Owners
from kiosk.ledger import Entry, Ledger, LedgerError, SqliteLedger, canonical_json, stamp
from kiosk.ledger.checkpoint import open_checkpoint
from kiosk.ledger.interface import parse_stamp
from kiosk.reception.world import SystemWorld, World
from ui.composing.devices import printer_of, speaker_of
from ui.composing.files import (
    account_file,
    account_limits,
    forget_patients,
    forget_visits,
    open_ledger,
    patients_of,
)
from ui.composing.handoff import forget_letters, handoff_of, run_courier
from ui.composing.policy import book_of
from ui.composing.recheck import at_the_hub, somebody_asks, start_queue_of_console
from ui.composing.services import service_of
from ui.composing.simulated import Simulated
from ui.diagnosis import diagnose
from ui.settings import Settings
from ui.staff.guard import Guard
from ui.staff.health import Health, KioskSeen

if TYPE_CHECKING:
    from kiosk.handoff.courier import Courier
    from kiosk.ledger.hub.ledger import HubLedger
    from kiosk.patients.interface import PatientFile

    DeskLedger = SqliteLedger | HubLedger

PROCESS = "desk"
_log = structlog.get_logger(__name__)


@dataclass
class Daily:
    """What is done once a day; what could not be done is tried again at the next look."""

    world: World
    chores: Sequence[Callable[[date], None]]
    _done: date | None = None

    def keep(self) -> None:
        today = self.world.now().day
        if self._done != today:
            for chore in self.chores:
                chore(today)
            self._done = today


@dataclass
class Console:
    """A console without its window, with everything that must be closed."""

    settings: Settings
    world: World
    ledger: Ledger
    desk: Desk
    guard: Guard
    speaker: Speaker
    printer: Printer | None
    look_up: Callable[[], Health]
    patients: PatientFile
    daily: Daily
    _closing: ExitStack = field(default_factory=ExitStack)

    def keep_house(self) -> None:
        """Signs the checkpoint that is due, and forgets what retention does not allow any more."""
        self.ledger.checkpoint_if_due()
        self.daily.keep()

    def close(self) -> None:
        self._closing.close()


def build_console(settings: Settings) -> Console:
    """Raises ``SettingsError``, ``LedgerError``, ``AccountFileError`` and ``PatientFileError``; then nothing is left
    running."""
    with ExitStack() as undo:
        world = SystemWorld()
        ledger = desk_ledger(settings)
        undo.callback(ledger.close)
        patients = patients_of(settings, world)
        undo.callback(patients.close)
        accounts = account_file(settings)
        undo.callback(accounts.close)
        simulated = Simulated() if settings.profile == "simulated" else None
        service = service_of(settings, simulated, undo)
        undo.callback(service.close)
        papers = settings.papers
        asks = somebody_asks(settings, service)
        staff_printer = printer_of(papers.staff_printer, papers.folder)
        desk = Desk(
            ledger,
            world,
            ledger,
            book_of(settings),
            patients=patients,
            forms=printer_of(papers.printer, papers.folder),
            staff_printer=staff_printer,
            asks=asks,
        )
        start_queue_of_console(settings, service, ledger, ledger, world, undo)
        courier = courier_here(settings, ledger, patients)
        run_courier(courier, undo)
        means = Means(accounts, account_limits(settings))
        guard = Guard(
            SigningIn(means),
            Sessions(means),
            Managing(means, settings.facility.name),
            settings.terminal,
            lambda fact: ledger.append([entry_of(fact, world, simulated=simulated is not None)]),
        )
        return Console(
            settings,
            world,
            ledger,
            desk,
            guard,
            speaker_of(),
            staff_printer,
            lambda: health_of(settings, ledger),
            patients,
            Daily(world, _chores(settings, world, ledger, patients, courier)),
            undo.pop_all(),
        )


def _chores(
    settings: Settings, world: World, ledger: Ledger, patients: PatientFile, courier: Courier | None
) -> list[Callable[[date], None]]:
    """Retention. Beside a kiosk that one keeps it, for all that lies there; at the hub nobody else does."""
    letters = forget_letters(courier, settings.handoff.retention_days)
    if not at_the_hub(settings):
        return [letters]
    return [
        letters,
        forget_patients(patients, settings.patients.retention_years),
        forget_visits(ledger, settings.ledger.retention_years, lambda: world.now().utc),
    ]


def desk_ledger(settings: Settings) -> DeskLedger:
    """Where the console's chain stands, and which chains it sees: those of the kiosk's file on this machine, or of
    every terminal at the hub."""
    if at_the_hub(settings):
        from ui.composing.hub import open_hub_ledger

        return open_hub_ledger(settings, PROCESS)
    return open_ledger(settings, PROCESS)


def courier_here(settings: Settings, ledger: DeskLedger, patients: PatientFile) -> Courier | None:
    """Who hands every terminal's visits over, if that is this console's: its ledger stands in the hub, and its settings
    name receivers. Beside a kiosk it is the kiosk's."""
    return handoff_of(settings, ledger, patients) if at_the_hub(settings) else None


def entry_of(fact: AuditFact, world: World, *, simulated: bool) -> Entry:
    """The ledger's line for what the accounts tell."""
    now = world.now()
    return Entry(
        visit=fact.visit,
        id=world.new_id(),
        type=fact.type,
        at=stamp(now.utc),
        mono_ms=now.mono,
        actor=fact.actor,
        state="",
        simulated=simulated,
        payload=canonical_json(fact.payload),
    )


# ---------------------------------------------------------------------------------------------- health


def health_of(settings: Settings, ledger: DeskLedger) -> Health:
    """Takes a second or two."""
    return Health(diagnose(settings), kiosks_of(ledger, ledger), _last_signature(ledger))


def kiosks_of(ledger: Ledger, owners: Owners) -> tuple[KioskSeen, ...]:
    """Every kiosk that ever wrote here, by its terminal; of one that was restored the newest chain."""
    newest: dict[str, KioskSeen] = {}
    for chain, head in sorted(ledger.heads().items(), key=lambda one: one[1].at):
        if chain.split(".")[1] == "kiosk":
            seen = KioskSeen(chain, owners.is_running(chain), head.at)
            newest[seen.terminal] = seen
    return tuple(newest[terminal] for terminal in sorted(newest))


def _last_signature(ledger: DeskLedger) -> str:
    """By this machine's own key, of any chain; "" for none, or where it cannot be told."""
    signed = []
    try:
        with ledger.snapshot() as source:
            for note in source.notes():
                with suppress(ValueError):  # at a hub: another terminal's
                    signed.append(open_checkpoint(note, ledger.verify_key).at)
    except LedgerError as error:
        _log.warning("health.no_signature", error=error.code)
    return max(signed, key=parse_stamp, default="")
