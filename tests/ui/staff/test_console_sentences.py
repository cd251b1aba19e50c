"""Every sentence that the console can ask for is there in both languages, and none that it never asks for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from drivers.interface import Authority, FaceDoubt
from kiosk.accounts.outcomes import NotDone, Why
from kiosk.accounts.passwords import Weakness
from kiosk.accounts.records import Owed, Way
from kiosk.accounts.roles import Action, Role, can_break
from kiosk.accounts.security_key import KeyFailure
from kiosk.coverage.face_result import Method
from kiosk.coverage.insurer import InsuranceKind
from kiosk.desk.board import Filter
from kiosk.desk.deliveries import TROUBLES, Handed
from kiosk.desk.refusing import Why as Refused
from kiosk.desk.row import Light, Mark, Need, Next
from kiosk.desk.timeline import event_keys
from kiosk.desk.verdicts import Says
from kiosk.evidence.loading import book
from kiosk.patients.findings import Doubt, Wrong
from kiosk.visit.form import FormField
from kiosk.visit.situation import FaceStep
from kiosk.visit.states import Outcome
from kiosk.wording.catalogues import catalogue
from ui.diagnosis import CHECKS
from ui.diagnosis.finding import Advice, Verdict
from ui.staff.deeds import Deed
from ui.staff.table import Column
from ui.staff.words import LANGUAGES

ROOT = Path(__file__).resolve().parents[3]
SOURCES = [*(ROOT / "ui" / "staff").glob("*.py"), ROOT / "ui" / "console_app.py"]
BEGINNINGS = {"desk.event.Consent"}  # of several
UNDOS = [
    "withdraw_note",
    "withdraw_scan",
    "undo_void",
    "forget_name",
    "forget_coverage",
    "reopen",
    "forget_numbers",
    "after_all",
]


def named(prefix: str, names: object) -> set[str]:
    return {f"{prefix}.{name}" for name in names}  # type: ignore[attr-defined]


def asked_by_value() -> frozenset[str]:
    """Keys that end in a value of the program."""
    problems = {"same_as_name" if one is Weakness.NAME else one.value for one in Weakness}
    columns = {column.name.lower() for column in Column}
    marks = {source.split("#")[0].split(" ")[0] for rule in book().rules.values() for source in rule.sources}
    return (
        event_keys()
        | named("desk.light", Light)
        | named("desk.filter", Filter)
        | named("desk.column", columns)
        | named("desk.need", Need)
        | named("desk.next", [one for one in Next if one])
        | named("desk.mark", Mark)
        | named("desk.method", Method)
        | named("desk.outcome", get_args(Outcome))
        | named("desk.says", get_args(Says))
        | named("desk.do", Deed)
        | named("desk.do", UNDOS)
        | named("desk.hint", [one for one in Deed if one not in (Deed.MORE, Deed.UNDO)])
        | named("desk.refused", Refused)
        | named("desk.denied", Why)
        | named("desk.role", Role)
        | named("desk.account_problem", [*NotDone, *problems])
        | named("desk.key_failure", KeyFailure)
        | named("desk.insurance", InsuranceKind)
        | named("desk.field", FormField)
        | named("desk.own", [f"owed_{one}" for one in Owed])
        | named("desk.accounts", [f"owed_{one}" for one in Owed])
        | named("desk.sign_in", [*Way, *(f"use_{one}" for one in Way)])
        | named("desk.health", get_args(Verdict))
        | named("desk.advice", get_args(Advice))
        | named("desk.check", [subject for subject, _check in CHECKS])
        | named("desk.source", marks)
        | named("desk.handed", Handed)
        | named("desk.helps", TROUBLES)
        | named("desk.glass.action", [one for one in Action if any(can_break(role, one) for role in Role)])
        | named("desk.import.wrong", [*Wrong, *Doubt])
        | named("desk.face.authority", get_args(Authority))
        | named("desk.face.doubt", FaceDoubt)
        | named("desk.face.step", [one for one in get_args(FaceStep) if one])
    )


def asked_by_name() -> set[str]:
    """Keys that stand in the console's code as they are, or are chosen among names that stand there."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    whole = set(re.findall(r"""["'](desk\.[A-Za-z_.]+[a-z_])["']""", code))
    begun = set(re.findall(r'f"(desk\.[a-z_.]+)\.\{', code)) | set(
        re.findall(r"f'(desk\.[a-z_.]+)\.\{", code)
    )
    names = set(re.findall(r'"([a-z_]+)"', code))
    there = set(catalogue("ja").templates)
    chosen = {key for key in there for prefix in begun if key.startswith(f"{prefix}.")
              and key.removeprefix(f"{prefix}.") in names}  # fmt: skip
    return (whole | chosen) - BEGINNINGS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_that_a_value_asks_for_is_there(language: str) -> None:
    assert asked_by_value() - set(catalogue(language).templates) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_that_stands_in_the_code_is_there(language: str) -> None:
    assert asked_by_name() - set(catalogue(language).templates) == set()


def test_no_sentence_of_the_desk_is_there_for_nobody() -> None:
    there = {key for key in catalogue("ja").templates if key.startswith("desk.")}
    assert there - asked_by_value() - asked_by_name() == set()
