"""What simulated people tell is what a reception takes, and no two of them are taken for each other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kiosk.coverage.services import Capability
from kiosk.eligibility.port import AskByNumbers
from kiosk.evidence.model import Document
from kiosk.patients.memory import MemoryPatientFile
from kiosk.visit.form import SKIPPABLE, FormField, Problem, checked
from simulator.national.direct import DirectService
from simulator.national.system import NationalSystem
from simulator.people import everyone, load
from simulator.playing.someone import known_as, patient_number, someone
from simulator.playing.world import VirtualWorld
from simulator.scenarios.scenario import PaperPart, PatientPart
from tests.support.visits import DAY

PEOPLE = {persona.id: persona for persona in everyone()}


@pytest.mark.parametrize("persona_id", PEOPLE)
def test_every_answer_of_a_person_can_be_taken(persona_id: str) -> None:
    one = someone(PEOPLE[persona_id], DAY, None)
    for told in (one.tells, one.printed):
        for field, value in told.items():
            assert not isinstance(checked(field, value, DAY), Problem), (field, value)


@pytest.mark.parametrize("persona_id", PEOPLE)
def test_what_must_be_answered_is_known_to_everybody(persona_id: str) -> None:
    one = someone(PEOPLE[persona_id], DAY, None)
    asked_of_anybody = {FormField.KANA, FormField.BIRTH_DATE, FormField.INSURANCE_KIND, FormField.TEACHER,
                        FormField.EVENT, FormField.COMPANION_NAME, FormField.PATIENT_NUMBER}  # fmt: skip
    assert not asked_of_anybody & SKIPPABLE
    assert asked_of_anybody <= set(one.tells)


def test_a_paper_shows_the_coverage_and_from_70_on_the_share() -> None:
    adult, earner = (someone(load(one), DAY, None).printed for one in ("yamada", "seventy_two_earner"))
    assert adult[FormField.NUMBER] == "1234567"
    assert FormField.RATIO not in adult
    assert earner[FormField.RATIO] == "3"
    assert someone(load("hundred"), DAY, None).printed[FormField.RATIO] == "1"
    assert not someone(load("no_record"), DAY, None).printed, "no insurance, no paper"


def test_a_paper_can_be_past_its_date_or_carry_a_number_that_nobody_knows() -> None:
    expired = someone(load("yamada"), DAY, None, None, PaperPart(expired=True)).printed
    assert date.fromisoformat(expired[FormField.VALID_UNTIL]) == DAY - timedelta(days=1)
    wrong = someone(load("yamada"), DAY, None, None, PaperPart(wrong_number=True)).printed
    assert (_look_up(wrong[FormField.NUMBER]), _look_up("1234567")) == ("4", "1")


def _look_up(number: str) -> str:
    world = VirtualWorld(DAY)
    service = DirectService(NationalSystem([load("yamada")], world.utc), None, world.services)
    assert Capability.BY_NUMBERS in service.capabilities
    printed = someone(load("yamada"), DAY, None).printed
    answer = service.ask(
        AskByNumbers(
            question_id="q",
            insurer_number=printed[FormField.INSURER_NUMBER],
            insured_card_symbol=printed[FormField.SYMBOL],
            insured_identification_number=number,
            insured_branch_number=printed[FormField.BRANCH],
            birth_date=date.fromisoformat(printed[FormField.BIRTH_DATE]),
            limit_consent=False,
        ),
        1.0,
    )
    return str(getattr(answer, "qualification_validity", ""))


def test_no_two_people_have_the_same_number_at_a_facility() -> None:
    assert len({patient_number(persona) for persona in PEOPLE.values()}) == len(PEOPLE)
    file = MemoryPatientFile(today=lambda: DAY)
    for persona in PEOPLE.values():
        file.remember(known_as(persona), DAY)
    for persona in PEOPLE.values():
        found = file.by_number(patient_number(persona), persona.person.birth_date)
        assert found is not None
        assert found.name_kana == persona.person.kana


def test_papers_that_are_not_told_of_are_whatever_is_asked_for() -> None:
    anything = someone(load("yamada"), DAY, None, PatientPart())
    nothing = someone(load("yamada"), DAY, None, PatientPart(has=()))
    notice = someone(load("yamada"), DAY, None, PatientPart(has=("notice",)))
    assert [one.has(Document.NOTICE) for one in (anything, nothing, notice)] == [True, False, True]
    assert not notice.has(Document.CERTIFICATE)


@pytest.mark.parametrize(
    ("persona_id", "holds"),
    [
        ("yamada", True),
        ("damaged", True),
        ("dead", True),
        ("iphone", False),
        ("fido_key", False),
        ("no_card", False),
    ],
)
def test_a_card_that_cannot_be_read_is_a_card_and_a_phone_is_none(persona_id: str, holds: bool) -> None:
    assert someone(load(persona_id), DAY, None).holds_card is holds
