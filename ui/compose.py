"""The one place where settings choose drivers, services and simulator."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from msgspec.structs import replace

from drivers.card.application import MyNumberCard
from drivers.card.certificates import Anchor, AnchorError, load_anchors
from drivers.card.revocation import CrlFileSource, RevocationSource, UnknownRevocation
from drivers.interface import Camera, CardReader, CodeScanner, Printer, Speaker
from kiosk.coverage.services import Capability
from kiosk.eligibility.port import EligibilityService
from kiosk.evidence.case import Facility
from kiosk.ledger import Ledger, LedgerError, Options, SqliteLedger
from kiosk.ledger.audit import verify_tail
from kiosk.ledger.retention import RetentionPolicy
from kiosk.reception.hands import Devices, Hands, Lanes
from kiosk.reception.lanes import ThreadLane
from kiosk.reception.papers import Papers
from kiosk.reception.reception import Alert, Reception, Show, Watcher
from kiosk.reception.rules_in_force import record_rules
from kiosk.reception.running import Inbox, ReceptionThread
from kiosk.reception.secrets import SecretSlots
from kiosk.reception.watching import ReaderWatch
from kiosk.reception.world import SystemWorld, World
from kiosk.visit.policy import Policy, Preferences, TimeLimits
from kiosk.wording import catalogues
from ui.settings import Settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from kiosk.accounts.interface import AccountFile
    from kiosk.accounts.means import Limits
    from kiosk.coverage.qualification import Answer
    from kiosk.eligibility.folders.settings import Report
    from kiosk.evidence.model import Book
    from kiosk.handoff.courier import Courier
    from kiosk.patients.interface import PatientFile
    from simulator.camera import SimulatedCamera
    from simulator.links.inprocess import InProcessReader
    from simulator.national.faults import Faults
    from simulator.national.system import NationalSystem
    from ui.devdock.speed import SpeedWorld

_SECOND = 1000
_log = structlog.get_logger(__name__)


@dataclass
class Simulated:
    """The handles of a simulated kiosk, for the dev dock. Never there in production."""

    reader: InProcessReader | None = None
    national: NationalSystem | None = None
    faults: Faults | None = None
    world: SpeedWorld | None = None
    camera: SimulatedCamera | None = None


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
        world = _world(simulated)
        reader = _reader(settings, simulated)
        undo.callback(reader.close)
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="uketsuke-")))
        service = service_of(settings, simulated, undo)
        undo.callback(service.close)
        card = MyNumberCard(reader, _anchors(settings), _revocation(settings, folder), _now)
        ledger = open_ledger(settings)
        undo.callback(ledger.close)
        _check_tail(ledger)
        record_rules(ledger, settings.switched, world.new_id(), world.now(), simulated=simulated is not None)
        _ship(settings, ledger, undo)
        patients = patients_of(settings, world)
        undo.callback(patients.close)
        courier = handoff_of(settings, ledger, patients, now=lambda: world.now().utc)
        _running(courier, undo)
        inbox, secrets = Inbox(world), SecretSlots()
        devices = Devices(
            card=card,
            service=service,
            printer=printer_of(settings.ticket.printer, settings.ticket.folder),
            speaker=speaker_of(),
            ticket=ticket_maker(settings),
            papers=Papers(
                settings.facility.name,
                book_of(settings),
                _now,
                lambda: world.now().day,
                paper=settings.papers.slip,
                simulated=settings.profile == "simulated",
            ),
            patients=patients,
            forms=printer_of(settings.papers.printer, settings.papers.folder),
            desk=printer_of(settings.papers.staff_printer, settings.papers.folder),
        )
        lanes = Lanes(*(ThreadLane(name) for name in ("card", "service", "paper", "file")))
        hands = Hands(world, devices, lanes, secrets, inbox.post, deadline_s=settings.eligibility.deadline_s)
        undo.callback(hands.close)
        in_use = patients.count() > 0
        policy = replace(policy_of(settings, service.capabilities), patient_file=in_use)
        reception = Reception(
            world, ledger, policy, hands, show,
            alert=alert,
            watch=watch,
            retention=RetentionPolicy(years=settings.ledger.retention_years),
            chores=[
                _forget_patients(patients, settings.patients.retention_years),
                _forget_letters(courier, settings.handoff.retention_days),
            ],
            simulated=simulated is not None,
        )  # fmt: skip
        thread = ReceptionThread(world, inbox, reception)
        thread.start()
        undo.callback(thread.close)
        reader.watch(ReaderWatch(inbox.post))
        return Terminal(settings, world, inbox, secrets, ledger, reception, simulated, reader, undo.pop_all())


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


def patient_file(settings: Settings) -> PatientFile:
    """The facility's own patients, made empty where there are none yet. Raises ``PatientFileError``."""
    from kiosk.patients.sqlite import SqlitePatientFile

    return SqlitePatientFile(settings.patients_folder)


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
    from ui.receivers import receivers_of

    receivers = receivers_of(settings)
    outbox = SqliteOutbox(settings.handoff_folder, settings.ledger_folder)
    return Courier(ledger, outbox, receivers, now=now or _now, identify=_identified_by(patients))


