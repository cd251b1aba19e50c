"""Names of FHIR R4 and JP Core that a bundle uses. Sources: README.md."""

from __future__ import annotations

import re
from typing import Final

_JP: Final = "http://jpfhir.jp/fhir/core"
_HL7: Final = "http://terminology.hl7.org/CodeSystem"

# profiles
PROFILES: Final = {
    "Patient": f"{_JP}/StructureDefinition/JP_Patient",
    "Organization": f"{_JP}/StructureDefinition/JP_Organization",
    "Coverage": f"{_JP}/StructureDefinition/JP_Coverage",
    "Consent": f"{_JP}/StructureDefinition/JP_Consent",
    "DocumentReference": f"{_JP}/StructureDefinition/JP_DocumentReference",
}
"""CoverageEligibilityRequest and CoverageEligibilityResponse have no JP Core profile: base R4."""

# extensions
SYMBOL: Final = f"{_JP}/Extension/StructureDefinition/JP_Coverage_InsuredPersonSymbol"
NUMBER: Final = f"{_JP}/Extension/StructureDefinition/JP_Coverage_InsuredPersonNumber"
SUB_NUMBER: Final = f"{_JP}/Extension/StructureDefinition/JP_Coverage_InsuredPersonSubNumber"
REPRESENTATION: Final = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"
KANJI: Final = "IDE"
KANA: Final = "SYL"

# identifiers
MEMBER_ID: Final = "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID"
COVERAGE_ID: Final = f"{_JP}/IdSystem/JP_Coverage_id"
INSURER_NUMBER: Final = f"{_JP}/mhlw/IdSystem/InsurerNumber"
INSTITUTION: Final = f"{_JP}/IdSystem/insurance-medical-institution-no"
PATIENTS_OF: Final = "urn:oid:1.2.392.100495.20.3.51.1"
"""Followed by the ten digits of the medical institution."""
URI: Final = "urn:ietf:rfc:3986"
"""The system of identifiers that are URIs by themselves, such as ours: ``urn:uuid:…``."""
INSTITUTION_CODE: Final = re.compile(r"(0[1-9]|[1-3][0-9]|4[0-7])[0-9]{8}")
"""What JP Core takes for one: prefecture 01-47, then eight digits."""

# codes
INSURED_PERSON_CATEGORY: Final = f"{_JP}/mhlw/CodeSystem/InsuredPersonCategory"
ORGANIZATION_TYPE: Final = f"{_HL7}/organization-type"
ACT_CODE: Final = f"{_HL7}/v3-ActCode"
ACT_REASON: Final = f"{_HL7}/v3-ActReason"
SELF_PAY: Final = f"{_HL7}/coverage-selfpay"
COPAY_TYPE: Final = f"{_HL7}/coverage-copay-type"
CONSENT_SCOPE: Final = f"{_HL7}/consentscope"
LOINC: Final = "http://loinc.org"
UCUM: Final = "http://unitsofmeasure.org"
CONSENT_ITEMS: Final = "urn:uuid:f2dfa197-590f-5c6b-9e59-9db0db72648f"
"""Our own code system: the ids of ``ConsentItem``. The exchange's letters for them have no public system."""

INSURED, DEPENDANT = "1", "2"
COVERAGE_STATUS: Final = frozenset({"active", "cancelled", "draft", "entered-in-error"})
GENDERS: Final = {"1": "male", "2": "female", "3": "unknown"}
