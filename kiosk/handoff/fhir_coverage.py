"""Coverage by JP Core: symbol, number and branch, each in the width that its place wants (README.md)."""

from __future__ import annotations

import uuid

from kiosk.coverage import insured, insurer
from kiosk.eligibility.oqs.text import in_the_set
from kiosk.handoff import fhir_codes as codes
from kiosk.handoff.coverages import Coverage
from kiosk.handoff.fhir_parts import Json, concept, identifier, own_identifier, reference, resource
from kiosk.handoff.parcel import NAMESPACE, derived
from kiosk.handoff.settled import SettledVisit


def full_width(text: str) -> str:
    """For the extensions, the CSV identifier and ``subscriberId``: wholly full width, no blanks."""
    return in_the_set(insured.as_printed(text))


def member_id_part(text: str) -> str:
    """A symbol or number in the member id: wholly half width if it has ASCII letters and digits only, else wholly full
    width; no blanks. A colon becomes ： and cannot be taken for the one between the parts."""
    wide = full_width(text)
    narrow = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in wide)
    return narrow if narrow.isascii() and narrow.isalnum() else wide


def branch(text: str) -> str:
    """Two half-width digits; "" where there is none, or what stands there is no branch. Never 00 for a missing one."""
    digits = insured.branch(text)
    return "" if isinstance(digits, insured.Flaw) else digits


def insurer_digits(text: str) -> str:
    """As printed: six or eight digits; "" for what is no number. Its check digit is not our business here."""
    digits = insurer.normalise(text)
    return digits if digits.isascii() and digits.isdigit() and len(digits) <= 8 else ""


def identifiers(coverage: Coverage) -> list[Json]:
    """Neither is made without an insurer number or a number: half an identifier is another's."""
    payer = insurer_digits(coverage.insurer_number).zfill(8)
    symbol, number, sub = coverage.symbol, coverage.number, branch(coverage.branch)
    if not insurer_digits(coverage.insurer_number) or not full_width(number):
        return []
    member = ":".join((payer, member_id_part(symbol), member_id_part(number), sub))
    listed = ",".join(f'"{part}"' for part in (payer, full_width(symbol), full_width(number), sub))
    return [identifier(codes.MEMBER_ID, member), identifier(codes.COVERAGE_ID, listed)]


def coverage_resource(
    settled: SettledVisit,
    coverage: Coverage,
    *,
    place: int,
    several: bool,
    active: bool,
    patient: str,
    payor: str,
) -> Json:
    id = coverage_resource_id(settled, place)
    symbol, number, sub = full_width(coverage.symbol), full_width(coverage.number), branch(coverage.branch)
    told = ((codes.SYMBOL, symbol), (codes.NUMBER, number), (codes.SUB_NUMBER, sub))
    period = {"start": coverage.since, "end": coverage.until}
    return resource(
        "Coverage",
        id,
        simulated=settled.simulated,
        extension=[{"url": url, "valueString": text} for url, text in told if text],
        identifier=[*identifiers(coverage), own_identifier(id)],
        status=_status(settled, active=active),
        type=concept(codes.ACT_CODE, "PUBLICPOL", "public healthcare"),
        subscriberId=f"{symbol}:{number}" if number else "",
        beneficiary=reference(patient),
        dependent=sub,
        relationship=concept(codes.INSURED_PERSON_CATEGORY, coverage.relation)
        if coverage.relation in (codes.INSURED, codes.DEPENDANT)
        else None,
        period={name: day for name, day in period.items() if day} or None,
        payor=[reference(payor)],
        order=place if several else None,
        costToBeneficiary=_cost(coverage.share),
    )


def coverage_resource_id(settled: SettledVisit, place: int) -> str:
    """By place alone: a later revision that knows better replaces what was said before."""
    return derived(settled.visit, f"coverage/{place}")


def _status(settled: SettledVisit, *, active: bool) -> str:
    if settled.void:
        return "entered-in-error"
    return "active" if active else "cancelled"


def _cost(share: int | None) -> list[Json]:
    if share is None:
        return []
    percent = {"value": share * 10, "unit": "%", "system": codes.UCUM, "code": "%"}
    return [{"type": concept(codes.COPAY_TYPE, "copaypct"), "valueQuantity": percent}]


def self_pay_resource(settled: SettledVisit, patient: str) -> Json:
    """The patient pays: payor is the patient (JP_Coverage)."""
    id = derived(settled.visit, "self-pay")
    return resource(
        "Coverage",
        id,
        simulated=settled.simulated,
        identifier=[own_identifier(id)],
        status=_status(settled, active=True),
        type=concept(codes.SELF_PAY, "pay", "Pay"),
        beneficiary=reference(patient),
        payor=[reference(patient)],
    )


def payor_resource(settled: SettledVisit, coverage: Coverage, place: int) -> Json:
    """The insurer, known by its number; without one only by its name, and only for this visit."""
    digits = insurer_digits(coverage.insurer_number)
    id = (
        str(uuid.uuid5(NAMESPACE, f"insurer/{digits}"))
        if digits
        else derived(settled.visit, f"payor/{place}")
    )
    return resource(
        "Organization",
        id,
        simulated=settled.simulated,
        identifier=[identifier(codes.INSURER_NUMBER, digits)] if digits else [own_identifier(id)],
        type=[concept(codes.ORGANIZATION_TYPE, "pay", "Payer")],
        name=coverage.insurer_name,
    )
