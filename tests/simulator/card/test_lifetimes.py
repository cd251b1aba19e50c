"""When cards and certificates begin and end."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.card.lifetimes import lifetimes, nth_birthday_after
from simulator.people import everyone, load
from simulator.people.persona import Card, Persona
from tests.support.talk import VISIT_DAY

DAY = timedelta(days=1)


def born(
    birth_date: date,
    *,
    issued_years_ago: int = 2,
    certificate_ends_in_days: int | None = None,
    card_ends_in_days: int | None = None,
) -> Persona:
    persona = load("yamada")
    person = msgspec.structs.replace(persona.person, birth_date=birth_date)
    card = Card(
        issued_years_ago=issued_years_ago,
        certificate_ends_in_days=certificate_ends_in_days,
        card_ends_in_days=card_ends_in_days,
    )
    return msgspec.structs.replace(persona, person=person, card=card)


@pytest.mark.parametrize(
    ("birth", "issued", "fifth"),
    [
        (date(1980, 2, 17), date(2025, 10, 27), date(2030, 2, 17)),  # the published test card
        (date(1980, 2, 17), date(2025, 2, 16), date(2029, 2, 17)),
        (
            date(1980, 2, 17),
            date(2025, 2, 17),
            date(2030, 2, 17),
        ),  # issued on a birthday: the next is the first
        (date(1984, 2, 29), date(2024, 6, 1), date(2029, 2, 28)),
        (date(1984, 2, 29), date(2023, 6, 1), date(2028, 2, 29)),
    ],
)
def test_birthdays_are_counted_from_the_day_after_issue(birth: date, issued: date, fifth: date) -> None:
    assert nth_birthday_after(birth, issued, 5) == fifth


def test_a_grown_ups_card_outlives_its_first_certificate_by_five_birthdays() -> None:
    life = lifetimes(born(date(1981, 5, 20)), VISIT_DAY)
    assert (life.issued, life.certificate_until, life.card_until) == (
        date(2024, 6, 1),
        date(2029, 5, 20),
        date(2034, 5, 20),
    )


def test_a_minors_card_ends_with_its_certificate() -> None:
    life = lifetimes(born(date(2016, 5, 20)), VISIT_DAY)
    assert life.card_until == life.certificate_until == date(2029, 5, 20)


@pytest.mark.parametrize(
    ("birth", "until"),
    [(date(2006, 6, 1), date(2034, 6, 1)), (date(2006, 6, 2), date(2028, 6, 2))],  # issued on 1 June 2024
)
def test_who_is_eighteen_on_the_day_of_issue_is_grown_up(birth: date, until: date) -> None:
    assert lifetimes(born(birth), VISIT_DAY).card_until == until


def test_nobody_holds_a_card_from_before_birth() -> None:
    assert lifetimes(born(date(2026, 1, 15), issued_years_ago=5), VISIT_DAY).issued == date(2026, 1, 15)


@given(
    st.dates(date(1926, 1, 1), date(2024, 1, 1)),
    st.integers(-900, 900),
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
)
def test_a_certificate_ends_on_the_day_asked_for_and_began_before(
    birth: date, days: int, today: date
) -> None:
    life = lifetimes(born(birth, certificate_ends_in_days=days), today)
    assert life.certificate_until == today + days * DAY
    assert life.issued < life.certificate_until or life.issued == birth


@given(st.integers(-900, 900))
def test_a_card_that_ends_takes_its_certificate_along(days: int) -> None:
    life = lifetimes(born(date(1981, 5, 20), card_ends_in_days=days), VISIT_DAY)
    assert life.card_until == VISIT_DAY + days * DAY
    assert life.certificate_until <= life.card_until


@pytest.mark.parametrize("today", [VISIT_DAY, date(2028, 2, 29), date(2031, 12, 31)])
def test_every_personas_card_was_issued_before_the_visit(today: date) -> None:
    for persona in everyone():
        assert lifetimes(persona, today).issued <= today
