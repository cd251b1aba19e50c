"""A patient of this facility, as the facility's own file knows them."""

from __future__ import annotations

from typing import Literal

import msgspec

Match = Literal["reference", "numbers", "card_number"]
"""How somebody was found: by the 照会番号 of an answer, by kana + birth date + insurer numbers of an answer, or by the
診察券 number and birth date that were typed, which staff confirm."""


class KnownPatient(msgspec.Struct, frozen=True, kw_only=True):
    """``patient_number`` is the number of the 診察券. Dates are ISO. ``partial_contribution_ratio`` is in tenths, None
    where the file does not say. The repr shows nothing of them."""

    patient_number: str
    name_kana: str
    birth_date: str
    name: str = ""
    insurer_number: str = ""
    insurer_name: str = ""
    insured_card_symbol: str = ""
    insured_identification_number: str = ""
    insured_branch_number: str = ""
    partial_contribution_ratio: Literal[1, 2, 3] | None = None
    last_visit: str = ""

    def __repr__(self) -> str:
        return "<KnownPatient>"
