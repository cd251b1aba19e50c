"""Whatever is wrong with a bundle is found, and no finding repeats what stands in it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from kiosk.handoff import fhir_codes as codes
from kiosk.handoff.fhir_bundle import FhirBundle
from kiosk.handoff.fhir_check import problems
from kiosk.handoff.parcel import NotMade
from kiosk.handoff.settled import SettledVisit
from tests.support.handoff import CODE, FACILITY, HANAKO, answer, confirmed, declared, label, paid_in_full

FORM = FhirBundle(facility=FACILITY, medical_institution_code=CODE)
Json = dict[str, Any]
Spoil = Callable[[Json], Any]


def spoilt(settled: SettledVisit, kind: str, spoil: Spoil) -> list[str]:
    """The problems of a bundle in which one resource (or with "" the whole) was spoilt."""
    found = copy.deepcopy(FORM.bundle(settled, label(settled)))
    entry = next((one for one in found["entry"] if one["resource"]["resourceType"] == kind), None)
    spoil(found if entry is None else entry["resource"])
    return problems(msgspec.json.encode(found))


def _set(name: str, value: Any) -> Spoil:
    return lambda resource: resource.__setitem__(name, value)


def _drop(name: str) -> Spoil:
    return lambda resource: resource.pop(name)


def _code(name: str, value: str) -> Spoil:
    return lambda resource: resource[name]["coding"][0].__setitem__("code", value)


def _value(place: int, value: str) -> Spoil:
    return lambda resource: resource["identifier"][place].__setitem__("value", value)


def _extension(place: int, value: str) -> Spoil:
    return lambda resource: resource["extension"][place].__setitem__("valueString", value)


SPOILT: dict[str, tuple[Callable[[], SettledVisit], str, Spoil, str]] = {
    # by the models
    "an element that R4 does not have": (confirmed, "Coverage", _set("colour", "red"), "extra_forbidden"),
    "a required element is missing": (confirmed, "Coverage", _drop("beneficiary"), "missing"),
    "no request": (confirmed, "CoverageEligibilityResponse", _drop("request"), "missing"),
    "a date that is none": (confirmed, "Patient", _set("birthDate", "1981-02-30"), "date"),
    # of the bundle
    "another type": (confirmed, "", _set("type", "collection"), "not a transaction"),
    "twice": (confirmed, "", lambda b: b["entry"].append(b["entry"][0]), "comes twice"),
    "no patient": (confirmed, "", lambda b: b["entry"].pop(1), "exactly one patient"),
    "dangling": (confirmed, "Coverage", _set("payor", [{"reference": "Organization/1"}]), "out of the bundle"),
    "a strange resource": (confirmed, "Consent", lambda r: _become(r, "Basic"), "no such resource"),
    "half marked": (paid_in_full, "Coverage", lambda r: r["meta"].pop("security"), "on a part only"),
    "own id": (confirmed, "Coverage", _set("id", "c1"), "not the resource's id"),
    "no profile": (confirmed, "Coverage", _drop("meta"), "without its profile"),
    # patient
    "no identifier": (confirmed, "Patient", _drop("identifier"), "without an identifier"),
    "another oid": (
        confirmed, "Patient", _set("identifier", [{"system": f"{codes.PATIENTS_OF}4812345678", "value": "1"}]),
        "no medical institution",
    ),
    "no representation": (confirmed, "Patient", lambda r: r["name"][0].pop("extension"), "its representation"),
    "wrong representation": (
        confirmed, "Patient", lambda r: r["name"][0]["extension"][0].update(valueCode="ABC"), "its representation",
    ),
    "gender": (confirmed, "Patient", _set("gender", "1"), "gender"),
    # organisation
    "no type": (confirmed, "Organization", _drop("type"), "neither payer nor provider"),
    "no institution": (confirmed, "Organization", _value(0, "131"), "no medical institution code"),
    # coverage
    "status": (confirmed, "Coverage", _set("status", "ok"), "status"),
    "type": (confirmed, "Coverage", _code("type", "HIP"), "type"),
    "two payors": (confirmed, "Coverage", lambda r: r["payor"].append(r["payor"][0]), "exactly one payor"),
    "half-width symbol": (confirmed, "Coverage", _extension(0, "21700023"), "full width"),
    "half-width kana": (confirmed, "Coverage", _extension(0, "ｱ"), "full width"),
    "blank": (confirmed, "Coverage", _extension(1, "１　２"), "full width"),
    "one digit": (confirmed, "Coverage", _extension(2, "1"), "branch"),
    "another branch": (confirmed, "Coverage", _set("dependent", "02"), "branch"),
    "a strange extension": (
        confirmed, "Coverage", lambda r: r["extension"].append({"url": "http://x", "valueString": "1"}),
        "not ours, or twice",
    ),
    "an extension twice": (
        confirmed, "Coverage", lambda r: r["extension"].append(r["extension"][0]), "not ours, or twice",
    ),
    "subscriber": (confirmed, "Coverage", _set("subscriberId", "1"), "subscriberId"),
    "unpadded": (confirmed, "Coverage", _value(0, "1319904:21700023:1234567:01"), "member id"),
    "no last colon": (confirmed, "Coverage", _value(0, "01319904:21700023:1234567"), "member id"),
    "two widths": (confirmed, "Coverage", _value(0, "01319904:2１７０００２３:1234567:01"), "two widths"),
    "another member": (confirmed, "Coverage", _value(0, "01319904:21700023:7654321:01"), "something else"),
    "another list": (confirmed, "Coverage", _value(1, '"01319904","１","２","01"'), "something else"),
    "one identifier": (confirmed, "Coverage", lambda r: r["identifier"].pop(1), "one of the two"),
    "none of its own": (confirmed, "Coverage", lambda r: r["identifier"].pop(2), "of its own"),
    "share": (
        confirmed, "Coverage", lambda r: r["costToBeneficiary"][0]["valueQuantity"].update(value=35), "in tenths",
    ),
    "share without unit": (
        confirmed, "Coverage", lambda r: r["costToBeneficiary"][0]["valueQuantity"].pop("system"), "no percentage",
    ),
    "relation": (confirmed, "Coverage", _code("relationship", "3"), "relationship"),
    "period": (
        lambda: confirmed(answer=answer(HANAKO)), "Coverage", lambda r: r["period"].update(end="2019-01-01"),
        "period",
    ),
    "paid by another": (
        paid_in_full, "Coverage", _set("payor", [{"display": "somebody"}]), "the payor is another",
    ),
    # eligibility
    "purpose": (confirmed, "CoverageEligibilityRequest", _set("purpose", ["benefits"]), "purpose"),
    "outcome": (confirmed, "CoverageEligibilityResponse", _set("outcome", "good"), "outcome"),
    "insurer": (confirmed, "CoverageEligibilityResponse", _set("insurer", {}), "insurer"),
    "in force": (
        confirmed, "CoverageEligibilityResponse", lambda r: r["insurance"][0].pop("inforce"), "in force",
    ),
    "draft": (confirmed, "CoverageEligibilityResponse", _set("status", "draft"), "status"),
    # consent
    "scope": (confirmed, "Consent", _code("scope", "research"), "scope"),
    "category": (confirmed, "Consent", lambda r: r["category"][0]["coding"][0].update(code="1"), "category"),
    "policy": (confirmed, "Consent", _code("policyRule", "OPTOUT"), "policyRule"),
    "provision": (confirmed, "Consent", lambda r: r["provision"].update(type="maybe"), "provision"),
    "of what": (confirmed, "Consent", lambda r: r["provision"].pop("code"), "of what"),
    "proposed": (confirmed, "Consent", _set("status", "proposed"), "status"),
    "nobody": (confirmed, "Consent", _drop("patient"), "patient"),
    # document
    "no PDF": (
        declared, "DocumentReference", lambda r: r["content"][0]["attachment"].update(data="aGk="), "no PDF",
    ),
    "hash": (declared, "DocumentReference", lambda r: r["content"][0]["attachment"].update(size=1), "size or hash"),
    "superseded": (declared, "DocumentReference", _set("status", "superseded"), "status"),
    "no subject": (declared, "DocumentReference", _drop("subject"), "not said whose"),
}  # fmt: skip


def _become(resource: Json, kind: str) -> None:
    id = resource["id"]
    resource.clear()
    resource.update(resourceType=kind, id=id, code={"text": "x"})


@pytest.mark.parametrize("what", SPOILT)
def test_it_is_found(what: str) -> None:
    settled, kind, spoil, problem = SPOILT[what]
    found = spoilt(settled(), kind, spoil)
    assert any(problem in one for one in found), found


def test_no_finding_repeats_a_value() -> None:
    for settled, kind, spoil, _problem in SPOILT.values():
        text = " ".join(spoilt(settled(), kind, spoil))
        assert "山田" not in text
        assert "1234567" not in text


def test_what_is_no_json_is_a_problem_too() -> None:
    assert problems(b"{") == ["Bundle: json_invalid"]


def test_a_bundle_with_a_problem_is_never_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "COVERAGE_STATUS", frozenset())
    assert FORM.make(confirmed(), label(confirmed())) == NotMade("invalid_bundle")
