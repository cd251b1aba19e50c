from __future__ import annotations

import pytest

from kiosk.eligibility.https import Lost
from kiosk.eligibility.port import Cause, FailedAnswer
from kiosk.evidence.reasons import RETRIABLE, Reason


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_is_a_reason_of_the_rule_book(cause: Cause) -> None:
    failure = FailedAnswer(cause=cause)
    assert isinstance(failure.reason, Reason)
    if failure.retriable:
        assert failure.reason in RETRIABLE


def test_a_write_that_was_sent_is_never_called_retriable() -> None:
    assert not FailedAnswer(cause=Cause.ANSWER_UNKNOWN).retriable
    for cause in Cause:
        assert Lost(cause, sent=True).as_write().cause is Cause.ANSWER_UNKNOWN
        assert Lost(cause, sent=False).as_write().cause is cause
        assert Lost(cause, sent=True).as_read().cause is cause