def _ship(settings: Settings, ledger: SqliteLedger, undo: ExitStack) -> None:
    """To the hub, where the settings name one. Reception goes on without it."""
    if not settings.hub.host:
        return
    from ui.hub import shipper_of

    shipper = shipper_of(settings, ledger)
    if shipper is not None:
        shipper.start()
        undo.callback(shipper.close)


def _running(courier: Courier | None, undo: ExitStack) -> None:
    if courier is not None:
        from kiosk.handoff.courier import CourierThread

        thread = CourierThread(courier)
        thread.start()
        undo.callback(thread.close)


def _forget_letters(courier: Courier | None, days: int) -> Callable[[date], None]:
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


def _forget_patients(patients: PatientFile, years: int) -> Callable[[date], None]:
    """Retention of the facility's patients, once a day."""
    from kiosk.patients.errors import PatientFileError
    from kiosk.patients.retention import purge_overdue

    def chore(today: date) -> None:
        try:
            purge_overdue(patients, years, today)
        except PatientFileError as error:
            _log.error("patients.purge_failed", error=error.code)

    return chore


def _check_tail(ledger: SqliteLedger) -> None:
    """What this terminal wrote after its last checkpoint, checked at every start. A break is said aloud, and the
    reception goes on: patients wait, and nothing that is broken becomes more so."""
    report = verify_tail(ledger)
    for found in report.findings:
        _log.error("ledger.broken", problem=found.problem, chain=found.chain, seq=found.seq)
    if report.verdict == "unreadable":
        _log.error("ledger.unreadable", error=report.error)


def policy_of(settings: Settings, capabilities: frozenset[Capability]) -> Policy:
    screen, limits = settings.screen, settings.limits
    return Policy(
        capabilities=capabilities,
        terminal=settings.terminal,
        facility=facility_of(settings, capabilities),
        own_contacts=settings.own_contacts,
        phones=settings.reader.phones,
        consent_items=settings.consent.items,
        limit_without_asking=settings.consent.limit_without_asking,
        wording_version=catalogues.version(),
        defaults=Preferences(screen.language, screen.text_size, screen.contrast),
        limits=TimeLimits(
            page=limits.page * _SECOND,
            warning=limits.warning * _SECOND,
            closing=limits.closing * _SECOND,
            asking=round((settings.eligibility.deadline_s + 10) * _SECOND),
        ),
    )


def facility_of(settings: Settings, capabilities: frozenset[Capability]) -> Facility:
    """What the rule book needs to know of this reception. Where the kiosk reads cards directly, a look at the face
    proves nothing, a machine's or a person's; a certified reader, whose results arrive here, is entitled to both."""
    certified = Capability.FACE_RESULT in capabilities
    return Facility(
        capabilities=capabilities,
        face_check=certified,
        staff_check=certified,
        other_reader=settings.facility.other_reader,
        switched=settings.switched,
    )


