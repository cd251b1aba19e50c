"""One patient as kept, and what an import or a visit makes of them. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

import msgspec
from msgspec.structs import asdict, replace

from kiosk.coverage.individual_number import holds_individual_number
from kiosk.coverage.qualification import UNDISPLAYABLE
from kiosk.patients.errors import NumberTaken, PatientRefused
from kiosk.patients.matching import number_key, numbers_key
from kiosk.visit.known import KnownPatient

INSURANCE: Final = (
    "insurer_number", "insurer_name", "insured_card_symbol", "insured_identification_number",
    "insured_branch_number", "partial_contribution_ratio",
)  # fmt: skip
"""What changes together when the insurance changes."""

LONGEST: Final = {
    "patient_number": 30,
    "reference_number": 30,
    "name_kana": 120,
    "name": 120,
    "birth_date": 20,
    "insurer_number": 20,
    "insurer_name": 120,
    "insured_card_symbol": 60,
    "insured_identification_number": 60,
    "insured_branch_number": 6,
    "partial_contribution_ratio": 6,
    "last_visit": 30,
}
"""Characters; more than any of its kind has."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """``reference_number``: the 照会番号 under which the national system knows the patient, where it is not the
    patient number itself. ``seen``: ISO day from which retention counts: of the last visit or, where none is known,
    of the last import that listed the patient."""

    patient: KnownPatient
    reference_number: str = ""
    seen: str

    def __repr__(self) -> str:
        return "<Entry>"

    @property
    def number_key(self) -> str:
        return number_key(self.patient.patient_number)

    @property
    def reference_key(self) -> str:
        return number_key(self.reference_number) or self.number_key

    @property
    def numbers_key(self) -> str:
        patient = self.patient
        return numbers_key(
            patient.insurer_number, patient.insured_card_symbol, patient.insured_identification_number
        )


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One patient of a CSV file: every column that the file has, by name."""

    line: int
    cells: dict[str, str | int | None]

    def __repr__(self) -> str:
        return f"<Row {self.line}>"

    @property
    def number_key(self) -> str:
        return number_key(str(self.cells["patient_number"]))


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What an import comes to: the entries to write, among them those of which only ``seen`` changes."""

    entries: tuple[Entry, ...]
    new: int
    changed: int
    same: int


def plan(rows: Iterable[Row], find: Callable[[str], Entry | None], today: date) -> Plan:
    """``find``: the entry that has a number's key."""
    entries, new, changed, same = [], 0, 0, 0
    for row in rows:
        old = find(row.number_key)
        entry = listed(old, row, today)
        if old is None:
            new += 1
        elif old == replace(entry, seen=old.seen):
            same += 1
        else:
            changed += 1
        if entry != old:
            entries.append(entry)
    return Plan(entries=tuple(entries), new=new, changed=changed, same=same)


def listed(old: Entry | None, row: Row, today: date) -> Entry:
    """The entry after an import. Columns that the file does not have stay as they are, unless the birth date is
    another one: then the number has gone to somebody else, of whom nothing is known but the row."""
    cells = dict(row.cells)
    reference = cells.pop("reference_number", None)
    if old is None or cells["birth_date"] != old.patient.birth_date:
        patient = msgspec.convert(cells, KnownPatient)
        return Entry(
            patient=patient,
            reference_number=str(reference or ""),
            seen=patient.last_visit or today.isoformat(),
        )
    known = asdict(old.patient)
    last_visit = max(
        known["last_visit"], str(cells.get("last_visit", ""))
    )  # never back: the kiosk may know better
    patient = msgspec.convert(known | cells | {"last_visit": last_visit}, KnownPatient)
    return Entry(
        patient=patient,
        reference_number=old.reference_number if reference is None else str(reference),
        seen=last_visit or today.isoformat(),
    )


def received(old: Entry | None, patient: KnownPatient, seen_on: date) -> Entry:
    """The entry after a visit. An insurance is replaced as a whole and only by another one; a name only by one, and
    not by one with ●. ``PatientRefused``, ``NumberTaken``."""
    _check(patient)
    if old is None:
        last_visit = max(patient.last_visit, seen_on.isoformat())
        return Entry(patient=replace(patient, last_visit=last_visit), seen=last_visit)
    if old.patient.birth_date != patient.birth_date:
        raise NumberTaken
    last_visit = max(old.patient.last_visit, patient.last_visit, seen_on.isoformat())
    kept: dict[str, object] = {"last_visit": last_visit, "patient_number": old.patient.patient_number}
    if not patient.name or (UNDISPLAYABLE in patient.name and old.patient.name):
        kept["name"] = old.patient.name
    if not patient.insurer_number:
        kept |= {field: getattr(old.patient, field) for field in INSURANCE}
    return replace(old, patient=replace(patient, **kept), seen=last_visit)


def holds_control(text: str) -> bool:
    """Whether something is in the text that ends a line, rings a bell or ends a string."""
    return any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text)


def _check(patient: KnownPatient) -> None:
    for field, longest in LONGEST.items():
        text = getattr(patient, field, None)
        if isinstance(text, str) and (
            len(text) > longest or holds_control(text) or holds_individual_number(text)
        ):
            raise PatientRefused(field)
    if not number_key(patient.patient_number):
        raise PatientRefused("patient_number")
    if not patient.name_kana.strip():
        raise PatientRefused("name_kana")
    if not _iso_day(patient.birth_date):
        raise PatientRefused("birth_date")
    if patient.last_visit and not _iso_day(patient.last_visit):
        raise PatientRefused("last_visit")


def _iso_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
