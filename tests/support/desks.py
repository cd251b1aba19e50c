"""A kiosk and a console over one ledger: the kiosk played by a stage in virtual time, the console by a desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Capability
from kiosk.desk.desk import Desk
from kiosk.desk.recheck import RecheckPolicy
from kiosk.desk.rechecking import Rechecker
from kiosk.desk.row import Row
from kiosk.eligibility.around import Around
from kiosk.eligibility.port import (
    Cause,
    FailedAnswer,
    LateAnswer,
    Question,
    Registered,
    Registration,
)
from kiosk.evidence.case import Facility
from kiosk.evidence.loading import book
from kiosk.evidence.model import Way
from kiosk.ledger import MemoryLedger, MemoryStore, Moment, Options, Record, SqliteLedger
from kiosk.patients.memory import MemoryPatientFile
from kiosk.reception.hands import Devices
from kiosk.visit.acts import Act
from kiosk.visit.form import FormField
from kiosk.visit.known import KnownPatient
from kiosk.visit.policy import Policy
from simulator.national.direct import DirectService
from simulator.national.faults import Faults
from simulator.national.system import NationalSystem
from simulator.people import everyone, load
from simulator.playing.fact_card import FactCard, FactReader
from simulator.playing.player import FAST, blank_ticket, ledger_options, play
from simulator.playing.questions import NotedService
from simulator.playing.stage import PaperTray, Quiet, Stage
from simulator.playing.world import VirtualWorld
from simulator.scenarios import everything
from tests.support.visits import DAY, TARO


@cache
def played_records() -> tuple[Record, ...]:
    """What every third shipped scenario leaves in one ledger."""
    store = MemoryStore()
    making = replace(
        FAST, ledger=lambda scenario, world: MemoryLedger(ledger_options(scenario, world), store)
    )
    for scenario in everything()[::3]:
        play(scenario, making)
    return tuple(MemoryLedger(Options(process="reader"), store).entries())


CAPABILITIES = frozenset(
    {Capability.BY_CARD, Capability.BY_NUMBERS, Capability.REGISTER, Capability.MEDICAL_CONSENT}
)
STAFF = "sato"


class Tardy(Around):
    """A service whose answers can be held back until their question is given up; then they come late. ``unsent``: no
    registration leaves the house."""

    def __init__(self, within: DirectService) -> None:
        super().__init__(within)
        self.by_numbers = True
        self.holding = False
        self.unsent = False
        self.held: list[LateAnswer] = []
        self.arrived: list[LateAnswer] = []

    @property
    def capabilities(self) -> frozenset[Capability]:
        told = super().capabilities
        return told | {Capability.BY_NUMBERS} if self.by_numbers else told - {Capability.BY_NUMBERS}

    def ask(self, question: Question, deadline_s: float) -> Answer | FailedAnswer:
        outcome = self._within.ask(question, deadline_s)
        if not (self.holding and isinstance(outcome, Answer)):
            return outcome
        self.held.append(LateAnswer(question_id=question.question_id, answer=outcome))
        return FailedAnswer(cause=Cause.NETWORK_FAULT)

    def arrive(self, place: int = 0) -> None:
        """What was held back is there now."""
        self.arrived.append(self.held.pop(place))

    def register(self, registration: Registration, deadline_s: float) -> Registered | FailedAnswer:
        if self.unsent:
            return FailedAnswer(cause=Cause.NETWORK_FAULT)
        return self._within.register(registration, deadline_s)

    def late_answers(self) -> Iterable[LateAnswer]:
        arrived, self.arrived = self.arrived, []
        return arrived


class House:
    """One facility: its ledger's folder, its clock, the national system, and whoever works there."""

    def __init__(
        self,
        folder: Path,
        known: KnownPatient | None = None,
        *,
        day: date = DAY,
        capabilities: frozenset[Capability] = CAPABILITIES,
    ) -> None:
        self.capabilities = capabilities
        self.folder = folder
        self.world = VirtualWorld(day)
        self.faults = Faults()
        self.system = NationalSystem(everyone(), self.world.utc, signatures=False)
        self.tardy = Tardy(DirectService(self.system, self.faults, self.world.services))
        self.service = NotedService(self.tardy)
        self.patients = MemoryPatientFile(today=lambda: DAY)
        if known is not None:
            self.patients.remember(known, DAY)
        self.tray = PaperTray()
        self.ledgers: list[SqliteLedger] = []
        self.reader = FactReader(self.world.utc)
        self.kiosk = self.open_kiosk()
        self.desk = self.open_desk()

    def ledger(self, process: str, terminal: str = "A") -> SqliteLedger:
        ledger = SqliteLedger(
            self.folder,
            Options(
                terminal=terminal,
                process=process,
                clock=lambda: Moment(self.world.utc(), self.world.now().mono),
                random=self.world.random_bytes,
            ),
        )
        self.ledgers.append(ledger)
        return ledger

    def open_kiosk(self, terminal: str = "A") -> Stage:
        devices = Devices(
            self.reader, self.service, self.tray, Quiet(), blank_ticket, lambda _wanted: b"%PDF-1.7",
            patients=self.patients, forms=self.tray, desk=self.tray,
        )  # fmt: skip
        policy = Policy(
            capabilities=self.capabilities,
            wording_version="test",
            patient_file=True,
            facility=Facility(
                capabilities=self.capabilities,
                face_check=Capability.FACE_RESULT in self.capabilities,
                staff_check=False,
            ),
        )
        self.kiosk_ledger = self.ledger("kiosk", terminal)
        return Stage(self.world, self.kiosk_ledger, policy, devices, self.reader)

    def open_desk(self, process: str = "desk", **options: Any) -> Desk:
        ledger = self.ledger(process)
        return Desk(ledger, self.world, ledger, book(), patients=self.patients, **options)

    def open_queue(self, process: str = "queue") -> Rechecker:
        return Rechecker(self.ledger(process), self.service, self.world, RecheckPolicy())

    def close(self) -> None:
        for ledger in self.ledgers:
            ledger.close()

    # ------------------------------------------------------------------------------------- the patient

    @property
    def visit(self) -> str:
        return self.kiosk.visit.id

    def touch(self, option: str) -> House:
        """What a finger does at the kiosk."""
        acts = [one.act for one in self.kiosk.view.options if one.id == option]
        assert acts, f"{self.kiosk.view.state} offers {[one.id for one in self.kiosk.view.options]}"
        self.kiosk.act(acts[0])
        return self

    def take(self, way: Way) -> House:
        for _page in range(6):
            if f"way_{way}" in [one.id for one in self.kiosk.view.options]:
                return self.touch(f"way_{way}")
            self.touch("more_ways")
        raise AssertionError(f"{way} is not offered")

    def insert(self, persona: str = "yamada") -> House:
        self.reader.insert(FactCard(load(persona), DAY))
        self.kiosk.settle()
        return self

    def remove(self) -> House:
        self.reader.remove()
        self.kiosk.settle()
        return self

    def verify(self, persona: str = "yamada") -> House:
        """A card and its PIN, as far as the service answers."""
        self.insert(persona)
        slot = self.kiosk.secrets.put(bytearray(b"1234"))
        self.kiosk.act(Act("PinChosen"))
        self.kiosk.act(Act("PinEntered", (("slot", slot),)))
        return self

    def confirm(self, persona: str = "yamada") -> str:
        """A whole visit on the shortest path; gives its id."""
        self.verify(persona).touch("consent_all" if self._offers("consent_all") else self._first())
        visit = self.visit
        self.leave()
        return visit

    def leave(self) -> House:
        """The patient goes through what is left, and the kiosk waits for the next."""
        if self.kiosk.visit.card is not None:
            self.remove()
        self.kiosk.wait(60_000)
        assert not self.visit, self.kiosk.view.state
        return self

    def type_known(self) -> House:
        """The 診察券 number and birth date of the patient on file."""
        return self.type(
            {FormField.PATIENT_NUMBER: TARO.patient_number, FormField.BIRTH_DATE: TARO.birth_date}
        )

    def back(self) -> House:
        self.kiosk.act(Act("BackChosen"))
        return self

    def call(self) -> House:
        """The button that stands on every page."""
        self.kiosk.act(Act("StaffCalled"))
        return self

    def crash(self) -> None:
        """The kiosk's program is gone from one moment to the next."""
        self.ledgers.remove(self.kiosk_ledger)
        self.kiosk_ledger.close()

    def without_card(self, cause: str = "forgotten") -> House:
        return self.touch("no_card").touch(f"no_card_{cause}").touch("show_ways")

    def type(self, values: dict[FormField, str]) -> House:
        """Answers what the pages ask, as long as there are answers; "" is not there."""
        while (field := self.kiosk.view.field) is not None and field.field in values:
            before, value = self.kiosk.visit, values[field.field]
            told = (("field", field.field.value),)
            self.kiosk.act(
                Act("FieldAnswered", (*told, ("value", value))) if value else Act("FieldSkipped", told)
            )
            assert self.kiosk.visit is not before, f"{field.field}: {value!r} was not taken"
        return self

    def _offers(self, option: str) -> bool:
        return option in [one.id for one in self.kiosk.view.options]

    def _first(self) -> str:
        return self.kiosk.view.options[0].id

    @staticmethod
    def born(persona: str) -> date:
        return load(persona).person.birth_date

    def cancel_membership(self, persona: str) -> None:
        """From now on the system says that this person is not a member any more."""
        one = load(persona)
        gone = replace(one.eligibility, qualification_validity="2")
        self.system.enrol(replace(one, eligibility=gone))

    # ---------------------------------------------------------------------------------------- the desk

    def ask(self, action: Any, *, desk: Desk | None = None, **told: Any) -> bool | None:
        """A member of staff asks for it, the kiosk answers; None if the desk itself refused."""
        desk = desk or self.desk
        asked = desk.act(self.visit, action, STAFF, **told)
        if not hasattr(asked, "id"):
            return None
        self.kiosk.reception.poll_requests()
        self.kiosk.settle()
        replies = {one.request: one.accepted for one in desk.poll().replies}
        return replies[asked.id]

    def row(self, visit: str = "") -> Row:
        self.desk.poll()
        row = self.desk.row(visit or self.visit)
        assert row is not None
        return row
