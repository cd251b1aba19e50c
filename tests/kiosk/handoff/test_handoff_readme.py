"""What receivers are told is what they get."""

from __future__ import annotations

import re
from pathlib import Path

import kiosk.handoff
from kiosk.handoff import fhir_codes as codes
from kiosk.handoff.csv_rows import COLUMNS
from kiosk.handoff.notes import ACTIONS, NOTES
from kiosk.handoff.outbox import LATE, Backoff
from kiosk.handoff.queue_json import FORMAT, VERSION, document
from tests.support.handoff import declared, label

TEXT = (Path(kiosk.handoff.__file__).parent / "README.md").read_text(encoding="utf-8")
CSV = TEXT.partition("## CSV")[2].partition("\n## ")[0]
JSON = TEXT.partition("## JSON")[2].partition("\n## ")[0]
NAMED_TOGETHER = {"insured_card_symbol", "insured_identification_number", "insurer_name"}


def test_every_column_is_described_under_both_names() -> None:
    for column, japanese in COLUMNS.items():
        assert f"`{column}`" in CSV or column in NAMED_TOGETHER, column
        assert japanese in CSV, japanese


def test_every_member_of_the_document_is_described() -> None:
    found = document(declared(), label(declared()))
    for member in found:
        assert f"`{member}`" in JSON, member
    for part in ("visit", "patient", "declaration"):
        for member in found[part]:
            assert f"`{member}`" in JSON, member
    assert f"`{FORMAT}`, {VERSION}" in JSON


def test_every_entry_of_the_ledger_and_every_wish_is_described() -> None:
    for name in (*NOTES, *ACTIONS):
        assert f"`{name}`" in TEXT, name


def test_waits_and_names_are_those_of_the_code() -> None:
    waits = [int(Backoff().wait(n, 1.0).total_seconds()) for n in (1, 2, 3, 99)]
    assert waits == [5, 10, 20, 15 * 60]
    assert "5 s, 10 s, 20 s … 15 min" in TEXT
    assert f"not taken for {int(LATE.total_seconds() // 60)} minutes" in TEXT
    assert codes.CONSENT_ITEMS in TEXT
    assert re.search(r"`urn:oid:1\.2\.392\.100495\.20\.3\.51\.1`", TEXT)
    assert codes.PATIENTS_OF == "urn:oid:1.2.392.100495.20.3.51.1"
