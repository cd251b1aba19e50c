"""A settled visit as a FHIR R4 transaction by JP Core. README.md tells what is in it, and why it is a transaction."""

from __future__ import annotations

import base64
import hashlib
import uuid
from datetime import datetime
from typing import Final

import msgspec
import structlog

from kiosk.coverage.services import Choice, ConsentItem
from kiosk.handoff import fhir_codes as codes
from kiosk.handoff.coverages import coverages_of, not_chosen
from kiosk.handoff.fhir_coverage import (
    coverage_resource,
    coverage_resource_id,
    payor_resource,
    self_pay_resource,
)
from kiosk.handoff.fhir_parts import (
    Json,
    concept,
    create_if_new,
    identifier,
    own_identifier,
    put,
    reference,
    resource,
    urn,
)
from kiosk.handoff.parcel import NAMESPACE, Label, NotMade, Parcel, derived, japanese_time, own_file_name
from kiosk.handoff.settled import Declaration, SettledVisit, content_of

_log = structlog.get_logger(__name__)

_ITEMS: Final = {
    ConsentItem.CARE: "診療・薬剤情報",
    ConsentItem.OPERATIONS: "手術情報",
    ConsentItem.CHECKUPS: "特定健診等情報",
    ConsentItem.SPECIFIC_DISEASES: "特定疾病療養受療証情報",
    ConsentItem.LIMIT: "限度額情報",
}
_DECLARATION: Final = "被保険者資格申立書"


class FhirBundle(msgspec.Struct, frozen=True, kw_only=True):
    """``medical_institution_code``: ten digits, who issues the patient numbers; ``facility``: its name."""

    facility: str
    medical_institution_code: str

    def relevant(self, settled: SettledVisit) -> bytes | None:
        """A chart is told of coverage, full payment and declarations; of a visit without these it learns nothing."""
        told = coverages_of(settled) or settled.answer or settled.declaration or settled.outcome == "self_pay"
        return content_of(settled) if told else None

    def make(self, settled: SettledVisit, label: Label) -> Parcel | NotMade:
        """A bundle with a problem is never sent."""
        from kiosk.handoff.fhir_check import problems  # with the FHIR models, 26 MiB

        content = msgspec.json.encode(self.bundle(settled, label))
        if found := problems(content):
            _log.error("handoff.invalid_bundle", visit=settled.visit, problems=found)
            return NotMade("invalid_bundle")
        return Parcel(own_file_name(settled, label, "json"), "application/fhir+json", content)

    def bundle(self, settled: SettledVisit, label: Label) -> Json:
        """Raises nothing: whatever is not known is left out."""
        facility, patient = self._facility(settled), self._patient(settled)
        who = patient["id"]
        entries = [create_if_new(facility), create_if_new(patient), *_coverages(settled, who)]
        if settled.answer is not None:
            entries += _eligibility(settled, who, facility["id"])
        if settled.consents is not None:
            entries += [
                put(_consent(settled, item, choice, who, facility["id"]))
                for item, choice in settled.consents.choices
            ]
        if settled.declaration is not None and settled.declaration.pdf:
            entries.append(put(_document(settled, settled.declaration, who, facility["id"])))
        named = own_identifier(label.key)
        return resource(
            "Bundle",
            label.key,
            simulated=settled.simulated,
            identifier=named,
            type="transaction",
            timestamp=japanese_time(settled.settled_at),
            entry=entries,
        )

    def _facility(self, settled: SettledVisit) -> Json:
        code = self.medical_institution_code
        id = str(uuid.uuid5(NAMESPACE, f"facility/{code}/{self.facility}"))
        known = codes.INSTITUTION_CODE.fullmatch(code) is not None
        return resource(
            "Organization",
            id,
            simulated=settled.simulated,
            identifier=[identifier(codes.INSTITUTION, code) if known else own_identifier(id)],
            type=[concept(codes.ORGANIZATION_TYPE, "prov", "Healthcare Provider")],
            name=self.facility,
        )

    def _patient(self, settled: SettledVisit) -> Json:
        """Known by the facility's patient number. Where there is none, by this visit alone: the chart then has somebody
        new, whom people join to the right record."""
        person = settled.person
        system = self._patients_system()
        number = settled.patient_number
        id = (
            str(uuid.uuid5(NAMESPACE, f"patient/{system}/{number}"))
            if number
            else derived(settled.visit, "patient")
        )
        names = [
            _name(text, form)
            for text, form in ((person.name, codes.KANJI), (person.kana, codes.KANA))
            if text.strip()
        ]
        return resource(
            "Patient",
            id,
            simulated=settled.simulated,
            identifier=[identifier(system, number) if number else own_identifier(id)],
            name=names,
            gender=codes.GENDERS.get(person.sex),
            birthDate=person.birth_date,
            address=_address(person.address, person.post_number),
        )

    def _patients_system(self) -> str:
        code = self.medical_institution_code
        if codes.INSTITUTION_CODE.fullmatch(code):
            return f"{codes.PATIENTS_OF}{code}"
        return urn(str(uuid.uuid5(NAMESPACE, f"patients/{code}/{self.facility}")))


