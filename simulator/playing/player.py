"""Plays one scenario from the first page to the last and says what came of it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from drivers.card.application import MyNumberCard
from drivers.card.revocation import CrlFileSource
from kiosk.coverage.ages import age_on
from kiosk.coverage.services import Capability, ConsentItem
from kiosk.eligibility.port import EligibilityService
from kiosk.ledger import Ledger, MemoryLedger, Options, SqliteLedger
from kiosk.ledger import Moment as LedgerMoment
from kiosk.ledger.audit import verify
from kiosk.reception.hands import Devices, TicketMaker
from kiosk.visit.effects import AnyEffect, Ask
from kiosk.visit.events import AnyEvent, CardOpened
from kiosk.visit.policy import Policy, Preferences
from kiosk.visit.states import Confirmed, Visit, WaitingForStaff
from kiosk.visit.views import VisitView
from simulator.card import SimulatedCard
from simulator.national.direct import DirectService
from simulator.national.faults import Faults
from simulator.national.system import NationalSystem
from simulator.people import everyone, load
from simulator.people.persona import Persona
from simulator.playing.actor import Actor
from simulator.playing.cast import card_of, cast, plan, publish_revocations, trust
from simulator.playing.readers import Bench, InProcessBench, fail_on_page
from simulator.playing.stage import PaperTray, Quiet, Stage
from simulator.playing.world import VirtualWorld
from simulator.scenarios.scenario import Scenario

_SELECT_JPKI = bytes.fromhex("00A4040C0AD392F000260100000001")
_QUERY_TRIES = bytes.fromhex("00200098")
BenchMaker = Callable[[VirtualWorld], Bench]
ServiceMaker = Callable[[NationalSystem, Faults, VirtualWorld], EligibilityService]
LedgerMaker = Callable[[Scenario, VirtualWorld], Ledger]


class LedgerResult(msgspec.Struct, frozen=True):
    events: int
    verified: bool


class InvariantResult(msgspec.Struct, frozen=True):
    checked: int
    broken: tuple[str, ...]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a scenario. ``states``: pages in order. ``trace``: per step event, state and effects: the same
    whatever reader was used. ``failed``: expectations that did not hold."""

    scenario: str
    seed: int
    outcome: str
    evidence: str | None
    reason: str | None
    offered: tuple[str, ...]
    states: tuple[str, ...]
    consents: dict[str, str]
    coverage: dict[str, str] | None
    partial_contribution_ratio: int | None
    documents: tuple[str, ...]
    ledger: LedgerResult
    apdus: int
    timings: dict[str, float]
    invariants: InvariantResult
    failed: tuple[str, ...]
    trace: tuple[tuple[str, str, tuple[str, ...]], ...]


class Making(msgspec.Struct, frozen=True, kw_only=True):
    """How the parts around a scenario are made. ``show`` sees every page (screenshots)."""

    bench: BenchMaker
    service: ServiceMaker
    ledger: LedgerMaker
    ticket: TicketMaker
    show: Callable[[VisitView], None] = lambda _view: None
    documents: Path | None = None


def in_process(world: VirtualWorld) -> Bench:
    return InProcessBench(world)


def direct_service(system: NationalSystem, faults: Faults, world: VirtualWorld) -> EligibilityService:
    return DirectService(system, faults, world.services)


def memory_ledger(scenario: Scenario, world: VirtualWorld) -> Ledger:
    return MemoryLedger(
        Options(
            terminal=scenario.visit.terminal,
            clock=lambda: LedgerMoment(world.utc(), world.now().mono),
            random=world.random_bytes,
        )
    )


def blank_ticket(_number: str, _language: str) -> bytes:
    """Where no document is wanted."""
    return b""


FAST = Making(bench=in_process, service=direct_service, ledger=memory_ledger, ticket=blank_ticket)


