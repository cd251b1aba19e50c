"""What is printed on the 資格確認書 of a simulated person."""

from __future__ import annotations

from kiosk.visit.form import FormField
from simulator.people import load


def paper_of(persona: str) -> dict[FormField, str]:
    """As it is typed at the kiosk. From 70 on with the ratio."""
    one = load(persona)
    coverage = one.eligibility.coverages[0]
    return {
        FormField.INSURER_NUMBER: coverage.insurer_number,
        FormField.SYMBOL: coverage.insured_card_symbol,
        FormField.NUMBER: coverage.insured_identification_number,
        FormField.BRANCH: coverage.insured_branch_number,
        FormField.BIRTH_DATE: one.person.birth_date.isoformat(),
        FormField.VALID_UNTIL: "2029-12-01",
        FormField.RATIO: "1",
    }
