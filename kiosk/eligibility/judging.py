"""Whether a question can be asked, and what an answer amounts to. Shared by all adapters."""

from __future__ import annotations

import re

from kiosk.coverage.exchange_codes import SegmentOfResult
from kiosk.coverage.qualification import Answer
from kiosk.eligibility.port import AskByNumbers, Cause, FailedAnswer

LONGEST_CODE = 50
LONGEST_MESSAGE = 500
LONGEST_NUMBER = 100
_UNASKABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def askable(question: AskByNumbers) -> bool:
    """Whether insurer and number are there, and nothing that no system can hold or no document carry."""
    if not (question.insurer_number.strip() and question.insured_identification_number.strip()):
        return False
    texts = (
        question.insurer_number,
        question.insured_card_symbol,
        question.insured_identification_number,
        question.insured_branch_number,
    )
    return all(len(text) <= LONGEST_NUMBER and _UNASKABLE.search(text) is None for text in texts)


def judge(answer: Answer) -> Answer | FailedAnswer:
    """An answer that tells nothing of a person becomes the failure that it reports."""
    if answer.segment is SegmentOfResult.PROCESSING:
        return failed(Cause.STILL_PROCESSING, answer.error_code, answer.error_message)
    if answer.failure is not None:
        return failed(Cause.SERVICE_ERROR, *answer.failure)
    return answer


def failed(cause: Cause, code: str, message: str) -> FailedAnswer:
    """A failure in the other side's words, as far as a screen can hold them."""
    return FailedAnswer(cause=cause, code=code[:LONGEST_CODE], message=message[:LONGEST_MESSAGE])
