"""The patient file is kept up by visits (kiosk/reception/remembering.py)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from kiosk.coverage.kana import same_kana
from kiosk.desk.refusing import Done, Refusal, Why
from kiosk.desk.row import Light
from kiosk.evidence.model import Way
from kiosk.handoff.folding import settled_of
from kiosk.ledger.errors import LedgerFull
from kiosk.patients.errors import FileClosed
from kiosk.reception.remembering import PatientRemembered, Remembering
from kiosk.visit.form import FormField
from kiosk.visit.known import KnownPatient
from simulator.national.faults import Fault
from simulator.people import load
from simulator.playing.full_disk import FillableLedger
from simulator.playing.someone import known_as
from tests.support.desks import STAFF, House
from tests.support.papers_of_people import paper_of
from tests.support.visits import DECLARED

NUMBER = load("yamada").eligibility.reference_number
BORN = load("yamada").person.birth_date


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "ledger")
    yield house
    house.close()


def remembering(house: House) -> Remembering:
    return Remembering(house.kiosk_ledger, house.patients, house.world)


def told(house: House, visit: str) -> list[PatientRemembered]:
    return [
        msgspec.json.decode(one.payload, type=PatientRemembered)
        for one in house.kiosk_ledger.entries(visit)
        if one.type == "PatientRemembered" and isinstance(one.payload, bytes)
    ]


def on_file(house: House, number: str = NUMBER, born: date = BORN) -> KnownPatient | None:
    return house.patients.by_number(number, born)


def test_who_was_confirmed_once_is_known_when_the_network_is_down(house: House) -> None:
    keeping = remembering(house)
    visit = house.confirm()
    assert keeping.tick() == 1
    assert told(house, visit) == [PatientRemembered("answer", "taken")]
    patient = on_file(house)
    assert patient is not None
    answered = known_as(load("yamada"))
    assert same_kana(patient.name_kana, answered.name_kana)
    assert (patient.name, patient.last_visit) == (answered.name, house.desk.today.isoformat())
    assert (patient.insurer_number, patient.insured_branch_number) == (
        answered.insurer_number, answered.insured_branch_number,
    )  # fmt: skip
    assert patient.partial_contribution_ratio == 3

    house.faults.always(Fault.NO_ANSWER)
    house.verify().take(Way.KNOWN_DATA)
    house.type({FormField.PATIENT_NUMBER: NUMBER, FormField.BIRTH_DATE: BORN.isoformat()})
    second = house.visit
    house.row(second)
    assert house.ask("accept")
    assert house.kiosk.view.state == "ConfirmingKnownData"
    house.touch("known_same")
    house.leave()
    row = house.row(second)
    assert (row.outcome, row.evidence) == ("accepted_by_evidence", Way.KNOWN_DATA)
    assert keeping.tick() == 1
    assert told(house, second) == [PatientRemembered("known", "taken")]


def test_a_restart_neither_loses_nor_doubles_it(house: House) -> None:
    first = house.confirm()
    assert remembering(house).tick() == 1
    second = house.confirm()
    house.world.advance(9 * 24 * 3_600_000)  # it was shut down at once, over the holidays
    again = remembering(house)
    assert [again.tick(), again.tick()] == [1, 0]
    assert [len(told(house, visit)) for visit in (first, second)] == [1, 1]


def test_what_the_ledger_was_not_told_is_taken_again_and_changes_nothing(house: House) -> None:
    keeping = remembering(house)
    visit = house.confirm()
    ledger = FillableLedger(house.kiosk_ledger)
    keeping._ledger = ledger
    ledger.full = True
    with pytest.raises(LedgerFull):
        keeping.tick()
    kept = on_file(house)
    assert kept is not None
    ledger.full = False
    assert keeping.tick() == 1
    assert on_file(house) == kept
    assert len(told(house, visit)) == 1


def test_a_file_that_cannot_be_written_is_tried_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    keeping = remembering(house)
    house.confirm()

    def broken(*_: Any) -> None:
        raise FileClosed

    with monkeypatch.context() as patch:
        patch.setattr(house.patients, "remember", broken)
        with pytest.raises(FileClosed):
            keeping.tick()
    assert keeping.tick() == 1
    assert on_file(house) is not None


def test_somebody_in_the_file_is_brought_up_to_date(house: House) -> None:
    """As their number: their 照会番号 is another one."""
    before = replace(known_as(load("yamada")), insured_branch_number="", last_visit="2020-01-01")
    house.patients.remember(before, date(2020, 1, 1))
    keeping = remembering(house)
    house.confirm()
    keeping.tick()
    now = on_file(house)
    assert now is not None
    assert (now.last_visit, now.insured_branch_number) == (
        house.desk.today.isoformat(), known_as(load("yamada")).insured_branch_number,
    )  # fmt: skip
    assert house.patients.count() == 1


def test_who_has_no_number_with_the_system_is_remembered_under_the_one_that_staff_tell(house: House) -> None:
    keeping = remembering(house)
    visit = house.confirm("forty")
    assert keeping.tick() == 0, "no 照会番号, and nobody has told another"
    house.desk.poll()
    assert house.desk.notebook.tell_patient_number(visit, "1234 5678 9018", STAFF) == Refusal(
        Why.INDIVIDUAL_NUMBER
    )
    assert house.desk.notebook.tell_patient_number(visit, "!?", STAFF) == Refusal(Why.NO_PATIENT_NUMBER)
    assert isinstance(house.desk.notebook.tell_patient_number(visit, " 00-777 ", STAFF), Done)
    assert keeping.tick() == 1
    born = load("forty").person.birth_date
    patient = on_file(house, "777", born)
    assert patient is not None
    assert patient.patient_number == "00-777"
    assert house.row(visit).patient_number == "00-777"
    settled = settled_of(list(house.kiosk_ledger.entries(visit)))
    assert settled is not None
    assert settled.patient_number == "00-777"


def test_a_number_that_was_taken_back_is_none(house: House) -> None:
    visit = house.confirm("forty")
    house.desk.poll()
    house.desk.notebook.tell_patient_number(visit, "777", STAFF)
    house.desk.notebook.tell_patient_number(visit, "", STAFF)
    assert remembering(house).tick() == 0
    assert house.row(visit).patient_number == ""


def test_a_number_that_has_gone_to_somebody_else_is_left_to_them_and_said(house: House) -> None:
    other = replace(known_as(load("yamada")), birth_date="1999-01-01")
    house.patients.remember(other, house.desk.today)
    keeping = remembering(house)
    visit = house.confirm()
    assert keeping.tick() == 1
    assert told(house, visit) == [PatientRemembered("answer", "refused", "number_taken")]
    assert on_file(house) is None
    assert keeping.tick() == 0


@pytest.mark.parametrize("way", [Way.CARD_DECLARATION, Way.SELF_PAY])
def test_what_was_only_declared_or_paid_is_not_remembered(house: House, way: Way) -> None:
    keeping = remembering(house)
    house.faults.always(Fault.NO_ANSWER)
    house.verify().take(way)
    if way is Way.CARD_DECLARATION:
        house.touch("form_hand").type(DECLARED).touch("form_right").touch("cannot_sign")
    else:
        house.touch("pay_in_full")
    visit = house.visit
    house.leave()
    assert keeping.tick() == 0
    assert (told(house, visit), house.patients.count()) == ([], 0)


def certified(house: House) -> str:
    house.verify().take(Way.CERTIFICATE).touch("type_numbers").type(paper_of("yamada"))
    visit = house.visit
    house.row(visit)
    assert house.ask("accept")
    house.leave()
    return visit


def test_numbers_that_were_typed_of_a_paper_are_not_remembered_but_an_answer_about_them_is(
    house: House,
) -> None:
    keeping = remembering(house)
    house.faults.always(Fault.NO_ANSWER)
    visit = certified(house)
    assert keeping.tick() == 0
    house.faults.always(None)
    house.world.advance(60_000)
    assert house.open_queue().tick()
    assert house.row(visit).light is Light.SETTLED
    assert keeping.tick() == 1
    assert told(house, visit) == [PatientRemembered("answer", "taken")]
    assert on_file(house) is not None


def test_a_visit_that_was_a_mistake_is_not_remembered(house: House) -> None:
    visit = house.confirm()
    house.desk.poll()
    house.desk.notebook.void(visit, "試し", STAFF)
    assert remembering(house).tick() == 0
    assert house.patients.count() == 0


def test_the_ledger_is_told_nothing_personal(house: House) -> None:
    keeping = remembering(house)
    visit = house.confirm()
    keeping.tick()
    (note,) = [one for one in house.kiosk_ledger.entries(visit) if one.type == "PatientRemembered"]
    assert note.payload == b'{"by":"answer","result":"taken","why":""}'
    assert (note.state, note.actor) == ("", "system")


def looks_for_them(house: House) -> bool:
    return house.kiosk.visit.policy.patient_file


def test_from_the_first_patient_on_the_kiosk_looks_for_them(tmp_path: Path) -> None:
    house = House(tmp_path / "new")
    reception = house.kiosk.reception
    reception.visit = replace(reception.visit, policy=replace(reception.visit.policy, patient_file=False))
    reception._knows_patients = lambda: house.patients.count() > 0
    reception.keep_house()
    assert not looks_for_them(house)
    keeping = remembering(house)
    house.confirm()
    keeping.tick()
    reception.keep_house()
    assert looks_for_them(house)
    house.close()
