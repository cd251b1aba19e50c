"""A request for one look-up by numbers."""

from __future__ import annotations

from kiosk.coverage.qualification import Part, QualificationConfirmSearchInfo


class Request(Part, frozen=True, kw_only=True):
    """``qualification_confirmation_date``: yyyyMMdd, the day for which is asked."""

    qualification_confirmation_date: str
    medical_institution_code: str
    arbitrary_file_identifier: str = ""
    search: QualificationConfirmSearchInfo
