"""Scenarios as files: what is written is what is read."""

from __future__ import annotations

import string
import tomllib
from datetime import date
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.links.faults import FaultKind
from simulator.national.faults import Fault
from simulator.scenarios import everything, load_file
from simulator.scenarios.scenario import (
    CardPart,
    Do,
    Expect,
    FaultPart,
    NationalPart,
    PatientPart,
    Scenario,
    VisitPart,
)
from ui.devdock.writing import to_toml

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
words = st.text(string.ascii_lowercase, min_size=1, max_size=8)
scenarios = st.builds(
    Scenario,
    title=texts,
    visit=st.builds(
        VisitPart,
        date=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
        language=words,
        contrast=st.sampled_from(["standard", "high"]),
        phones=st.booleans(),
        capabilities=st.none() | st.just(()),
    ),
    patient=st.builds(PatientPart, persona=words),
    card=st.builds(CardPart, expired=st.booleans(), pin_tries_left=st.none() | st.integers(0, 3)),
    national=st.builds(
        NationalPart,
        fault=st.none() | st.sampled_from(Fault),
        fault_at=st.integers(0, 5),
        delay=st.floats(0, 100, allow_nan=False),
    ),
    faults=st.lists(
        st.builds(
            FaultPart,
            at=st.integers(0, 99).map(lambda at: f"apdu {at}"),
            kind=st.sampled_from(get_args(FaultKind)),
            seconds=st.floats(0, 9, allow_nan=False),
        ),
        max_size=2,
    ).map(tuple),
    do=st.lists(
        st.builds(Do, act=words, by=st.sampled_from(["patient", "staff", "world"]), args=st.dictionaries(texts, texts)),
        max_size=3,
    ).map(tuple),
    expect=st.builds(
        Expect, outcome=st.none() | words, states=st.none() | st.lists(words, max_size=3).map(tuple)
    ),
    id=st.just("x"),
)  # fmt: skip


@given(scenario=scenarios)
def test_what_is_written_is_read_as_the_same_scenario(scenario: Scenario) -> None:
    written = to_toml(scenario, ("a remark\nof two lines",))
    assert msgspec.convert({**tomllib.loads(written), "id": "x"}, Scenario) == scenario


@pytest.mark.parametrize("scenario", everything(), ids=lambda scenario: scenario.id)
def test_every_shipped_scenario_survives(tmp_path: Path, scenario: Scenario) -> None:
    path = tmp_path / f"{scenario.id}.toml"
    path.write_text(to_toml(scenario), encoding="utf-8")
    assert load_file(path) == scenario


def test_defaults_are_left_out_but_the_day_and_the_person_are_not() -> None:
    assert to_toml(Scenario(title="Nothing special")) == (
        'title = "Nothing special"\n\n[visit]\ndate = 2026-11-24\n\n[patient]\npersona = "yamada"\n'
    )
