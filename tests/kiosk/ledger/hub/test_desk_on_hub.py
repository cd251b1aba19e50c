"""A desk on one machine and a kiosk on another: the same desk, the same kiosk, a hub between them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from kiosk.desk.desk import Desk, Look
from kiosk.desk.refusing import Done, Refusal, Why
from kiosk.desk.row import Light, Mark, Need, Row
from kiosk.evidence.loading import book
from kiosk.evidence.model import Way
from kiosk.ledger import Moment
from kiosk.ledger.errors import NotOwner
from kiosk.ledger.hub.audit import told_keys, verify_hub
from kiosk.ledger.hub.endpoint import connect
from kiosk.ledger.hub.ledger import HubLedger
from kiosk.ledger.hub.session import Session
from kiosk.ledger.keys import Keys
from tests.support.desks import STAFF, House
from tests.support.hubs import Hub
from tests.support.ledgers import entry


class Hospital(House):
    """`sync` is what the shipper's thread does by itself."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "A")
        self.hub = Hub(folder / "hub")
        self._login = self.hub.let_in("A")
        self.connection = connect(self._login, "kiosk")
        self.session = Session(self.kiosk_ledger, self.connection, self.hub.key)
        self.consoles: list[HubLedger] = []
        self.local = self.desk
        self.desk = self.open_remote("R")

    def open_remote(self, terminal: str) -> Desk:
        ledger = self.hub.console(
            self.hub.let_in(terminal, "console"), terminal, keys=Keys(bytes(32), os.urandom(32)),
            clock=lambda: Moment(self.world.utc(), self.world.now().mono), random=self.world.random_bytes,
        )  # fmt: skip
        self.consoles.append(ledger)
        return Desk(ledger, self.world, ledger, book(), patients=self.patients)

    def sync(self) -> None:
        self.session.ship()
        self.session.bring_back()
        self.session.present()
        self.kiosk.reception.poll_requests()
        self.kiosk.settle()
        self.session.ship()

    def close(self) -> None:
        self.connection.close()
        for console in self.consoles:
            console.close()
        super().close()


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    hospital = Hospital(tmp_path)
    yield hospital
    hospital.close()


def test_staff_at_another_machine_accept_a_certificate_and_the_patients_page_goes_on(
    hospital: Hospital,
) -> None:
    hospital.without_card().take(Way.CERTIFICATE)
    visit = hospital.visit
    hospital.sync()
    (called,) = hospital.desk.poll().called
    assert (called.visit, called.light) == (visit, Light.NEEDS_PERSON)
    asked = hospital.desk.act(visit, "accept", STAFF, way=Way.CERTIFICATE)
    assert isinstance(asked, Done)
    hospital.sync()
    (reply,) = hospital.desk.poll().replies
    assert (reply.request, reply.accepted) == (asked.id, True)
    row = hospital.row(visit)
    assert (row.outcome, row.evidence, row.number) == ("accepted_by_evidence", Way.CERTIFICATE, "A001")
    hospital.leave()
    hospital.sync()
    assert hospital.row(visit).light is Light.SETTLED
    with (
        hospital.consoles[0].snapshot() as source,
        connect(hospital.consoles[0]._endpoint, "audit") as auditor,
    ):
        assert verify_hub(source, told_keys(auditor)).verdict == "ok"


def test_of_two_desks_that_act_on_the_same_visit_one_wins_and_the_other_is_told(hospital: Hospital) -> None:
    other = hospital.open_remote("S")
    hospital.without_card().take(Way.CERTIFICATE)
    hospital.sync()
    hospital.desk.poll()
    other.poll()
    mine = hospital.desk.act(hospital.visit, "accept", "sato", way=Way.CERTIFICATE)
    theirs = other.act(hospital.visit, "refuse", "suzuki", way=Way.CERTIFICATE)
    assert isinstance(mine, Done)
    assert isinstance(theirs, Done)
    hospital.sync()
    told = [one.accepted for one in hospital.desk.poll().replies if one.request == mine.id]
    lost = [one for one in other.poll().replies if one.request == theirs.id]
    assert told == [True]
    assert [one.accepted for one in lost] == [False]
    assert lost[0].why


