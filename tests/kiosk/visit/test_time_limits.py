"""How long the pages of the other ways wait, and for whom (kiosk/visit/deadlines.py, flow/time.py)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.evidence.model import Way
from kiosk.visit import events as e
from kiosk.visit.effects import ForgetCard, PlaySound
from kiosk.visit.form import FormField
from tests.support.visits import FULL, TARO, Table

FORM, PAGE, WARNING = 120_000, 60_000, 20_000


def trip(*options: str) -> Table:
    table = Table(FULL)
    for option in ("companion", *options):
        table.touch(option)
    return table


def typing() -> Table:
    table = Table(FULL).until_ways().take(Way.CERTIFICATE)
    table.touch("type_numbers")
    return table


def form(*options: str) -> Table:
    table = Table(FULL).until_ways().take(Way.CARD_DECLARATION)
    for option in options:
        table.touch(option)
    return table


def unlocking() -> Table:
    table = form("form_card", "text_key_pin")
    table.feed(e.TextTriesTold, insertion=1, key="pin", tries_left=3)
    return table


def covered() -> Table:
    table = form("form_hand").fill({FormField.KANA: "ヤマダ"})
    table.feed(e.CardRemoved, insertion=1)
    return table


def looked_for() -> Table:
    table = Table(FULL).until_ways().take(Way.KNOWN_DATA)
    return table.fill({FormField.PATIENT_NUMBER: "1", FormField.BIRTH_DATE: "1981-04-05"})


def found() -> Table:
    table = looked_for()
    table.feed(e.PatientFound, question=table.question(), patient=TARO, match="card_number")
    return table


def shown_on_a_trip() -> Table:
    table = trip("with_school_trip", "trip_portal_pdf")
    return table.fill({FormField.TEACHER: "田中", FormField.EVENT: "見学"})


WAIT_FOR_THE_PATIENT: dict[str, tuple[Callable[[], Table], int]] = {
    "ways": (lambda: Table(FULL).until_ways(), FORM),
    "why no card": (lambda: Table(FULL).without_card(), FORM),
    "companion": (lambda: trip(), FORM),
    "trip: paper": (lambda: trip("with_school_trip"), FORM),
    "trip: teacher": (lambda: trip("with_school_trip", "trip_portal_pdf"), FORM),
    "numbers": (typing, FORM),
    "known: number": (lambda: Table(FULL).until_ways().take(Way.KNOWN_DATA), FORM),
    "known: data": (lambda: Table(FULL).until_ways().until_known(), FORM),
    "form": (form, FORM),
    "form: question": (lambda: form("form_hand"), FORM),
    "form: unlocking": (unlocking, PAGE),
    "form: covered": (covered, PAGE),
    "full payment": (lambda: Table(FULL).until_ways().take(Way.SELF_PAY), FORM),
}
WAIT_FOR_A_PERSON: dict[str, Callable[[], Table]] = {
    "certificate": lambda: Table(FULL).until_ways().take(Way.CERTIFICATE),
    "notice": lambda: Table(FULL).until_ways().take(Way.CARD_NOTICE),
    "portal": lambda: Table(FULL).until_ways().take(Way.CARD_PORTAL),
    "trip": shown_on_a_trip,
    "found in the file": found,
    "emergency": lambda: Table(FULL).without_card().take(Way.DECLARATION_EMERGENCY),
    "on paper": lambda: form("form_paper"),
}


@pytest.mark.parametrize("name", WAIT_FOR_THE_PATIENT)
def test_a_page_waits_warns_can_be_extended_and_ends(name: str) -> None:
    prepare, limit = WAIT_FOR_THE_PATIENT[name]
    table = prepare()
    warned = [table.feed(e.TimePassed, after=after).warned for after in (limit - WARNING - 1, 1)]
    assert warned == [False, True]
    assert table.effects[-1] == PlaySound("attention")
    assert not table.feed(e.TimeExtended).warned
    outcomes = [table.feed(e.TimePassed, after=after).outcome for after in (limit - 1, 1)]
    assert outcomes == [None, "abandoned"]
    assert table.visit.fallback is None
    assert ForgetCard() in table.last
    assert table.state == ("TakeCard" if table.visit.card else "Abandoned")


@pytest.mark.parametrize("name", WAIT_FOR_A_PERSON)
def test_where_a_person_is_waited_for_there_is_no_limit(name: str) -> None:
    table = WAIT_FOR_A_PERSON[name]()
    before = table.visit
    assert before.deadline is None
    assert table.feed(e.TimePassed, after=3_600_000) is before


@pytest.mark.parametrize("prepare", [looked_for, lambda: form("form_card", "text_key_pin")])
def test_time_that_a_machine_owes_is_not_extended(prepare: Callable[[], Table]) -> None:
    table = prepare()
    page, deadline = table.visit.state, table.visit.deadline
    table.feed(e.TimeExtended)
    assert table.visit.deadline == deadline
    table.feed(e.TimePassed, after=30_000)
    assert table.visit.state != page
    assert table.visit.outcome is None


def test_each_answer_gives_the_next_its_full_time() -> None:
    table = form("form_hand")
    for value in ("ヤマダ", "山田"):
        assert table.feed(e.TimePassed, after=FORM - 1_000).warned
        assert not table.answer_field(value).view.warned
    assert not table.feed(e.TimePassed, after=FORM - WARNING - 1).warned
