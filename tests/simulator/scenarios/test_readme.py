"""The README's tables say what the program does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

import simulator.scenarios.scenario as module
from kiosk.evidence.loading import book
from simulator.links.faults import FaultKind
from simulator.national.faults import Fault as NationalFault
from simulator.people import everyone
from simulator.playing.player import play
from simulator.scenarios import everything
from simulator.scenarios.scenario import (
    PATIENT_ACTS,
    STAFF_ACTS,
    WORLD_ACTS,
    PageFaultKind,
    Paper,
    PatientPart,
    Scenario,
    VisitPart,
)

README = (Path(module.__file__).parent / "README.md").read_text(encoding="utf-8")
TERMINAL_ONLY = {"twice", "foreign", "link"}


def table(first_column: str) -> list[list[str]]:
    """The rows of the table whose first heading is this, cell by cell."""
    _before, _heading, rest = README.partition(f"| {first_column} |")
    lines = rest.splitlines()[2:]
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def words(cell: str) -> list[str]:
    return re.findall(r"`([a-zA-Z_]+)`", cell)


PERSONAS = {words(row[0])[0]: row for row in table("persona")}


def test_all_acts_are_told() -> None:
    assert sorted(words(row[0])[0] for row in table("act")) == sorted(
        {*PATIENT_ACTS, *WORLD_ACTS, *STAFF_ACTS}
    )


def test_all_faults_are_told() -> None:
    told = {(words(row[0])[0], row[1]) for row in table("fault")}
    expected = {(kind, "apdu") for kind in get_args(FaultKind)} | {
        (kind, "page") for kind in get_args(PageFaultKind)
    }
    expected |= {(kind.value, "national") for kind in NationalFault if kind not in TERMINAL_ONLY}
    assert told == expected


@pytest.mark.parametrize(
    "name", [field for field in Scenario.__struct_fields__ if field not in ("title", "id")]
)
def test_all_fields_of_a_table_are_told(name: str) -> None:
    rows = {row[0].strip("`[]"): row[1] for row in table("table")}
    parts = {"faults": module.FaultPart, "do": module.Do, "certified": module.CertifiedPart}
    part = parts.get(name) or type(getattr(Scenario(title="x"), name))
    optional = {"seconds", "status", "size", "persona"} if name == "faults" else set()  # told with the faults
    assert set(part.__struct_fields__) - optional <= set(words(rows[name]))


def test_every_persona_has_a_row() -> None:
    assert sorted(PERSONAS) == sorted(persona.id for persona in everyone())


@pytest.mark.parametrize("persona_id", PERSONAS)
def test_each_persona_comes_to_what_the_table_says(persona_id: str) -> None:
    visit = VisitPart(phones=persona_id in ("android", "iphone"))
    result, without = (
        play(Scenario(title="x", visit=visit, patient=PatientPart(persona=persona_id, has=has)))
        for has in (None, ())
    )
    told = (result.outcome, result.evidence, without.evidence, ", ".join(result.reasons),
            result.partial_contribution_ratio)  # fmt: skip
    assert [str(cell or "–") for cell in told] == PERSONAS[persona_id][1:]
    assert not result.failed
    assert not without.failed


def test_all_papers_that_somebody_may_have_are_told() -> None:
    assert [words(row[0])[0] for row in table("has")] == list(get_args(Paper))


def test_each_evidence_leads_to_the_outcome_of_the_table() -> None:
    told = {words(row[0])[0]: row[1] for row in table("evidence")}
    expected = {(one.expect.evidence, one.expect.outcome) for one in everything() if one.expect.evidence}
    assert expected == set(told.items())
    assert set(told) == {"card", *(way for way in book().ways if way not in book().electronic)}