class _Watch:
    """Remembers what a result needs and the visit forgets at its end."""

    def __init__(self) -> None:
        self.trace: list[tuple[str, str, tuple[str, ...]]] = []
        self.states: list[str] = ["Welcome"]
        self.consents: dict[str, str] = {}
        self.confirmed: Visit | None = None
        self.reason: str | None = None
        self.offered: tuple[str, ...] = ()
        self.outcome: str | None = None
        self.birth: date | None = None

    def __call__(self, before: Visit, event: AnyEvent, after: Visit, effects: tuple[AnyEffect, ...]) -> None:
        state = type(after.state).__name__
        self.trace.append((type(event).__name__, state, tuple(type(effect).__name__ for effect in effects)))
        if state != self.states[-1]:
            self.states.append(state)
        for effect in effects:
            if isinstance(effect, Ask):
                self.consents = {item.value: choice.value for item, choice in effect.consents}
        if isinstance(event, CardOpened) and event.birth_date:
            self.birth = date.fromisoformat(event.birth_date)
        if isinstance(after.state, Confirmed):
            self.confirmed = after
        if isinstance(after.state, WaitingForStaff) and after.state.reason is not None:
            self.reason = after.state.reason.value
        self.outcome = after.outcome or (before.outcome if not after.id else None) or self.outcome


class _Offers:
    def __init__(self, watch: _Watch, show: Callable[[VisitView], None]) -> None:
        self._watch = watch
        self._show = show

    def __call__(self, view: VisitView) -> None:
        if view.state == "WaitingForStaff" or view.variant.startswith("problem."):
            self._watch.offered = tuple(option.id for option in view.options)
        self._show(view)


def play(scenario: Scenario, making: Making = FAST, *, seed: int = 0) -> Result:
    """Raises ``ScenarioError``, ``PersonaError`` or ``UnknownAct`` for a scenario that cannot be played."""
    began = time.perf_counter()
    persona = cast(scenario)
    world = VirtualWorld(scenario.visit.date, seed)
    watch = _Watch()
    tray = PaperTray()
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="uketsuke-")))
        publish_revocations(folder, (persona,), scenario.visit.date)
        bench = making.bench(world)
        closing.callback(bench.close)
        application = MyNumberCard(bench.reader, trust(), CrlFileSource(folder), world.utc)
        others = [other for other in everyone() if other.id != persona.id]
        system = NationalSystem([*others, persona], world.utc)
        service = making.service(system, plan(scenario), world)
        closing.callback(service.close)
        ledger = making.ledger(scenario, world)
        stage = Stage(
            world,
            ledger,
            _policy(scenario, service),
            Devices(card=application, service=service, printer=tray, speaker=Quiet(), ticket=making.ticket),
            bench.reader,
            show=_Offers(watch, making.show),
            watch=watch,
        )
        closing.callback(stage.close)
        left = _perform(scenario, stage, bench, persona)
        head = ledger.head()
        verified = _verified(ledger)
        result = Result(
            scenario=scenario.id,
            seed=seed,
            outcome=watch.outcome or "abandoned",
            evidence="card" if watch.confirmed is not None else None,
            reason=watch.reason,
            offered=watch.offered,
            states=tuple(watch.states),
            consents=watch.consents,
            coverage=_coverage(watch.confirmed),
            partial_contribution_ratio=_ratio(watch.confirmed, scenario.visit.date, watch.birth),
            documents=_keep(tray, making.documents),
            ledger=LedgerResult(events=head.seq, verified=verified),
            apdus=application.apdus,
            timings={
                "virtual_s": world.now().mono / 1000,
                "real_s": round(time.perf_counter() - began, 4),
            },
            invariants=InvariantResult(
                checked=stage.checked, broken=tuple(f"{b.rule} ({b.event})" for b in stage.breaches)
            ),
            failed=(),
            trace=tuple(watch.trace),
        )
    return replace(result, failed=_held_against(scenario, result, left))


