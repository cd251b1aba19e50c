"""A day of simulated visits in one ledger, for pictures of the console: several terminals, one clock, and some patients
who still stand there when the picture is taken."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from drivers.card.application import MyNumberCard
from drivers.card.revocation import CrlFileSource
from drivers.interface import Authority
from kiosk.coverage.certificate_life import JAPAN
from kiosk.evidence.case import Facility
from kiosk.handoff.courier import Courier
from kiosk.handoff.outbox_memory import MemoryOutbox
from kiosk.handoff.receiver import Receiver
from kiosk.ledger import Ledger, MemoryLedger, MemoryStore, Moment, Options
from kiosk.patients.interface import PatientFile
from kiosk.patients.memory import MemoryPatientFile
from kiosk.reception.hands import Devices
from kiosk.visit.acts import Act
from kiosk.visit.policy import Policy
from kiosk.visit.views import VisitView
from simulator.face.scripted import NOBODY, Before, ScriptedMatcher
from simulator.national.direct import DirectService
from simulator.national.faults import Faults
from simulator.national.system import NationalSystem
from simulator.people import everyone, load
from simulator.people.persona import Persona
from simulator.playing.actor import Actor
from simulator.playing.cast import card_of, cast, face_issuers, publish_revocations, trust
from simulator.playing.player import blank_paper, blank_ticket
from simulator.playing.readers import InProcessBench
from simulator.playing.someone import Someone, known_as, someone
from simulator.playing.stage import PaperTray, Quiet, Stage
from simulator.playing.world import VirtualWorld
from simulator.scenarios import load as load_scenario
from simulator.scenarios.scenario import Do, NationalPart, Scenario

DAY = date(2026, 11, 24)
OPENS = time(8, 30)


@dataclass(frozen=True)
class Came:
    """Somebody who came at a time (HH:MM). ``until``: the page on which they still stand; "" for gone. ``persona``:
    somebody else than the scenario's, so that not everybody is called Yamada. ``face``: whose word the terminal's face
    check is from then on, where it has one."""

    at: str
    scenario: str
    terminal: str = "A"
    persona: str = ""
    until: str = ""
    face: Authority | None = None


BUSY_MORNING: tuple[Came, ...] = (
    Came("08:34", "main", "A", "yamada"),
    Came("08:37", "main", "B", "forty"),
    Came("08:41", "consent_refused", "A", "thirty_nine"),
    Came("08:46", "seventy_eight", "B"),
    Came("08:50", "known_by_number", "A"),
    Came("08:55", "main", "B", "national_health"),
    Came("08:58", "declared_by_hand", "A", "dependant"),
    Came("09:04", "certificate_seen_before_typing", "B"),
    Came("09:10", "self_pay_in_english", "A"),
    Came("09:14", "main", "B", "second_generation"),
    Came("09:17", "certificate_network_down", "A"),
    Came("09:21", "main", "B", "sex_not_given"),
    Came("09:24", "name_with_private_character", "A"),
    Came("09:27", "certificate_look_up_differs", "A", "", "ShowingCertificate.typed"),
    Came("09:30", "answer_several", "B", "several", "WaitingForStaff"),
    Came("09:32", "notice_at_seventy_two", "C", "", "ShowingNotice"),
    Came("09:34", "main", "D", "dialysis", "AskingConsent"),
)
"""What the pictures show."""


class SimulatedDay:
    """``ledger_of``: the ledger of a kiosk, all in one store. ``receivers``: whom terminal A hands all visits
    to. Nothing is ever really waited for."""

    def __init__(
        self,
        ledger_of: Callable[[str, VirtualWorld], Ledger],
        day: date = DAY,
        *,
        receivers: Sequence[Receiver] = (),
    ) -> None:
        self.world = VirtualWorld(day, at=OPENS)
        self.patients: PatientFile = MemoryPatientFile(today=lambda: day)
        self._ledger_of = ledger_of
        self._day = day
        self._closing = ExitStack()
        self._folder = Path(self._closing.enter_context(tempfile.TemporaryDirectory(prefix="uketsuke-")))
        publish_revocations(self._folder, everyone(), day)
        self._terminals: dict[str, _Terminal] = {}
        self._courier: Courier | None = None
        if receivers:
            ledger = self._terminal("A").ledger
            self._courier = Courier(ledger, MemoryOutbox(), receivers, now=self.world.utc, chance=lambda: 1.0)
            self.hand_over()

    def close(self) -> None:
        for terminal in self._terminals.values():
            terminal.stage.close()
        self._closing.close()

    def view(self, terminal: str) -> VisitView:
        """The page at that kiosk."""
        return self._terminals[terminal].stage.view

    def touch(self, terminal: str, act: Act) -> None:
        """Somebody touches the page of that kiosk."""
        stage = self._terminals[terminal].stage
        stage.act(act)
        stage.settle()

    def switch_off(self, terminal: str) -> None:
        """The kiosk's program ends, whoever stands there."""
        self._terminals.pop(terminal).stage.close()

    def answer_the_desk(self) -> None:
        """Every kiosk looks for the console's requests."""
        for terminal in self._terminals.values():
            terminal.stage.reception.poll_requests()
            terminal.stage.settle()
        self.hand_over()

    def hand_over(self) -> None:
        """What is due now."""
        if self._courier is not None:
            self._courier.run()

    def play(self, came: Sequence[Came]) -> None:
        for one in came:
            self._play(one)
            self.hand_over()

    def _play(self, came: Came) -> None:
        self._wait_until(came.at)
        scenario = load_scenario(came.scenario)
        if came.persona:
            scenario = replace(scenario, patient=replace(scenario.patient, persona=came.persona))
        terminal = self._terminal(came.terminal)
        persona = cast(scenario)
        if scenario.patient.known:
            self.patients.remember(known_as(persona), date(self._day.year, 8, 3))
        terminal.prepare(scenario.national, persona)
        terminal.look(scenario.camera.before(persona.id), came.face)
        actor = Actor(terminal.stage, terminal.bench, *self._people(scenario, persona), scenario.visit.staff)
        for do in scenario.do:
            actor.do(do)
        if came.until:
            actor.do(Do(act="GoOn", args={"until": came.until}))
            return
        actor.go_on()
        terminal.wait_for_the_next()

    def _people(self, scenario: Scenario, persona: Persona) -> tuple[Someone, Callable[[str], Someone]]:
        @cache
        def find(id_: str) -> Someone:
            if id_ == persona.id:
                return someone(
                    persona, self._day, card_of(persona, self._day), scenario.patient, scenario.paper
                )
            other = load(id_)
            return someone(other, self._day, card_of(other, self._day))

        return find(persona.id), find

    def _wait_until(self, at: str) -> None:
        wanted = datetime.combine(self._day, time.fromisoformat(at), JAPAN)
        self.world.advance(max(0, round(wanted.timestamp() * 1000) - self.world.now().wall))

    def _terminal(self, name: str) -> _Terminal:
        if name not in self._terminals:
            self._terminals[name] = _Terminal(name, self, self._ledger_of(name, self.world), self._folder)
        return self._terminals[name]


