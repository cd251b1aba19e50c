"""People as far as a reception meets them: the card in their hand, the papers with them, and what they can tell."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal
from zlib import crc32

from kiosk.coverage import insurer
from kiosk.coverage.share import Band, share_on
from kiosk.evidence.model import Document
from kiosk.visit.form import FormField, InsuranceKind
from kiosk.visit.known import KnownPatient
from simulator.card import SimulatedCard
from simulator.people.persona import CardKind, Coverage, Persona
from simulator.playing.cast import number_b
from simulator.scenarios.scenario import PaperPart, PatientPart

Arrival = Literal["card", "no_card", "companion", "school_trip"]
Answers = Mapping[FormField, str]

_PHYSICAL: tuple[CardKind, ...] = ("card", "damaged", "dead")
_CONTACT = "0300000000"  # nobody has this number
_HELPER, _RELATION = "見本　和子", "介護者"
_TEACHER, _EVENT = "架空　一郎", "修学旅行"
_WORKPLACE = "見本商事株式会社"


@dataclass(frozen=True)
class Someone:
    """A person with the digits that they know: the PIN of authentication, that of the card's text, and 照合番号B, which
    they read off the card. ``holds``: their papers, None for whatever is asked for. ``holds_card``: a My Number Card,
    even one that cannot be read. ``tells``: what they answer when asked; what is not in it they do not know.
    ``printed``: what stands on their 資格確認書."""

    card: SimulatedCard | None
    pin: str
    text_pin: str = ""
    number_b: str = ""
    holds_card: bool = True
    knows_text_pin: bool = False
    holds: frozenset[Document] | None = None
    known: bool = False
    arrives: Arrival = "card"
    tells: Answers = field(default_factory=dict)
    printed: Answers = field(default_factory=dict)
    persona: str = ""

    def has(self, document: Document) -> bool:
        return self.holds is None or document in self.holds


def someone(
    persona: Persona,
    day: date,
    card: SimulatedCard | None,
    patient: PatientPart | None = None,
    paper: PaperPart | None = None,
) -> Someone:
    """This persona on that day, with their card. ``patient``: what the scenario says of them; who comes along is simply
    there."""
    told = PatientPart() if patient is None else patient
    holds_card = persona.card.kind in _PHYSICAL
    return Someone(
        card=card,
        persona=persona.id,
        pin=persona.card.pin,
        text_pin=persona.card.text_pin,
        number_b=number_b(persona, day),
        holds_card=holds_card,
        knows_text_pin=told.knows_text_pin,
        holds=told.papers,
        known=told.known,
        arrives=_arrival(persona, told),
        tells=_tells(persona),
        printed=_printed(persona, day, PaperPart() if paper is None else paper),
    )


def known_as(persona: Persona) -> KnownPatient:
    """What a facility has on file of this persona since an earlier visit."""
    person, coverage = persona.person, _coverage(persona)
    return KnownPatient(
        patient_number=patient_number(persona),
        name_kana=person.kana,
        birth_date=person.birth_date.isoformat(),
        name=person.name,
        insurer_number=coverage.insurer_number if coverage else "",
        insurer_name=coverage.insurer_name if coverage else "",
        insured_card_symbol=_plain(coverage.insured_card_symbol) if coverage else "",
        insured_identification_number=_plain(coverage.insured_identification_number) if coverage else "",
        insured_branch_number=coverage.insured_branch_number if coverage else "",
    )


def patient_number(persona: Persona) -> str:
    """The number of the 診察券: the 照会番号 where the facility has registered one."""
    return persona.eligibility.reference_number or f"9{crc32(persona.id.encode()) % 10**6:06d}"


def _arrival(persona: Persona, told: PatientPart) -> Arrival:
    if told.school_trip:
        return "school_trip"
    if told.companion:
        return "companion"
    return "no_card" if persona.card.kind == "none" else "card"


def _coverage(persona: Persona) -> Coverage | None:
    """The one that a paper would show."""
    return persona.eligibility.coverages[0] if persona.eligibility.coverages else None


def _tells(persona: Persona) -> Answers:
    person, coverage = persona.person, _coverage(persona)
    kind = _kind(coverage)
    told = {
        FormField.KANA: person.kana,
        FormField.NAME: person.name,
        FormField.BIRTH_DATE: person.birth_date.isoformat(),
        FormField.SEX: person.sex if person.sex in ("1", "2") else "",
        FormField.ADDRESS: person.address,
        FormField.CONTACT: _CONTACT,
        FormField.INSURANCE_KIND: kind,
        FormField.INSURER_NAME: coverage.insurer_name if coverage else "",
        FormField.WORKPLACE: _WORKPLACE if kind is InsuranceKind.EMPLOYEES else "",
        FormField.COMPANION_NAME: _HELPER,
        FormField.COMPANION_RELATION: _RELATION,
        FormField.PATIENT_NUMBER: patient_number(persona),
        FormField.TEACHER: _TEACHER,
        FormField.EVENT: _EVENT,
    }
    return {asked: answer for asked, answer in told.items() if answer}


def _kind(coverage: Coverage | None) -> InsuranceKind:
    number = insurer.parse(coverage.insurer_number) if coverage is not None else None
    if not isinstance(number, insurer.InsurerNumber) or number.kind is insurer.InsuranceKind.OTHER:
        return InsuranceKind.UNKNOWN
    return InsuranceKind(number.kind.value)


def _printed(persona: Persona, day: date, paper: PaperPart) -> Answers:
    """Nothing for somebody whom no insurance covers."""
    coverage = _coverage(persona)
    if coverage is None:
        return {}
    number = _plain(coverage.insured_identification_number)
    born = persona.person.birth_date
    told = {
        FormField.INSURER_NUMBER: coverage.insurer_number,
        FormField.SYMBOL: _plain(coverage.insured_card_symbol),
        FormField.NUMBER: _other_digit(number) if paper.wrong_number else number,
        FormField.BRANCH: coverage.insured_branch_number,
        FormField.BIRTH_DATE: born.isoformat(),
        FormField.VALID_UNTIL: _valid_until(coverage, day, expired=paper.expired).isoformat(),
        FormField.RATIO: _ratio(coverage, born, day),
    }
    return {asked: answer for asked, answer in told.items() if answer}


def _valid_until(coverage: Coverage, day: date, *, expired: bool) -> date:
    """Terms differ by insurer (rule book): where the persona's file says none, the end of the next July."""
    if expired:
        return day - timedelta(days=1)
    return coverage.insured_card_expiration_date or date(day.year + 1, 7, 31)


def _ratio(coverage: Coverage, born: date, day: date) -> str:
    """Printed from 70 on (S2): as the insurer has it, in tenths."""
    share = share_on(born, day)
    if share.band not in (Band.FROM_70, Band.FROM_75):
        return ""
    exchanged = coverage.elderly_recipient_contribution_ratio or coverage.insured_partial_contribution_ratio
    return str(int(exchanged) // 10) if exchanged else str(share.tenths)


def _other_digit(number: str) -> str:
    return f"{number[:-1]}{(int(number[-1]) + 1) % 10}"


def _plain(text: str) -> str:
    """As the digits of a paper are typed on a number pad, which has one width."""
    return unicodedata.normalize("NFKC", text)
