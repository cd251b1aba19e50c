"""What the simulated system tells of a person: a plain tree with the exchange's element names in snake_case.

Written from the public description of the exchange alone, not with the product's codec or its types, so that each
can show the other's mistakes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from simulator.people.persona import Coverage, Persona

JAPAN = timezone(timedelta(hours=9))
AVAILABLE_FOR = timedelta(hours=24)

_HALF_WIDTH = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF61, 0xFFA0)}
_HALF_WIDTH |= {"\u3099": "ﾞ", "\u309a": "ﾟ", "\u3000": " "}

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and how was asked. ``consents``: the patient's decisions by item, ``agreed`` or ``declined``.
    ``medical``: whether medical information may be shared at all (not with an expired certificate)."""

    at: datetime
    institution: str
    by_card: bool
    consents: Mapping[str, str]
    medical: bool = True
    notice: tuple[str, str] = ("", "")

    @property
    def day(self) -> date:
        return self.at.astimezone(JAPAN).date()

    @property
    def limit(self) -> bool:
        """Limit information is supplied with a card unless refused, and by numbers only when agreed."""
        choice = self.consents.get("limit")
        return choice == "agreed" or (self.by_card and choice is None)


def tree(persona: Persona, occasion: Occasion) -> Tree:
    """The answer about one person."""
    known = persona.eligibility.qualification_validity != "4"
    results = [_result(persona, coverage, occasion) for coverage in persona.eligibility.coverages if known]
    if persona.eligibility.medical_ticket and known and not results:
        results = [_assisted(persona, occasion)]
    code, message = occasion.notice
    return {
        **header(occasion),
        "processing_result_status": "1",
        "processing_result_code": code,
        "processing_result_message": message,
        "qualification_validity": persona.eligibility.qualification_validity,
        "results": results,
    }


def nobody(occasion: Occasion) -> Tree:
    """Nobody has these numbers."""
    return {**header(occasion), "processing_result_status": "1", "qualification_validity": "4", "results": []}


def several(people: list[Persona], occasion: Occasion) -> Tree:
    """More than one person has these numbers."""
    results = [_result(one, coverage, occasion) for one in people for coverage in one.eligibility.coverages]
    return {**nobody(occasion), "qualification_validity": "5", "results": results}


def processing(occasion: Occasion) -> Tree:
    return {**header(occasion), "segment_of_result": "2"}


def failing(occasion: Occasion) -> Tree:
    """The real list of error codes is not public: this one is plainly ours."""
    return {
        **header(occasion),
        "segment_of_result": "9",
        "error_code": "SIM-E001",
        "error_message": "模擬システムのエラーです",
    }


def header(occasion: Occasion) -> Tree:
    return {
        "process_execution_time": _stamp(occasion.at),
        "qualification_confirmation_date": f"{occasion.day:%Y%m%d}",
        "medical_institution_code": occasion.institution,
        "reference_classification": "1" if occasion.by_card else "2",
        "segment_of_result": "1",
    }


def half_width(kana: str) -> str:
    """Full-width katakana as the exchange writes it."""
    return "".join(_HALF_WIDTH.get(sign, sign) for sign in unicodedata.normalize("NFD", kana))


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(JAPAN):%Y%m%d%H%M%S}"


def _day(day: date | None) -> str:
    return f"{day:%Y%m%d}" if day else ""


def _person(persona: Persona) -> Tree:
    person = persona.person
    return {
        "name": persona.eligibility.name_as_answered or person.name,
        "name_kana": half_width(person.kana),
        "sex1": person.sex,
        "birthdate": _day(person.birth_date),
        "address": person.address,
        "post_number": person.post_number,
        "reference_number": persona.eligibility.reference_number,
    }


