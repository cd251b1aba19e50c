"""The people that come with the simulator: who must be among them, and that none of them is real."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

import simulator.people
from simulator.people import everyone, load
from simulator.people.checks import insurer_number_holds
from tests.support.talk import VISIT_DAY

# The names of real prefectures, without the last character.
PREFECTURES = re.findall(
    "神奈川|和歌山|鹿児島|..",
    "北海青森岩手宮城秋田山形福島茨城栃木群馬埼玉千葉東京神奈川新潟富山石川福井山梨長野岐阜静岡愛知三重"
    "滋賀京都大阪兵庫奈良和歌山鳥取島根岡山広島山口徳島香川愛媛高知福岡佐賀長崎熊本大分宮崎鹿児島沖縄",
)


def age(born: date, today: date = VISIT_DAY) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


@pytest.mark.parametrize(
    ("persona", "youngest", "oldest"),
    [
        ("yamada", 45, 45),
        ("baby", 0, 0),
        ("pupil", 6, 12),
        ("thirty_nine", 39, 39),
        ("forty", 40, 40),
        ("seventy_two", 70, 74),
        ("seventy_eight", 75, 90),
        ("hundred", 100, 100),
    ],
)
def test_ages_are_as_told_for_a_year_from_the_tests_day(persona: str, youngest: int, oldest: int) -> None:
    born = load(persona).person.birth_date
    assert youngest <= age(born) <= oldest


@pytest.mark.parametrize(
    "kind",
    ["card", "android", "iphone", "old_resident_card", "fido", "driving_licence", "dead", "damaged", "none"],
)
def test_every_kind_of_card_is_carried_by_somebody(kind: str) -> None:
    assert any(persona.card.kind == kind for persona in everyone())


@pytest.mark.parametrize("validity", ["1", "2", "3", "4", "5", "6"])
def test_every_answer_is_given_for_somebody(validity: str) -> None:
    assert any(persona.eligibility.qualification_validity == validity for persona in everyone())


@pytest.mark.parametrize("generation", [1, 2, 3])
def test_every_generation_of_authorities_issued_a_card(generation: int) -> None:
    assert any(persona.card.generation == generation for persona in everyone())


def test_answers_have_the_memberships_that_they_need() -> None:
    for persona in everyone():
        count = len(persona.eligibility.coverages)
        match persona.eligibility.qualification_validity:
            case "4" | "6":
                assert count == 0, persona.id
            case "5":
                assert count > 1, persona.id
            case "2" | "3":
                assert all(coverage.disqualification_date for coverage in persona.eligibility.coverages), (
                    persona.id
                )
            case _:
                assert count == 1, persona.id


def test_a_member_of_the_system_for_the_elderly_is_75_and_has_no_symbol() -> None:
    elderly = [
        (persona, coverage)
        for persona in everyone()
        for coverage in persona.eligibility.coverages
        if coverage.insurer_number.startswith("39") and len(coverage.insurer_number) == 8
    ]
    assert elderly
    for persona, coverage in elderly:
        assert age(persona.person.birth_date) >= 75
        assert (coverage.insured_card_symbol, coverage.insured_branch_number) == ("", "")


def test_no_address_is_a_real_place() -> None:
    assert len(PREFECTURES) == 47
    for persona in everyone():
        assert persona.person.address.startswith("架空県")
        assert not any(prefecture in persona.person.address for prefecture in PREFECTURES)


def test_insurers_are_invented_and_their_numbers_hold() -> None:
    for persona in everyone():
        for coverage in persona.eligibility.coverages:
            assert insurer_number_holds(coverage.insurer_number)
            assert "架空" in coverage.insurer_name


@pytest.mark.parametrize("number", ["33120015", "131011", "77777779"])
def test_published_insurer_numbers_hold(number: str) -> None:
    assert insurer_number_holds(number)


@pytest.mark.parametrize("number", ["33120016", "77777777", "13101", "0131011", "1310１1", ""])
def test_wrong_insurer_numbers_do_not(number: str) -> None:
    assert not insurer_number_holds(number)


def test_everybody_has_another_pin_for_the_text_of_the_card() -> None:
    assert not [persona.id for persona in everyone() if persona.card.text_pin == persona.card.pin]


def test_names_bring_the_characters_that_break_programs() -> None:
    assert {"髙", "﨑", "𠮷"} <= set(load("variant_name").person.name)
    private = load("private_character")
    assert "\ue000" <= private.person.name[0] <= "\uf8ff"
    assert private.eligibility.name_as_answered.startswith("●")
    assert load("foreign_resident").person.name.isascii() is False  # U+3000 between the parts
    assert load("foreign_resident").person.name.replace("\u3000", "").replace(" ", "").isascii()


def test_the_table_of_the_readme_lists_everybody() -> None:
    readme = Path(simulator.people.__file__).with_name("README.md").read_text("utf-8")
    for persona in everyone():
        assert f"| `{persona.id}` | {persona.title} |" in readme
