"""Numbers that must be nobody's, and the code that a reader makes of what is printed."""

from __future__ import annotations

from datetime import date

import pytest

from simulator.card.codes import check_digit, era_birth_date, individual_number, verification_code_b
from simulator.people import identifiers


def test_the_check_digit_is_that_of_the_ordinance() -> None:
    # By hand: digits 1..9,0,1 from the left; weights from the right 2,3,4,5,6,7,2,3,4,5,6.
    # 1*2 + 0*3 + 9*4 + 8*5 + 7*6 + 6*7 + 5*2 + 4*3 + 3*4 + 2*5 + 1*6 = 212; 212 mod 11 = 3; 11 - 3 = 8.
    assert check_digit("12345678901") == 8


@pytest.mark.parametrize(
    ("eleven", "digit"),
    [
        ("00000000050", 7),  # 5*3 = 15, modulo 11 is 4, 11 - 4 = 7
        ("00000000004", 3),  # 4*2 = 8, 11 - 8 = 3
        ("00000000006", 0),  # 6*2 = 12, modulo 11 is 1
        ("00000000000", 0),
    ],
)
def test_a_remainder_of_nought_or_one_gives_nought(eleven: str, digit: int) -> None:
    assert check_digit(eleven) == digit


@pytest.mark.parametrize("persona", identifiers())
def test_no_persona_has_a_number_that_a_person_could_have(persona: str) -> None:
    number = individual_number(persona)
    assert len(number) == 12
    assert number.isdigit()
    assert int(number[-1]) != check_digit(number[:-1])


def test_personas_have_different_numbers() -> None:
    assert len({individual_number(persona) for persona in identifiers()}) == len(identifiers())


def test_code_b_is_the_one_of_the_published_example() -> None:
    assert verification_code_b(date(1980, 2, 17), date(2035, 2, 17), "2285") == "55021720352285"


@pytest.mark.parametrize(
    ("born", "code"),
    [
        (date(2020, 2, 24), "020224"),
        (date(2019, 5, 1), "010501"),
        (date(2019, 4, 30), "310430"),
        (date(1989, 1, 8), "010108"),
        (date(1989, 1, 7), "640107"),
        (date(1926, 12, 25), "011225"),
        (date(1926, 12, 24), "151224"),
        (date(1912, 7, 29), "450729"),
    ],
)
def test_birth_dates_count_the_years_of_their_era(born: date, code: str) -> None:
    assert era_birth_date(born) == code


def test_a_date_before_the_eras_is_refused() -> None:
    with pytest.raises(ValueError, match="before the eras"):
        era_birth_date(date(1867, 12, 31))
