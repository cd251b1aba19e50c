"""Deliveries with a hub between kiosk and console: what the courier tells is seen there, what staff ask comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.desk.deliveries import Handed
from kiosk.desk.desk import Desk, Replied
from kiosk.desk.refusing import Done, Refusal
from kiosk.desk.row import Light, Need
from kiosk.evidence.model import Way
from kiosk.handoff.carrier import Refused
from kiosk.handoff.courier import Courier
from kiosk.handoff.outbox_memory import MemoryOutbox
from kiosk.handoff.queue_json import QueueJson
from kiosk.handoff.receiver import Receiver
from kiosk.ledger import Ledger
from tests.kiosk.ledger.hub.test_desk_on_hub import Hospital
from tests.support.handoff import Answers


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    hospital = Hospital(tmp_path)
    yield hospital
    hospital.close()


def courier_over(hospital: Hospital, ledger: Ledger, chart: Answers) -> Courier:
    receiver = Receiver(name="chart", form=QueueJson(), carrier=chart, takes_simulated=True)
    courier = Courier(ledger, MemoryOutbox(), [receiver], now=hospital.world.utc, chance=lambda: 1.0)
    courier.run()
    return courier


def goes_round(hospital: Hospital, courier: Courier) -> None:
    """There and back again: the wish to the kiosk, what it did to the hub."""
    hospital.sync()
    courier.run()
    hospital.sync()


def reply(desk: Desk, asked: Done | Refusal) -> Replied:
    assert isinstance(asked, Done)
    (found,) = (one for one in desk.poll().replies if one.request == asked.id)
    return found


def test_a_console_on_another_machine_sees_a_delivery_that_fails_and_has_it_tried_again(
    hospital: Hospital,
) -> None:
    chart = Answers(Refused("http_403"))
    courier = courier_over(hospital, hospital.kiosk_ledger, chart)
    visit = hospital.confirm()
    goes_round(hospital, courier)
    assert hospital.row(visit).need is Need.NOT_HANDED_OVER
    asked = hospital.desk.hand_over(visit, "chart", "again", "sato")
    goes_round(hospital, courier)
    assert reply(hospital.desk, asked).accepted
    assert (hospital.row(visit).light, hospital.row(visit).handed) == (Light.SETTLED, Handed.DONE)
    assert len(set(chart.keys)) == 1
    records = list(hospital.consoles[0].entries(visit))
    assert [one.actor for one in records if one.type == "HandoffTriedAgain"] == ["staff:sato"]


def test_of_two_consoles_at_the_hub_and_one_beside_the_kiosk_one_wins_and_the_others_are_told(
    hospital: Hospital,
) -> None:
    courier = courier_over(hospital, hospital.kiosk_ledger, Answers(*[Refused("http_403")] * 9))
    other = hospital.open_remote("S")
    visit = hospital.confirm()
    goes_round(hospital, courier)
    desks = (hospital.desk, other, hospital.local)
    for desk in desks:
        desk.poll()
    asked = [
        hospital.desk.hand_over(visit, "chart", "by_hand", "sato", why="typed"),
        other.hand_over(visit, "chart", "by_hand", "suzuki", why="by telephone"),
        hospital.local.hand_over(visit, "chart", "by_hand", "tanaka", why="on paper"),
    ]
    goes_round(hospital, courier)
    told = [reply(desk, wish) for desk, wish in zip(desks, asked, strict=True)]
    assert sorted(one.accepted for one in told) == [False, False, True]
    assert {one.why for one in told if not one.accepted} == {"moved_on"}
    for desk in desks:
        desk.poll()
    rows = [desk.row(visit) for desk in desks]
    assert {row.handed for row in rows if row is not None} == {Handed.BY_HAND}


def test_a_courier_at_the_hub_hands_over_every_terminals_visits_and_what_its_consoles_decide(
    hospital: Hospital,
) -> None:
    """It owns no visit, hears of wishes by notes, and knows of visits that a console took over."""
    chart = Answers(Refused("http_403"))
    courier = courier_over(hospital, hospital.consoles[0], chart)
    other = hospital.open_remote("S")
    visit = hospital.confirm()
    hospital.sync()
    courier.run()
    other.poll()
    assert hospital.row(visit).need is Need.NOT_HANDED_OVER
    asked, late = (
        other.hand_over(visit, "chart", "again", "suzuki"),
        hospital.desk.hand_over(visit, "chart", "by_hand", "sato", why="typed"),
    )
    courier.run()
    assert reply(other, asked).accepted
    assert not reply(hospital.desk, late).accepted
    assert hospital.row(visit).handed is Handed.DONE

    hospital.without_card().take(Way.CERTIFICATE)
    lost = hospital.visit
    hospital.sync()
    hospital.desk.poll()
    hospital.hub.sql("UPDATE presence SET seen = seen - interval '1 minute'")
    hospital.world.advance(3_000)
    assert isinstance(hospital.desk.take_over(lost, "sato"), Done)
    assert isinstance(hospital.desk.act(lost, "accept", "sato", way=Way.CERTIFICATE), Done)
    courier.run()
    assert hospital.row(lost).handed is Handed.DONE
    assert len(chart.parcels) == 3
