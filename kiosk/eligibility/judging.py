"""What an answer amounts to. Shared by all adapters, of the exchange and of the simulated system."""

from __future__ import annotations

from kiosk.coverage.exchange_codes import SegmentOfResult
from kiosk.coverage.qualification import Answer
from kiosk.eligibility.port import Cause, FailedAnswer

LONGEST_CODE = 50
LONGEST_MESSAGE = 500


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
