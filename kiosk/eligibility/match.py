"""Asking the exchange by numbers, and whether an answer is the one to our question. Shared by its adapters."""

from __future__ import annotations

import unicodedata

from kiosk.coverage.certificate_life import japanese_date
from kiosk.coverage.insurer import normalise
from kiosk.coverage.qualification import Answer, QualificationConfirmSearchInfo
from kiosk.eligibility.judging import askable
from kiosk.eligibility.oqs import Malformed, Request
from kiosk.eligibility.oqs.text import in_the_set
from kiosk.eligibility.port import AskByNumbers, Cause, FailedAnswer
from kiosk.eligibility.world import World


def make_request(
    question: AskByNumbers, institution: str, identifier: str, world: World
) -> Request | FailedAnswer:
    """The exchange's form of a question by numbers, for today in Japan."""
    if not askable(question):
        return FailedAnswer(cause=Cause.INVALID_QUESTION)
    search = QualificationConfirmSearchInfo(
        insurer_number=normalise(question.insurer_number),
        insured_card_symbol=in_the_set(question.insured_card_symbol.strip()),
        insured_identification_number=in_the_set(question.insured_identification_number.strip()),
        insured_branch_number=question.insured_branch_number.strip(),
        birthdate=question.birth_date.strftime("%Y%m%d"),
        limit_application_certificate_related_cons_flg="1" if question.limit_consent else "0",
    )
    return Request(
        qualification_confirmation_date=japanese_date(world.now()).strftime("%Y%m%d"),
        medical_institution_code=institution,
        arbitrary_file_identifier=identifier,
        search=search,
    )


def unreadable(malformed: Malformed) -> FailedAnswer:
    """Bytes that are no answer, with what to do about it."""
    code = f"{malformed.flaw}:{malformed.where}" if malformed.where else str(malformed.flaw)
    return FailedAnswer(cause=Cause.ANSWER_UNREADABLE, code=code, message=malformed.remedy)


def mismatch(answer: Answer, request: Request) -> str:
    """The name of the first element that shows this to be an answer to another question; "" if none does.

    The identifier must be ours where we sent one and it is sent back; what is echoed, and each coverage's birth
    date, must be what we asked for. What was not echoed proves nothing and is passed over.
    """
    if (
        answer.arbitrary_file_identifier
        and answer.arbitrary_file_identifier != request.arbitrary_file_identifier
    ):
        return "ArbitraryFileIdentifier"
    if answer.medical_institution_code not in ("", request.medical_institution_code):
        return "MedicalInstitutionCode"
    echo, asked = answer.qualification_confirm_search_info, request.search
    if echo is not None:
        pairs = (
            ("InsurerNumber", normalise(echo.insurer_number), normalise(asked.insurer_number)),
            ("InsuredCardSymbol", plain(echo.insured_card_symbol), plain(asked.insured_card_symbol)),
            (
                "InsuredIdentificationNumber",
                plain(echo.insured_identification_number),
                plain(asked.insured_identification_number),
            ),
            ("InsuredBranchNumber", branch(echo.insured_branch_number), branch(asked.insured_branch_number)),
            ("Birthdate", plain(echo.birthdate), asked.birthdate),
        )
        for name, there, here in pairs:
            if there and there != here:
                return name
    if any(result.birthdate and plain(result.birthdate) != asked.birthdate for result in answer.results):
        return "ResultOfQualificationConfirmation/Birthdate"
    return ""


def plain(text: str) -> str:
    """For comparing only: width and blanks do not tell people apart."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def branch(text: str) -> str:
    """For comparing only: a branch number in two digits."""
    digits = plain(text)
    return digits.zfill(2) if digits else ""
