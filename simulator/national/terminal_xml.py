"""The exchange's XML as the simulated terminal writes and reads it: string templates and regular expressions.

Deliberately not the product's codec. The names are written out from the public layout description.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape, unescape

from simulator.national.answers import Tree


def _names(text: str) -> list[str]:
    """Official names, as many lines as they take."""
    return text.split()


_HEADER = _names("""
    ProcessExecutionTime QualificationConfirmationDate MedicalInstitutionCode
    ArbitraryFileIdentifier ReferenceClassification SegmentOfResult ErrorCode ErrorMessage
    CharacterCodeIdentifier
""")

_BODY = _names("""
    PrescriptionIssueSelect ProcessingResultStatus ProcessingResultCode ProcessingResultMessage
    QualificationValidity
""")

_SEARCH = _names("""
    InsurerNumber InsuredCardSymbol InsuredIdentificationNumber InsuredBranchNumber Birthdate
    LimitApplicationCertificateRelatedConsFlg
""")

_RESULT = _names("""
    InsuredCardClassification InsurerNumber InsuredCardSymbol InsuredIdentificationNumber
    InsuredBranchNumber PersonalFamilyClassification InsuredName Name NameOfOther NameKana
    NameOfOtherKana Sex1 Sex2 Birthdate Address PostNumber QualificationDate DisqualificationDate
    InsuredCertificateIssuanceDate InsuredCardValidDate InsuredCardExpirationDate
    InsuredPartialContributionRatio PreschoolClassification ReasonOfLoss InsurerName
    ElderlyRecipientCertificateInfo LimitApplicationCertificateRelatedConsFlg
    LimitApplicationCertificateRelatedConsTime LimitApplicationCertificateRelatedInfo
    SpecificDiseasesCertificateRelatedConsFlg SpecificDiseasesCertificateRelatedConsTime
    SpecificDiseasesCertificateList PublicExpenseResultList SpecificHealthCheckupsInfoConsFlg
    SpecificHealthCheckupsInfoConsTime SpecificHealthCheckupsInfoAvailableTime
    PharmacistsInfoConsFlg PharmacistsInfoConsTime PharmacistsInfoAvailableTime DiagnosisInfoConsFlg
    DiagnosisInfoConsTime DiagnosisInfoAvailableTime OperationInfoConsFlg OperationInfoConsTime
    OperationInfoAvailableTime ReferenceNumber
""")

_ELDERLY = _names("""
    ElderlyRecipientCertificateDate ElderlyRecipientValidStartDate ElderlyRecipientValidEndDate
    ElderlyRecipientContributionRatio
""")

_LIMIT = _names("""
    LimitApplicationCertificateClassification LimitApplicationCertificateClassificationFlag
    LimitApplicationCertificateDate LimitApplicationCertificateValidStartDate
    LimitApplicationCertificateValidEndDate LimitApplicationCertificateLongTermDate
""")

_DISEASE = _names("""
    SpecificDiseasesDiseaseCategory SpecificDiseasesCertificateDate SpecificDiseasesValidStartDate
    SpecificDiseasesValidEndDate SpecificDiseasesSelfPay
""")

_TICKET = _names("""
    TicketType MedicalTicketValidDate MedicalTicketExpirationDate IssueNumber MedicalTreatmentMonth
    DesignatedMedicalInstitutionCode DesignatedMedicalInstitutionFlag
    DesignatedMedicalInstitutionName PrescriptionIssuerMedicalInstitutionCode
    PrescriptionIssuerMedicalInstitutionName InjuryName1 InjuryName2 InjuryName3
    MedicalTreatmentType SelfPayAmount DistrictContactName HandlingContactName SingleOrCombinedUse
    StatusOfSocialInsurance ConsistencyFlag StatusOfInfecton StatusOfElderlyMedicalCare
    StatusOfPrefecturalExpenses Remarks1 Remarks2 Remarks3
""")

_BELOW = {
    "ElderlyRecipientCertificateInfo": _ELDERLY,
    "LimitApplicationCertificateRelatedInfo": _LIMIT,
}
_LISTS = {
    "SpecificDiseasesCertificateList": ("SpecificDiseasesCertificateInfo", _DISEASE),
    "PublicExpenseResultList": ("MedicalTicketInfo", _TICKET),
}

_DOCUMENT = """<?xml version="1.0" encoding="{declared}" standalone="no"?>
<XmlMsg>
<MessageHeader>
{header}</MessageHeader>
<MessageBody>
{search}{body}<ResultList>
{results}</ResultList>
</MessageBody>
</XmlMsg>
"""


def document(tree: Tree, asked: dict[str, str], encoding: str) -> bytes:
    """An answer file. ``asked``: the request's elements by name, echoed; empty for a face result."""
    header = dict(tree)
    if asked:
        header["arbitrary_file_identifier"] = asked.get("ArbitraryFileIdentifier", "")
        header["medical_institution_code"] = asked.get("MedicalInstitutionCode", "")
    echoed = {name: asked[name] for name in _SEARCH if asked.get(name)}
    search = "".join(_leaf(name, text) for name, text in echoed.items())
    text = _DOCUMENT.format(
        declared="Shift_JIS" if encoding == "cp932" else "UTF-8",
        header="".join(_elements(header, _HEADER)),
        search=f"<QualificationConfirmSearchInfo>\n{search}</QualificationConfirmSearchInfo>\n"
        if search
        else "",
        body="".join(_elements(tree, _BODY)),
        results="".join(
            _wrapped("ResultOfQualificationConfirmation", one, _RESULT) for one in tree.get("results", ())
        ),
    )
    return text.encode(encoding, errors="xmlcharrefreplace")


def _elements(tree: Tree, names: list[str]) -> Iterator[str]:
    values: dict[str, Any] = {key.replace("_", ""): value for key, value in tree.items()}
    for name in names:
        value = values.get(name.lower())
        if isinstance(value, str) and value:
            yield _leaf(name, value)
        elif isinstance(value, dict):
            yield _wrapped(name, value, _BELOW[name])
        elif isinstance(value, list):
            item, below = _LISTS[name]
            yield f"<{name}>\n{''.join(_wrapped(item, one, below) for one in value)}</{name}>\n"


def _wrapped(name: str, tree: Tree, names: list[str]) -> str:
    return f"<{name}>\n{''.join(_elements(tree, names))}</{name}>\n"


def _leaf(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>\n"


_FIELD = re.compile(r"<([A-Za-z0-9]+)>([^<]*)</\1>")
_REFERENCE = re.compile(r"&#(\d{1,7});")


def asked_for(data: bytes) -> dict[str, str]:
    """The elements of a request file by name. Raises ``ValueError`` for what is no request."""
    encoding = "utf-8" if b'encoding="UTF-8"' in data[:80] else "cp932"
    text = data.decode(encoding)
    if "<QualificationConfirmSearchInfo>" not in text or not text.rstrip().endswith("</XmlMsg>"):
        raise ValueError("not a request")
    return {name: _plain(value) for name, value in _FIELD.findall(text)}


def _plain(value: str) -> str:
    return unescape(_REFERENCE.sub(lambda match: chr(int(match[1])), value))
