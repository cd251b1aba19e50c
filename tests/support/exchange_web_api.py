"""A stand-in for the exchange's web API, its JSON written by hand from the public layout and not by the codec."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from simulator.national.answers import Tree
from simulator.national.faults import Fault
from simulator.national.messages import BadRequest
from simulator.national.system import NationalSystem, Numbers

PATH = "/oqs-api-pro/MSA01030/ILI01030SV01/search"
_HEADER = (
    "ProcessExecutionTime",
    "QualificationConfirmationDate",
    "MedicalInstitutionCode",
    "ReferenceClassification",
    "SegmentOfResult",
    "ErrorCode",
    "ErrorMessage",
)
_BODY = ("ProcessingResultStatus", "ProcessingResultCode", "ProcessingResultMessage", "QualificationValidity")


def answer(system: NationalSystem, path: str, body: bytes, fault: Fault | None) -> bytes:
    """One search. Raises ``BadRequest``."""
    try:
        message = json.loads(body)["XmlMsg"]
        search = message["MessageBody"]["QualificationConfirmSearchInfo"]
        found = system.ask_by_numbers(_numbers(search))
    except (ValueError, KeyError) as error:
        raise BadRequest from error
    if path != PATH:
        raise BadRequest(path)
    if fault is Fault.WRONG_PERSON:
        found = system.anybody_but(found)
    elif fault is Fault.STILL_PROCESSING:
        found = system.processing()
    elif fault in (Fault.SERVICE_ERROR, Fault.MAINTENANCE):
        found = system.failing()
    header = _named(found, _HEADER)
    header["ArbitraryFileIdentifier"] = message["MessageHeader"].get("ArbitraryFileIdentifier")
    results = [{"ResultOfQualificationConfirmation": _pascal(result)} for result in found.get("results", [])]
    content = {"QualificationConfirmSearchInfo": search, **_named(found, _BODY), "ResultList": results}
    return json.dumps(
        {"XmlMsg": {"MessageHeader": header, "MessageBody": content}}, ensure_ascii=False
    ).encode()


def _numbers(search: dict[str, str]) -> Numbers:
    return Numbers(
        insurer_number=search["InsurerNumber"],
        insured_card_symbol=search.get("InsuredCardSymbol", ""),
        insured_identification_number=search["InsuredIdentificationNumber"],
        insured_branch_number=search.get("InsuredBranchNumber", ""),
        birth_date=datetime.strptime(search["Birthdate"], "%Y%m%d").date(),
        limit_consent=search["LimitApplicationCertificateRelatedConsFlg"] == "1",
    )


def _named(tree: Tree, names: tuple[str, ...]) -> dict[str, Any]:
    by_name = {key.replace("_", ""): value for key, value in tree.items()}
    return {name: by_name.get(name.lower()) for name in names}


def _pascal(tree: Tree) -> dict[str, Any]:
    """Lists below a coverage are bare, as one public client shows them."""
    found: dict[str, Any] = {}
    for key, value in tree.items():
        name = "".join(word[0].upper() + word[1:] for word in key.split("_"))
        if isinstance(value, list):
            found[name] = [_pascal(item) for item in value]
        else:
            found[name] = _pascal(value) if isinstance(value, dict) else value
    return found
