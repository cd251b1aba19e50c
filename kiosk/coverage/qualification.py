"""An answer of the national eligibility system as a typed tree.

Fields are the official element names in snake_case and hold the text exactly as received: leading zeros and
unknown codes survive, only outer blanks are gone, "" is an absent or empty element. Reading goes through
properties, which give an enum, a date or None. Elements without a place here are kept in ``Answer.unknown``.
Nothing is dropped.
Source of names and codes: ``kiosk/eligibility/README.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

import msgspec

from kiosk.coverage.exchange_codes import (
    ConsentFlag,
    InsuredCardClassification,
    LimitCertificateClassification,
    LimitChanged,
    LimitClassificationFlag,
    LimitConsent,
    PersonalFamilyClassification,
    Preschool,
    PrescriptionIssue,
    ProcessingResultStatus,
    QualificationValidity,
    ReasonOfLoss,
    ReferenceClassification,
    SegmentOfResult,
    Sex,
    SpecificDisease,
    TicketType,
    known,
)
from kiosk.coverage.exchange_values import covers, exchange_date, tenths
from kiosk.coverage.share import Band, band_on

UNDISPLAYABLE = "●"
"""What the exchange writes for a character outside its set."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A node of the tree. Its repr shows no values, as they are personal."""

    def __repr__(self) -> str:
        filled = sum(1 for name in self.__struct_fields__ if getattr(self, name))
        return f"<{type(self).__name__}: {filled} elements>"


class QualificationConfirmSearchInfo(Part, frozen=True, kw_only=True):
    """What was asked by numbers; the answer echoes it."""

    insurer_number: str = ""
    insured_card_symbol: str = ""
    insured_identification_number: str = ""
    insured_branch_number: str = ""
    birthdate: str = ""
    limit_application_certificate_related_cons_flg: str = ""
    arbitrary_identifier: str = ""


class ElderlyRecipientCertificateInfo(Part, frozen=True, kw_only=True):
    """高齢受給者証 (70 to 74)."""

    elderly_recipient_certificate_date: str = ""
    elderly_recipient_valid_start_date: str = ""
    elderly_recipient_valid_end_date: str = ""
    elderly_recipient_contribution_ratio: str = ""

    def covers(self, on: date) -> bool | None:
        return covers(self.elderly_recipient_valid_start_date, self.elderly_recipient_valid_end_date, on)


class LimitApplicationCertificateRelatedInfo(Part, frozen=True, kw_only=True):
    """限度額適用認定証."""

    limit_application_certificate_classification: str = ""
    limit_application_certificate_classification_flag: str = ""
    limit_application_certificate_date: str = ""
    limit_application_certificate_valid_start_date: str = ""
    limit_application_certificate_valid_end_date: str = ""
    limit_application_certificate_long_term_date: str = ""

    def covers(self, on: date) -> bool | None:
        return covers(
            self.limit_application_certificate_valid_start_date,
            self.limit_application_certificate_valid_end_date,
            on,
        )

    @property
    def flag(self) -> LimitClassificationFlag | None:
        return known(LimitClassificationFlag, self.limit_application_certificate_classification_flag)


class SpecificDiseasesCertificateInfo(Part, frozen=True, kw_only=True):
    """特定疾病療養受療証."""

    specific_diseases_disease_category: str = ""
    specific_diseases_certificate_date: str = ""
    specific_diseases_valid_start_date: str = ""
    specific_diseases_valid_end_date: str = ""
    specific_diseases_self_pay: str = ""

    def covers(self, on: date) -> bool | None:
        return covers(self.specific_diseases_valid_start_date, self.specific_diseases_valid_end_date, on)


class MedicalTicketInfo(Part, frozen=True, kw_only=True):
    """医療券・調剤券 of public assistance."""

    ticket_type: str = ""
    medical_ticket_valid_date: str = ""
    medical_ticket_expiration_date: str = ""
    issue_number: str = ""
    medical_treatment_month: str = ""
    designated_medical_institution_code: str = ""
    designated_medical_institution_flag: str = ""
    designated_medical_institution_name: str = ""
    prescription_issuer_medical_institution_code: str = ""
    prescription_issuer_medical_institution_name: str = ""
    injury_name1: str = ""
    injury_name2: str = ""
    injury_name3: str = ""
    medical_treatment_type: str = ""
    self_pay_amount: str = ""
    district_contact_name: str = ""
    handling_contact_name: str = ""
    single_or_combined_use: str = ""
    status_of_social_insurance: str = ""
    consistency_flag: str = ""
    status_of_infecton: str = ""  # spelt so in the exchange
    status_of_elderly_medical_care: str = ""
    status_of_prefectural_expenses: str = ""
    remarks1: str = ""
    remarks2: str = ""
    remarks3: str = ""

    def covers(self, on: date) -> bool | None:
        return covers(self.medical_ticket_valid_date, self.medical_ticket_expiration_date, on)