def capabilities_of(settings: Settings) -> frozenset[Capability]:
    """What the settings' service can carry, told without starting it."""
    wanted = settings.eligibility
    if wanted.kind == "simulated":
        from kiosk.eligibility.simulated_system import CAPABILITIES

        return CAPABILITIES
    by_numbers = {Capability.BY_NUMBERS} if wanted.kind in ("oqs_folder", "oqs_web_api") else set()
    face = {Capability.FACE_RESULT} if wanted.kind == "oqs_folder" and wanted.face_folder else set()
    return frozenset(by_numbers | face)


def book_of(settings: Settings) -> Book:
    """The rule book with this facility's own telephone lines."""
    from kiosk.evidence.loading import book
    from kiosk.evidence.own_contacts import with_contacts

    return with_contacts(book(), settings.own_contacts)


def _now() -> datetime:
    return datetime.now(UTC)


def ticket_maker(settings: Settings, now: Callable[[], datetime] = _now) -> Callable[[str, str], bytes]:
    """Makes reception tickets of this facility; typst is loaded with the first."""

    def make(number: str, language: str) -> bytes:
        from kiosk.documents.ticket import Ticket, ticket_pdf

        return ticket_pdf(
            Ticket(
                number=number,
                facility=settings.facility.name,
                issued_at=now().replace(microsecond=0),
                language=language,
                simulated=settings.profile == "simulated",
                paper=settings.ticket.paper,
            )
        )

    return make


# ------------------------------------------------------------------------------------------- the parts


def _world(simulated: Simulated | None) -> World:
    if simulated is None:
        return SystemWorld()
    from ui.devdock.speed import SpeedWorld

    simulated.world = SpeedWorld()
    return simulated.world


def _reader(settings: Settings, simulated: Simulated | None) -> CardReader:
    if settings.reader.kind == "pcsc":
        from drivers.pcsc.reader import PcscReader

        return PcscReader(settings.reader.name or None, settings.reader.transmit_timeout_s)
    if simulated is None:
        raise settings.wrong("reader.kind", "a simulated reader in a production profile")
    from simulator.links.inprocess import InProcessReader

    simulated.reader = InProcessReader("模擬カードリーダー")
    return simulated.reader


def card_trust(settings: Settings) -> tuple[tuple[Anchor, ...], RevocationSource]:
    """The issuers that are believed, and who tells of revocations, outside a running kiosk."""
    lists = settings.card.revocation_lists
    return _anchors(settings), CrlFileSource(lists) if lists is not None else UnknownRevocation()


def _anchors(settings: Settings) -> tuple[Anchor, ...]:
    if settings.card.anchors is not None:
        try:
            return load_anchors(settings.card.anchors, test=settings.profile == "simulated")
        except (AnchorError, OSError) as error:
            raise settings.wrong("card.anchors", _plain(error)) from None
    if settings.profile == "production":
        raise settings.wrong("card.anchors", "a production terminal believes no simulated issuer")
    from simulator.playing.cast import trust

    return trust()


def _revocation(settings: Settings, folder: Path) -> RevocationSource:
    if settings.card.revocation_lists is not None:
        return CrlFileSource(settings.card.revocation_lists)
    if settings.profile == "production":
        return UnknownRevocation()
    from simulator.people import everyone
    from simulator.playing.cast import publish_revocations

    publish_revocations(folder, everyone(), _today())
    return CrlFileSource(folder)


def _today() -> date:
    return (datetime.now(UTC) + timedelta(hours=9)).date()


def service_of(settings: Settings, simulated: Simulated | None, undo: ExitStack) -> EligibilityService:
    """A line of its own to whoever answers; ``undo`` ends what was started for it."""
    wanted = settings.eligibility
    match wanted.kind:
        case "simulated":
            if simulated is None:
                raise settings.wrong("eligibility.kind", "the simulated system in a production profile")
            return _simulated_service(simulated, undo)
        case "oqs_folder":
            return _folder_service(settings)
        case "oqs_web_api":
            return _web_api_service(settings)
        case "none":
            from kiosk.eligibility.refusing import Refusing

            return Refusing()


