"""Papers taken out again at the desk (kiosk/desk/printing.py)."""

from __future__ import annotations

from kiosk.desk.printing import PaperDesk
from kiosk.desk.refusing import Done, Refusal, Why
from kiosk.desk.row import Need
from kiosk.evidence.model import Way
from kiosk.ledger.kept_papers import papers
from simulator.playing.stage import JAM, PaperTray
from tests.support.desks import STAFF, House

HOUR_MS = 3_600_000


def self_paid(house: House) -> tuple[str, str]:
    """A visit with its refund slip: their ids."""
    house.without_card().take(Way.SELF_PAY).touch("pay_in_full")
    visit = house.visit
    house.leave()
    (slip,) = papers(house.kiosk_ledger, visit=visit)
    return visit, slip.id


def desk_of(house: House, **trays: PaperTray) -> PaperDesk:
    return PaperDesk(house.ledgers[1], house.world, **trays)


def taken_out(house: House, visit: str) -> list[tuple[str, str, bool]]:
    records = [one for one in house.kiosk_ledger.entries(visit) if one.type == "PaperTakenOut"]
    return [(one.actor, one.ref, one.simulated) for one in records]


def test_a_paper_that_jammed_is_printed_again_and_the_visit_is_settled(house: House) -> None:
    house.tray.jammed = JAM
    visit, slip = self_paid(house)
    assert house.row(visit).need is Need.PAPER_FAILED
    tray = PaperTray()
    assert isinstance(desk_of(house, forms=tray).reprint(visit, slip, STAFF), Done)
    assert list(tray.pages) == ["refund_slip-again"]
    assert taken_out(house, visit) == [(f"staff:{STAFF}", slip, True)]
    assert house.row(visit).need is None


def test_a_printer_that_fails_again_leaves_the_visit_with_a_person(house: House) -> None:
    house.tray.jammed = JAM
    visit, slip = self_paid(house)
    outcome = desk_of(house, forms=house.tray).reprint(visit, slip, STAFF)
    assert isinstance(outcome, Refusal)
    assert (outcome.why, outcome.detail) == (Why.PRINTER_FAILED, JAM.detail)
    assert house.row(visit).need is Need.PAPER_FAILED


def test_a_look_at_a_paper_is_recorded_before_it_is_given(house: House) -> None:
    visit, slip = self_paid(house)
    assert desk_of(house).open_paper(visit, slip, "suzuki") == b"%PDF-1.7"
    assert taken_out(house, visit) == [("staff:suzuki", slip, True)]


def test_what_is_not_there_is_said_and_not_printed(house: House) -> None:
    visit, slip = self_paid(house)
    assert desk_of(house).reprint(visit, slip, STAFF) == Refusal(Why.NO_PRINTER)
    assert desk_of(house).open_paper(visit, "none", STAFF) == Refusal(Why.UNKNOWN_ENTRY)
    house.world.advance(3 * 24 * HOUR_MS)
    house.kiosk_ledger.purge(house.world.now().day)
    assert desk_of(house, forms=house.tray).reprint(visit, slip, STAFF) == Refusal(Why.ERASED)
    assert taken_out(house, visit) == []


def test_a_kiosk_whose_tickets_do_not_come_out_is_named_until_one_does(house: House) -> None:
    health = house.desk.board.health
    house.tray.jammed = JAM
    house.confirm()
    house.desk.poll()
    assert set(health.ticketless) == {"A"}
    since = health.ticketless["A"]
    house.confirm()
    house.desk.poll()
    assert health.ticketless == {"A": since}
    house.tray.jammed = None
    house.confirm()
    house.desk.poll()
    assert not health.ticketless