class ResultOfQualificationConfirmation(Part, frozen=True, kw_only=True):
    """One coverage of one person."""

    insured_card_classification: str = ""
    insurer_number: str = ""
    insured_card_symbol: str = ""
    insured_identification_number: str = ""
    insured_branch_number: str = ""
    personal_family_classification: str = ""
    insured_name: str = ""
    name: str = ""
    name_of_other: str = ""
    name_kana: str = ""
    name_of_other_kana: str = ""
    sex1: str = ""
    sex2: str = ""
    birthdate: str = ""
    address: str = ""
    post_number: str = ""
    qualification_date: str = ""
    disqualification_date: str = ""
    insured_certificate_issuance_date: str = ""
    insured_card_valid_date: str = ""
    insured_card_expiration_date: str = ""
    insured_partial_contribution_ratio: str = ""
    preschool_classification: str = ""
    reason_of_loss: str = ""
    insurer_name: str = ""
    elderly_recipient_certificate_info: ElderlyRecipientCertificateInfo | None = None
    limit_application_certificate_related_cons_flg: str = ""
    limit_application_certificate_related_cons_time: str = ""
    limit_application_certificate_related_info: LimitApplicationCertificateRelatedInfo | None = None
    specific_diseases_certificate_related_cons_flg: str = ""
    specific_diseases_certificate_related_cons_time: str = ""
    specific_diseases_certificate_list: tuple[SpecificDiseasesCertificateInfo, ...] = ()
    public_expense_result_list: tuple[MedicalTicketInfo, ...] = ()
    specific_health_checkups_info_cons_flg: str = ""
    specific_health_checkups_info_cons_time: str = ""
    specific_health_checkups_info_available_time: str = ""
    pharmacists_info_cons_flg: str = ""
    pharmacists_info_cons_time: str = ""
    pharmacists_info_available_time: str = ""
    diagnosis_info_cons_flg: str = ""
    diagnosis_info_cons_time: str = ""
    diagnosis_info_available_time: str = ""
    operation_info_cons_flg: str = ""
    operation_info_cons_time: str = ""
    operation_info_available_time: str = ""
    arbitrary_identifier: str = ""
    reference_number: str = ""
    limit_application_certificate_changed: str = ""

    @property
    def birth_date(self) -> date | None:
        return exchange_date(self.birthdate)

    @property
    def sex(self) -> Sex | None:
        return known(Sex, self.sex1)

    @property
    def loss(self) -> ReasonOfLoss | None:
        return known(ReasonOfLoss, self.reason_of_loss)

    @property
    def has_undisplayable_name(self) -> bool:
        """A name holds ●: a limit of the exchange's characters, never a reason to refuse."""
        return any(UNDISPLAYABLE in name for name in (self.name, self.insured_name, self.name_of_other))

    def in_force(self, on: date) -> bool:
        """Membership on that day: from the qualification date until the day before the disqualification date
        (loss takes effect on its date). A date that was sent but cannot be read proves nothing: False."""
        since, until = exchange_date(self.qualification_date), exchange_date(self.disqualification_date)
        if (self.qualification_date and since is None) or (self.disqualification_date and until is None):
            return False
        return (since is None or since <= on) and (until is None or on < until)

    def share_tenths(self, on: date, birth: date) -> int | None:
        """The patient's share in tenths as this answer states it; None where it does not and age decides.

        The 70-to-74 certificate goes first while it is in force (where its dates were not sent: while the
        person is 70 to 74), then the ratio of the coverage itself, then the pre-school mark (2 of 10).
        """
        elderly = self.elderly_recipient_certificate_info
        if elderly is not None:
            covers = elderly.covers(on)
            if covers or (covers is None and band_on(birth, on) is Band.FROM_70):
                return tenths(elderly.elderly_recipient_contribution_ratio)
        if self.insured_partial_contribution_ratio:
            return tenths(self.insured_partial_contribution_ratio)
        return 2 if known(Preschool, self.preschool_classification) else None