def _result(persona: Persona, coverage: Coverage, occasion: Occasion) -> Tree:
    return {
        **_person(persona),
        "insured_card_classification": coverage.insured_card_classification,
        "insurer_number": coverage.insurer_number,
        "insured_card_symbol": coverage.insured_card_symbol,
        "insured_identification_number": coverage.insured_identification_number,
        "insured_branch_number": coverage.insured_branch_number,
        "personal_family_classification": coverage.personal_family_classification,
        "insured_name": coverage.insured_name,
        "qualification_date": _day(coverage.qualification_date),
        "disqualification_date": _day(coverage.disqualification_date),
        "insured_card_valid_date": _day(coverage.insured_card_valid_date),
        "insured_card_expiration_date": _day(coverage.insured_card_expiration_date),
        "insured_partial_contribution_ratio": coverage.insured_partial_contribution_ratio,
        "preschool_classification": coverage.preschool_classification,
        "reason_of_loss": coverage.reason_of_loss,
        "insurer_name": coverage.insurer_name,
        "elderly_recipient_certificate_info": _elderly(persona, coverage),
        **_limit(coverage, occasion),
        **_diseases(coverage, occasion),
        **_medical(occasion),
    }


def _assisted(persona: Persona, occasion: Occasion) -> Tree:
    """Public assistance: no coverage, but a medical ticket."""
    return {
        **_person(persona),
        "insured_card_classification": "A1",
        "public_expense_result_list": [dict(persona.eligibility.medical_ticket)],
        **_medical(occasion),
    }


def _elderly(persona: Persona, coverage: Coverage) -> Tree | None:
    ratio, born = coverage.elderly_recipient_contribution_ratio, persona.person.birth_date
    if not ratio:
        return None
    month = born.year * 12 + born.month - 1 + (born.day > 1)
    return {
        "elderly_recipient_valid_start_date": f"{month // 12 + 70:04}{month % 12 + 1:02}01",
        "elderly_recipient_valid_end_date": _day(_birthday(born, born.year + 75) - timedelta(days=1)),
        "elderly_recipient_contribution_ratio": ratio,
    }


def _birthday(born: date, year: int) -> date:
    return date(year, 3, 1) if (born.month, born.day) == (2, 29) and year % 4 else born.replace(year=year)


def _limit(coverage: Coverage, occasion: Occasion) -> Tree:
    given = occasion.limit
    found: Tree = {"limit_application_certificate_related_cons_flg": "1" if given else "0"}
    if given:
        found["limit_application_certificate_related_cons_time"] = _stamp(occasion.at)
    flag = coverage.limit_application_certificate_classification_flag
    if given and flag:
        found["limit_application_certificate_related_info"] = {
            "limit_application_certificate_classification": "01",
            "limit_application_certificate_classification_flag": flag,
            "limit_application_certificate_valid_start_date": _day(coverage.qualification_date),
        }
    return found


def _diseases(coverage: Coverage, occasion: Occasion) -> Tree:
    given = occasion.medical and occasion.consents.get("specific_diseases") == "agreed"
    found: Tree = {"specific_diseases_certificate_related_cons_flg": "1" if given else "0"}
    if given:
        found["specific_diseases_certificate_related_cons_time"] = _stamp(occasion.at)
        found["specific_diseases_certificate_list"] = [
            {
                "specific_diseases_disease_category": category,
                "specific_diseases_valid_start_date": _day(coverage.qualification_date),
                "specific_diseases_self_pay": "010000",
            }
            for category in coverage.specific_diseases
        ]
    return found


def _medical(occasion: Occasion) -> Tree:
    """Flags only: no medical information is ever made up."""
    found: Tree = {}
    for prefix, item in (
        ("specific_health_checkups_info", "checkups"),
        ("pharmacists_info", "care"),
        ("diagnosis_info", "care"),
        ("operation_info", "operations"),
    ):
        given = occasion.by_card and occasion.medical and occasion.consents.get(item) == "agreed"
        found[f"{prefix}_cons_flg"] = "1" if given else "0"
        if given:
            found[f"{prefix}_cons_time"] = _stamp(occasion.at)
            found[f"{prefix}_available_time"] = _stamp(occasion.at + AVAILABLE_FOR)
    return found
