"""How a visit is claimed whose insurance was declared: the note for staff, with what is known by now. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from kiosk.coverage.individual_number import IndividualNumberRefused
from kiosk.coverage.qualification import ResultOfQualificationConfirmation
from kiosk.desk.case import Case
from kiosk.desk.case import Numbers as ToAsk
from kiosk.desk.reading import read
from kiosk.documents.claim_note import ClaimNote, Numbers, claim_note
from kiosk.documents.declaration import Declaration
from kiosk.ledger import Record
from kiosk.visit.form import FormField, InsuranceKind


def claim_of(
    records: Iterable[Record], case: Case, answered: ResultOfQualificationConfirmation | None
) -> ClaimNote | None:
    """None for a visit that was not declared. By the numbers of an answer that came since, or that staff found out;
    else by those on file; else as unknown, with what the patient declared. Of a visit that ended at the desk, where
    nothing could be signed any more, with what was typed until then."""
    if case.outcome != "declared":
        return None
    form = dict(case.told.now.declared or _typed(records))
    kind = form.get(FormField.INSURANCE_KIND, "")
    declaration = Declaration(
        facility="",
        reception_number=case.told.now.number or case.number,
        visit_date=case.day,
        address=form.get(FormField.ADDRESS, ""),
        contact=form.get(FormField.CONTACT, ""),
        workplace=form.get(FormField.WORKPLACE, ""),
        insurer_name=form.get(FormField.INSURER_NAME, ""),
        insurance_kind=InsuranceKind(kind) if kind in set(InsuranceKind) else None,
    )
    patient = case.told.now.patient
    former = None if patient is None else _numbers(patient)
    return claim_note(declaration, current=_current(case, answered), former=former)


def _current(case: Case, answered: ResultOfQualificationConfirmation | None) -> Numbers | None:
    if answered is not None and answered.in_force(case.day):
        return _numbers(answered)
    return None if case.told.by_staff is None else _numbers(case.told.by_staff)


def _numbers(told: ResultOfQualificationConfirmation | ToAsk | object) -> Numbers | None:
    try:
        numbers = msgspec.convert(told, Numbers, from_attributes=True)
    except IndividualNumberRefused:
        return None
    return numbers if numbers.insurer_number else None


class _Answer(msgspec.Struct):
    field: FormField
    value: str = ""


def _typed(records: Iterable[Record]) -> Iterable[tuple[FormField, str]]:
    """The last answer to each question counts."""
    for record in records:
        told = read(record, _Answer) if record.type in ("FieldAnswered", "FieldSkipped") else None
        if told is not None:
            yield told.field, told.value