class Answer(Part, frozen=True, kw_only=True):
    """One answer: header, body and coverages, and how we came by it.

    ``asked_at``: ISO 8601 instant at which we asked (for a face result: at which we found it). ``offline``:
    not fetched now but taken from something kept. ``simulated``: made by the simulated national system; the
    mark stays for ever. ``unknown``: (path, text) of each element or attribute that has no field, such as
    ``("MessageBody/ResultList/ResultOfQualificationConfirmation[1]/NewElement", "x")``.
    """

    asked_at: str
    offline: bool = False
    simulated: bool = False

    process_execution_time: str = ""
    qualification_confirmation_date: str = ""
    medical_institution_code: str = ""
    arbitrary_file_identifier: str = ""
    reference_classification: str = ""
    segment_of_result: str = ""
    error_code: str = ""
    error_message: str = ""
    character_code_identifier: str = ""
    reception_number: str = ""
    number_of_processing_result: str = ""
    number_of_normal_processing: str = ""
    number_of_error: str = ""

    qualification_confirm_search_info: QualificationConfirmSearchInfo | None = None
    prescription_issue_select: str = ""
    processing_result_status: str = ""
    processing_result_code: str = ""
    processing_result_message: str = ""
    qualification_validity: str = ""
    results: tuple[ResultOfQualificationConfirmation, ...] = ()

    unknown: tuple[tuple[str, str], ...] = ()

    @property
    def validity(self) -> QualificationValidity | None:
        return known(QualificationValidity, self.qualification_validity)

    @property
    def segment(self) -> SegmentOfResult | None:
        return known(SegmentOfResult, self.segment_of_result)

    @property
    def reference(self) -> ReferenceClassification | None:
        return known(ReferenceClassification, self.reference_classification)

    @property
    def failed(self) -> bool:
        """The system itself reports an error: result 9, an error code, or status 2 without a validity (with one,
        the validity says more)."""
        if self.segment is SegmentOfResult.ERROR or self.error_code:
            return True
        return (
            self.processing_result_status == ProcessingResultStatus.ERROR and not self.qualification_validity
        )

    @property
    def failure(self) -> tuple[str, str] | None:
        """(code, message) as received, for staff; None when the system reports no error. The list of codes is
        not public, so no code is interpreted."""
        if not self.failed:
            return None
        if self.error_code or self.error_message:
            return self.error_code, self.error_message
        return self.processing_result_code, self.processing_result_message

    @property
    def notice_code(self) -> str | None:
        """The code that came with a success, such as that the certificate expires soon; None without one."""
        return None if self.failed else self.processing_result_code or None

    @property
    def notice(self) -> str:
        """The message of ``notice_code`` as received."""
        return "" if self.failed else self.processing_result_message

    def in_force(self, on: date) -> tuple[ResultOfQualificationConfirmation, ...]:
        """The coverages that this answer proves for that day.

        Empty when the system reports an error, is still processing, or gave a validity other than valid (1),
        several (5) or public assistance (6); a validity that was not sent leaves the decision to the dates:
        face results seen in public carry none.
        """
        if self.failed or self.processing_result_status == ProcessingResultStatus.ERROR:
            return ()
        if self.segment is SegmentOfResult.PROCESSING:
            return ()
        if self.qualification_validity and self.validity not in _PROVING:
            return ()
        return tuple(result for result in self.results if result.in_force(on))

    @property
    def unknown_codes(self) -> tuple[tuple[str, str], ...]:
        """(field path, value) of each coded field whose value is in no known table: for staff."""
        return tuple(_unknown_codes(self, ""))


_PROVING = frozenset(
    {
        QualificationValidity.VALID,
        QualificationValidity.SEVERAL_MATCH,
        QualificationValidity.VALID_UNREGISTERED,
    }
)

_CODED: dict[str, type[StrEnum]] = {
    "reference_classification": ReferenceClassification,
    "segment_of_result": SegmentOfResult,
    "prescription_issue_select": PrescriptionIssue,
    "processing_result_status": ProcessingResultStatus,
    "qualification_validity": QualificationValidity,
    "insured_card_classification": InsuredCardClassification,
    "personal_family_classification": PersonalFamilyClassification,
    "sex1": Sex,
    "sex2": Sex,
    "preschool_classification": Preschool,
    "reason_of_loss": ReasonOfLoss,
    "limit_application_certificate_changed": LimitChanged,
    "limit_application_certificate_classification": LimitCertificateClassification,
    "limit_application_certificate_classification_flag": LimitClassificationFlag,
    "specific_diseases_disease_category": SpecificDisease,
    "ticket_type": TicketType,
    "specific_diseases_certificate_related_cons_flg": ConsentFlag,
    "specific_health_checkups_info_cons_flg": ConsentFlag,
    "pharmacists_info_cons_flg": ConsentFlag,
    "diagnosis_info_cons_flg": ConsentFlag,
    "operation_info_cons_flg": ConsentFlag,
}


def _table(part: Part, name: str) -> type[StrEnum] | None:
    if name == "limit_application_certificate_related_cons_flg":  # asked by table 001, answered by table 016
        return LimitConsent if isinstance(part, QualificationConfirmSearchInfo) else ConsentFlag
    return _CODED.get(name)


def _unknown_codes(part: Part, path: str) -> Iterator[tuple[str, str]]:
    for name in part.__struct_fields__:
        value = getattr(part, name)
        here = f"{path}{name}"
        if isinstance(value, Part):
            yield from _unknown_codes(value, f"{here}/")
        elif isinstance(value, tuple):
            for index, item in enumerate(value, 1):
                if isinstance(item, Part):
                    yield from _unknown_codes(item, f"{here}[{index}]/")
        elif value and (table := _table(part, name)) is not None and known(table, value) is None:
            yield here, value
