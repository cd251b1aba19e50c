"""The queue over the exchange folders of a qualification terminal: slow files, in virtual time."""

from __future__ import annotations

from pathlib import Path

from kiosk.desk.recheck import RecheckPolicy
from kiosk.desk.rechecking import Rechecker
from kiosk.desk.row import Light
from kiosk.eligibility.folders import FolderService, FolderSettings
from kiosk.evidence.model import Way
from simulator.national.faults import Fault, Faults
from simulator.national.terminal import SimulatedTerminal
from simulator.playing.world import ServiceWorld
from tests.support.desks import House
from tests.support.papers_of_people import paper_of

POLICY = RecheckPolicy()


class Ticking(ServiceWorld):
    """Whenever somebody waits, the terminal looks into its folders."""

    terminal: SimulatedTerminal

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.terminal.poll()


def queue_over(house: House, folder: Path, faults: Faults) -> tuple[Rechecker, Ticking]:
    world = Ticking(house.world)
    world.terminal = SimulatedTerminal(house.system, folder, house.world.utc, faults=faults)
    settings = FolderSettings(
        request_folder=world.terminal.req,
        answer_folder=world.terminal.res,
        medical_institution_code="1399999999",
    )
    service = FolderService(settings, world, lambda _report: None)
    return Rechecker(house.ledger("queue"), service, house.world, POLICY), world


def accept_unasked(house: House) -> str:
    house.faults.always(Fault.NO_ANSWER)
    house.verify().take(Way.CERTIFICATE).touch("type_numbers").type(paper_of("yamada"))
    visit = house.visit
    house.desk.poll()
    assert house.ask("accept")
    house.leave()
    house.world.advance(POLICY.first)
    return visit


def types(house: House, visit: str) -> list[str]:
    kinds = ("Recheck", "LateAnswer")
    return [one.type for one in house.ledgers[0].entries(visit) if one.type.startswith(kinds)]


def test_an_answer_that_comes_in_time_settles_the_visit(house: House, tmp_path: Path) -> None:
    visit = accept_unasked(house)
    queue, _world = queue_over(house, tmp_path / "exchange", Faults())
    assert queue.tick()
    assert types(house, visit) == ["RecheckAsked", "RecheckAnswered"]
    assert house.row(visit).light is Light.SETTLED


def test_a_file_that_comes_late_is_matched_by_our_identifier_and_ends_the_matter(
    house: House, tmp_path: Path
) -> None:
    visit = accept_unasked(house)
    faults = Faults()
    queue, world = queue_over(house, tmp_path / "exchange", faults)
    faults.next(Fault.DELAY, POLICY.deadline / 1000 + 5)
    assert queue.tick()
    assert types(house, visit) == ["RecheckAsked", "RecheckFailed"]
    for _ in range(4):  # the file is there, is seen, and is seen not to grow any more
        world.sleep(4)
        queue.tick()
    assert types(house, visit) == ["RecheckAsked", "RecheckFailed", "LateAnswer"]
    assert house.row(visit).light is Light.SETTLED
    assert list(world.terminal.res.iterdir()) == []
    assert not queue.tick()


def test_somebody_elses_answer_under_our_name_is_never_taken(house: House, tmp_path: Path) -> None:
    visit = accept_unasked(house)
    faults = Faults()
    queue, _world = queue_over(house, tmp_path / "exchange", faults)
    faults.always(Fault.FOREIGN)
    assert queue.tick()
    assert types(house, visit) == ["RecheckAsked", "RecheckFailed"]
    assert house.row(visit).light is not Light.SETTLED