def _perform(scenario: Scenario, stage: Stage, bench: Bench, persona: Persona) -> int | None:
    """The acts in order, and then the first way offered. Returns the tries that are left on the card."""
    day = scenario.visit.date
    card = card_of(persona, day)
    bench.plan(scenario.card_faults())
    reader_faults = {f.at: f for f in scenario.faults if not f.at.startswith("apdu")}

    def card_for(persona_id: str) -> SimulatedCard | None:
        return card_of(load(persona_id), day)

    actor = Actor(stage, bench, card, persona.card.pin, card_for)
    fail_on_page(bench, stage, reader_faults)
    for do in scenario.do:
        actor.do(do)
    actor.go_on()
    return _tries_left(card) if card is not None else None


def _tries_left(card: SimulatedCard) -> int | None:
    """What the chip itself answers to an empty VERIFY; None for what is no My Number Card."""
    card.reset()
    card.process(_SELECT_JPKI)
    status = card.process(_QUERY_TRIES)
    return status[1] & 0x0F if len(status) == 2 and status[0] == 0x63 else None


def _policy(scenario: Scenario, service: EligibilityService) -> Policy:
    visit = scenario.visit
    wanted = visit.capabilities
    capabilities = service.capabilities if wanted is None else frozenset(Capability(name) for name in wanted)
    defaults = Preferences(visit.language, visit.text_size, visit.contrast)
    return Policy(
        capabilities=capabilities,
        terminal=visit.terminal,
        phones=visit.phones,
        wording_version="simulated",
        defaults=defaults,
    )


def _verified(ledger: Ledger) -> bool:
    """Every link and every checkpoint of the ledger, checked."""
    if isinstance(ledger, SqliteLedger):
        with ledger.snapshot() as source:
            return verify(source, ledger.verify_key).verdict == "ok"
    if isinstance(ledger, MemoryLedger):
        return verify(ledger, ledger.verify_key).verdict == "ok"
    raise TypeError(type(ledger).__name__)


def _coverage(visit: Visit | None) -> dict[str, str] | None:
    if visit is None or visit.answer is None:
        return None
    coverages = visit.answer.in_force(visit.entered.day) or visit.answer.results
    if not coverages:
        return {}
    first: dict[str, Any] = msgspec.to_builtins(coverages[0])
    wanted = (
        "insurer_number", "insurer_name", "insured_card_symbol", "insured_identification_number",
        "insured_branch_number", "qualification_date",
    )  # fmt: skip
    return {name: str(first[name]) for name in wanted if first.get(name)}


def _ratio(visit: Visit | None, day: date, birth: date | None) -> int | None:
    """The patient's share in tenths, if the answer states it."""
    if visit is None or visit.answer is None or birth is None or age_on(birth, day) < 0:
        return None
    coverages = visit.answer.in_force(day)
    return coverages[0].share_tenths(day, birth) if coverages else None


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


def _held_against(scenario: Scenario, result: Result, tries_left: int | None) -> tuple[str, ...]:
    """Every expectation that does not hold, with what was seen instead."""
    expect = scenario.expect
    seen: dict[str, Any] = {
        "outcome": result.outcome,
        "evidence": result.evidence,
        "reason": result.reason,
        "offered": result.offered,
        "consents": {k: v for k, v in result.consents.items() if k != ConsentItem.LIMIT},
        "documents": tuple(Path(path).stem for path in result.documents),
        "partial_contribution_ratio": result.partial_contribution_ratio,
        "states": result.states,
        "pin_tries_left": tries_left,
    }
    problems = [
        f"{name}: expected {wanted!r}, saw {seen[name]!r}"
        for name in expect.__struct_fields__
        if (wanted := getattr(expect, name)) is not None and wanted != seen[name]
    ]
    problems += [f"invariant {rule}" for rule in result.invariants.broken]
    if not result.ledger.verified:
        problems.append("the ledger does not verify")
    return tuple(problems)
