"""What was typed or is on file beside what the system answered, field by field. Pure."""

from __future__ import annotations

import unicodedata
from datetime import date

import msgspec

from kiosk.coverage.exchange_values import exchange_date
from kiosk.coverage.insurer import normalise
from kiosk.coverage.kana import same_kana
from kiosk.coverage.qualification import ResultOfQualificationConfirmation
from kiosk.visit.form import FormField


class Compared(msgspec.Struct, frozen=True):
    """``agrees`` is None where one side says nothing: that proves nothing. Dates are ISO; the repr shows no values."""

    field: FormField
    typed: str
    answered: str
    agrees: bool | None

    def __repr__(self) -> str:
        return f"<Compared {self.field} {self.agrees}>"


def compare(
    typed: tuple[tuple[FormField, str], ...], coverage: ResultOfQualificationConfirmation | None, day: date
) -> tuple[Compared, ...]:
    """Every field that one of the two sides has, in the order in which it is asked. ``coverage`` None: nothing was
    answered, and only the typed stands there."""
    here = dict(typed)
    there = {} if coverage is None else _answered(coverage, day)
    fields = [field for field in FormField if here.get(field) or there.get(field)]
    return tuple(_compared(field, here.get(field, ""), there.get(field, "")) for field in fields)


def _answered(coverage: ResultOfQualificationConfirmation, day: date) -> dict[FormField, str]:
    born = coverage.birth_date
    share = coverage.share_tenths(day, born) if born is not None and born <= day else None
    until = exchange_date(coverage.insured_card_expiration_date)
    return {
        FormField.KANA: coverage.name_kana,
        FormField.NAME: coverage.name,
        FormField.BIRTH_DATE: born.isoformat() if born is not None else "",
        FormField.SEX: coverage.sex1,
        FormField.INSURER_NAME: coverage.insurer_name,
        FormField.INSURER_NUMBER: coverage.insurer_number,
        FormField.SYMBOL: coverage.insured_card_symbol,
        FormField.NUMBER: coverage.insured_identification_number,
        FormField.BRANCH: coverage.insured_branch_number,
        FormField.VALID_UNTIL: until.isoformat() if until is not None else "",
        FormField.RATIO: str(share) if share is not None else "",
    }


def _compared(field: FormField, here: str, there: str) -> Compared:
    agrees = _same(field, here, there) if here and there else None
    return Compared(field, here, there, agrees)


def _same(field: FormField, here: str, there: str) -> bool:
    match field:
        case FormField.KANA:
            return same_kana(here, there)
        case FormField.INSURER_NUMBER:
            return normalise(here).zfill(8) == normalise(there).zfill(8)
        case FormField.NUMBER | FormField.BRANCH:
            return _bare(here).lstrip("0") == _bare(there).lstrip("0")
        case _:
            return _bare(here) == _bare(there)


def _bare(text: str) -> str:
    """Widths, blanks and kinds of dashes are written differently and mean nothing."""
    folded = unicodedata.normalize("NFKC", text)
    dashes = "".join("-" if unicodedata.category(c) == "Pd" or c in "ー−" else c for c in folded)
    return "".join(dashes.split())