class _Terminal:
    """One kiosk with its own line to the national system."""

    def __init__(self, name: str, day: SimulatedDay, ledger: Ledger, revoked: Path) -> None:
        self._world = day.world
        self.ledger = ledger
        self._faults = Faults()
        self._system = NationalSystem(everyone(), day.world.utc)
        service = DirectService(self._system, self._faults, day.world.services)
        self.bench = InProcessBench(day.world)
        card = MyNumberCard(self.bench.reader, trust(), CrlFileSource(revoked), day.world.utc, face_issuers())
        tray = PaperTray()
        policy = Policy(
            capabilities=service.capabilities,
            terminal=name,
            facility=Facility(capabilities=service.capabilities, face_check=False, staff_check=False),
            patient_file=True,
            wording_version="simulated",
        )
        self._before = Before(who=NOBODY)
        matcher = ScriptedMatcher(lambda: self._before, lambda after, job: self.stage.after(after, job))
        devices = Devices(
            card, service, tray, Quiet(), blank_ticket, blank_paper,
            patients=day.patients, forms=tray, desk=tray, face=matcher,
        )  # fmt: skip
        self.stage = Stage(day.world, ledger, policy, devices, self.bench.reader)

    def wait_for_the_next(self) -> None:
        """The last page goes by itself, some pages later than others."""
        while self.stage.visit.id and (due := self.stage.due()) is not None:
            self.stage.wait(max(1, due - self._world.now().mono))

    def look(self, before: Before, authority: Authority | None) -> None:
        """Who stands before the camera, and whose word the face check is here."""
        self._before = before
        visit = self.stage.reception.visit
        self.stage.reception.visit = replace(visit, policy=replace(visit.policy, face=authority))

    def prepare(self, national: NationalPart, persona: Persona) -> None:
        """The system as this visit meets it."""
        self._system.enrol(persona)
        always = national.fault if not national.fault_at else None
        self._faults.always(always, national.delay)
        if national.fault is not None and national.fault_at:
            for _ in range(national.fault_at - 1):
                self._faults.pass_over()
            self._faults.next(national.fault, national.delay)


def memory_ledgers(store: MemoryStore) -> Callable[[str, VirtualWorld], Ledger]:
    """Ledgers without a disk, of any terminal."""
    return lambda terminal, world: MemoryLedger(options(terminal, "kiosk", world), store)


def options(terminal: str, process: str, world: VirtualWorld) -> Options:
    return Options(
        terminal=terminal,
        process=process,
        clock=lambda: Moment(world.utc(), world.now().mono),
        random=world.random_bytes,
    )
