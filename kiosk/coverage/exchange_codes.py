"""The closed code tables of the eligibility exchange, as far as public sources agree on them.

Values are the codes as they travel. A received code that is missing here is kept as received by the tree of
``kiosk.coverage.qualification`` and shown to staff; it is never mapped to a neighbour. Tables on which
sources disagree (character code identifier) or that were not found (error codes) have no enum on purpose.
Source: ``kiosk/eligibility/README.md``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

Code = TypeVar("Code", bound=StrEnum)


def known(table: type[Code], raw: str) -> Code | None:
    """The table's member for a code as received; None when it is empty or not in the table."""
    try:
        return table(raw)
    except ValueError:
        return None


class QualificationValidity(StrEnum):
    """資格有効性 (006)."""

    VALID = "1"
    INVALID = "2"
    INVALID_NEW_EXISTS = "3"  # 無効(新しい資格あり)
    NO_RECORD = "4"  # 該当資格なし
    SEVERAL_MATCH = "5"  # 複数該当
    VALID_UNREGISTERED = "6"  # 有効(未登録): public assistance


class SegmentOfResult(StrEnum):
    """処理結果区分 (003)."""

    NORMAL = "1"
    PROCESSING = "2"
    ERROR = "9"


class ProcessingResultStatus(StrEnum):
    """処理結果状況 (004)."""

    NORMAL = "1"
    ERROR = "2"


class ReferenceClassification(StrEnum):
    """照会区分 (002)."""

    MY_NUMBER_CARD = "1"
    CERTIFICATE_NUMBERS = "2"  # 被保険者証情報


class Sex(StrEnum):
    """性別 (007)."""

    MALE = "1"
    FEMALE = "2"
    NOT_SET = "3"


class ReasonOfLoss(StrEnum):
    """喪失事由 (008)."""

    DEATH = "01"
    PUBLIC_ASSISTANCE_BEGAN = "02"
    OTHER_INSURANCE_ACQUIRED = "03"
    OTHER = "99"


class PersonalFamilyClassification(StrEnum):
    """本人・家族の別 (009)."""

    INSURED = "1"
    DEPENDANT = "2"


class InsuredCardClassification(StrEnum):
    """被保険者証区分 (010)."""

    GENERAL = "01"
    RETIRED = "02"
    SHORT_TERM_GENERAL = "03"
    SHORT_TERM_RETIRED = "04"
    SPECIAL_MEDICAL_EXPENSES = "05"  # 資格証明書 / 特別療養費: full payment first
    SPECIAL_RETIRED = "06"
    SELF_DEFENCE_FORCES = "07"
    PUBLIC_ASSISTANCE = "A1"  # 医療扶助


class LimitCertificateClassification(StrEnum):
    """限度額適用認定証区分 (011)."""

    LIMIT = "01"
    LIMIT_AND_REDUCED_MEALS = "02"
    REDUCED_MEALS = "03"


class LimitClassificationFlag(StrEnum):
    """限度額適用認定証適用区分 (012): A below 70, B from 70."""

    A_A = "A01"  # ア
    A_I = "A02"  # イ
    A_U = "A03"  # ウ
    A_E = "A04"  # エ
    A_O = "A05"  # オ
    A_O_BORDER = "A06"  # オ(境)
    B_ACTIVE_3 = "B01"  # 現役並みⅢ
    B_ACTIVE_2 = "B02"
    B_ACTIVE_1 = "B03"
    B_GENERAL = "B04"
    B_LOW_2 = "B05"
    B_LOW_1 = "B06"
    B_LOW_1_WELFARE_PENSION = "B07"  # 低所得Ⅰ(老福)
    B_LOW_1_BORDER = "B08"  # 低所得Ⅰ(境)
    B_GENERAL_2 = "B09"
    B_GENERAL_1 = "B10"


class SpecificDisease(StrEnum):
    """特定疾病 (013)."""

    DIALYSIS = "1"
    BLOOD_CLOTTING = "2"
    HIV = "3"


class LimitChanged(StrEnum):
    """限度額適用認定証変更 (014)."""

    NO = "0"
    YES = "1"


class Preschool(StrEnum):
    """未就学区分 (015)."""

    PRESCHOOL = "1"


class ConsentFlag(StrEnum):
    """同意フラグ (016)."""

    NONE = "0"
    GIVEN = "1"
    EXPIRED = "2"  # 有効期限切れ
    HARD_TO_OBTAIN = "3"  # 同意取得困難


class LimitConsent(StrEnum):
    """限度額情報の同意, in a question and echoed (001)."""

    NOT_GIVEN = "0"
    GIVEN = "1"


class PrescriptionIssue(StrEnum):
    """処方箋発行形態 (017)."""

    ELECTRONIC = "1"
    PAPER = "2"


class TicketType(StrEnum):
    """医療券・調剤券 (018)."""

    MEDICAL = "01"
    DISPENSING = "02"
