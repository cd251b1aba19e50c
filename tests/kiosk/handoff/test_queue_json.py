"""The JSON for reception systems: everything that is known, under names that stay."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any

import pytest

from kiosk.eligibility import oqs
from kiosk.handoff.queue_json import QueueJson
from kiosk.handoff.settled import SettledVisit
from tests.support.handoff import FOUR, PDF, answer, by_certificate, confirmed, declared, label, paid_in_full


def read(settled: SettledVisit, revision: int = 1) -> dict[str, Any]:
    parcel = QueueJson().make(settled, label(settled, revision))
    assert parcel.media_type == "application/json"
    found: dict[str, Any] = json.loads(parcel.content)
    return found


def test_every_visit_has_every_member() -> None:
    shapes = {tuple(read(made())) for made in FOUR.values()}
    assert len(shapes) == 1
    (shape,) = shapes
    assert set(shape) == {
        "format", "version", "key", "revision", "replaces", "kind", "simulated", "visit", "outcome", "evidence",
        "reason", "notices", "recheck", "patient", "share", "coverages", "answer", "consents", "declaration",
    }  # fmt: skip


def test_the_head_tells_which_document_this_is() -> None:
    found = read(confirmed())
    assert (found["format"], found["version"]) == ("uketsuke.visit", 1)
    assert (found["revision"], found["replaces"], found["kind"]) == (1, None, "settled")
    assert found["key"] == label(confirmed()).key
    assert found["visit"] == {
        "id": "visit-1", "terminal": "A", "reception_number": "A001",
        "settled_at": "2026-03-02T10:00:00+09:00", "language": "ja",
    }  # fmt: skip


def test_a_correction_and_a_void_say_what_they_replace() -> None:
    corrected, void = read(confirmed(patient_number="9"), 2), read(confirmed(void=True), 3)
    assert (corrected["kind"], corrected["revision"], corrected["replaces"]) == (
        "corrected", 2, "the-one-before",
    )  # fmt: skip
    assert void["kind"] == "voided"


def test_the_answer_is_whole_in_the_exchanges_own_words() -> None:
    message = read(confirmed())["answer"]["message"]
    content = json.dumps(message).encode()
    assert oqs.parse_answer_json(content, asked_at=answer().asked_at) == answer()


def test_consents_go_with_their_wording() -> None:
    assert read(confirmed())["consents"] == {
        "choices": {"care": "agreed", "checkups": "declined"},
        "wording_version": "2026-03-01",
        "language": "ja",
    }


def test_a_certificate_is_a_coverage_from_paper() -> None:
    found = read(by_certificate())
    assert found["answer"] is None
    (coverage,) = found["coverages"]
    assert coverage == {
        "source": "paper", "insurer_number": "131011", "insurer_name": "", "insured_card_symbol": "見本12",
        "insured_identification_number": "3456", "insured_branch_number": "0",
        "personal_family_classification": "", "valid_from": "", "valid_until": "2027-07-31", "share_tenths": 2,
    }  # fmt: skip


def test_a_declaration_brings_its_pdf() -> None:
    declaration = read(declared())["declaration"]
    assert base64.b64decode(declaration["pdf"]) == PDF
    assert declaration["pdf_sha256"] == sha256(PDF).hexdigest()
    assert declaration["answers"]["contact"] == "0300000000"
    assert read(declared())["coverages"] == []


def test_the_mark_of_a_simulated_visit_stands_where_nobody_overlooks_it() -> None:
    assert read(paid_in_full())["simulated"] is True
    assert read(confirmed())["simulated"] is False


@pytest.mark.parametrize("made", FOUR.values())
def test_the_same_visit_is_the_same_bytes(made: Any) -> None:
    one, other = made(), made()
    form = QueueJson()
    assert form.make(one, label(one)) == form.make(other, label(other))
    assert form.relevant(one) == form.relevant(other)
