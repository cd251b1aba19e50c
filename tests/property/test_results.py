"""Certified readers' results that come at any moment, whatever patients, staff and power cuts do meanwhile."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import msgspec
import pytest

from kiosk.coverage.face_result import FaceResult
from kiosk.coverage.services import Capability
from kiosk.evidence.case import Facility
from kiosk.ledger import LedgerError, MemoryLedger, MemoryStore, Moment, Options, Record
from kiosk.ledger.audit import verify
from kiosk.reception.hands import Devices
from kiosk.visit.acts import Act
from kiosk.visit.events import FaceResultArrived
from kiosk.visit.policy import Policy
from simulator.national.direct import DirectService
from simulator.national.system import NationalSystem
from simulator.people import everyone, load
from simulator.playing.fact_card import FactCard, FactReader
from simulator.playing.player import blank_ticket
from simulator.playing.stage import PaperTray, Quiet, Stage
from simulator.playing.world import VirtualWorld
from tests.support.readings import consented, error, reading
from tests.support.visits import DAY, answer

PEOPLE = ("ｱｲ", "ｲﾄｳ", "ｳｴﾀﾞ", "ｴﾉｷ")
SEEDS = range(150)
STEPS = 40
_CAPABILITIES = DirectService.capabilities | {Capability.FACE_RESULT}


class Chaos:
    """One kiosk, its certified reader, and everybody who does something at either."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.world = VirtualWorld(DAY, seed)
        self.store = MemoryStore()
        self.reader = FactReader(self.world.utc)
        self.service = DirectService(
            NationalSystem(everyone(), self.world.utc, signatures=False), world=self.world.services
        )
        self.results: dict[str, FaceResult] = {}
        self.breaches: list[str] = []
        self.stage = self.start()
        self.desk = self.ledger("desk")

    def ledger(self, process: str) -> MemoryLedger:
        return MemoryLedger(
            Options(
                terminal="A",
                process=process,
                clock=lambda: Moment(self.world.utc(), self.world.now().mono),
                random=self.world.random_bytes,
            ),
            self.store,
        )

    def start(self) -> Stage:
        tray = PaperTray()
        devices = Devices(
            self.reader, self.service, tray, Quiet(), blank_ticket, lambda _wanted: b"%PDF", None, tray, tray
        )
        facility = Facility(capabilities=_CAPABILITIES, face_check=True, staff_check=True)
        policy = Policy(capabilities=_CAPABILITIES, facility=facility, wording_version="test")
        self.kiosk = self.ledger("kiosk")
        self.world.begin_run(self.kiosk.head().seq)
        return Stage(self.world, self.kiosk, policy, devices, self.reader)

    def run(self) -> None:
        deeds: tuple[tuple[int, Callable[[], None]], ...] = (
            (5, self.result), (4, self.touch), (2, self.card), (1, self.pin), (3, self.time), (4, self.staff),
            (1, self.again), (1, self.power_cut),
        )  # fmt: skip
        for _ in range(STEPS):
            self.rng.choices([deed for _, deed in deeds], [often for often, _ in deeds])[0]()
            self.stage.reception.look_after_results()
            self.stage.settle()
        self.breaches += self.stage.breaches

    # ------------------------------------------------------------------------------------ what happens

    def arrive(self, result: FaceResult) -> None:
        self.stage.post(FaceResultArrived, result=result, recent=self.rng.random() < 0.9)
        self.stage.settle()

    def result(self) -> None:
        rng, id_ = self.rng, f"r{len(self.results):03}"
        one = consented(rng.choice("01"), name_kana=f"{rng.choice(PEOPLE)} {id_}")
        told = answer(rng.choice(("1", "1", "1", "", "2", "4", "5", "8")), one)
        found = reading(told, id=id_, desk=rng.choice(("A", "A", "A", "")))
        if rng.random() < 0.15:
            found = error(rng.choice(("001", "002", "E77")))
        self.results[id_] = found
        self.arrive(found)

    def again(self) -> None:
        """The folder gives back what was taken."""
        if self.results:
            self.arrive(self.rng.choice(list(self.results.values())))

    def touch(self) -> None:
        options = self.stage.view.options
        if options:
            self.stage.act(self.rng.choice(options).act)

    def card(self) -> None:
        if self.reader.snapshot().card_present:
            self.reader.remove()
        else:
            self.reader.insert(FactCard(load(self.rng.choice(("yamada", "pin_locked"))), DAY))
        self.stage.settle()

    def pin(self) -> None:
        if self.stage.view.keypad:
            slot = self.stage.secrets.put(bytearray(b"1234"))
            self.stage.act(Act("PinEntered", (("slot", slot),)))

    def time(self) -> None:
        self.stage.wait(self.rng.choice((500, 5_000, 30_000, 90_000)))

    def staff(self) -> None:
        """Somebody at the desk acts on a visit: of a result that nobody claims, or on the one at the screen."""
        rng, here = self.rng, self.stage.visit.id
        visits = [one.visit for one in self.desk.open_visits(frozenset({"Finished", "Abandoned"}))]
        if not visits:
            return
        action = rng.choice(("accept", "handled", "restart", "give", "give", "refuse", "take", "resume", "?"))
        told = {"to": rng.choice((here, here, "nobody"))} if action == "give" else {}
        try:
            self.desk.request(rng.choice(visits), action, msgspec.json.encode(told), "staff:sato")
        except LedgerError:
            return
        self.stage.reception.poll_requests()
        self.stage.settle()

    def power_cut(self) -> None:
        self.breaches += self.stage.breaches
        self.kiosk.close()
        self.stage = self.start()

    # ------------------------------------------------------------------------------------- what came

    def records(self) -> list[Record]:
        return list(self.desk.entries())


def payload_of(record: Record) -> bytes:
    return record.payload if isinstance(record.payload, bytes) else b""


@pytest.mark.parametrize("seed", SEEDS)
def test_no_rule_breaks_and_no_result_counts_twice(seed: int) -> None:
    chaos = Chaos(seed)
    chaos.run()
    assert chaos.breaches == []
    records = chaos.records()
    opened = {record.visit: record for record in records if record.type == "FaceResultArrived"}
    # A result gets one number: where it was confirmed by itself, by staff, or where it was given.
    numbered = {record.visit for record in records if record.type == "NumberTaken"}
    confirmed = Counter(
        msgspec.json.decode(payload_of(record))["question"]
        for visit, record in opened.items()
        if visit in numbered
    )
    assert [id_ for id_, times in confirmed.items() if times > 1] == []
    # Who used the reader is in no other visit's records than those that took the result.
    for id_, result in chaos.results.items():
        if not result.answer.results:
            continue
        kana = result.answer.results[0].name_kana.encode()
        holding = {record.visit for record in records if kana in payload_of(record)}
        takers = {
            record.visit
            for record in records
            if record.type == "FaceResultArrived"
            and msgspec.json.decode(payload_of(record))["question"] == id_
        }
        assert holding <= takers, id_
        assert len(takers) <= 2, "its own visit, and the one to which it was given"
    assert verify(chaos.desk, chaos.desk.verify_key).verdict == "ok"
