"""What the settings tell the rule book of this facility."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.coverage.services import Capability
from kiosk.eligibility.folders.service import FolderService
from kiosk.eligibility.folders.settings import FaceReader, FolderSettings
from kiosk.eligibility.refusing import Refusing
from kiosk.eligibility.simulated_system import SimulatedSystemService
from kiosk.eligibility.web_api import WebApiService
from ui.compose import build
from ui.composing.files import open_ledger
from ui.composing.policy import book_of, facility_of
from ui.composing.services import capabilities_of
from ui.settings import Eligibility, Facility, Line, Rule, Settings

DIRECT = Settings()
CERTIFIED = Settings(
    eligibility=Eligibility(
        kind="oqs_folder", request_folder=Path("q"), answer_folder=Path("a"), face_folder=Path("f")
    )
)


@pytest.mark.parametrize("kind", ["simulated", "oqs_folder", "oqs_web_api", "none"])
def test_reading_directly_no_look_at_the_face_counts_as_a_proof(kind: str) -> None:
    settings = replace(DIRECT, eligibility=replace(DIRECT.eligibility, kind=kind))
    facility = facility_of(settings, capabilities_of(settings))
    assert not facility.face_check
    assert not facility.staff_check


def test_beside_a_certified_reader_both_looks_count() -> None:
    facility = facility_of(CERTIFIED, capabilities_of(CERTIFIED))
    assert facility.face_check
    assert facility.staff_check
    assert facility.other_reader


def test_switches_and_the_other_reader_are_the_settings() -> None:
    settings = Settings(
        facility=Facility(other_reader=True),
        rules={"first_visit_saving": Rule(on=True, because="質問が多い")},
    )
    facility = facility_of(settings, frozenset({Capability.BY_NUMBERS}))
    assert facility.other_reader
    assert facility.capabilities == {Capability.BY_NUMBERS}
    assert [(one.switch, one.on, one.because) for one in facility.switched] == [
        ("first_visit_saving", True, "質問が多い")
    ]
    assert not facility_of(Settings(), frozenset()).other_reader


def folder_service(face: Path | None) -> FolderService:
    return FolderService(
        FolderSettings(
            request_folder=Path("q"),
            answer_folder=Path("a"),
            face_readers=() if face is None else (FaceReader(folder=face),),
            medical_institution_code="1310000000",
        )
    )


def test_what_is_told_of_a_service_before_it_runs_is_what_it_declares(tmp_path: Path) -> None:
    assert capabilities_of(DIRECT) == SimulatedSystemService.capabilities
    for face in (None, tmp_path):
        service = folder_service(face)
        told = replace(CERTIFIED, eligibility=replace(CERTIFIED.eligibility, face_folder=face))
        assert capabilities_of(told) == service.capabilities
        service.close()
    assert capabilities_of(Settings(eligibility=Eligibility(kind="none"))) == Refusing().capabilities
    web = WebApiService.capabilities.fget  # type: ignore[attr-defined]  # a property that asks nothing of its instance
    assert capabilities_of(Settings(eligibility=Eligibility(kind="oqs_web_api"))) == web(None)


def test_the_book_has_the_facilitys_own_lines() -> None:
    line = Line(name="見本健保", phone="03-0000-0000", insurer="見本健康保険組合")
    assert [one.phone for one in book_of(Settings(contacts=(line,))).contacts.values()][-1] == line.phone


def test_a_start_notes_turned_rules_once_and_marks_a_simulated_kiosks_note(tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path, rules={"known_data_without_card": Rule(on=True, because="院内規程 第3条")}
    )
    for _ in range(2):
        build(settings, lambda _view: None).close()
    with open_ledger(settings) as ledger:
        notes = [record for record in ledger.entries() if record.type == "RulesSwitched"]
    (note,) = notes
    assert note.simulated
    assert isinstance(note.payload, bytes)
    assert json.loads(note.payload)["switched"][0]["because"] == "院内規程 第3条"
