"""Whether two notations mean the same, and whom an answer means. Pure; README.md tells the rules."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol

from kiosk.coverage import insurer
from kiosk.coverage.kana import katakana, same_kana
from kiosk.coverage.qualification import Answer, ResultOfQualificationConfirmation
from kiosk.visit.known import KnownPatient, Match

_DASHES: Final = "-‐‑‒–—―−─ー"
_SET_APART: Final = re.compile(rf"[{_DASHES}\s./_]")
_DASH: Final = re.compile(f"[{_DASHES}]")


class Lookup(Protocol):
    """The two ways into a patient file that an answer needs."""

    def by_reference(self, reference_key: str) -> Sequence[KnownPatient]: ...
    def by_numbers(self, birth_date: str, numbers_key: str) -> Sequence[KnownPatient]: ...


def number_key(text: str) -> str:
    """What is compared of a patient number or 照会番号: ``００-123`` and ``123`` are one. "" for what is none."""
    plain = _SET_APART.sub("", unicodedata.normalize("NFKC", text)).upper()
    return _without_zeros(plain) if plain.isalnum() else ""


def numbers_key(insurer_number: str, symbol: str, identification_number: str) -> str:
    """What is compared of the insurance's numbers; "" where they name nobody."""
    payer, person = _insurer_key(insurer_number), _insured_key(identification_number)
    return f"{payer}|{_insured_key(symbol)}|{person}" if payer and person else ""


def same_branch(one: str, other: str) -> bool:
    """A branch number that one side does not have decides nothing."""
    first, second = (_without_zeros(_unspaced(text)) for text in (one, other))
    return not first or not second or first == second


def match_answer(answer: Answer, patients: Lookup) -> tuple[KnownPatient, Match] | None:
    """The one patient whom the answer means. None if there is none; and never a guess: what fits several patients
    or contradicts itself is None too."""
    results = answer.results
    references = {key for result in results if (key := number_key(result.reference_number))}
    if answer.failed or len(references) > 1 or not _one_person(results):
        return None
    referred = [patient for key in references for patient in patients.by_reference(key)]
    if referred:
        patient = _only(referred)
        return (patient, "reference") if patient and _born_as_answered(patient, results) else None
    patient = _only(patient for result in results for patient in _by_numbers(result, patients))
    return (patient, "numbers") if patient else None


def _by_numbers(result: ResultOfQualificationConfirmation, patients: Lookup) -> Iterator[KnownPatient]:
    birth = result.birth_date
    key = numbers_key(result.insurer_number, result.insured_card_symbol, result.insured_identification_number)
    if birth is None or not key:
        return
    names = [kana for kana in (result.name_kana, result.name_of_other_kana) if kana]
    for patient in patients.by_numbers(birth.isoformat(), key):
        called_so = any(same_kana(patient.name_kana, name) for name in names)
        if called_so and same_branch(patient.insured_branch_number, result.insured_branch_number):
            yield patient


def _one_person(results: Sequence[ResultOfQualificationConfirmation]) -> bool:
    """Several coverages are one person's, or the answer names nobody in particular."""
    births = {result.birthdate for result in results if result.birthdate}
    names = [result.name_kana for result in results if result.name_kana]
    return len(births) <= 1 and all(same_kana(names[0], name) for name in names[1:])


def _born_as_answered(patient: KnownPatient, results: Sequence[ResultOfQualificationConfirmation]) -> bool:
    """A 照会番号 that was once registered for somebody else is found out by the birth date."""
    return all(
        result.birth_date is not None and result.birth_date.isoformat() == patient.birth_date
        for result in results
        if result.birthdate
    )


def _only(patients: Iterable[KnownPatient]) -> KnownPatient | None:
    """Several coverages may lead to one patient; several patients to none."""
    distinct = {patient.patient_number: patient for patient in patients}
    return next(iter(distinct.values())) if len(distinct) == 1 else None


def _insurer_key(text: str) -> str:
    """Eight digits. Zeros that a spreadsheet took away do not matter: the length tells how many they were."""
    digits = insurer.normalise(text)
    return digits.zfill(8) if digits.isascii() and digits.isdigit() else ""


def _insured_key(text: str) -> str:
    """Symbol or identification number: no widths, blanks, kinds of dashes or kana, no zeros before a number. What
    has no letter and no digit, such as a lone dash, is nothing."""
    plain = _unspaced(katakana(text)).upper()
    if not any(character.isalnum() for character in _DASH.sub("", plain)):
        return ""
    plain = _DASH.sub("-", plain)
    return _without_zeros(plain) if plain.isascii() and plain.isdigit() else plain


def _unspaced(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _without_zeros(text: str) -> str:
    return text.lstrip("0") or text[:1]
