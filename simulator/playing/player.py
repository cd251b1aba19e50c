"""Plays one scenario from the first page to the last and says what came of it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import cache
from pathlib import Path

import msgspec
from msgspec.structs import replace

from drivers.card.application import MyNumberCard
from drivers.card.revocation import CrlFileSource
from kiosk.eligibility.port import EligibilityService
from kiosk.evidence.case import Facility, Switched
from kiosk.ledger import Ledger, MemoryLedger, Options, SqliteLedger
from kiosk.ledger import Moment as LedgerMoment
from kiosk.ledger.audit import verify
from kiosk.patients.interface import PatientFile
from kiosk.patients.memory import MemoryPatientFile
from kiosk.reception.hands import Devices, PaperMaker, TicketMaker
from kiosk.visit.effects import MakePaper
from kiosk.visit.policy import Policy, Preferences
from kiosk.visit.views import VisitView
from simulator.card import SimulatedCard, surface, text
from simulator.national.direct import DirectService
from simulator.national.faults import Faults
from simulator.national.system import NationalSystem
from simulator.people import everyone, load
from simulator.people.persona import Persona
from simulator.playing.actor import Actor
from simulator.playing.before_camera import BeforeCamera
from simulator.playing.cast import card_of, cast, face_issuers, plan, publish_revocations, trust
from simulator.playing.certified import CertifiedDesk
from simulator.playing.frail import FrailFile, FrailPapers
from simulator.playing.full_disk import FillableLedger
from simulator.playing.mishaps import Mishaps
from simulator.playing.questions import NotedService
from simulator.playing.readers import Bench, InProcessBench
from simulator.playing.result import InvariantResult, LedgerResult, Notes, Result, held_against
from simulator.playing.someone import Someone, known_as, someone
from simulator.playing.stage import PaperTray, Quiet, Stage
from simulator.playing.world import VirtualWorld
from simulator.scenarios.scenario import Scenario

_SELECT_JPKI = bytes.fromhex("00A4040C0AD392F000260100000001")
_QUERY_TRIES = bytes.fromhex("00200098")
_SELECT_TEXT = bytes((0x00, 0xA4, 0x04, 0x0C, len(text.AID), *text.AID))
_SELECT_TEXT_PIN = bytes((0x00, 0xA4, 0x02, 0x0C, 2, *text.PIN.to_bytes(2, "big")))
_SELECT_SURFACE = bytes((0x00, 0xA4, 0x04, 0x0C, len(surface.AID), *surface.AID))
_SELECT_NUMBER_B = bytes((0x00, 0xA4, 0x02, 0x0C, 2, *surface.CODE_B.to_bytes(2, "big")))
_QUERY_SELECTED_TRIES = bytes.fromhex("00200080")
_SEEN_BEFORE = timedelta(days=100)
_OTHERS_IN_THE_FILE = ("national_health", "dependant")
BenchMaker = Callable[[Scenario, VirtualWorld], Bench]
ServiceMaker = Callable[[NationalSystem, Faults, VirtualWorld], EligibilityService]
LedgerMaker = Callable[[Scenario, VirtualWorld], Ledger]
PapersMaker = Callable[[VirtualWorld], PaperMaker]


class Making(msgspec.Struct, frozen=True, kw_only=True):
    """How the parts around a scenario are made. ``show`` sees every page (screenshots). ``documents``: where to keep
    what was printed."""

    bench: BenchMaker
    service: ServiceMaker
    ledger: LedgerMaker
    ticket: TicketMaker
    papers: PapersMaker
    show: Callable[[VisitView], None] = lambda _view: None
    documents: Path | None = None


def in_process(scenario: Scenario, world: VirtualWorld) -> Bench:
    return InProcessBench(world, extended_apdus=scenario.visit.extended_apdus)


def direct_service(system: NationalSystem, faults: Faults, world: VirtualWorld) -> EligibilityService:
    return DirectService(system, faults, world.services)


def memory_ledger(scenario: Scenario, world: VirtualWorld) -> Ledger:
    return MemoryLedger(ledger_options(scenario, world))


def ledger_options(scenario: Scenario, world: VirtualWorld) -> Options:
    """A terminal's ledger in this world: its times and its random numbers follow from the scenario."""
    return Options(
        terminal=scenario.visit.terminal,
        clock=lambda: LedgerMoment(world.utc(), world.now().mono),
        random=world.random_bytes,
    )


