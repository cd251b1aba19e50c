"""What a patient types: the questions of 被保険者資格申立書, the numbers on a paper, and what may be answered.

Of the declaration as much as the patient knows: only who they are and when they were born is needed (S4#3;
kiosk/documents/README.md).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from kiosk.coverage import insurer
from kiosk.coverage.individual_number import holds_individual_number
from kiosk.coverage.kana import katakana


class FormField(StrEnum):
    """Everything that is asked one at a time, in the order in which it is asked."""

    KANA = "kana"
    NAME = "name"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    ADDRESS = "address"
    CONTACT = "contact"
    INSURANCE_KIND = "insurance_kind"
    INSURER_NAME = "insurer_name"
    WORKPLACE = "workplace"
    RATIO = "ratio"
    COMPANION_NAME = "companion_name"
    COMPANION_RELATION = "companion_relation"
    INSURER_NUMBER = "insurer_number"
    SYMBOL = "symbol"
    NUMBER = "number"
    BRANCH = "branch"
    VALID_UNTIL = "valid_until"
    PATIENT_NUMBER = "patient_number"
    TEACHER = "teacher"
    EVENT = "event"


class InsuranceKind(StrEnum):
    """加入医療保険種別. The list is ours; 社保 (S4#3) and わからない are the notice's."""

    EMPLOYEES = "employees"
    NATIONAL = "national"
    LATE_ELDERLY = "late_elderly"
    UNKNOWN = "unknown"


class Problem(StrEnum):
    """Why an answer cannot be taken: the sentence ``form.problem.<id>``."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_KANA = "not_kana"
    NOT_A_DAY = "not_a_day"
    NOT_A_PHONE = "not_a_phone"
    NOT_A_NUMBER = "not_a_number"
    CHECK_DIGIT = "check_digit"
    NOT_OFFERED = "not_offered"
    INDIVIDUAL_NUMBER = "individual_number"


DECLARATION = (
    FormField.KANA, FormField.NAME, FormField.BIRTH_DATE, FormField.SEX, FormField.ADDRESS, FormField.CONTACT,
    FormField.INSURANCE_KIND, FormField.INSURER_NAME, FormField.WORKPLACE, FormField.RATIO,
)  # fmt: skip
COMPANION = (FormField.COMPANION_NAME, FormField.COMPANION_RELATION)
CERTIFICATE = (
    FormField.INSURER_NUMBER, FormField.SYMBOL, FormField.NUMBER, FormField.BRANCH, FormField.BIRTH_DATE,
    FormField.VALID_UNTIL,
)  # fmt: skip
"""What is typed of a 資格確認書. From 70 on ``RATIO`` as well, which is printed on it (S2)."""
KNOWN = (FormField.PATIENT_NUMBER, FormField.BIRTH_DATE)
TRIP = (FormField.TEACHER, FormField.EVENT)

SKIPPABLE = frozenset(FormField) - {
    FormField.KANA, FormField.BIRTH_DATE, FormField.COMPANION_NAME, FormField.INSURER_NUMBER, FormField.NUMBER,
    FormField.VALID_UNTIL, FormField.PATIENT_NUMBER, FormField.TEACHER, FormField.EVENT, FormField.INSURANCE_KIND,
}  # fmt: skip
"""What may be left out: わからない, or not there. Of the kind of insurance わからない is an answer of its own."""

CHOICES: dict[FormField, tuple[str, ...]] = {
    FormField.SEX: ("1", "2"),
    FormField.INSURANCE_KIND: tuple(InsuranceKind),
    FormField.RATIO: ("1", "2", "3"),
}
"""The questions that are answered by one touch."""

_LONGEST = {
    FormField.NAME: 100,
    FormField.KANA: 100,
    FormField.ADDRESS: 240,
    FormField.CONTACT: 40,
}
_LONGEST_OTHER = 120
_OLDEST_YEARS = 150
_READING = re.compile(r"[ァ-ヺーゝゞ・A-Za-z'’. -]+")
_PATIENT_NUMBER = re.compile(r"[0-9A-Z-]{1,20}")
_PHONE = re.compile(r"0[0-9]{9,10}|\+[0-9]{8,15}")


class Form(msgspec.Struct, frozen=True):
    """``answers``: in the order of ``FormField``; "" is わからない. ``signature``: the strokes of a finger as
    ``x,y x,y;x,y …`` in tenths of a millimetre, "" for none. ``from_card``: what was copied from the chip and not
    changed since."""

    answers: tuple[tuple[FormField, str], ...] = ()
    signature: str = ""
    from_card: frozenset[FormField] = frozenset()

    def __repr__(self) -> str:
        return f"<Form: {len(self.answers)} answers>"

    def get(self, field: FormField) -> str | None:
        """The answer; None for a question that was not reached."""
        return dict(self.answers).get(field)

    def next_of(self, asked: tuple[FormField, ...]) -> FormField | None:
        """The first question that has no answer yet."""
        reached = dict(self.answers)
        return next((field for field in asked if field not in reached), None)

    def answered(self, field: FormField, value: str, *, from_card: bool = False) -> Form:
        """With this answer, which must have passed ``checked`` or be ""."""
        known = {**dict(self.answers), field: value}
        copied = self.from_card | {field} if from_card else self.from_card - {field}
        in_order = tuple((one, known[one]) for one in FormField if one in known)
        return Form(in_order, self.signature, copied)


def checked(field: FormField, value: str, today: date) -> str | Problem:
    """The answer as it is kept, or why it cannot be taken. Dates are ISO."""
    text = " ".join(value.split())
    if not text:
        return Problem.EMPTY
    if len(text) > _LONGEST.get(field, _LONGEST_OTHER):
        return Problem.TOO_LONG
    if holds_individual_number(text):
        return Problem.INDIVIDUAL_NUMBER
    if field in CHOICES:
        return text if text in CHOICES[field] else Problem.NOT_OFFERED
    check = _CHECKS.get(field)
    return text if check is None else check(text, today)


def _kana(text: str, _today: date) -> str | Problem:
    """Katakana; letters as well, for those whose card has no others."""
    plain = katakana(unicodedata.normalize("NFKC", text))
    return plain if _READING.fullmatch(plain) else Problem.NOT_KANA


def _past_day(text: str, today: date) -> str | Problem:
    day = _iso(text)
    oldest = today - timedelta(days=366 * _OLDEST_YEARS)
    return day.isoformat() if day is not None and oldest <= day <= today else Problem.NOT_A_DAY


def _any_day(text: str, _today: date) -> str | Problem:
    day = _iso(text)
    return day.isoformat() if day is not None else Problem.NOT_A_DAY


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _insurer(text: str, _today: date) -> str | Problem:
    match insurer.parse(text):
        case insurer.InsurerNumber(digits=digits):
            return digits
        case insurer.Flaw.CHECK_DIGIT:
            return Problem.CHECK_DIGIT
        case _:
            return Problem.NOT_A_NUMBER


def _digits(most: int) -> Callable[[str, date], str | Problem]:
    def check(text: str, _today: date) -> str | Problem:
        plain = unicodedata.normalize("NFKC", text).replace(" ", "")
        fits = plain.isascii() and plain.isdigit() and len(plain) <= most
        return plain if fits else Problem.NOT_A_NUMBER

    return check


def _patient_number(text: str, _today: date) -> str | Problem:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").upper()
    return plain if _PATIENT_NUMBER.fullmatch(plain) else Problem.NOT_A_NUMBER


def _phone(text: str, _today: date) -> str | Problem:
    plain = re.sub(r"[-() ]", "", unicodedata.normalize("NFKC", text).replace("ー", "-"))
    return plain if _PHONE.fullmatch(plain) else Problem.NOT_A_PHONE


_CHECKS: dict[FormField, Callable[[str, date], str | Problem]] = {
    FormField.KANA: _kana,
    FormField.BIRTH_DATE: _past_day,
    FormField.CONTACT: _phone,
    FormField.INSURER_NUMBER: _insurer,
    FormField.NUMBER: _digits(20),
    FormField.BRANCH: _digits(2),
    FormField.VALID_UNTIL: _any_day,
    FormField.PATIENT_NUMBER: _patient_number,
}
