"""Visits whose terminal is gone (kiosk/desk/taking_over.py)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.desk.desk import Look
from kiosk.desk.notes import Action
from kiosk.desk.refusing import Done, Refusal, Why
from kiosk.desk.row import Light, Mark, Need, Next
from kiosk.evidence.model import Way
from tests.support.desks import STAFF, House
from tests.support.ledgers import SqliteKit

OWNERS_MS = 3_000


def stranded(house: House) -> str:
    """A visit that shows a certificate at a kiosk that is gone."""
    house.without_card().take(Way.CERTIFICATE)
    visit = house.visit
    house.crash()
    house.world.advance(OWNERS_MS)
    return visit


def test_a_visit_whose_terminal_is_gone_can_be_taken_over_and_settled_with_a_number(house: House) -> None:
    visit = stranded(house)
    row = house.row(visit)
    assert (row.light, row.need, row.next) == (Light.NEEDS_PERSON, Need.OWNER_GONE, Next.TAKE_OVER)
    look = house.desk.look(visit, STAFF)
    assert isinstance(look, Look)
    shown = look.detail()
    assert shown is not None
    assert shown.row.need is Need.OWNER_GONE
    assert isinstance(house.desk.take_over(visit, STAFF), Done)
    row = house.row(visit)
    assert (row.need, row.marks) == (Need.CALLED, frozenset({Mark.TAKEN_OVER}))
    assert isinstance(house.desk.act(visit, "accept", STAFF, way=Way.CERTIFICATE), Done)
    row = house.row(visit)
    assert (row.light, row.outcome, row.evidence, row.number) == (
        Light.SETTLED, "accepted_by_evidence", Way.CERTIFICATE, "A001",
    )  # fmt: skip
    house.close()
    assert SqliteKit(house.folder).verify().verdict == "ok"


@pytest.mark.parametrize(("action", "outcome"), [("handled", "handed_to_staff"), ("restart", "abandoned")])
def test_it_can_also_end_without_a_result(house: House, action: Action, outcome: str) -> None:
    visit = stranded(house)
    house.desk.poll()
    house.desk.take_over(visit, STAFF)
    assert isinstance(house.desk.act(visit, action, STAFF), Done)
    row = house.row(visit)
    assert (row.light, row.outcome, row.number) == (Light.SETTLED, outcome, "")


def test_there_is_no_page_left_that_could_move(house: House) -> None:
    visit = stranded(house)
    house.desk.poll()
    house.desk.take_over(visit, STAFF)
    actions: tuple[Action, ...] = ("resume", "take", "evidence", "refuse")
    for action in actions:
        assert house.desk.act(visit, action, STAFF) == Refusal(Why.NOT_HERE)
    assert house.row(visit).need is Need.CALLED


def test_a_visit_whose_terminal_runs_is_never_taken(house: House) -> None:
    house.without_card().take(Way.CERTIFICATE)
    house.world.advance(OWNERS_MS)
    house.desk.poll()
    assert house.desk.take_over(house.visit, STAFF) == Refusal(Why.OWNER_RUNS)
    assert house.row().need is Need.EVIDENCE


def test_of_two_consoles_that_take_the_same_visit_one_has_it(house: House) -> None:
    visit = stranded(house)
    other = house.open_desk("second")
    house.desk.poll()
    assert isinstance(house.desk.take_over(visit, "sato"), Done)
    assert other.take_over(visit, "suzuki") == Refusal(Why.TAKEN_ALREADY)
    wish = other.act(visit, "handled", "suzuki")
    assert isinstance(wish, Done), "they may still ask who has it"
    house.desk.poll()
    (reply,) = other.poll().replies
    assert (reply.accepted, reply.why) == (False, Why.TAKEN_ALREADY)
    owners = [record.owner_epoch for record in house.ledgers[0].entries(visit) if record.state]
    assert owners[-1] == 1


def test_a_terminal_that_comes_back_too_late_finds_its_visit_gone(house: House) -> None:
    visit = stranded(house)
    house.desk.poll()
    house.desk.take_over(visit, STAFF)
    house.open_kiosk()
    assert house.row(visit).need is Need.CALLED, "still with the one who took it"
    house.desk.act(visit, "handled", STAFF)
    assert house.row(visit).outcome == "handed_to_staff"


def test_a_terminal_that_comes_back_in_time_closes_its_visit_itself(house: House) -> None:
    visit = stranded(house)
    house.desk.poll()
    house.open_kiosk()
    house.desk.poll()
    assert house.desk.take_over(visit, STAFF) == Refusal(Why.MOVED_ON)
    assert house.row(visit).need is Need.INTERRUPTED


HOLDER = """
import sys
from pathlib import Path
import structlog, logging
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
from kiosk.ledger import Options, SqliteLedger
from tests.support.ledgers import entry
ledger = SqliteLedger(Path(sys.argv[1]), Options(terminal="Z"))
ledger.append([entry("z1", 1)])
print(ledger.chain, flush=True)
sys.stdin.readline()
"""


def test_a_real_process_is_known_to_run_until_it_is_killed(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "ledger")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        chain = process.stdout.readline().strip()
        house = House(tmp_path / "ledger")
        assert house.ledgers[0].is_running(chain)
        process.kill()
        process.wait()
        assert not house.ledgers[0].is_running(chain)
        assert house.row("z1").need is None, "looked at every two seconds only"
        house.world.advance(OWNERS_MS)
        assert house.row("z1").need is Need.OWNER_GONE
        house.close()