def test_a_visit_whose_terminal_is_gone_is_taken_over_once_and_its_owner_is_told(hospital: Hospital) -> None:
    other = hospital.open_remote("S")
    hospital.without_card().take(Way.CERTIFICATE)
    visit = hospital.visit
    hospital.sync()
    hospital.desk.poll()
    other.poll()
    assert hospital.desk.take_over(visit, "sato") == Refusal(Why.OWNER_RUNS)
    hospital.hub.sql("UPDATE presence SET seen = seen - interval '1 minute'")  # not heard of for so long
    hospital.world.advance(3_000)
    assert hospital.row(visit).need is Need.OWNER_GONE
    other.poll()
    assert isinstance(hospital.desk.take_over(visit, "sato"), Done)
    assert other.take_over(visit, "suzuki") == Refusal(Why.TAKEN_ALREADY)
    hospital.desk.poll()
    assert isinstance(hospital.desk.act(visit, "accept", "sato", way=Way.CERTIFICATE), Done)

    hospital.back()  # its network is back only now: the patient has touched something meanwhile
    hospital.session.ship()
    hospital.session.bring_back()
    row = hospital.row(visit)
    assert (row.light, row.outcome, row.marks) == (
        Light.SETTLED, "accepted_by_evidence", frozenset({Mark.TAKEN_OVER}),
    )  # fmt: skip
    (lost,) = [one for one in hospital.kiosk_ledger.open_visits(()) if one.visit == visit]
    assert lost.chain == hospital.consoles[0].chain
    with pytest.raises(NotOwner):
        hospital.kiosk_ledger.append([entry(visit, 1, simulated=True)])


# ------------------------------------------------------------- beside a console at the kiosk's own machine


def boards(hospital: Hospital, visit: str) -> tuple[Row, Row]:
    hospital.local.poll()
    hospital.desk.poll()
    here, there = hospital.local.row(visit), hospital.desk.row(visit)
    assert here is not None
    assert there is not None
    return here, there


def test_the_console_beside_the_kiosk_is_shown_what_another_one_asks_for(hospital: Hospital) -> None:
    hospital.without_card().take(Way.CERTIFICATE)
    visit = hospital.visit
    hospital.sync()
    hospital.desk.poll()
    asked = hospital.desk.act(visit, "take", "tanaka")
    assert isinstance(asked, Done)
    hospital.sync()
    here, there = boards(hospital, visit)
    assert here.held_by == there.held_by == "tanaka"
    for desk in (hospital.local, hospital.desk):
        look = desk.look(visit, STAFF)
        assert isinstance(look, Look)
        shown = look.detail()
        assert shown is not None
        assert [(one.id, one.actor, one.accepted) for one in shown.requests] == [
            (asked.id, "staff:tanaka", True)
        ]
        assert sum("Request" in line.key for line in shown.lines) == 1, (
            "told once, where both chains are seen"
        )


def test_of_a_console_beside_the_kiosk_and_one_at_the_hub_one_wins_and_the_boards_agree(
    hospital: Hospital,
) -> None:
    hospital.without_card().take(Way.CERTIFICATE)
    visit = hospital.visit
    hospital.sync()
    boards(hospital, visit)
    theirs = hospital.desk.act(visit, "accept", "tanaka", way=Way.CERTIFICATE)
    mine = hospital.local.act(visit, "refuse", "sato", way=Way.CERTIFICATE)
    assert isinstance(theirs, Done)
    assert isinstance(mine, Done)
    hospital.sync()
    here = {one.request: one.accepted for one in hospital.local.poll().replies}
    there = {one.request: one.accepted for one in hospital.desk.poll().replies}
    assert sorted([here[mine.id], there[theirs.id]]) == [False, True]
    for _ in range(2):
        hospital.sync()
    local, remote = boards(hospital, visit)
    assert msgspec.structs.replace(local, position=0) == msgspec.structs.replace(remote, position=0)


