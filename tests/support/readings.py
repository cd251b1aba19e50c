"""Results of a certified reader, as values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kiosk.coverage.certificate_life import JAPAN
from kiosk.coverage.face_result import FaceResult, Method
from kiosk.coverage.qualification import Answer, ResultOfQualificationConfirmation
from kiosk.coverage.services import Capability
from kiosk.visit.policy import Policy
from tests.support.visits import FULL, answer, coverage

NUMBERS_AND_FACE = Policy(
    capabilities=frozenset({Capability.BY_NUMBERS, Capability.FACE_RESULT}),
    facility=FULL.facility,
    patient_file=True,
    wording_version="test",
)
"""A production terminal: its own reader, the exchange folders, and a certified reader beside it."""
FACE_ALONE = Policy(capabilities=frozenset({Capability.FACE_RESULT}), wording_version="test")
AT = datetime(2026, 11, 24, 9, 30, 5, tzinfo=JAPAN)
TIME = "20261124093005"


def consented(given: str = "1", **fields: Any) -> ResultOfQualificationConfirmation:
    """A coverage with this flag for every consent; others by name."""
    names = ("pharmacists_info", "diagnosis_info", "operation_info", "specific_health_checkups_info",
             "specific_diseases_certificate_related", "limit_application_certificate_related")  # fmt: skip
    flags = {f"{name}_cons_flg": given for name in names}
    return coverage(**{**flags, "diagnosis_info_cons_time": TIME, **fields})


def reading(told: Answer | None = None, *, id: str = "r1", desk: str = "A", **fields: Any) -> FaceResult:
    return FaceResult(
        id=id,
        at=AT,
        desk=desk,
        method=fields.pop("method", Method.FACE),
        method_code="1",
        answer=answer("1", consented()) if told is None else told,
        **fields,
    )


def error(code: str, message: str = "") -> FaceResult:
    failed = Answer(asked_at=AT.isoformat(), segment_of_result="9", error_code=code, error_message=message)
    return reading(failed, id=f"error {code}")
