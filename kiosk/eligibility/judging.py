"""What an answer amounts to. Shared by all adapters, of the exchange and of the simulated system."""

from __future__ import annotations

from kiosk.coverage.exchange_codes import SegmentOfResult
from kiosk.coverage.qualification import Answer
from kiosk.eligibility.port import Cause, FailedAnswer


def judge(answer: Answer) -> Answer | FailedAnswer:
    """An answer that tells nothing of a person becomes the failure that it reports."""
    if answer.segment is SegmentOfResult.PROCESSING:
        return FailedAnswer(cause=Cause.STILL_PROCESSING, message=answer.error_message)
    if answer.failure is not None:
        code, message = answer.failure
        return FailedAnswer(cause=Cause.SERVICE_ERROR, code=code, message=message)
    return answer