def _name(text: str, representation: str) -> Json:
    """Family and given name where one blank divides them; the whole as text always."""
    plain = " ".join(text.split())
    parts = plain.split(" ")
    extension = [{"url": codes.REPRESENTATION, "valueCode": representation}]
    divided = {"family": parts[0], "given": [parts[1]]} if len(parts) == 2 else {}
    return {"extension": extension, "use": "usual", "text": plain, **divided}


def _address(text: str, post_number: str) -> list[Json]:
    digits = "".join(c for c in post_number if c.isascii() and c.isdigit())
    code = f"{digits[:3]}-{digits[3:]}" if len(digits) == 7 else ""
    told = {"text": text.strip(), "postalCode": code, "country": "JP"}
    return [{name: value for name, value in told.items() if value}] if text.strip() or code else []


def _coverages(settled: SettledVisit, patient: str) -> list[Json]:
    """What counts first; then what staff did not choose, cancelled, so that a receiver who was told of it before
    learns that."""
    counting = coverages_of(settled)
    entries: list[Json] = []
    payors: set[str] = set()
    for place, coverage in enumerate((*counting, *not_chosen(settled)), 1):
        payor = payor_resource(settled, coverage, place)
        if payor["id"] not in payors:
            entries.append(create_if_new(payor))
            payors.add(payor["id"])
        content = coverage_resource(
            settled,
            coverage,
            place=place,
            several=len(counting) > 1,
            active=place <= len(counting),
            patient=patient,
            payor=payor["id"],
        )
        entries.append(put(content))
    if settled.outcome == "self_pay":
        entries.append(put(self_pay_resource(settled, patient)))
    return entries


def _eligibility(settled: SettledVisit, patient: str, facility: str) -> list[Json]:
    """The answer, and the question without which R4 does not let it stand."""
    answer = settled.answer
    assert answer is not None
    coverages = coverages_of(settled)
    listed = [reference(coverage_resource_id(settled, place)) for place in range(1, len(coverages) + 1)]
    status = "entered-in-error" if settled.void else "active"
    asked = derived(settled.visit, "eligibility-request")
    answered = derived(settled.visit, "eligibility-response")
    insurer = (
        reference(payor_resource(settled, coverages[0], 1)["id"])
        if coverages
        else {"display": "オンライン資格確認等システム"}
    )
    common = {
        "status": status,
        "purpose": ["validation"],
        "patient": reference(patient),
        "servicedDate": settled.day.isoformat(),
        "created": _instant(answer.asked_at) or japanese_time(settled.settled_at),
        "insurer": insurer,
    }
    request = resource(
        "CoverageEligibilityRequest",
        asked,
        simulated=settled.simulated,
        identifier=[own_identifier(asked)],
        **common,
        provider=reference(facility),
        insurance=[{"coverage": one} for one in listed],
    )
    response = resource(
        "CoverageEligibilityResponse",
        answered,
        simulated=settled.simulated,
        identifier=[own_identifier(answered)],
        **common,
        requestor=reference(facility),
        request=reference(asked),
        outcome="complete",
        disposition=answer.notice,
        insurance=[{"coverage": one, "inforce": True} for one in listed],
    )
    return [put(request), put(response)]


def _instant(text: str) -> str:
    """An instant as FHIR takes it; "" for what is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return moment.isoformat(timespec="seconds") if moment.tzinfo is not None else ""


def _consent(settled: SettledVisit, item: ConsentItem, choice: Choice, patient: str, facility: str) -> Json:
    """One for each item: the law asks for each by itself, and each is given up by itself."""
    consents = settled.consents
    assert consents is not None
    id = derived(settled.visit, f"consent/{item}")
    words = f"wording {consents.wording_version}, language {consents.language}"
    coding = {"system": codes.CONSENT_ITEMS, "code": item.value}
    return resource(
        "Consent",
        id,
        simulated=settled.simulated,
        identifier=[own_identifier(id)],
        status="entered-in-error" if settled.void else "active",
        scope=concept(codes.CONSENT_SCOPE, "patient-privacy", "Privacy Consent"),
        category=[concept(codes.LOINC, "59284-0", "Consent Document")],
        patient=reference(patient),
        dateTime=japanese_time(settled.settled_at),
        performer=[reference(patient)],
        organization=[reference(facility)],
        policyRule=concept(codes.ACT_CODE, "OPTIN", "opt-in") | {"text": words},
        provision={
            "type": "permit" if choice is Choice.AGREED else "deny",
            "code": [{"coding": [coding], "text": _ITEMS[item]}],
        },
    )


def _document(settled: SettledVisit, declaration: Declaration, patient: str, facility: str) -> Json:
    id = derived(settled.visit, f"document/{declaration.id}")
    pdf = declaration.pdf
    attachment = {
        "contentType": "application/pdf",
        "language": "ja",
        "data": base64.b64encode(pdf).decode(),
        "size": len(pdf),
        "hash": base64.b64encode(hashlib.sha1(pdf, usedforsecurity=False).digest()).decode(),
        "title": _DECLARATION,
        "creation": japanese_time(settled.settled_at),
    }
    return resource(
        "DocumentReference",
        id,
        simulated=settled.simulated,
        masterIdentifier=own_identifier(id),
        status="entered-in-error" if settled.void else "current",
        docStatus="final",
        type={"text": _DECLARATION},
        subject=reference(patient),
        date=japanese_time(settled.settled_at),
        custodian=reference(facility),
        content=[{"attachment": attachment}],
    )