def blank_ticket(_number: str, _language: str) -> bytes:
    """Where no document is wanted."""
    return b""


def blank_paper(_wanted: MakePaper) -> bytes:
    return b""


FAST = Making(
    bench=in_process,
    service=direct_service,
    ledger=memory_ledger,
    ticket=blank_ticket,
    papers=lambda _world: blank_paper,
)


def play(scenario: Scenario, making: Making = FAST, *, seed: int = 0) -> Result:
    """Raises ``ScenarioError``, ``PersonaError`` or ``UnknownAct`` for a scenario that cannot be played."""
    began = time.perf_counter()
    persona = cast(scenario)
    world = VirtualWorld(scenario.visit.date, seed)
    notes = Notes()
    tray = PaperTray()
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="uketsuke-")))
        others = [other for other in everyone() if other.id != persona.id]
        publish_revocations(folder, [*others, persona], scenario.visit.date)
        bench = making.bench(scenario, world)
        closing.callback(bench.close)
        application = MyNumberCard(bench.reader, trust(), CrlFileSource(folder), world.utc, face_issuers())
        system = NationalSystem([*others, persona], world.utc)
        answering = making.service(system, plan(scenario), world)
        certified = _certified(scenario, system, folder, world)
        service = NotedService(certified.service(answering) if certified is not None else answering)
        closing.callback(service.close)
        kept = making.ledger(scenario, world)
        before = kept.head().seq
        world.begin_run(before)
        ledger = FillableLedger(kept)
        papers = FrailPapers(making.papers(world))
        patients = FrailFile(_patients(scenario, persona))
        stands = scenario.camera.before(persona.id)
        face = BeforeCamera(scenario.visit.face or None, lambda: stands)
        stage = Stage(
            world,
            ledger,
            _policy(scenario, service),
            Devices(
                card=application,
                service=service,
                printer=tray,
                speaker=Quiet(),
                ticket=making.ticket,
                papers=papers,
                patients=patients,
                forms=tray,
                desk=tray,
                face=face.matcher,
                authoriser=face.authoriser,
            ),
            bench.reader,
            show=making.show,
            watch=notes.step,
        )
        closing.callback(stage.close)
        face.on(stage)
        stage.when_shown(notes.page)
        if certified is not None:
            certified.join(stage, service)
        patient, actor = _people(scenario, persona, stage, bench, certified)
        Mishaps(bench, stage, actor, ledger, tray, papers, patients, face).plan(scenario.page_faults())
        for do in scenario.do:
            actor.do(do)
        actor.go_on()
        result = Result(
            scenario=scenario.id,
            seed=seed,
            outcome=notes.outcome,
            evidence=notes.evidence,
            reason=notes.reason,
            reasons=tuple(notes.reasons),
            offered=notes.offered,
            ways=tuple(notes.ways),
            states=tuple(notes.states),
            ended=notes.ended,
            consents=notes.consents,
            coverage=notes.coverage,
            partial_contribution_ratio=notes.ratio,
            name_shown=notes.name_shown,
            notices=notes.notices,
            alerts=tuple(stage.alerts),
            questions=service.counts,
            time_warnings=notes.time_warnings,
            languages=tuple(notes.languages),
            documents=_keep(tray, making.documents),
            pin_tries_left=_tries_left(patient.card),
            text_tries_left=_text_tries_left(patient.card),
            number_b_tries_left=_number_b_tries_left(patient.card),
            face=notes.face,
            look_up=notes.look_up,
            declared=notes.declared,
            copied=notes.copied,
            certified=notes.certified,
            ledger=LedgerResult(events=kept.head().seq, verified=verified(kept)),
            apdus=application.apdus,
            timings={
                "virtual_s": world.now().mono / 1000,
                "real_s": round(time.perf_counter() - began, 4),
            },
            invariants=InvariantResult(checked=stage.checked, broken=tuple(stage.breaches)),
            trace=tuple(notes.trace),
        )
    expect = scenario.expect
    if before:  # the numbers on documents go on where this ledger stopped
        expect = replace(expect, documents=None)
    return replace(result, failed=held_against(expect, result, [id_ for _kind, id_ in service.asked]))


