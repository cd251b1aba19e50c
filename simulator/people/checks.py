"""What a persona file may not say, beyond the types of its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from simulator.people.persona import Coverage, Persona

IDEOGRAPHIC_SPACE = "\u3000"
_KANA = re.compile(r"[ァ-ヺー・　]+")
_FORMS = {
    "pin": (re.compile(r"[0-9]{4}"), "four digits"),
    "text_pin": (re.compile(r"[0-9]{4}"), "four digits"),
    "sign_password": (re.compile(r"[A-Z0-9]{6,16}"), "6 to 16 capital letters and digits"),
    "security_code": (re.compile(r"[0-9]{4}"), "four digits"),
}
_MOST_TRIES = {"pin_tries_left": 3, "text_pin_tries_left": 3}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and what to do about it."""

    field: str
    problem: str
    remedy: str


def findings(persona: Persona) -> Iterator[Finding]:
    """Everything that is wrong with a persona, in the order of the file."""
    yield from _person(persona)
    yield from _card(persona)
    for index, coverage in enumerate(persona.eligibility.coverages):
        yield from _coverage(coverage, f"eligibility.coverages[{index}]")


def _person(persona: Persona) -> Iterator[Finding]:
    person = persona.person
    if not person.name.strip(IDEOGRAPHIC_SPACE):
        yield Finding("person.name", "it is empty", "Write family and given name with U+3000 between them")
    if not _KANA.fullmatch(person.kana):
        yield Finding("person.kana", "it is not full-width katakana", "Write it as ヤマダ　タロウ")
    if not re.fullmatch(r"[0-9]{7}", person.post_number):
        yield Finding("person.post_number", "it is not seven digits", "Write it without a hyphen")


def _card(persona: Persona) -> Iterator[Finding]:
    for field, (form, description) in _FORMS.items():
        if not form.fullmatch(getattr(persona.card, field)):
            yield Finding(f"card.{field}", "it has the wrong form", f"Use {description}")
    for field, most in _MOST_TRIES.items():
        if not 0 <= getattr(persona.card, field) <= most:
            yield Finding(f"card.{field}", "a card never counts so", f"Use 0 to {most}")
    if persona.card.issued_years_ago < 0:
        yield Finding("card.issued_years_ago", "it lies in the future", "Use 0 or more")


def _coverage(coverage: Coverage, where: str) -> Iterator[Finding]:
    if not insurer_number_holds(coverage.insurer_number):
        yield Finding(
            f"{where}.insurer_number",
            "it is not 6 or 8 digits with the right check digit",
            "Invent the digits before the last, then compute it: simulator/people/README.md",
        )
    if not re.fullmatch(r"(?:[0-9]{2})?", coverage.insured_branch_number):
        yield Finding(
            f"{where}.insured_branch_number", "it is not two digits", "Pad it with 0, or leave it out"
        )
    if coverage.personal_family_classification == "2" and not coverage.insured_name:
        yield Finding(f"{where}.insured_name", "a dependant needs the member's name", "Add it")


def insurer_number_holds(number: str) -> bool:
    """Whether an insurer number has six or eight digits and ends in its check digit: weights 2, 1, 2 ... from the
    digit beside it leftwards, digits of the products added, 10 minus the last digit of the sum."""
    if not re.fullmatch(r"[0-9]{6}|[0-9]{8}", number):
        return False
    total = 0
    for place, digit in enumerate(reversed(number[:-1])):
        product = int(digit) * (2 if place % 2 == 0 else 1)
        total += product // 10 + product % 10
    return (10 - total % 10) % 10 == int(number[-1])