def test_a_visit_that_a_console_at_the_hub_took_is_not_asked_for_nor_taken_beside_the_kiosk(
    hospital: Hospital,
) -> None:
    hospital.without_card().take(Way.CERTIFICATE)
    visit = hospital.visit
    hospital.sync()
    boards(hospital, visit)
    lost = hospital.local.act(visit, "accept", "sato", way=Way.CERTIFICATE)
    assert isinstance(lost, Done)
    hospital.crash()
    hospital.hub.sql("UPDATE presence SET seen = seen - interval '1 minute'")
    hospital.world.advance(3_000)
    assert isinstance(hospital.desk.take_over(visit, "tanaka"), Done)
    shipping = Session(hospital.ledger("kiosk"), hospital.connection, hospital.hub.key)  # the machine is back
    shipping.bring_back()

    (told,) = hospital.local.poll().replies
    assert (told.request, told.accepted, told.why) == (lost.id, False, Why.TAKEN_ALREADY)
    row = hospital.local.row(visit)
    assert row is not None
    assert (row.light, row.need, row.terminal, row.marks) == (
        Light.GOING_ON, None, "R", frozenset({Mark.TAKEN_OVER}),
    )  # fmt: skip
    assert hospital.local.act(visit, "handled", "sato") == Refusal(Why.TAKEN_ALREADY)
    assert hospital.local.take_over(visit, "sato") == Refusal(Why.TAKEN_ALREADY)

    assert isinstance(hospital.desk.act(visit, "accept", "tanaka", way=Way.CERTIFICATE), Done)
    shipping.bring_back()
    shipping.ship()
    here, there = boards(hospital, visit)
    assert (here.light, here.need, here.state) == (there.light, there.need, there.state)
    assert here.light is Light.SETTLED
    assert (here.outcome, there.outcome) == ("handed_to_staff", "accepted_by_evidence"), (
        "by what, they alone know"
    )


def test_what_a_terminal_heard_of_its_lost_visit_does_not_set_back_those_who_have_it(
    hospital: Hospital,
) -> None:
    hospital.without_card().take(Way.CERTIFICATE)
    visit = hospital.visit
    hospital.sync()
    hospital.desk.poll()
    hospital.hub.sql("UPDATE presence SET seen = seen - interval '1 minute'")
    hospital.world.advance(3_000)
    assert isinstance(hospital.desk.take_over(visit, "tanaka"), Done)
    hospital.session.bring_back()  # heard: somebody has it, and is not done
    assert isinstance(hospital.desk.act(visit, "handled", "tanaka"), Done)
    hospital.session.ship()
    row = hospital.row(visit)
    assert (row.light, row.state, row.outcome) == (Light.SETTLED, "Finished", "handed_to_staff")


def test_the_page_of_a_visit_that_was_taken_over_is_cleared_without_a_touch(hospital: Hospital) -> None:
    hospital.without_card().take(Way.CERTIFICATE)
    visit = hospital.visit
    hospital.sync()
    hospital.desk.poll()
    hospital.kiosk.reception.look_for_news()
    assert hospital.visit == visit
    hospital.hub.sql("UPDATE presence SET seen = seen - interval '1 minute'")
    hospital.world.advance(3_000)
    assert isinstance(hospital.desk.take_over(visit, "tanaka"), Done)
    hospital.session.bring_back()
    hospital.kiosk.reception.look_for_news()
    assert (hospital.visit, hospital.kiosk.view.state) == ("", "Welcome")
    assert hospital.row(visit).need is Need.CALLED, "nothing was written over those who have it"