def _certified(
    scenario: Scenario, system: NationalSystem, folder: Path, world: VirtualWorld
) -> CertifiedDesk | None:
    part = scenario.certified
    return CertifiedDesk(part, system, folder / "face", world) if part is not None else None


def _people(
    scenario: Scenario, persona: Persona, stage: Stage, bench: Bench, certified: CertifiedDesk | None
) -> tuple[Someone, Actor]:
    """The scenario's person, and who plays them."""

    day = scenario.visit.date

    @cache
    def find(persona_id: str) -> Someone:
        if persona_id == persona.id:
            return someone(persona, day, card_of(persona, day), scenario.patient, scenario.paper)
        other = load(persona_id)
        return someone(other, day, card_of(other, day))

    patient = find(persona.id)
    replacing = next((fault.persona for fault in scenario.faults if fault.of_link and fault.persona), "")
    bench.plan(scenario.card_faults(), find(replacing).card if replacing else None)
    return patient, Actor(stage, bench, patient, find, scenario.visit.staff, certified)


def _patients(scenario: Scenario, persona: Persona) -> PatientFile:
    """The facility's own patients: this one where they are known, and others."""
    file = MemoryPatientFile(today=lambda: scenario.visit.date)
    known = [persona] if scenario.patient.known else []
    for one in (*known, *map(load, _OTHERS_IN_THE_FILE)):
        file.remember(known_as(one), scenario.visit.date - _SEEN_BEFORE)
    return file


def _tries_left(card: SimulatedCard | None) -> int | None:
    """What the chip itself answers to an empty VERIFY; None for what is no My Number Card."""
    return _asked(card, _SELECT_JPKI, _QUERY_TRIES)


def _text_tries_left(card: SimulatedCard | None) -> int | None:
    """The same of the PIN of the card's text."""
    return _asked(card, _SELECT_TEXT, _SELECT_TEXT_PIN, _QUERY_SELECTED_TRIES)


def _number_b_tries_left(card: SimulatedCard | None) -> int | None:
    """The same of 照合番号B, which unlocks the photograph."""
    return _asked(card, _SELECT_SURFACE, _SELECT_NUMBER_B, _QUERY_SELECTED_TRIES)


def _asked(card: SimulatedCard | None, *commands: bytes) -> int | None:
    if card is None:
        return None
    card.reset()
    status = [card.process(command) for command in commands][-1]
    return status[1] & 0x0F if len(status) == 2 and status[0] == 0x63 else None


def _policy(scenario: Scenario, service: EligibilityService) -> Policy:
    visit = scenario.visit
    wanted = visit.capabilities
    certified = scenario.certified is not None
    return Policy(
        capabilities=service.capabilities if wanted is None else frozenset(wanted),
        terminal=visit.terminal,
        facility=Facility(
            face_check=certified,  # else only the card's own key proves anything
            staff_check=certified,
            other_reader=visit.other_reader or certified,
            switched=tuple(
                Switched(switch=switch, on=on, because="as this scenario wants it")
                for switch, on in visit.switches.items()
            ),
        ),
        patient_file=visit.patient_file or scenario.patient.known,
        phones=visit.phones,
        face=visit.face or None,
        front_reader=visit.front_reader,
        wording_version="simulated",
        defaults=Preferences(visit.language, visit.text_size, visit.contrast),
    )


def verified(ledger: Ledger) -> bool:
    """Every link and every checkpoint of the ledger, checked."""
    if isinstance(ledger, SqliteLedger):
        with ledger.snapshot() as source:
            return verify(source, ledger.verify_key).verdict == "ok"
    if isinstance(ledger, MemoryLedger):
        return verify(ledger, ledger.verify_key).verdict == "ok"
    raise TypeError(type(ledger).__name__)


def _keep(tray: PaperTray, folder: Path | None) -> tuple[str, ...]:
    if folder is None:
        return tuple(sorted(tray.pages))
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for title, pdf in sorted(tray.pages.items()):
        path = folder / f"{title}.pdf"
        path.write_bytes(pdf)
        paths.append(str(path))
    return tuple(paths)
