"""The one place where settings choose drivers, services and simulator: the parts are in ``ui/composing``."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from drivers.card.application import MyNumberCard
from drivers.interface import CardReader, FaceMatcher, FrontReader
from kiosk.coverage.services import Capability
from kiosk.eligibility.port import EligibilityService
from kiosk.ledger import SqliteLedger
from kiosk.ledger.retention import RetentionPolicy
from kiosk.reception.hands import Devices, Hands, Lanes
from kiosk.reception.lanes import ThreadLane
from kiosk.reception.reception import Alert, Reception, Show, Watcher
from kiosk.reception.rules_in_force import record_rules
from kiosk.reception.running import Inbox, ReceptionThread
from kiosk.reception.secrets import SecretSlots
from kiosk.reception.watching import ReaderWatch
from kiosk.reception.world import World
from ui.composing.card import anchors_of, face_issuers_of, reader_of, revocation_of
from ui.composing.clock import now
from ui.composing.devices import printer_of, speaker_of
from ui.composing.face import face_of
from ui.composing.files import check_tail, forget_patients, open_ledger, patients_of, remember_patients
from ui.composing.handoff import forget_letters, handoff_of, run_courier
from ui.composing.papers import papers_of, ticket_maker
from ui.composing.policy import policy_of
from ui.composing.recheck import share_with_queue
from ui.composing.services import service_of
from ui.composing.simulated import Simulated, world_of
from ui.settings import Settings


@dataclass
class Terminal:
    """A kiosk without its screen: running, with everything that must be closed."""

    settings: Settings
    world: World
    inbox: Inbox
    secrets: SecretSlots
    ledger: SqliteLedger
    reception: Reception
    simulated: Simulated | None
    reader: CardReader
    face: FaceMatcher | None = None
    front: FrontReader | None = None
    _closing: ExitStack = field(default_factory=ExitStack)

    def close(self) -> None:
        self._closing.close()


def build(
    settings: Settings,
    show: Show,
    *,
    alert: Alert = lambda _effect, _visit: None,
    watch: Watcher | None = None,
) -> Terminal:
    """Starts everything that the settings name. ``show``, ``alert`` and ``watch`` are called on the visit's thread,
    ``show`` for the first page on this one. Raises ``SettingsError`` and ``LedgerError``."""
    with ExitStack() as undo:
        simulated = Simulated() if settings.profile == "simulated" else None
        world = world_of(simulated)
        reader = reader_of(settings, simulated)
        undo.callback(reader.close)
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="uketsuke-")))
        service = service_of(settings, simulated, undo)
        undo.callback(service.close)
        lists, face_issuers = revocation_of(settings, folder), face_issuers_of(settings)
        card = MyNumberCard(reader, anchors_of(settings), lists, now, face_issuers)
        ledger = open_ledger(settings)
        undo.callback(ledger.close)
        check_tail(ledger)
        patients = patients_of(settings, world)
        undo.callback(patients.close)
        remember_patients(settings, ledger, patients, world, undo)
        record_rules(ledger, settings.switched, world.new_id(), world.now(), simulated=simulated is not None)
        _ship(settings, ledger, undo)
        courier = handoff_of(settings, ledger, patients, now=lambda: world.now().utc)
        run_courier(courier, undo)
        face = face_of(settings, simulated, lambda: world.now().day, undo)
        inbox, secrets = Inbox(world), SecretSlots()
        devices = Devices(
            card=card,
            service=share_with_queue(settings, service, ledger, ledger, world, undo),
            printer=printer_of(settings.ticket.printer, settings.ticket.folder),
            speaker=speaker_of(),
            ticket=ticket_maker(settings),
            papers=papers_of(settings, world),
            patients=patients,
            forms=printer_of(settings.papers.printer, settings.papers.folder),
            desk=printer_of(settings.papers.staff_printer, settings.papers.folder),
            face=face.matcher,
            authoriser=face.authoriser,
        )
        lanes = Lanes(*(ThreadLane(name) for name in ("card", "service", "paper", "file", "face")))
        hands = Hands(world, devices, lanes, secrets, inbox.post, deadline_s=settings.eligibility.deadline_s)
        undo.callback(hands.close)
        in_use = patients.count() > 0
        policy = policy_of(
            settings, service.capabilities, face=face.authority, front_reader=face.front is not None
        )
        policy = replace(policy, patient_file=in_use)
        reception = Reception(
            world, ledger, policy, hands, show,
            alert=alert,
            watch=watch,
            retention=RetentionPolicy(years=settings.ledger.retention_years),
            chores=[
                forget_patients(patients, settings.patients.retention_years),
                forget_letters(courier, settings.handoff.retention_days),
            ],
            knows_patients=lambda: patients.count() > 0,
            simulated=simulated is not None,
        )  # fmt: skip
        thread = ReceptionThread(world, inbox, reception)
        thread.start()
        undo.callback(thread.close)
        reader.watch(ReaderWatch(inbox.post))
        _watch_results(service, world, inbox, undo)
        return Terminal(
            settings, world, inbox, secrets, ledger, reception, simulated, reader,
            face.matcher, face.front, undo.pop_all(),
        )  # fmt: skip


def _watch_results(service: EligibilityService, world: World, inbox: Inbox, undo: ExitStack) -> None:
    """Where certified readers leave their results."""
    if Capability.FACE_RESULT not in service.capabilities:
        return
    from kiosk.reception.results_watch import ResultWatch

    watch = ResultWatch(service, world, inbox.post)
    watch.start()
    undo.callback(watch.close)


def _ship(settings: Settings, ledger: SqliteLedger, undo: ExitStack) -> None:
    """To the hub, where the settings name one. Reception goes on without it."""
    if not settings.hub.host:
        return
    from ui.composing.hub import shipper_of

    shipper = shipper_of(settings, ledger)
    if shipper is not None:
        shipper.start()
        undo.callback(shipper.close)
