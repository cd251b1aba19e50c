"""What an answer says of a visit, in few words: for the board, and to see whether a late one changes anything."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from kiosk.coverage.exchange_codes import QualificationValidity, SegmentOfResult
from kiosk.coverage.qualification import Answer, ResultOfQualificationConfirmation
from kiosk.evidence.reasons import Reason
from kiosk.visit.states import Outcome

Says = Literal["valid", "not_valid", "several", "nothing"]
"""``nothing``: an error, still processing, or what only a person can read."""

_NOT_VALID = {
    QualificationValidity.INVALID: Reason.INVALID,
    QualificationValidity.INVALID_NEW_EXISTS: Reason.INVALID_NEW_EXISTS,
    QualificationValidity.NO_RECORD: Reason.NO_RECORD,
}


class Verdict(msgspec.Struct, frozen=True):
    """``reason``: why it is not simply valid. ``share``: in tenths, where the answer states it."""

    says: Says
    reason: Reason | None = None
    share: int | None = None


def verdict_of(answer: Answer, day: date, *, certified: bool = False) -> Verdict:
    """What the answer proves for that day; the same judgement as the visit's own. ``certified``: a certified reader's
    result, which may leave the validity out."""
    if answer.segment is SegmentOfResult.PROCESSING:
        return Verdict("nothing", Reason.STILL_PROCESSING)
    if answer.failed:
        return Verdict("nothing", Reason.SERVICE_ERROR)
    validity = answer.validity
    if validity in _NOT_VALID:
        return Verdict("not_valid", _NOT_VALID[validity])
    coverages = answer.in_force(day)
    if validity is QualificationValidity.VALID_UNREGISTERED:
        return Verdict("valid", Reason.PUBLIC_ASSISTANCE, _share(coverages, day))
    if validity is QualificationValidity.SEVERAL_MATCH or len(coverages) > 1:
        return Verdict("several", Reason.AMBIGUOUS)
    left_out = certified and not answer.qualification_validity
    if not (validity is QualificationValidity.VALID or left_out) or not coverages:
        return Verdict("nothing", Reason.SERVICE_ERROR)
    return Verdict("valid", None, _share(coverages, day))


def changes(verdict: Verdict, outcome: Outcome | None, share: int | None) -> bool:
    """Whether an answer that came afterwards says something else than how the visit went. ``share``: what the visit
    assumed, in tenths.

    Accepted or confirmed: everything but "valid" does, and another share. Declared, paid in full, still under way or
    handed to staff: somebody whose qualification is known now can be treated as such. Who left needs nothing.
    """
    if verdict.says == "nothing" or outcome == "abandoned":
        return False
    if outcome in ("confirmed", "accepted_by_evidence"):
        other_share = share is not None and verdict.share is not None and share != verdict.share
        return verdict.says != "valid" or other_share
    if outcome in ("declared", "self_pay"):
        return verdict.says != "not_valid"
    return True


def _share(coverages: tuple[ResultOfQualificationConfirmation, ...], day: date) -> int | None:
    told = [
        (coverage, born)
        for coverage in coverages
        if (born := coverage.birth_date) is not None and born <= day
    ]
    return told[0][0].share_tenths(day, told[0][1]) if told else None
