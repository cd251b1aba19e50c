"""The parts that scenarios and soak stand on: time that stops at what is due, notes of what was sent, a full disk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Any

import pytest

from drivers.interface import Failure, Fault, VerifiedCard
from kiosk.coverage.services import Capability
from kiosk.eligibility.port import AskByCard, OpenByCard, Registration
from kiosk.ledger import MemoryLedger, Options
from kiosk.ledger.errors import LedgerFull
from kiosk.reception.hands import Devices
from kiosk.visit.acts import Act, UnknownAct
from kiosk.visit.policy import Policy
from kiosk.visit.views import VisitView
from simulator.national.direct import DirectService
from simulator.national.system import NationalSystem
from simulator.people import load
from simulator.playing.actor import Actor, is_page, wrong_pin
from simulator.playing.booth import FactBooth, Pins
from simulator.playing.fact_card import FactCard, FactReader
from simulator.playing.full_disk import FillableLedger
from simulator.playing.player import blank_paper, blank_ticket
from simulator.playing.questions import NotedService, Sent
from simulator.playing.someone import Someone
from simulator.playing.stage import JAM, PaperTray, Quiet, Stage
from simulator.playing.world import VirtualWorld
from simulator.scenarios import ScenarioError
from simulator.scenarios.scenario import Do
from tests.support.ledgers import entry
from tests.support.visits import DAY

ALL = frozenset({Capability.BY_CARD, Capability.REGISTER, Capability.MEDICAL_CONSENT})


class Made:
    def __init__(self) -> None:
        self.world = VirtualWorld(DAY)
        self.reader = FactReader(self.world.utc)
        self.sent: list[Sent] = []
        system = NationalSystem([load("yamada")], self.world.utc, signatures=False)
        self.service = NotedService(DirectService(system, None, self.world.services), self.sent.append)
        self.ledger = FillableLedger(MemoryLedger(Options(random=self.world.random_bytes)))
        self.tray = PaperTray()
        devices = Devices(self.reader, self.service, self.tray, Quiet(), blank_ticket, blank_paper)
        self.stage = Stage(self.world, self.ledger, Policy(capabilities=ALL), devices, self.reader)

    def until_confirmed(self) -> None:
        self.reader.insert(FactCard(load("yamada"), DAY))
        self.stage.settle()
        slot = self.stage.secrets.put(bytearray(b"1234"))
        self.stage.act(Act("PinChosen"))
        self.stage.act(Act("PinEntered", (("slot", slot),)))
        self.stage.act(Act("ConsentAllGiven"))


@pytest.fixture
def made() -> Iterator[Made]:
    one = Made()
    yield one
    one.stage.close()


def test_time_stops_at_every_deadline_on_the_way(made: Made) -> None:
    made.stage.act(Act("LanguageChosen", (("language", "en"),)))
    assert made.stage.view.language == "en"
    made.stage.wait(90_000)
    assert made.stage.view.language == "ja"
    assert made.world.now().mono == 90_000


def test_a_job_for_later_runs_when_its_time_has_come_and_not_before(made: Made) -> None:
    done: list[int] = []
    made.stage.after(5_000, lambda: done.append(made.world.now().mono))
    made.stage.after(2_000, lambda: done.append(made.world.now().mono))
    made.stage.wait(1_999)
    assert done == []
    assert made.stage.due() == 2_000
    made.stage.wait(10_000)
    assert done == [2_000, 5_000]
    assert made.world.now().mono == 11_999


def test_a_job_without_delay_runs_after_what_is_under_way(made: Made) -> None:
    done: list[str] = []
    made.stage.after(0, lambda: done.append("later"))
    assert done == []
    made.stage.settle()
    assert done == ["later"]


def test_a_listener_is_told_the_page_that_is_shown_now_and_each_that_follows(made: Made) -> None:
    seen: list[VisitView] = []
    made.stage.when_shown(seen.append)
    made.stage.act(Act("WayChosen", (("way", "no_card"),)))
    assert [view.state for view in seen] == ["Welcome", "ExplainingNoCard"]


def test_several_acts_at_once_come_before_what_the_first_has_brought_about(made: Made) -> None:
    made.until_confirmed()
    steps = made.stage.checked
    made.stage.act(Act("Acknowledged"), Act("Acknowledged"))
    assert made.stage.view.state == "TakeCard"
    assert made.stage.checked == steps + 1
    with pytest.raises(UnknownAct):
        made.stage.act(Act("Shout"))


def test_the_desk_is_told_whether_the_terminal_took_it(made: Made) -> None:
    assert not made.stage.desk("handled", "sato"), "no visit, nothing to handle"
    made.stage.act(Act("WayChosen", (("way", "no_card"),)))
    assert not made.stage.desk("dance", "sato")
    assert made.stage.desk("handled", "sato")
    assert made.stage.view.state == "Finished"


def test_what_is_sent_is_noted_before_it_is_answered(made: Made) -> None:
    made.until_confirmed()
    assert [type(question) for question in made.sent] == [OpenByCard, AskByCard]
    assert made.service.counts == {"ask": 1, "open": 1}
    assert len({id_ for _kind, id_ in made.service.asked}) == 2
    assert isinstance(made.sent[0], OpenByCard)
    made.service.register(Registration(question_id="r", verified=made.sent[0].verified), 1.0)
    assert made.service.counts == {"ask": 1, "open": 1, "register": 1}
    assert not list(made.service.face_results())
    assert not list(made.service.late_answers())


def test_a_full_disk_refuses_what_writes_and_reads_on() -> None:
    ledger = FillableLedger(MemoryLedger(Options()))
    ledger.append([entry("v1", 1, "WaitingForStaff")])
    request = ledger.request("v1", "handled")
    ledger.full = True
    writes: list[Any] = [
        lambda: ledger.append([entry("v1", 2)]),
        lambda: ledger.request("v1", "handled"),
        lambda: ledger.answer(request, True),
        lambda: ledger.next_number(DAY, "v1"),
        lambda: ledger.purge(DAY),
        ledger.checkpoint,
        ledger.checkpoint_if_due,
    ]
    for write in writes:
        with pytest.raises(LedgerFull):
            write()
    assert ledger.head().seq == 2
    assert [visit.visit for visit in ledger.open_visits(())] == ["v1"]
    assert [asked.id for asked in ledger.requests()] == [request]
    assert list(ledger.heads()) == [ledger.chain]
    assert len(list(ledger.entries())) == 2
    assert ledger.last_purge() is None
    ledger.full = False
    assert ledger.next_number(DAY, "v1").count == 1
    ledger.close()


def test_a_jammed_printer_keeps_nothing_and_says_so() -> None:
    tray = PaperTray(jammed=JAM)
    assert tray.print_pdf("ticket", b"%PDF") == Failure.of(Fault.PRINTER_GONE, "simulated jam")
    assert tray.pages == {}


def test_a_person_without_a_card_cannot_place_or_swap_one(made: Made) -> None:
    booth = Actor(made.stage, _NoHand(made.reader), Someone(None, "1234"), lambda _persona: Someone(None, ""))
    with pytest.raises(ScenarioError, match="no card"):
        booth.do(Do(act="CardInserted"))
    with pytest.raises(ScenarioError, match="no card"):
        booth.do(Do(act="CardSwapped", args={"persona": "no_card"}))


class _NoHand:
    """Nobody may touch the reader here."""

    def __init__(self, reader: FactReader) -> None:
        self.reader = reader

    def insert(self, _card: object) -> None:
        raise AssertionError

    swap = insert

    def remove(self) -> None:
        raise AssertionError

    def set_away(self, _away: bool) -> None:
        raise AssertionError


def test_a_page_is_named_with_or_without_its_variant(made: Made) -> None:
    made.reader.insert(FactCard(load("one_try_left"), DAY))
    made.stage.settle()
    made.stage.act(Act("PinChosen"))
    view = made.stage.view
    assert is_page(view, "EnteringPin")
    assert is_page(view, "EnteringPin.last_try")
    assert not is_page(view, "EnteringPin.checking")


def test_a_wrong_pin_is_four_digits_and_never_the_right_one() -> None:
    for pin in ("0000", "1234", "9999"):
        assert len(wrong_pin(pin)) == 4
        assert wrong_pin(pin) != pin


def test_a_booth_begins_each_visit_with_the_registrations_of_the_first() -> None:
    booth = FactBooth()
    for _ in range(2):
        booth.begin(DAY, 1, time(9, 30))
        booth.place("unregistered", Pins("1234", "8026"))
        facts = booth.application.read(1)
        assert not isinstance(facts, Failure)
        assert booth.owners == {1: {"unregistered"}}
        proof = booth.application.verify_pin(1, Digits(b"1234"), b"challenge")
        assert isinstance(proof, VerifiedCard)
        service = DirectService(booth.system, None, booth.world.services)
        opened = service.open(OpenByCard(question_id="q", verified=proof), 1.0)
        assert getattr(opened, "registered", None) is False
        service.register(Registration(question_id="r", verified=proof), 1.0)


class Digits:
    def __init__(self, digits: bytes) -> None:
        self._digits = bytearray(digits)

    def take(self) -> bytearray:
        return self._digits
