"""A visit that has its result, as one value: what every form that leaves the house is made of."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from kiosk.coverage.qualification import Answer, ResultOfQualificationConfirmation
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.ledger.interface import JST, parse_stamp
from kiosk.visit.form import FormField
from kiosk.visit.known import KnownPatient
from kiosk.visit.states import Outcome

ShareSource = Literal["answer", "paper", "declared", "known", "age"]
Recheck = Literal["", "valid", "not_valid"]
Proven = tuple[ResultOfQualificationConfirmation, ...]


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Personal throughout: its repr shows nothing."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Person(Value, frozen=True, kw_only=True):
    """``kana`` is in full width, ``birth_date`` ISO, ``sex`` the exchange's code; "" for what is not known."""

    name: str = ""
    kana: str = ""
    birth_date: str = ""
    sex: str = ""
    address: str = ""
    post_number: str = ""


class Share(Value, frozen=True, kw_only=True):
    """The patient's share. ``source``: the answer, a paper's typed numbers, the patient's declaration, the facility's
    file, or what is normal at that age, for staff to confirm."""

    tenths: int
    source: ShareSource


class Consents(Value, frozen=True, kw_only=True):
    """What the patient agreed to share with the question that was answered, in which words and language."""

    choices: tuple[tuple[ConsentItem, Choice], ...]
    wording_version: str = ""
    language: str = "ja"


class Declaration(Value, frozen=True, kw_only=True):
    """被保険者資格申立書. ``id``: of its ledger entry; "" and no PDF where it was written on paper. ``answers``: as
    it was made, also what was copied from the card; of a visit that ended at the desk what was typed until then."""

    id: str = ""
    pdf: bytes = b""
    answers: tuple[tuple[FormField, str], ...] = ()


class SettledVisit(Value, frozen=True, kw_only=True):
    """``settled_at``: ISO, UTC. ``answer``: only one that proves coverage on that day; ``chosen``: the place (from 1)
    of the coverage that staff chose in it. ``paper``: the numbers typed of a paper. ``known``: what the facility had on
    file, where that was the evidence. ``recheck``: what the system said later of a visit that went without it."""

    visit: str
    terminal: str
    settled_at: str
    outcome: Outcome
    reception_number: str = ""
    patient_number: str = ""
    evidence: Way | None = None
    reason: Reason | None = None
    notices: tuple[Reason, ...] = ()
    person: Person = Person()
    answer: Answer | None = None
    chosen: int = 0
    paper: tuple[tuple[FormField, str], ...] = ()
    known: KnownPatient | None = None
    share: Share | None = None
    consents: Consents | None = None
    declaration: Declaration | None = None
    language: str = "ja"
    recheck: Recheck = ""
    void: bool = False
    simulated: bool = False

    @property
    def day(self) -> date:
        """The Japanese calendar day."""
        return parse_stamp(self.settled_at).astimezone(JST).date()

    @property
    def proven(self) -> Proven:
        """What the answer proves for that day; of several the one that staff chose, if they did."""
        return proven_of(self.answer, self.chosen, self.day)


def proven_of(answer: Answer | None, chosen: int, day: date) -> Proven:
    """What an answer proves for a day; of several coverages the one in that place (from 1), if one was chosen."""
    if answer is None:
        return ()
    if 0 < chosen <= len(answer.results):
        return (answer.results[chosen - 1],)
    return answer.in_force(day)


def content_of(settled: SettledVisit) -> bytes:
    """The same bytes for the same content, whatever the order in which it became known."""
    return msgspec.json.encode(settled, order="deterministic")
