"""Persona files: a bad one is told with file, field and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.people import InvalidPersona, UnknownPersona, everyone, identifiers, load, load_file
from simulator.people.loading import parse

GOOD = """
title = "Somebody"
[person]
name = "見本　太郎"
kana = "ミホン　タロウ"
sex = "1"
birth_date = 1980-01-02
address = "架空県"
post_number = "9990001"
[card]
pin = "1234"
[[eligibility.coverages]]
insurer_number = "01319904"
insurer_name = "架空"
qualification_date = 2020-04-01
"""


def test_an_identifier_is_the_files_stem() -> None:
    assert load("yamada").id == "yamada"
    assert [persona.id for persona in everyone()] == list(identifiers())


def test_a_persona_is_read_from_any_file(tmp_path: Path) -> None:
    file = tmp_path / "somebody.toml"
    file.write_text(GOOD, "utf-8")
    assert load_file(file).id == "somebody"


def test_an_unknown_identifier_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownPersona) as caught:
        load("nobody")
    assert "yamada" in caught.value.remedy
    assert caught.value.file == "nobody.toml"


@pytest.mark.parametrize("identifier", ["../people/yamada", "", "yamada.toml", "/etc/passwd"])
def test_an_identifier_is_no_path(identifier: str) -> None:
    with pytest.raises(UnknownPersona):
        load(identifier)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('sex = "1"', 'sex = "4"', "person.sex"),
        ("birth_date = 1980-01-02", 'birth_date = "yesterday"', "person.birth_date"),
        ("birth_date = 1980-01-02\n", "", "person"),
        ('pin = "1234"', 'pim = "1234"', "card"),
        ('pin = "1234"', 'pin = "12345"', "card.pin"),
        ('pin = "1234"', 'pin = "１２３４"', "card.pin"),
        ('pin = "1234"', "pin_tries_left = 4", "card.pin_tries_left"),
        ('pin = "1234"', 'sign_password = "abc123"', "card.sign_password"),
        ('pin = "1234"', 'security_code = "12"', "card.security_code"),
        ('pin = "1234"', "issued_years_ago = -1", "card.issued_years_ago"),
        ('pin = "1234"', 'kind = "spoon"', "card.kind"),
        ('kana = "ミホン　タロウ"', 'kana = "みほん　たろう"', "person.kana"),
        ('name = "見本　太郎"', 'name = "　"', "person.name"),
        ('post_number = "9990001"', 'post_number = "999-0001"', "person.post_number"),
        (
            'insurer_number = "01319904"',
            'insurer_number = "01319905"',
            "eligibility.coverages[0].insurer_number",
        ),
        (
            'insurer_number = "01319904"',
            'insurer_number = "1319904"',
            "eligibility.coverages[0].insurer_number",
        ),
        (
            'insurer_name = "架空"',
            'insurer_name = "架空"\ninsured_branch_number = "1"',
            "eligibility.coverages[0].insured_branch_number",
        ),
        (
            'insurer_name = "架空"',
            'insurer_name = "架空"\npersonal_family_classification = "2"',
            "eligibility.coverages[0].insured_name",
        ),
        ('title = "Somebody"', 'title = "Somebody"\nid = "other"', "id"),
        ('title = "Somebody"', "title = ", ""),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, field: str) -> None:
    assert old in GOOD
    with pytest.raises(InvalidPersona) as caught:
        parse(GOOD.replace(old, new).encode(), "somebody", "somebody.toml")
    error = caught.value
    assert (error.file, error.field) == ("somebody.toml", field)
    assert error.problem
    assert error.remedy
    assert "somebody.toml" in str(error)


def test_bytes_that_are_no_text_are_told_too() -> None:
    with pytest.raises(InvalidPersona):
        parse(GOOD.encode("shift_jis"), "somebody", "somebody.toml")


def test_an_error_does_not_repeat_a_secret() -> None:
    with pytest.raises(InvalidPersona) as caught:
        parse(GOOD.replace('"1234"', '"987654"').encode(), "somebody", "somebody.toml")
    assert "987654" not in str(caught.value)