def _simulated_service(simulated: Simulated, undo: ExitStack) -> EligibilityService:
    """The simulated national system behind its own HTTPS service on this machine, asked as if it were far away."""
    from kiosk.eligibility.simulated_system import SimulatedSystemService
    from simulator.national.faults import Faults
    from simulator.national.service import serve
    from simulator.national.system import NationalSystem
    from simulator.people import everyone

    simulated.national = NationalSystem(everyone(), _now)
    simulated.faults = Faults()
    served = undo.enter_context(serve(simulated.national, simulated.faults))
    return SimulatedSystemService(served.base_url, served.tls)


def _folder_service(settings: Settings) -> EligibilityService:
    from kiosk.eligibility.folders.service import FolderService
    from kiosk.eligibility.folders.settings import FolderSettings

    wanted = settings.eligibility
    if wanted.request_folder is None or wanted.answer_folder is None:
        raise settings.wrong("eligibility", "request_folder and answer_folder are needed")
    return FolderService(
        FolderSettings(
            request_folder=wanted.request_folder,
            answer_folder=wanted.answer_folder,
            face_folder=wanted.face_folder,
            medical_institution_code=settings.facility.medical_institution_code,
            encoding=wanted.encoding,
        ),
        report=_report_oddity,
    )


def _report_oddity(report: Report) -> None:
    """Not the file's name: it may be another program's, and about a patient."""
    _log.warning("exchange.oddity", oddity=report.oddity, detail=report.detail)


def _web_api_service(settings: Settings) -> EligibilityService:
    from kiosk.eligibility.https import TlsSettings, TlsSettingsError
    from kiosk.eligibility.web_api import WebApiService, WebApiSettings

    wanted = settings.eligibility
    if wanted.tls is None:
        raise settings.wrong("eligibility.tls", "needed for the web API")
    token_file = wanted.token_file

    def token() -> str:
        return token_file.read_text(encoding="ascii").strip() if token_file is not None else ""

    try:
        return WebApiService(
            WebApiSettings(
                base_url=wanted.url,
                medical_institution_code=settings.facility.medical_institution_code,
                tls=TlsSettings(
                    authorities=wanted.tls.authorities, certificate=wanted.tls.certificate, key=wanted.tls.key
                ),
            ),
            token,
        )
    except TlsSettingsError as error:
        raise settings.wrong("eligibility.tls", str(error)) from None


def code_source(settings: Settings, window: QWidget, simulated: Simulated | None) -> CodeScanner | None:
    """Who reads the codes on papers; None for nobody. A scanner that types stands between the keyboard and
    ``window``."""
    wanted = settings.scanner
    camera: Camera
    match wanted.kind:
        case "none":
            return None
        case "keyboard":
            from ui.widgets.wedge import KeyboardScanner, Rules

            return KeyboardScanner(window, Rules(prefix=wanted.prefix, suffix=wanted.suffix), wanted.layout)
        case "camera":
            from drivers.scanner.camera import OpenCvCamera

            camera = OpenCvCamera(wanted.camera)
        case "simulated":
            if simulated is None:
                raise settings.wrong("scanner.kind", "a simulated camera in a production profile")
            from simulator.camera import SimulatedCamera

            camera = simulated.camera = SimulatedCamera()
    from drivers.scanner.watch import CodeWatch

    return CodeWatch(camera)


def printer_of(queue: str, folder: Path | None) -> Printer | None:
    """A CUPS queue, or a folder that takes PDFs; None where neither is named."""
    if queue:
        from drivers.printer import LpPrinter

        return LpPrinter(queue)
    if folder is not None:
        from drivers.printer import FilePrinter

        return FilePrinter(folder)
    return None


def _plain(error: Exception) -> str:
    """An error of the system without the file's name, which the settings' place already tells."""
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)


def speaker_of() -> Speaker:
    from drivers.speech import AplayPlayer

    return AplayPlayer()
