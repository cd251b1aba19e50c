"""Small pieces of FHIR resources that several of them share. An empty text is no element in FHIR: it is left out."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from kiosk.handoff import fhir_codes as codes

Json = dict[str, Any]
_TEST_DATA: Final = [{"system": codes.ACT_REASON, "code": "HTEST", "display": "test health data"}]


def urn(id: str) -> str:
    return f"urn:uuid:{id}"


def reference(id: str) -> Json:
    """To another resource of the same bundle."""
    return {"reference": urn(id)}


def identifier(system: str, value: str) -> Json:
    return {"system": system, "value": value}


def own_identifier(id: str) -> Json:
    return identifier(codes.URI, urn(id))


def concept(system: str, code: str, display: str = "") -> Json:
    coding = {"system": system, "code": code}
    return {"coding": [coding | {"display": display} if display else coding]}


def resource(kind: str, id: str, *, simulated: bool, **elements: Any) -> Json:
    """Elements that are None, empty text or an empty list are left out. Simulated data bear FHIR's own mark for test
    data, each resource by itself: bundles are taken apart."""
    meta: Json = {}
    if kind in codes.PROFILES:
        meta["profile"] = [codes.PROFILES[kind]]
    if simulated:
        meta["security"] = _TEST_DATA
    told = {name: value for name, value in elements.items() if value not in (None, "", [])}
    return {"resourceType": kind, "id": id, **({"meta": meta} if meta else {}), **told}


def put(content: Json) -> Json:
    """An entry that is written under its id: written twice it is there once."""
    return _entry(content, {"method": "PUT", "url": f"{content['resourceType']}/{content['id']}"})


def create_if_new(content: Json) -> Json:
    """An entry that is created only where nobody has this identifier: what the receiver knows of a patient or an
    insurer is never overwritten by us. References to it then lead to the one that was there."""
    first = content["identifier"][0]
    wanted = quote(f"{first['system']}|{first['value']}", safe="")
    request = {"method": "POST", "url": content["resourceType"], "ifNoneExist": f"identifier={wanted}"}
    return _entry(content, request)


def _entry(content: Json, request: Json) -> Json:
    return {"fullUrl": urn(content["id"]), "resource": content, "request": request}
