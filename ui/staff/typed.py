"""What staff type of a paper, tested as they type: check digit, shape, days. Pure but for the words."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal

import msgspec

from kiosk.coverage import insurer
from kiosk.coverage.ages import age_on
from kiosk.coverage.individual_number import holds_individual_number
from kiosk.coverage.insurer import InsurerNumber
from kiosk.coverage.japanese_dates import Flaw, parse
from kiosk.coverage.share import share_on
from kiosk.desk.case import Numbers
from kiosk.visit.form import FormField, Problem, checked
from ui.staff.words import Words

FIELDS = (
    FormField.INSURER_NUMBER, FormField.SYMBOL, FormField.NUMBER, FormField.BRANCH, FormField.BIRTH_DATE,
    FormField.VALID_UNTIL,
)  # fmt: skip
"""What can be typed, in the order in which it stands on a paper."""
Says = Literal["", "good", "bad", "unfinished"]


class Tested(msgspec.Struct, frozen=True):
    """``says`` of what was typed so far, and why in a few words. ``value`` as it is kept; dates are ISO. The repr shows
    nothing typed."""

    says: Says = ""
    why: str = ""
    value: str = ""

    def __repr__(self) -> str:
        return f"<Tested {self.says or '-'}>"


def test(field: FormField, text: str, today: date, words: Words) -> Tested:
    """One field as far as it is typed."""
    if not text.strip():
        return Tested()
    if holds_individual_number(text):
        return Tested("bad", words("desk.refused.individual_number"))
    return _TESTS.get(field, _plain)(field, text, today, words)


def numbers_of(typed: Mapping[FormField, str], today: date, words: Words) -> Numbers | None:
    """What a look-up can be asked with; None as long as something is missing or wrong."""
    tested = {field: test(field, typed.get(field, ""), today, words) for field in FIELDS}
    asked = [one for field, one in tested.items() if field is not FormField.VALID_UNTIL]
    if any(one.says in ("bad", "unfinished") for one in asked):
        return None
    numbers = Numbers(
        insurer_number=tested[FormField.INSURER_NUMBER].value,
        insured_card_symbol=tested[FormField.SYMBOL].value,
        insured_identification_number=tested[FormField.NUMBER].value,
        insured_branch_number=tested[FormField.BRANCH].value,
        birth_date=tested[FormField.BIRTH_DATE].value,
    )
    return numbers if numbers.askable else None


def _plain(field: FormField, text: str, today: date, words: Words) -> Tested:
    found = checked(field, text, today)
    if isinstance(found, Problem):
        return Tested("bad", words(f"form.problem.{found}"))
    return Tested("good", "", found)


def _insurer(_field: FormField, text: str, _today: date, words: Words) -> Tested:
    digits = insurer.normalise(text)
    match insurer.parse(text):
        case InsurerNumber() as number:
            place = number.prefecture or "–"
            kind = words(f"desk.insurance.{number.kind}")
            return Tested(
                "good", words("desk.typed.check_digit_right", kind=kind, place=place), number.digits
            )
        case insurer.Flaw.NOT_DIGITS:
            return Tested("bad", words("desk.typed.not_digits"))
        case insurer.Flaw.CHECK_DIGIT if len(digits) == 8:
            return Tested("bad", words("desk.typed.check_digit_wrong"))
        case _ if len(digits) > 8:
            return Tested("bad", words("desk.typed.too_many"))
        case _:  # six digits of which the check digit is wrong may be the beginning of eight
            missing = (6 if len(digits) < 6 else 8) - len(digits)
            return Tested("unfinished", words("desk.typed.more_digits", count=missing))


def _day(text: str, *, counted_on: bool) -> date | Says:
    """Unfinished as long as it could still become a day."""
    plain = unicodedata.normalize("NFKC", text).strip()
    match parse(plain, counted_on=counted_on):
        case date() as day:
            return day
        case Flaw.UNREADABLE if len(plain) < len("20260331"):
            return "unfinished"
        case _:
            return "bad"


def _born(_field: FormField, text: str, today: date, words: Words) -> Tested:
    day = _day(text, counted_on=False)
    if isinstance(day, str):
        return Tested(day, words("desk.typed.not_a_day"))
    if day > today:
        return Tested("bad", words("desk.typed.future"))
    share = share_on(day, today).tenths
    return Tested("good", words("desk.typed.age", age=age_on(day, today), tenths=share), day.isoformat())


def _until(_field: FormField, text: str, today: date, words: Words) -> Tested:
    """Papers printed before an era changed count it on."""
    day = _day(text, counted_on=True)
    if isinstance(day, str):
        return Tested(day, words("desk.typed.not_a_day"))
    left = (day - today).days
    if left < 0:
        return Tested("bad", words("desk.typed.expired", count=-left), day.isoformat())
    if left == 0:
        return Tested("good", words("desk.typed.last_day"), day.isoformat())
    return Tested("good", words("desk.typed.valid", count=left + 1), day.isoformat())


_TESTS: dict[FormField, Callable[[FormField, str, date, Words], Tested]] = {
    FormField.INSURER_NUMBER: _insurer,
    FormField.BIRTH_DATE: _born,
    FormField.VALID_UNTIL: _until,
}
