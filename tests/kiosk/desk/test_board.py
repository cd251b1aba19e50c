"""The board: what stands on it for a visit, and in which order (kiosk/desk/board.py)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.desk.board import Filter
from kiosk.desk.row import Light, Need, Next
from kiosk.evidence.model import Way
from tests.support.desks import House
from tests.support.visits import NUMBERS


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "ledger")
    yield house
    house.close()


def test_a_visit_is_seen_going_on_and_settled_with_number_and_kana(house: House) -> None:
    house.verify()
    assert house.row().light is Light.GOING_ON
    house.touch("consent_all")
    visit = house.visit
    row = house.row()
    assert (row.light, row.number, row.outcome) == (Light.GOING_ON, "A001", "confirmed")
    assert row.kana == "ﾔﾏﾀﾞ ﾀﾛｳ"
    house.leave()
    row = house.row(visit)
    assert (row.light, row.number, row.outcome, row.need) == (Light.SETTLED, "A001", "confirmed", None)
    assert row.kana == "ﾔﾏﾀﾞ ﾀﾛｳ", "the page has wiped it; staff still call this patient"


def test_evidence_that_is_shown_calls_a_person_and_their_word_settles_it(house: House) -> None:
    house.without_card().take(Way.CERTIFICATE)
    row = house.row()
    assert (row.light, row.need, row.next, row.shown) == (
        Light.NEEDS_PERSON, Need.EVIDENCE, Next.JUDGE, Way.CERTIFICATE,
    )  # fmt: skip
    visit = house.visit
    assert house.ask("accept")
    house.leave()
    row = house.row(visit)
    assert (row.light, row.outcome, row.evidence) == (
        Light.SETTLED, "accepted_by_evidence", Way.CERTIFICATE,
    )  # fmt: skip


def test_each_part_of_the_board_shows_its_own(house: House) -> None:
    first = house.confirm()
    house.without_card().take(Way.CERTIFICATE).touch("type_numbers").type(NUMBERS)
    house.desk.poll()
    assert [row.visit for row in house.desk.rows(Filter.DONE)] == [first]
    assert [row.visit for row in house.desk.rows(Filter.NEEDS)] == [house.visit]
    assert [row.visit for row in house.desk.rows()] == [house.visit, first]
    assert house.desk.counts()[Filter.GOING_ON] == 0
