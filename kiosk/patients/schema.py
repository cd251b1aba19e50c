"""The encrypted file: where it lies, its one table and its versions."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec

from kiosk.patients.entry import Entry
from kiosk.patients.errors import ERRORS
from kiosk.storage.companion import Companion
from kiosk.storage.database import Shape, migrate
from kiosk.storage.place import Place
from kiosk.visit.known import KnownPatient

DATABASE: Final = "patients.db"
KEY: Final = "patients.key"
APPLICATION_ID: Final = 0x554B5031  # "UKP1"

_PATIENT: Final = KnownPatient.__struct_fields__
FIELDS: Final = ("number_key", *_PATIENT, "reference_number", "seen", "reference_key", "numbers_key")
TABLE: Final = """CREATE TABLE {} (
    number_key TEXT PRIMARY KEY,
    patient_number TEXT NOT NULL,
    name_kana TEXT NOT NULL,
    birth_date TEXT NOT NULL,
    name TEXT NOT NULL,
    insurer_number TEXT NOT NULL,
    insurer_name TEXT NOT NULL,
    insured_card_symbol TEXT NOT NULL,
    insured_identification_number TEXT NOT NULL,
    insured_branch_number TEXT NOT NULL,
    partial_contribution_ratio INTEGER,
    last_visit TEXT NOT NULL,
    reference_number TEXT NOT NULL,
    seen TEXT NOT NULL,
    reference_key TEXT NOT NULL,
    numbers_key TEXT NOT NULL
) STRICT, WITHOUT ROWID"""
INDEXES: Final = (
    "CREATE INDEX patient_reference ON patient (reference_key)",
    "CREATE INDEX patient_numbers ON patient (birth_date, numbers_key) WHERE numbers_key <> ''",
)


SHAPE: Final = Shape(
    title="a patient file",
    name="patients",
    application_id=APPLICATION_ID,
    steps={"0001 patients": (TABLE.format("patient"), *INDEXES)},
)


def place(folder: Path) -> Place:
    return Place(folder, DATABASE, KEY)


def companion(folder: Path) -> Companion:
    """The patient file as it goes into a backup."""
    return Companion("patients", place(folder), SHAPE, ERRORS, lambda db: migrate(db, SHAPE))


def values(entry: Entry) -> tuple[object, ...]:
    """A row of the table: the entry, and the keys by which it is found."""
    patient = (getattr(entry.patient, field) for field in _PATIENT)
    return (
        entry.number_key,
        *patient,
        entry.reference_number,
        entry.seen,
        entry.reference_key,
        entry.numbers_key,
    )


def entry(row: tuple[Any, ...]) -> Entry:
    """The entry of a row that was selected by ``FIELDS``."""
    named = dict(zip(FIELDS, row, strict=True))
    return Entry(
        patient=msgspec.convert({field: named[field] for field in _PATIENT}, KnownPatient),
        reference_number=named["reference_number"],
        seen=named["seen"],
    )
