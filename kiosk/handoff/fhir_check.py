"""What is wrong with a bundle: the form by the FHIR models, which accept any code, then codes, systems, extensions and
references by our own rules. No finding repeats a value."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import msgspec

from kiosk.handoff import fhir_codes as codes
from kiosk.handoff.fhir_parts import Json, urn

_HALF: Final = re.compile(r"[0-9A-Za-z]*")
_FULL: Final = re.compile(r"[^\x20-\x7e\uff61-\uff9f\s]*")
_BRANCH: Final = re.compile(r"([0-9]{2})?")
_PAYER: Final = re.compile(r"[0-9]{8}")
_INSURER: Final = re.compile(r"[0-9]{1,8}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UNDER_ITS_ID: Final = frozenset(
    {"Coverage", "CoverageEligibilityRequest", "CoverageEligibilityResponse", "Consent", "DocumentReference"}
)


def problems(bundle_json: bytes) -> list[str]:
    """Each as ``place: what``; empty when all is well."""
    by_model = list(_by_model(bundle_json))
    return by_model or list(_by_rule(msgspec.json.decode(bundle_json)))


def _by_model(bundle_json: bytes) -> Iterator[str]:
    from fhir.resources.R4B.bundle import Bundle
    from pydantic import ValidationError

    try:
        Bundle.model_validate_json(bundle_json)
    except ValidationError as error:  # its text repeats what it did not like
        for found in error.errors(include_input=False, include_context=False, include_url=False):
            yield f"{'.'.join(str(step) for step in found['loc']) or 'Bundle'}: {found['type']}"


def _by_rule(bundle: Json) -> Iterator[str]:
    entries = bundle.get("entry", [])
    if bundle.get("type") != "transaction" or not entries:
        yield "Bundle: not a transaction with entries"
    kinds = {urn(entry["resource"]["id"]): entry["resource"]["resourceType"] for entry in entries}
    if len(kinds) != len(entries):
        yield "Bundle: an id comes twice"
    if list(kinds.values()).count("Patient") != 1:
        yield "Bundle: not exactly one patient"
    marks = [_is_test_data(one) for one in (bundle, *(entry["resource"] for entry in entries))]
    if any(marks) and not all(marks):
        yield "Bundle: the mark for simulated data is on a part only"
    for entry in entries:
        kind = entry["resource"]["resourceType"]
        for found in (*_entry(entry), *_references(entry["resource"], kinds), *_resource(entry["resource"])):
            yield f"{kind}: {found}"


def _is_test_data(resource: Json) -> bool:
    labels = resource.get("meta", {}).get("security", [])
    return any(one.get("system") == codes.ACT_REASON and one.get("code") == "HTEST" for one in labels)


def _entry(entry: Json) -> Iterator[str]:
    resource, request = entry["resource"], entry["request"]
    kind, id = resource["resourceType"], resource["id"]
    if _UUID.fullmatch(id) is None or entry["fullUrl"] != urn(id):
        yield "fullUrl is not the resource's id"
    if kind in _UNDER_ITS_ID:
        if (request["method"], request["url"]) != ("PUT", f"{kind}/{id}"):
            yield "not written under its id"
    elif (request["method"], request["url"]) != ("POST", kind) or "ifNoneExist" not in request:
        yield "not created conditionally"
    wanted = codes.PROFILES.get(kind)
    if wanted is not None and resource.get("meta", {}).get("profile") != [wanted]:
        yield "without its profile"


def _references(part: Any, kinds: dict[str, str]) -> Iterator[str]:
    """Everything that is referred to is here."""
    if isinstance(part, dict):
        if "reference" in part and part["reference"] not in kinds:
            yield "a reference leads out of the bundle"
        for inner in part.values():
            yield from _references(inner, kinds)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner, kinds)


def _resource(resource: Json) -> Iterable[str]:
    check = _CHECKS.get(resource["resourceType"])
    return check(resource) if check is not None else ("no such resource is ours",)


def _has(concept: Json | None, system: str, *allowed: str) -> bool:
    codings = (concept or {}).get("coding", [])
    return any(one.get("system") == system and one.get("code") in allowed for one in codings)


def _patient(patient: Json) -> Iterator[str]:
    identifiers = patient.get("identifier", [])
    if not identifiers or not all(one.get("system") and one.get("value") for one in identifiers):
        yield "without an identifier"
    for one in identifiers:
        root, _, rest = one.get("system", "").rpartition(".")
        if root == "urn:oid:1.2.392.100495.20.3.51" and not (
            rest.startswith("1") and codes.INSTITUTION_CODE.fullmatch(rest[1:])
        ):
            yield "patient numbers of no medical institution"
    for name in patient.get("name", []):
        said = [one for one in name.get("extension", []) if one.get("url") == codes.REPRESENTATION]
        if (
            len(said) != 1
            or said[0].get("valueCode") not in (codes.KANJI, codes.KANA)
            or not name.get("text")
        ):
            yield "a name without its representation"
    if patient.get("gender", "unknown") not in ("male", "female", "other", "unknown"):
        yield "gender: unknown code"


def _organization(organization: Json) -> Iterator[str]:
    types = organization.get("type", [])
    if not any(_has(one, codes.ORGANIZATION_TYPE, "pay", "prov") for one in types):
        yield "type: neither payer nor provider"
    for one in organization.get("identifier", []):
        value = one.get("value", "")
        if one.get("system") == codes.INSURER_NUMBER and _INSURER.fullmatch(value) is None:
            yield "no insurer number"
        if one.get("system") == codes.INSTITUTION and codes.INSTITUTION_CODE.fullmatch(value) is None:
            yield "no medical institution code"
    if not organization.get("identifier") and not organization.get("name"):
        yield "neither identifier nor name"


def _coverage(coverage: Json) -> Iterator[str]:
    if coverage.get("status") not in codes.COVERAGE_STATUS:
        yield "status: unknown code"
    if len(coverage.get("payor", [])) != 1:
        yield "not exactly one payor"
    self_pay = _has(coverage.get("type"), codes.SELF_PAY, "pay")
    if self_pay and coverage["payor"][0] != coverage["beneficiary"]:
        yield "paid by the patient, but the payor is another"
    if not self_pay and not _has(coverage.get("type"), codes.ACT_CODE, "PUBLICPOL"):
        yield "type: unknown code"
    yield from _insured(coverage)
    for cost in coverage.get("costToBeneficiary", []):
        percent = cost.get("valueQuantity", {})
        if not _has(cost.get("type"), codes.COPAY_TYPE, "copaypct") or percent.get("system") != codes.UCUM:
            yield "costToBeneficiary: no percentage"
        elif percent.get("value") not in range(0, 101, 10):
            yield "costToBeneficiary: no share in tenths"
    relation = coverage.get("relationship")
    if relation is not None and not _has(
        relation, codes.INSURED_PERSON_CATEGORY, codes.INSURED, codes.DEPENDANT
    ):
        yield "relationship: unknown code"
    period = coverage.get("period", {})
    if period.get("start", "") > period.get("end", "9"):
        yield "period: ends before it begins"


def _insured(coverage: Json) -> Iterator[str]:
    """Symbol, number and branch: each in its width, and the same in every place."""
    told: dict[str, str] = {}
    for extension in coverage.get("extension", []):
        if extension["url"] in told or extension["url"] not in (codes.SYMBOL, codes.NUMBER, codes.SUB_NUMBER):
            yield "an extension that is not ours, or twice"
        told[extension["url"]] = extension.get("valueString", "")
    symbol, number, sub = (told.get(url, "") for url in (codes.SYMBOL, codes.NUMBER, codes.SUB_NUMBER))
    if not (_FULL.fullmatch(symbol) and _FULL.fullmatch(number)):
        yield "symbol or number: not wholly full width"
    if not _BRANCH.fullmatch(sub) or coverage.get("dependent", "") != sub:
        yield "branch: not two half-width digits, or not the dependent's"
    if coverage.get("subscriberId", "") != (f"{symbol}:{number}" if number else ""):
        yield "subscriberId: not symbol and number"
    values = {one.get("system"): one.get("value", "") for one in coverage.get("identifier", [])}
    if codes.URI not in values:
        yield "without an identifier of its own"
    member, listed = values.get(codes.MEMBER_ID), values.get(codes.COVERAGE_ID)
    if (member is None) != (listed is None):
        yield "one of the two identifiers is missing"
    if member is not None and listed is not None:
        yield from _identifiers(member, listed, (symbol, number, sub))


def _identifiers(member: str, listed: str, told: tuple[str, str, str]) -> Iterator[str]:
    parts = member.split(":")
    if len(parts) != 4 or not _PAYER.fullmatch(parts[0]) or not parts[2]:
        yield "member id: not insurer, symbol, number and branch"
        return
    if not all(_HALF.fullmatch(part) or _FULL.fullmatch(part) for part in parts[1:3]):
        yield "member id: symbol or number of two widths"
    wide = tuple("".join(_widened(c) for c in part) for part in parts[1:3])
    if (*wide, parts[3]) != told:
        yield "member id: says something else than the extensions"
    if listed != ",".join(f'"{part}"' for part in (parts[0], *told)):
        yield "coverage id: says something else than the member id"


def _widened(character: str) -> str:
    return chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character


def _eligibility(resource: Json) -> Iterator[str]:
    if resource.get("status") not in ("active", "entered-in-error"):
        yield "status: unknown code"
    if resource.get("purpose") != ["validation"]:
        yield "purpose: not validation"
    if not resource.get("insurer"):
        yield "without an insurer"
    if resource["resourceType"] == "CoverageEligibilityResponse":
        if resource.get("outcome") not in ("queued", "complete", "error", "partial"):
            yield "outcome: unknown code"
        if not all("inforce" in one for one in resource.get("insurance", [])):
            yield "insurance: not said whether in force"


def _consent(consent: Json) -> Iterator[str]:
    if consent.get("status") not in ("active", "entered-in-error"):
        yield "status: unknown code"
    if not _has(consent.get("scope"), codes.CONSENT_SCOPE, "patient-privacy"):
        yield "scope: not privacy"
    if not any(_has(one, codes.LOINC, "59284-0") for one in consent.get("category", [])):
        yield "category: not a consent document"
    if not _has(consent.get("policyRule"), codes.ACT_CODE, "OPTIN"):
        yield "policyRule: not opt-in"
    provision = consent.get("provision", {})
    if provision.get("type") not in ("permit", "deny"):
        yield "provision: neither permit nor deny"
    if not any(
        one["system"] == codes.CONSENT_ITEMS for c in provision.get("code", []) for one in c["coding"]
    ):
        yield "provision: not said of what"
    if not consent.get("patient"):
        yield "without a patient"


def _document(document: Json) -> Iterator[str]:
    if document.get("status") not in ("current", "entered-in-error"):
        yield "status: unknown code"
    if not document.get("subject") or not document.get("type", {}).get("text"):
        yield "not said whose, or what"
    for content in document.get("content", []):
        attachment = content["attachment"]
        data = base64.b64decode(attachment.get("data", ""))
        digest = base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
        if attachment.get("contentType") != "application/pdf" or not data.startswith(b"%PDF"):
            yield "no PDF"
        if (attachment.get("size"), attachment.get("hash")) != (len(data), digest):
            yield "size or hash is not the content's"


_CHECKS: Final[dict[str, Callable[[Json], Iterator[str]]]] = {
    "Patient": _patient,
    "Organization": _organization,
    "Coverage": _coverage,
    "CoverageEligibilityRequest": _eligibility,
    "CoverageEligibilityResponse": _eligibility,
    "Consent": _consent,
    "DocumentReference": _document,
}
